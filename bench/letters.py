"""Time this tree beside an earlier version of brevgen and a plain loop of the same libraries.

The two versions take turns on the 355 letters of 2024, each in a fresh workspace, and with the same
TEST key, which the earlier version has made. Every command is measured from start to end.
"""

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Row, circumstances, table
from bench.running import Measured
from bench.version import ROOT, ROUND, Version

RESULTS = ROOT / "bench" / "results.json"
JOBS = ("--jobs", "2")
MOST_MS = {"generate again": 1000, "verify": 25, "open the round": 300}
"""The most milliseconds that something may take; `verify` for each file."""
AS_FAST = {"generate", "approve", "help"}
"""What must not be slower than before."""
SHARED = {"generate", "approve", "verify"}
"""What is shared among the letters."""
ORDER = {
    "generate": "drafts: generate",
    "approve": "everything on: approve",
    "generate again": "generate again, nothing changed",
    "verify": "verify every letter",
    "open the round": "open the round",
    "open it first": "open it, the first time in a process",
    "preview": "preview of one letter",
    "help": "help",
}
"""The rows of the table, and what they are called."""


class Bench:
    """The runs of both versions as they come.

    Args:
        scratch: a folder for all that is made.
        before: the revision to compare with.
        region: only the letters of this region; all if empty.
    """

    def __init__(self, scratch: Path, before: str, region: str) -> None:
        self._scratch = scratch
        self._options = ("--region", region) if region else ()
        self.before = Version.of(before, scratch)
        self.ours = Version("this tree", ROOT, self.before.key)  # so that both seal with the same
        self.before.make_ready(scratch / "before-first")
        self.ours.make_ready(scratch / "ours-first")
        self.letters = 0
        self._runs: dict[str, dict[str, list[Measured]]] = {
            version.name: defaultdict(list) for version in (self.ours, self.before)
        }

    def turns(self, count: int) -> Iterator[tuple[int, Version]]:
        """The versions in turns, and each one the first as often as the other."""
        both = (self.ours, self.before)
        for turn in range(count):
            for version in both if turn % 2 else reversed(both):
                yield turn, version

    def note(self, version: Version, what: str, measured: Measured) -> None:
        """Keep a run, and say that it is done."""
        self._runs[version.name][what].append(measured)
        print(f"  {version.name}, {what}: {measured.seconds:.2f} s", file=sys.stderr, flush=True)

    def whole_rounds(self, turns: int) -> Path:
        """Make, approve and verify the round in turns; the last workspace of this tree.

        The earlier version verifies once only, for it may take minutes.
        """
        last = self._scratch
        for turn, version in self.turns(turns):
            root = version.workspace(self._scratch / f"{version.folder}-{turn}")
            steps = {
                "generate": ("generate", ROUND, *JOBS, *self._options),
                "generate again": ("generate", ROUND, *JOBS, *self._options),
                "approve": ("approve", ROUND, "--yes", *JOBS, *self._options),
            }
            for what, words in steps.items():
                self.note(version, what, version.run(root, *words))
            files = sorted((root / "output" / ROUND / "letters").glob("*.pdf"))
            assert len(files) == (self.letters or len(files)) > 0, "a letter is missing"
            self.letters = len(files)
            if version is self.ours or turn == 0:
                self.note(version, "verify", version.run(root, "verify", *files))
            last = root if version is self.ours else last
        return last

    def small_things(self, turns: int) -> None:
        """The help, a preview and the opening of a round, in turns."""
        roots = {
            version.name: version.workspace(self._scratch / f"{version.folder}-small")
            for version in (self.ours, self.before)
        }
        for _, version in self.turns(turns):
            root = roots[version.name]
            pdf = root / "preview.pdf"
            self.note(version, "help", version.run(root, "--help"))
            preview = version.run(root, "preview", ROUND, "Oslo", "--output", pdf)
            self.note(version, "preview", preview)
            taken = json.loads(version.script("opening", root, ROUND).output)
            for what, key in (("open the round", "again"), ("open it first", "first")):
                self.note(version, what, Measured(taken[key], 0))

    def plain_loop(self, root: Path) -> list[Row]:
        """The plain loop on the same letters, without and with a seal."""
        rows = []
        for what, folder, options in (
            ("plain loop, no seal", "plain", ()),
            ("plain loop, sealed", "plain-sealed", ("--key", self.ours.key)),
        ):
            words = (root, ROUND, self._scratch / folder, "--most", str(self.letters), *options)
            measured = self.ours.script("plain", *words)
            made = len(list((self._scratch / folder).glob("*.pdf")))
            assert made == self.letters, "not as many letters"
            self.note(self.ours, what, measured)
            rows.append(Row(what, [measured], each=self.letters))
        return rows

    def rows(self) -> list[Row]:
        """What was measured of both versions."""
        ours, before = self._runs[self.ours.name], self._runs[self.before.name]
        return [
            Row(
                name,
                ours[what],
                before[what],
                each=self.letters if what in SHARED else 1,
                most=MOST_MS.get(what),
                as_fast=what in AS_FAST,
            )
            for what, name in ORDER.items()
        ]


def main() -> None:
    """Run everything, print the table, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", help="the revision to compare with")
    parser.add_argument("--turns", type=int, default=3, help="how often each makes the round")
    parser.add_argument("--region", default="", help="for a trial: its letters; nothing is written")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="brevgen-bench-") as scratch:
        bench = Bench(Path(scratch), given.before, given.region)
        root = bench.whole_rounds(given.turns)
        bench.small_things(3 * given.turns)  # for each takes less than a second
        plain = bench.plain_loop(root)
        rows = bench.rows()
    print(f"\n{table([*rows, *plain], given.before)}\n")
    drafts, approved, *_ = rows
    faster = [plain[0].seconds / drafts.seconds, plain[1].seconds / approved.seconds]
    print(
        f"{bench.letters} letters, two workers. Against the plain loop, drafts are made"
        f" {faster[0]:.1f} times and everything on {faster[1]:.1f} times as fast."
    )
    if not given.region:
        results = {
            **circumstances(),
            "before": given.before,
            "letters": bench.letters,
            "rows": [row.as_json() for row in (*rows, *plain)],
            "times_as_fast_as_the_plain_loop": [round(times, 1) for times in faster],
        }
        RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", "utf-8")
        print(f"Written: {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
