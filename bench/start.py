"""Time the start: a first preview against a letter rendered by hand, help against Typer alone.

Every run is a new process, and the two that are compared take turns.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import allocation, here, results
from bench.results import Aim
from bench.running import run

WHO = "Oslo"


@dataclass(frozen=True)
class Comparison:
    """Two commands side by side: the medians of their seconds, and how many times ours is longer.

    Args:
        ours: what was run of brevgen.
        other: what it is compared with.
        our_seconds: median.
        other_seconds: median.
        most: the most that the ratio is to be.
    """

    ours: str
    other: str
    our_seconds: float
    other_seconds: float
    most: float

    @property
    def ratio(self) -> float:
        """How many times as long ours takes."""
        return self.our_seconds / self.other_seconds

    def as_aim(self) -> Aim:
        """Whether it takes no longer than it may."""
        return Aim(
            f"{self.ours}: at most {self.most} times {self.other}",
            f"{self.our_seconds * 1000:.0f} against {self.other_seconds * 1000:.0f} ms,"
            f" {self.ratio:.2f} times",
            self.ratio <= self.most,
        )


def compare(
    ours: Sequence[str | Path], other: Sequence[str | Path], runs: int
) -> tuple[float, float]:
    """The medians of two commands that take turns, after one run of each that is not counted."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs + 1):
        for command, seconds in zip((ours, other), taken, strict=True):
            # no look at the memory: it would take time from what is measured
            seconds.append(run(command, environment=here.environment(), watch=False).seconds)
    first, second = (statistics.median(seconds[1:]) for seconds in taken)
    return first, second


def main() -> None:
    """Compare, print and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, help="runs of each command")
    parser.add_argument("--trial", action="store_true", help="write no results")
    given = parser.parse_args()
    python = sys.executable
    with tempfile.TemporaryDirectory(prefix="brevgen-bench-") as scratch:
        root = here.new_workspace(Path(scratch) / "workspace")
        page = letter_as_html(root)
        ours = ("preview", allocation.NAME, WHO, "--output", root / "ours.pdf")
        command = (python, "-P", here.COMMAND)
        preview = compare(
            (*command, *ours, "--workspace", root),
            (python, "-P", here.COMMAND.with_name("by_hand.py"), page, root / "by-hand.pdf"),
            given.runs,
        )
    offered = compare((*command, "--help"), (python, "-c", "import typer"), given.runs)
    comparisons = [
        Comparison(f"brevgen preview {allocation.NAME} {WHO}", "one letter by hand", *preview, 1.2),
        Comparison("brevgen --help", "python -c 'import typer'", *offered, 2),
    ]
    print(results.shown([each.as_aim() for each in comparisons]))
    if not given.trial:
        results.write(
            here.RESULTS / "start.json",
            {
                **results.circumstances("make bench-start"),
                "runs": given.runs,
                "comparisons": [asdict(each) | {"ratio": each.ratio} for each in comparisons],
                "aims": [vars(each.as_aim()) for each in comparisons],
            },
        )
        print("Written: bench/results/start.json")


def letter_as_html(root: Path) -> Path:
    """The same letter as a page with its stylesheet and our font, for WeasyPrint alone."""
    from brevgen.render.pdf import font_faces

    page = root / "letter.html"
    here.brevgen(root, "preview", allocation.NAME, WHO, "--format", "html", "--output", str(page))
    html = page.read_text(encoding="utf-8")
    assert "<style>" in html, "the preview carries its stylesheet along"
    page.write_text(html.replace("<style>", f"<style>{font_faces()}", 1), encoding="utf-8")
    return page


if __name__ == "__main__":
    main()
