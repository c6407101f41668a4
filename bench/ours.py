"""brevgen itself: a first run, a second with nothing changed, and one with one changed row."""

from collections.abc import Sequence
from pathlib import Path

from bench import allocation, here, results
from bench.others import plain_loop
from bench.results import Aim
from bench.rows import APPROVE, GENERATE, NO_CHECK, PLAIN, PLAIN_SEALED, TURNS, Bench
from bench.running import Measured


def in_turns(bench: Bench, workers: int) -> Path:
    """The plain loop and `generate`, in turns; the median of each, and the last workspace."""
    plain, ours = [], []
    for turn in range(TURNS):
        plain.append(plain_loop(bench))
        root = bench.workspace(f"workers-{workers}-{turn}")
        ours.append(here.brevgen(root, "generate", allocation.NAME, "--jobs", str(workers)))
    bench.add(PLAIN, middle(plain), leaves_out=NO_CHECK, short="plain loop, no seal")
    brevgen(bench, workers, root, middle(ours))
    times = middle(plain).seconds / middle(ours).seconds
    bench.aims.append(
        Aim(
            f"drafts, {workers} workers: at least 3 times as fast as the plain loop without a seal",
            f"{times:.2f} times, the medians of {TURNS} turns",
            times >= 3,
        )
    )
    return root


def middle(measured: Sequence[Measured]) -> Measured:
    """The one that took neither long nor short."""
    return sorted(measured, key=lambda each: each.seconds)[len(measured) // 2]


def brevgen(bench: Bench, workers: int, root: Path, generated: Measured) -> None:
    """`generate`, done already, and `approve` in the same workspace."""
    plural = "" if workers == 1 else "s"
    jobs = ("--jobs", str(workers))
    name = GENERATE.format(workers, plural)
    bench.add(
        name,
        generated,
        baseline=PLAIN,
        leaves_out="no seal (drafts)",
        short=f"brevgen drafts, {workers} worker{plural}",
    )
    if workers > 1:
        _again(bench, root, name, "generate", *jobs)
    name = APPROVE.format(workers, plural)
    bench.add(
        name,
        here.brevgen(root, "approve", allocation.NAME, "--yes", *jobs),
        baseline=PLAIN_SEALED,
        short=f"brevgen, everything on, {workers} worker{plural}",
    )
    if workers > 1:
        _again(bench, root, name, "approve", "--yes", *jobs)
    made = root / "output" / allocation.NAME / "letters"
    assert len(list(made.glob("*.pdf"))) == bench.letters, "a letter is missing"


def _again(bench: Bench, root: Path, first: str, word: str, *options: str) -> None:
    """The same command once more, with nothing changed."""
    before = files_of(root)
    again = bench.add(
        f"brevgen {word} again, nothing changed",
        here.brevgen(root, word, allocation.NAME, *options),
        leaves_out="makes nothing",
        baseline=first,
    )
    assert files_of(root) == before, "a letter was made anew"
    row = results.named(bench.rows, first)
    assert row is not None
    part = again.seconds / row.seconds
    bench.aims.append(
        Aim(
            f"{word} again, nothing changed, under 2 % of the first run", f"{part:.1%}", part < 0.02
        )
    )


def one_changed_row(bench: Bench, root: Path, workers: int) -> None:
    """One row of the allocation changed in a round that is sealed: which letters are remade."""
    jobs = ("--jobs", str(workers))
    before = files_of(root)
    allocation.change_one_row(root)
    made = here.brevgen(root, "generate", allocation.NAME, *jobs)
    drafts = changed(before, files_of(root), "drafts")
    sealed = here.brevgen(root, "approve", allocation.NAME, "--yes", *jobs)
    finals = changed(before, files_of(root), "letters")
    bench.changed = {
        "letters": bench.letters,
        "drafts_made": drafts,
        "letters_sealed": finals,
        "generate_seconds": round_off(made.seconds),
        "approve_seconds": round_off(sealed.seconds),
    }
    exactly = len(drafts) == 1 and drafts == finals
    bench.aims.append(
        Aim(
            "one changed row of a sealed round remakes exactly one letter",
            f"{len(drafts)} draft made in {made.seconds:.1f} s, {len(finals)} letter sealed in"
            f" {sealed.seconds:.1f} s, {bench.letters - len(finals)} left as they were",
            exactly,
        )
    )


def files_of(root: Path) -> dict[str, tuple[int, int]]:
    """Each PDF of the round that is there, by folder and municipality number, and when it was
    written under which inode."""
    output = root / "output" / allocation.NAME
    return {
        f"{path.parent.name}/{path.name[:4]}": (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in output.glob("*/*.pdf")
    }


def changed(
    before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]], folder: str
) -> list[str]:
    """The municipality numbers whose PDF in a folder is new."""
    return sorted(
        name.partition("/")[2]
        for name, written in after.items()
        if name.startswith(f"{folder}/") and before.get(name) != written
    )


def round_off(seconds: float) -> float:
    """Seconds as they are written down."""
    return float(f"{seconds:.2f}")
