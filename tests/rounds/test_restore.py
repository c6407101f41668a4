"""A backup is put in the place of a lost ledger, and gives no number twice."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.ledger.ledger import Ledger
from brevgen.rounds.traces import letters_on_disk
from brevgen.settings.series import Series
from brevgen.workspace import find_workspace
from tests.ledger.hands import by_another_hand
from tests.support.approving import MORNING
from tests.support.made_rounds import copied, made_once, make_drafts
from tests.support.running import Ran
from tests.support.samples import ROWS, make_round

Run = Callable[..., Ran]


@pytest.fixture
def workspace(shared: Path, tmp_path: Path) -> Path:
    """Six drafts."""
    return copied(made_once(shared, "drafted trial", make_drafts), tmp_path / "workspace")


@pytest.fixture
def ledger(workspace: Path) -> Path:
    return workspace / "data" / "ledger.sqlite3"


@pytest.fixture
def backup(brevgen: Run, tmp_path: Path) -> Path:
    """A copy of the ledger that knows the six drafts and no more."""
    copy = tmp_path / "backup.sqlite3"
    assert brevgen("ledger", "backup", copy).code == 0
    return copy


def references(brevgen: Run, round_name: str) -> list[str]:
    letters = json.loads(brevgen("status", round_name, "--json").out)["letters"]
    return [each["reference"] for each in letters]


def later_round(brevgen: Run, workspace: Path, name: str) -> list[str]:
    """A round of two letters made after the backup, of the same series, and its references."""
    rows = [row.replace(";17-09235;", ";;") for row in ROWS[:2]]
    make_round(workspace, rows, name=name)
    ran = brevgen("generate", name, "--jobs", "1")
    assert ran.code == 0, ran.err
    return references(brevgen, name)


def test_letters_on_the_disk_get_their_references_back(
    brevgen: Run, workspace: Path, ledger: Path, backup: Path
) -> None:
    given = later_round(brevgen, workspace, "later")
    ledger.unlink()
    (workspace / "output" / "later" / "report.csv").unlink()  # the drafts' names tell as much

    ran = brevgen("ledger", "restore", backup, "--highest", "", "--yes")

    assert ran.code == 0, ran.err
    assert "2 letters lie on the disk that the copy does not know." in ran.out
    assert f"References given back: {', '.join(sorted(given))}." in ran.out
    assert references(brevgen, "later") == given
    assert brevgen("verify", "--ledger").code == 0


def test_no_number_up_to_the_highest_that_was_told_is_given_again(
    brevgen: Run, workspace: Path, ledger: Path, backup: Path
) -> None:
    given = later_round(brevgen, workspace, "later")
    ledger.unlink()
    shutil.rmtree(workspace / "output" / "later")
    shutil.rmtree(workspace / "data" / "rounds" / "later")
    highest = max(given)

    ran = brevgen("ledger", "restore", backup, "--highest", highest, "--yes")

    assert ran.code == 0, ran.err
    new = later_round(brevgen, workspace, "after")
    assert min(new) > highest
    assert not set(new) & set(given)


def test_the_ledger_that_lay_there_is_put_aside_and_it_is_asked_before(
    brevgen: Run, workspace: Path, ledger: Path, backup: Path
) -> None:
    later_round(brevgen, workspace, "later")
    before = ledger.read_bytes()

    ran = brevgen("ledger", "restore", backup, "--highest", "17-09299")
    assert ran.code == 3
    assert "Nobody is there to be asked" in ran.err
    assert ledger.read_bytes() == before
    ran = brevgen("ledger", "restore", backup, "--yes")
    assert ran.code == 3
    assert "Say with --highest which reference" in ran.err

    ran = brevgen("ledger", "restore", backup, "--highest", "17-09299", "--yes")
    assert ran.code == 0
    (aside,) = ledger.parent.glob("ledger.sqlite3.before-restore-*.bak")
    assert aside.read_bytes() == before
    assert f"What was the ledger lies in {aside.name}." in ran.out


@pytest.mark.parametrize(
    ("spoil", "code", "told"),
    [
        (lambda copy: copy.write_bytes(b"no ledger" * 100), 2, "no SQLite database"),
        (lambda copy: copy.unlink(), 2, "There is no ledger"),
        (
            lambda copy: by_another_hand(copy, "UPDATE events SET account = 'x' WHERE id = 2"),
            3,
            "does not hold: event 2",
        ),
    ],
)
def test_what_is_no_whole_copy_is_not_restored(
    brevgen: Run,
    ledger: Path,
    backup: Path,
    spoil: Callable[[Path], object],
    code: int,
    told: str,
) -> None:
    spoil(backup)
    before = ledger.read_bytes()

    ran = brevgen("ledger", "restore", backup, "--highest", "", "--yes")

    assert (ran.code, told in ran.err) == (code, True), ran.err
    assert ledger.read_bytes() == before
    assert [each.name for each in ledger.parent.glob("ledger.sqlite3.*")] == []


def test_a_copy_of_another_ledger_takes_no_ledgers_place(
    brevgen: Run, ledger: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.sqlite3"
    with Ledger(other, lambda: MORNING, Actor("kari"), new=True) as made:
        made.note("2018", "", "of another agency")
    before = ledger.read_bytes()

    ran = brevgen("ledger", "restore", other, "--highest", "", "--yes")

    assert ran.code == 3
    assert "is of another ledger than the one in its place" in " ".join(ran.err.split())
    assert ledger.read_bytes() == before
    ledger.rename(tmp_path / "away.sqlite3")
    assert brevgen("ledger", "restore", other, "--highest", "", "--yes").code == 0


def test_what_is_no_reference_is_told(brevgen: Run, backup: Path) -> None:
    ran = brevgen("ledger", "restore", backup, "--highest", "17/9", "--yes")
    assert ran.code == 2
    assert "“17/9” is no reference: they are written as ##-#####." in ran.err


def test_the_status_tells_of_a_ledger_older_than_the_files_and_how_to_go_on(
    brevgen: Run, workspace: Path, ledger: Path, backup: Path
) -> None:
    later_round(brevgen, workspace, "later")
    shutil.copy(backup, ledger)

    ran = brevgen("status", "later")

    assert ran.code == 0
    assert "an older copy of it" in ran.err
    assert "brevgen ledger restore FILE" in ran.err


@pytest.mark.parametrize(
    ("pattern", "name", "reference"),
    [
        ("##-#####", "0214-Ås-17-09235", "17-09235"),
        ("##-#####", "1860-Bø-i-Vesterålen-17-09235", "17-09235"),
        ("####/*", "0214-Ås-2026-4513", "2026/4513"),
        ("##/#####-*", "0214-Ås-26-04512-3", "26/04512-3"),
        ("##-#####", "0214-Ås", None),
    ],
)
def test_the_reference_stands_in_the_name_of_a_letters_files(
    workspace: Path, pattern: str, name: str, reference: str | None
) -> None:
    shutil.rmtree(workspace / "output")
    settings = workspace / "data" / "rounds" / "trial" / "round.toml"
    text = settings.read_text("utf-8")
    first, last = (
        pattern.replace("*", "1").replace("#", "1"),
        pattern.replace("*", "9").replace("#", "1"),
    )
    lines = [each for each in text.splitlines() if not each.startswith(("first", "last"))]
    at = lines.index("[references]") + 1
    if pattern != "##-#####":
        lines[at:at] = [f'pattern = "{pattern}"', f'first = "{first}"', f'last = "{last}"']
        settings.write_text("\n".join(lines), "utf-8")
    drafts = workspace / "output" / "trial" / "drafts"
    drafts.mkdir(parents=True)
    (drafts / f"{name}.pdf").touch()

    found = letters_on_disk(find_workspace(workspace))

    assert found == ({"trial": {name[:4]: reference}} if reference else {})


def test_a_series_goes_on_above_what_is_used_of_its_own_kind() -> None:
    series = Series("17-09100", "17-09104")
    assert list(series.above([])) == list(series)
    assert list(series.above(["17-09102", "18-09103", "no", "17-00001"])) == [
        "17-09103",
        "17-09104",
    ]
    assert list(series.above(["17-09104"])) == []
