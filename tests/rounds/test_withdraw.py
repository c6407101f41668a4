"""Approvals taken back: from the ledger, with a reason, and never a whole round by accident."""

from pathlib import Path

import pytest

from brevgen.errors import Refused
from brevgen.rounds.withdraw import withdraw
from tests.support.samples import ROWS, make_round
from tests.support.sessions import approved, generated, session


@pytest.fixture
def trial(workspace: Path) -> Path:
    """Two approved letters of six."""
    make_round(workspace, ROWS)
    generated(workspace, only=["0214", "0834"])
    approved(workspace, only=["0214", "0834"])
    return workspace


def test_a_whole_round_is_taken_back_only_when_somebody_agrees(trial: Path) -> None:
    asked: list[int] = []

    def refuse(count: int) -> bool:
        asked.append(count)
        return False

    with session(trial) as opened, pytest.raises(Refused, match="Nothing was taken back"):
        withdraw(opened, (), "a slip", agree=refuse)
    assert asked == [2]
    with session(trial) as opened:
        assert withdraw(opened, (), "a slip").numbers == ("0214", "0834")
    assert not list((trial / "output/trial/letters").glob("*.pdf"))


def test_a_fault_in_the_spreadsheet_is_no_hindrance(trial: Path) -> None:
    rows = [row.replace(";10;", ";11;") for row in ROWS]
    make_round(trial, rows, total=str(118))
    with session(trial) as opened:
        assert opened.has_faults
        assert withdraw(opened, {"0214"}, "a slip").numbers == ("0214",)
    names = [file.name for file in (trial / "output/trial/letters").glob("*.pdf")]
    assert [name[:4] for name in names] == ["0834"]


@pytest.mark.parametrize("reason", ["  ", "\u200b", "\x00\n", "\u202e"])
def test_without_a_reason_that_can_be_read_nothing_is_taken_back(trial: Path, reason: str) -> None:
    with session(trial) as opened, pytest.raises(Refused, match="with a reason"):
        withdraw(opened, {"0214"}, reason)


def test_a_reason_is_kept_as_one_line_of_what_can_be_printed(trial: Path) -> None:
    with session(trial) as opened:
        withdraw(opened, {"0214"}, " Feil\x00\u202etall\r\ni raden ")
        kept = opened.known.approvals["0214"].withdrawn
    assert kept is not None
    assert kept.reason == "Feil tall i raden"
