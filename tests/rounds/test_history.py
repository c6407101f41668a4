"""The history tells everything that has happened to a municipality's letters, by whom."""

from datetime import timedelta
from pathlib import Path

import pytest

from brevgen.errors import WrongUse
from brevgen.rounds.history import history
from brevgen.rounds.withdraw import withdraw
from brevgen.workspace import Workspace, find_workspace
from tests.support.samples import ROWS, make_round
from tests.support.sessions import BEGIN, approved, generated, session


@pytest.fixture
def place(workspace: Path) -> Workspace:
    """Two drafts by Anne; Hege approved one of them and took it back."""
    make_round(workspace, ROWS[:2])
    generated(workspace, account="anne")
    approved(workspace, account="hege", only=["Ås"])
    with session(workspace, account="hege") as opened:
        withdraw(opened, {"0214"}, "feil tall")
    return find_workspace(workspace)


def acts(place: Workspace, who: str, round_name: str = "") -> list[tuple[str, str]]:
    return [(each.act, each.actor.account) for each in history(place, who, round_name)]


AAS = [
    ("reference given", "anne"),
    ("draft made", "anne"),
    ("approval shown", "hege"),
    ("approved", "hege"),
    ("sealed", "hege"),
    ("approval withdrawn", "hege"),
]


def test_everything_is_told_in_its_order_with_who_and_when(place: Workspace) -> None:
    events = history(place, "0214")
    assert [each for each in acts(place, "0214") if each[0] != "approval shown"] == [
        each for each in AAS if each[0] != "approval shown"
    ]
    assert [each.sequence for each in events] == sorted(each.sequence for each in events)
    assert all(BEGIN < each.at < BEGIN + timedelta(days=1) for each in events)
    assert {each.reference for each in events} == {"17-09235"}
    assert "feil tall" in events[-1].what


@pytest.mark.parametrize("who", ["0214", "3021", "3218", "ås", "17-09235"])
def test_a_municipality_is_meant_by_number_name_or_reference(place: Workspace, who: str) -> None:
    assert history(place, who) == history(place, "0214") != []


def test_a_number_that_no_municipality_has_is_no_empty_history(place: Workspace) -> None:
    with pytest.raises(WrongUse, match="no municipality “9999”"):
        history(place, "9999")


def test_only_one_round_may_be_asked_for(place: Workspace) -> None:
    make_round(place.root, ROWS[1:2], name="other")
    generated(place.root, name="other")
    assert {each.round for each in history(place, "Bærum")} == {"trial", "other"}
    assert {each.round for each in history(place, "Bærum", "other")} == {"other"}


def test_faults_in_the_rounds_files_are_no_hindrance(place: Workspace) -> None:
    before = history(place, "Ås")
    (place.root / "data/rounds/trial/allocation.csv").write_text("no table")
    assert history(place, "Ås") == before


@pytest.mark.parametrize(
    ("who", "told"),
    [("Atlantis", "no municipality “Atlantis”"), ("Herøy", "1515 Herøy.*1818 Herøy.*number")],
)
def test_who_is_not_there_or_not_clear_is_told(place: Workspace, who: str, told: str) -> None:
    with pytest.raises(WrongUse, match=told):
        history(place, who)


def test_where_nothing_was_made_nothing_has_happened(workspace: Path) -> None:
    with pytest.raises(WrongUse, match="Nothing has happened yet"):
        history(find_workspace(workspace), "Ås")
