"""Time this tree beside an earlier version of brevgen and a plain loop of the same libraries.

The two versions take turns on the 355 letters of 2024, each in a fresh workspace, and with the same
TEST key, which the earlier version has made. Every command is measured from start to end.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from bench.figures import Row, circumstances, table
from bench.running import Measured
from bench.version import ROOT, ROUND, Version

RESULTS = ROOT / "bench" / "results.json"


class Bench:
    """The runs of this tree and a revision as they come, of all letters or of one region's."""

    def __init__(self, scratch: Path, before: str, region: str) -> None:
        self._scratch = scratch
        self._options = ("--jobs", "2", *(("--region", region) if region else ()))
        self.before = Version.of(before, scratch)
        self.ours = Version("this tree", ROOT, self.before.key)  # so that both seal with the same
        self.before.make_ready(scratch / "before-first")
        self.ours.make_ready(scratch / "ours-first")
        self.letters = 0
        self.rows = {
            "generate": Row("drafts: generate", as_fast=True),
            "approve": Row("everything on: approve", as_fast=True),
            "generate again": Row("generate again, nothing changed", most=1000),
            "verify": Row("verify every letter", most=25),
            "open": Row("open the round", most=300),
            "help": Row("help", as_fast=True),
            "plain loop": Row("plain loop, no seal"),
            "sealing loop": Row("plain loop, sealed"),
        }

    def turn(self, turn: int) -> None:
        """Let each version do everything once; every other turn this tree is the first."""
        both = (self.before, self.ours)
        for version in reversed(both) if turn % 2 else both:
            root = version.workspace(self._scratch / f"{both.index(version)}-{turn}")
            for what in ("generate", "generate again", "approve"):
                words = ("approve", ROUND, "--yes") if what == "approve" else ("generate", ROUND)
                self._note(version, what, version.run(root, *words, *self._options))
            files = sorted((root / "output" / ROUND / "letters").glob("*.pdf"))
            assert len(files) == (self.letters or len(files)) > 0, "a letter is missing"
            self.letters = len(files)
            if version is self.ours or turn == 0:  # the earlier one may take minutes
                self._note(version, "verify", version.run(root, "verify", *files))
            for _ in range(3):  # each takes less than a second
                self._note(version, "help", version.run(root, "--help"))
                taken = json.loads(version.script("opening", root, ROUND).output)
                self._note(version, "open", Measured(*taken))

    def plain_loop(self) -> None:
        """The plain loop on the same letters, without and with a seal."""
        for what, key in (("plain loop", ()), ("sealing loop", (self.ours.key,))):
            words = (self._scratch / "ours-first", ROUND, self._scratch / what, str(self.letters))
            self._note(self.ours, what, self.ours.script("plain", *words, *key))
        for what in ("generate", "approve", "verify", "plain loop", "sealing loop"):
            self.rows[what].each = self.letters

    def _note(self, version: Version, what: str, measured: Measured) -> None:
        row = self.rows[what]
        (row.ours if version is self.ours else row.before).append(measured)
        told = f"{measured.seconds:.2f} s, CPU {measured.cpu:.2f} s"
        print(f"  {version.name}, {what}: {told}", file=sys.stderr, flush=True)


def main() -> None:
    """Run everything, print the table, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", help="the revision to compare with")
    parser.add_argument("--turns", type=int, default=3, help="how often each makes the round")
    parser.add_argument("--region", default="", help="for a trial: its letters; nothing is written")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="brevgen-bench-") as scratch:
        bench = Bench(Path(scratch), given.before, given.region)
        for turn in range(given.turns):
            bench.turn(turn)
        bench.plain_loop()
    figures = {what: row.figures() for what, row in bench.rows.items()}
    print(f"\nThis tree, and {given.before} before it:\n{table(list(figures.values()))}\n")
    faster = [
        round(figures[loop]["seconds"] / figures[ours]["seconds"], 1)
        for loop, ours in (("plain loop", "generate"), ("sealing loop", "approve"))
    ]
    told = f"drafts are made {faster[0]} times and everything on {faster[1]} times as fast"
    print(f"{bench.letters} letters, two workers. Against the plain loop, {told}.")
    if not given.region:
        results = {
            **circumstances(),
            "before": given.before,
            "letters": bench.letters,
            "rows": list(figures.values()),
            "times_as_fast_as_the_plain_loop": faster,
        }
        RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", "utf-8")
        print(f"Written: {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
