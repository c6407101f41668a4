"""The status tells where letters stand, also where the round's files have faults."""

from pathlib import Path

import pytest

from brevgen.findings import FaultyInput
from brevgen.rounds.status import rounds, status
from brevgen.workspace import find_workspace
from tests.ledger.hands import by_another_hand
from tests.support.made_rounds import copied
from tests.support.samples import ROWS, make_round
from tests.support.sessions import approved, generated, session


@pytest.fixture
def trial(workspace: Path) -> Path:
    """Five drafts and one approved letter."""
    make_round(workspace, ROWS)
    generated(workspace)
    approved(workspace, only=["0214"])
    return workspace


def test_with_a_fault_in_the_spreadsheet_the_ledger_tells_what_it_knows(trial: Path) -> None:
    make_round(trial, [row.replace(";65;", ";66;") for row in ROWS], total="118")
    with session(trial) as opened:
        found = status(opened)
        assert not found.compared
        assert {e.number: e.state for e in found.letters}["0214"] == "final"
        assert {e.state for e in found.letters} == {"final", "draft"}
        assert found.letters[0].municipality == "Ås"
        assert found.letters[0].approval is not None
        assert found.letters[0].approval.state == "not compared"
        assert any("118" in str(finding) for finding in opened.findings.faults)
        assert {e.number for e in status(opened, region="Øst").letters} == {"0214", "0219"}


def test_a_municipality_dropped_after_approval_is_told(trial: Path) -> None:
    make_round(trial, ROWS[1:])
    with session(trial) as opened:
        (dropped,) = status(opened).dropped
        (asked_about,) = status(opened, only=["Ås"]).dropped
    assert (dropped.label, dropped.was) == ("0214 Ås", "approved")
    assert asked_about == dropped


def test_letters_are_found_by_name_and_state(trial: Path) -> None:
    with session(trial) as opened:
        assert [e.number for e in status(opened, only=["ås"]).letters] == ["0214"]
        assert [e.number for e in status(opened, states=["final"]).letters] == ["0214"]
        assert len(status(opened, states=["draft"]).letters) == 5


def test_a_look_that_changed_does_not_touch_what_is_sealed(trial: Path) -> None:
    style = trial / "templates" / "letters" / "letter.css"
    style.write_text(style.read_text() + "\nstrong { letter-spacing: 1mm }\n")
    with session(trial) as opened:
        states = {e.number: e.state for e in status(opened).letters}
    assert states.pop("0214") == "final"
    assert set(states.values()) == {"changed"}


def test_the_rounds_of_a_workspace_are_listed(trial: Path) -> None:
    lines = {each.round: each for each in rounds(find_workspace(trial))}
    assert set(lines) == {"2018", "2024", "trial"}
    assert (lines["trial"].references, lines["trial"].approved) == (6, 1)
    assert lines["2018"].references == 0


def test_a_draft_newer_than_the_final_letter_is_a_draft_though_nothing_can_be_compared(
    trial: Path,
) -> None:
    rows = [row.replace("0214;Ås;10;", "0214;Ås;12;") for row in ROWS]
    make_round(trial, rows)
    generated(trial)
    make_round(trial, rows, total="1")
    with session(trial) as opened:
        assert {e.number: e.state for e in status(opened).letters}["0214"] == "draft"


def test_with_a_round_that_cannot_be_read_a_region_means_nobody(trial: Path) -> None:
    (trial / "data/rounds/trial/round.toml").write_text("kind = ")
    with session(trial) as opened:
        assert len(status(opened).letters) == 6
        with pytest.raises(FaultyInput):
            status(opened, region="Øst")


def test_what_another_hand_has_changed_of_the_sending_is_told(
    all_sent: Path, tmp_path: Path
) -> None:
    place, told = copied(all_sent, tmp_path / "workspace"), list[str]()
    with session(place, tell=told.append) as opened:
        status(opened)
    assert told == []
    by_another_hand(place / "data/ledger.sqlite3", "UPDATE receipts SET words = 'x' WHERE id = 2")
    with session(place, tell=told.append) as opened:
        assert {each.state for each in status(opened).letters} == {"sent"}
    (doubt,) = told
    assert "“brevgen verify --ledger”" in doubt
