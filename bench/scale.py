"""Time rounds of 1 000, 3 000 and 9 900 letters: is a letter as cheap in a large round?

The country is made up. 9 900 municipalities are the most that four digits can number.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import here, results
from bench.country import MOST, NAME, make_country
from bench.results import Aim
from bench.running import HOW_MEMORY_IS_MEASURED, Measured, cores

SIZES = (1000, 3000, MOST)
LEVEL = 1.1
"""How much more a letter of a larger round may take than one of the smallest."""
MAKING = ("generate", "approve")


@dataclass(frozen=True)
class Size:
    """What a round of one size took, by command.

    Args:
        letters: how many.
        seconds: of each command.
        per_letter: milliseconds of each command and of each part of one that makes nothing.
        cpu_per_letter: milliseconds of processor time, which a busy machine disturbs less.
        worker_mb: the peak of the largest worker process of each command that makes letters.
        parent_mb: the peak of the command's own process.
        ledger_mb: the ledger's file at the end.
    """

    letters: int
    seconds: dict[str, float]
    per_letter: dict[str, float]
    cpu_per_letter: dict[str, float]
    worker_mb: dict[str, float]
    parent_mb: dict[str, float]
    ledger_mb: float

    @property
    def ledger_kb_per_letter(self) -> float:
        """Kilobytes that the ledger keeps of each letter."""
        return self.ledger_mb * 1024 / self.letters


def measure(root: Path, letters: int, workers: int) -> Size:
    """Make, approve and look at a round of so many letters in a new workspace."""
    make_country(root, letters)
    jobs = ("--jobs", str(workers))
    ran: dict[str, Measured] = {}
    for name, words in (
        ("generate", ("generate", NAME, *jobs)),
        ("generate again", ("generate", NAME, *jobs)),
        ("approve", ("approve", NAME, "--yes", *jobs)),
        ("status", ("status", NAME)),
    ):
        ran[name] = here.brevgen(root, *words)
        print(
            f"  {letters} letters, {name}: {ran[name].seconds:.1f} s", file=sys.stderr, flush=True
        )
    parts = json.loads(here.script("parts", root, NAME).output)
    seconds = {name: measured.seconds for name, measured in ran.items()} | parts
    return Size(
        letters,
        {name: round(each, 3) for name, each in seconds.items()},
        {name: round(each / letters * 1000, 3) for name, each in seconds.items()},
        {name: round(each.cpu_seconds / letters * 1000, 3) for name, each in ran.items()},
        {name: round(ran[name].worker_mb, 1) for name in MAKING},
        {name: round(measured.parent_mb, 1) for name, measured in ran.items()},
        round((root / "data" / "ledger.sqlite3").stat().st_size / 2**20, 2),
    )


def level(sizes: Sequence[Size]) -> list[Aim]:
    """Whether time per letter and memory per worker stay level from the smallest round on."""
    first = sizes[0]
    aims = []
    for what, unit, of in (
        ("time per letter", "ms", lambda size, name: size.per_letter[name]),
        ("processor time per letter", "ms", lambda size, name: size.cpu_per_letter[name]),
        ("memory per worker", "MB", lambda size, name: size.worker_mb[name]),
    ):
        for name in MAKING:
            figures = [of(size, name) for size in sizes]
            most = max(figures) / of(first, name) if of(first, name) else 1.0
            aims.append(
                Aim(
                    f"{name}: {what} level within ten per cent",
                    f"{', '.join(f'{each:.1f}' for each in figures)} {unit}, at most"
                    f" {most - 1:+.0%} against the smallest round",
                    most <= LEVEL,
                )
            )
    return aims


def table(sizes: Sequence[Size]) -> str:
    """The sizes for people, one column for each."""
    lines = [f"{'letters':44}" + "".join(f"{size.letters:10}" for size in sizes)]
    for name in sizes[0].per_letter:
        row = "".join(f"{size.per_letter[name]:10.2f}" for size in sizes)
        lines.append(f"{name + ', ms per letter':44}{row}")
    for name in sizes[0].cpu_per_letter:
        row = "".join(f"{size.cpu_per_letter[name]:10.2f}" for size in sizes)
        lines.append(f"{name + ', ms of processor per letter':44}{row}")
    for name in MAKING:
        row = "".join(f"{size.worker_mb[name]:10.0f}" for size in sizes)
        lines.append(f"{name + ', MB of the largest worker':44}{row}")
    for name in sizes[0].parent_mb:
        row = "".join(f"{size.parent_mb[name]:10.0f}" for size in sizes)
        lines.append(f"{name + ', MB of the own process':44}{row}")
    row = "".join(f"{size.ledger_kb_per_letter:10.1f}" for size in sizes)
    return "\n".join([*lines, f"{'ledger, kB per letter':44}{row}"])


def main() -> None:
    """Measure every size, print the table and the aims, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=MOST, help="no size above this one")
    parser.add_argument("--sizes", type=int, nargs="+", help="other sizes; nothing is written")
    given = parser.parse_args()
    chosen = sorted(given.sizes or [size for size in SIZES if size <= given.most] or [given.most])
    workers = min(2, cores())
    with tempfile.TemporaryDirectory(prefix="brevgen-bench-") as scratch:
        sizes = [measure(Path(scratch) / str(letters), letters, workers) for letters in chosen]
    aims = level(sizes)
    print(f"\n{table(sizes)}\n\n{workers} workers. {HOW_MEMORY_IS_MEASURED}\n")
    print(results.shown(aims))
    if given.sizes:
        return
    results.write(
        here.RESULTS / "scale.json",
        {
            **results.circumstances("make bench-scale"),
            "workers": workers,
            "sizes": [
                asdict(size) | {"ledger_kb_per_letter": round(size.ledger_kb_per_letter, 1)}
                for size in sizes
            ],
            "aims": [vars(aim) for aim in aims],
        },
    )
    print("Written: bench/results/scale.json")


if __name__ == "__main__":
    main()
