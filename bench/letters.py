"""Time brevgen against other ways of making the same letters, in one run.

Each way is a program of its own, measured from start to end with its start-up, one after the other,
on the letters of the round of 2024, in a fresh workspace in which a TEST key (RSA-3072) lies.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from bench import allocation, here, results, running
from bench.chart import Bar, chart
from bench.others import sealed_plain_loops, with_office, with_typst
from bench.ours import brevgen, in_turns, one_changed_row
from bench.results import Aim, Row
from bench.rows import APPROVE, LIBRE, LIBRE_EACH, PLAIN, PLAIN_SEALED, Bench


def judge(bench: Bench, workers: int) -> None:
    """Hold the figures to the aims."""
    ours = results.named(bench.rows, APPROVE.format(workers, "s"))
    assert ours is not None
    plain = results.ratio(bench.rows, ours) or 0
    aims = [
        Aim(
            f"everything on, {workers} workers, RSA-3072: at least 8 times as fast as the plain"
            " loop with its seal",
            f"{plain:.1f} times",
            plain >= 8,
        )
    ]
    for name in (LIBRE, LIBRE_EACH):
        if other := results.named(bench.rows, name):
            times = other.per_letter / ours.per_letter
            aims.append(
                Aim(
                    f"everything on, {workers} workers: at least 5 times as fast per letter as"
                    f" {name}",
                    f"{times:.1f} times",
                    times >= 5,
                )
            )
    bench.aims[:0] = aims


def faster(bench: Bench, workers: int) -> list[Row]:
    """The other ways that take less per letter than brevgen with everything on."""
    ours = results.named(bench.rows, APPROVE.format(workers, "s"))
    assert ours is not None
    others = (row for row in bench.rows if not row.name.startswith("brevgen"))
    return [row for row in others if row.per_letter < ours.per_letter]


def drawing(bench: Bench) -> str:
    """The chart of the rows that have a place in it."""
    drawn = sorted((r for r in bench.rows if r.short), key=lambda r: -r.per_letter)
    bars = [Bar(r.short, r.per_letter, r.short.startswith("brevgen")) for r in drawn]
    return chart("Milliseconds per letter (shorter is faster)", bars)


def main() -> None:
    """Run all of them, print the table and the aims, and write JSON and chart."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--letters", type=int, default=0, help="only so many, for a trial; nothing is written"
    )
    given = parser.parse_args()
    workers = 2
    with tempfile.TemporaryDirectory(prefix="brevgen-bench-") as scratch:
        bench = Bench(Path(scratch), given.letters)
        print(f"{bench.letters} letters, {running.cores()} processors", file=sys.stderr)
        alone = bench.workspace("alone")
        made = here.brevgen(alone, "generate", allocation.NAME, "--jobs", "1")
        brevgen(bench, 1, alone, made)
        root = in_turns(bench, workers)
        one_changed_row(bench, root, workers)
        for step in (sealed_plain_loops, with_office, with_typst):
            step(bench)
        judge(bench, workers)
    beaten = faster(bench, workers)
    print(f"\n{results.table(bench.rows)}\n")
    print(f"“Times as fast” is against “{PLAIN}”; of what is sealed, against “{PLAIN_SEALED}”;")
    print("of a second run, against the first. " + running.HOW_MEMORY_IS_MEASURED)
    print("The words of all letters were compared with brevgen's: they are the same.\n")
    print(results.shown(bench.aims))
    print("\nFaster per letter than brevgen with everything on, each without what it leaves out:")
    print("\n".join(f"  {row.name}: {row.per_letter:.1f} ms" for row in beaten) or "  none")
    for each in bench.skipped:
        print(f"Skipped: {each}")
    if given.letters:
        return
    results.write(
        here.RESULTS / "letters.json",
        {
            **results.circumstances("make bench"),
            "round": allocation.NAME,
            "rows": results.rows_as_json(bench.rows),
            "aims": [vars(aim) for aim in bench.aims],
            "one_changed_row": bench.changed,
            "faster_than_everything_on": [row.name for row in beaten],
            "skipped": bench.skipped,
        },
    )
    (here.ROOT / "docs" / "speed.svg").write_text(drawing(bench), encoding="utf-8")
    print("Written: bench/results/letters.json, docs/speed.svg")


if __name__ == "__main__":
    main()
