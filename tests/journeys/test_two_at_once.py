"""Two people at the same time: no reference is shared, and no letter is made by halves."""

import json
from pathlib import Path

import pytest

from brevgen.ledger.reader import LedgerReader
from tests.support.running import finish, seen_whole, start
from tests.support.samples import ROOT, make_round

pytestmark = pytest.mark.slow


def rows(first: int, last: int) -> list[str]:
    source = ROOT / "data" / "rounds" / "2018" / "allocation.csv"
    return source.read_text(encoding="utf-8").splitlines()[first:last]


def references(workspace: Path, name: str) -> dict[str, str]:
    with LedgerReader(workspace / "data" / "ledger.sqlite3") as ledger:
        return ledger.references(name)


def test_two_runs_of_the_same_round_both_end_well_and_every_letter_is_there_once(
    workspace: Path,
) -> None:
    make_round(workspace, rows(1, 13), name="same")
    both = [start(workspace, "generate", "same", "--jobs", "1") for _ in range(2)]
    for running in both:
        ran = finish(running)
        assert ran.code == 0, ran.err
    given = references(workspace, "same")
    assert len(set(given.values())) == len(given) == 12
    drafts = workspace / "output" / "same" / "drafts"
    names = seen_whole(drafts.iterdir())
    assert len(names) == 24
    assert {name[:4]: name.partition(".")[0][-8:] for name in names} == given
    told = json.loads(finish(start(workspace, "status", "same", "--json")).out)["letters"]
    assert {line["state"] for line in told} == {"draft"}
    ran = finish(start(workspace, "generate", "same"))
    assert ran.out.startswith("0 letters made, 12 up to date.\n")


@pytest.mark.slow
def test_two_rounds_that_share_a_series_share_no_reference(workspace: Path) -> None:
    make_round(workspace, rows(1, 21), name="one")
    make_round(workspace, [row for row in rows(21, 41) if "17-09235" not in row], name="other")
    both = [start(workspace, "generate", name, "--jobs", "1") for name in ("one", "other")]
    for running in both:
        ran = finish(running)
        assert ran.code == 0, ran.err
    given = [*references(workspace, "one").values(), *references(workspace, "other").values()]
    assert len(given) == len(set(given)) >= 39
    assert "17-09235" in given, "the one of the allocation is left for the letter that has it"


def test_two_people_who_make_a_letter_each_do_not_disturb_each_other(workspace: Path) -> None:
    names = ["0214", "0219"]
    both = [start(workspace, "generate", "trial", "--only", name, "--jobs", "1") for name in names]
    for running in both:
        ran = finish(running)
        assert ran.code == 0, ran.err
        assert ran.out.startswith("1 letter made, 0 up to date.\n")
    drafts = workspace / "output" / "trial" / "drafts"
    assert [name[:4] for name in seen_whole(drafts.glob("*.pdf"))] == names
