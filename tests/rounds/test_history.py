"""The history tells everything that has happened to a municipality's letters, by whom."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.errors import WrongUse
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Answer
from brevgen.rounds.history import history
from brevgen.rounds.withdraw import withdraw
from brevgen.workspace import Workspace, find_workspace
from tests.support.made_rounds import copied
from tests.support.samples import ROWS, make_round, make_workspace
from tests.support.sessions import BEGIN, Clock, approved, generated, session


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drafts by Anne; Hege approved one of them and took it back."""
    workspace = make_workspace(tmp_path_factory.mktemp("made") / "workspace")
    make_round(workspace, ROWS[:2])
    generated(workspace, account="anne")
    approved(workspace, account="hege", only=["Ås"])
    with session(workspace, account="hege") as opened:
        withdraw(opened, {"0214"}, "feil tall")
    return workspace


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Workspace:
    return find_workspace(copied(made, tmp_path / "workspace"))


def acts(place: Workspace, who: str, round_name: str = "") -> list[tuple[str, str]]:
    events = history(place, who, round_name).events
    return [(each.act, each.actor.account) for each in events]


AAS = [
    ("reference given", "anne"),
    ("draft made", "anne"),
    ("approval shown", "hege"),
    ("approved", "hege"),
    ("sealed", "hege"),
    ("approval withdrawn", "hege"),
]


def test_everything_is_told_in_its_order_with_who_and_when(place: Workspace) -> None:
    events = history(place, "0214").events
    assert [each for each in acts(place, "0214") if each[0] != "approval shown"] == [
        each for each in AAS if each[0] != "approval shown"
    ]
    assert [each.sequence for each in events] == sorted(each.sequence for each in events)
    assert all(BEGIN < each.at < BEGIN + timedelta(days=1) for each in events)
    assert {each.reference for each in events} == {"17-09235"}
    assert "feil tall" in events[-1].what


@pytest.mark.parametrize("who", ["0214", "3021", "3218", "ås", "17-09235"])
def test_a_municipality_is_meant_by_number_name_or_reference(place: Workspace, who: str) -> None:
    assert history(place, who) == history(place, "0214")


def test_a_number_that_no_municipality_has_is_no_empty_history(place: Workspace) -> None:
    with pytest.raises(WrongUse, match="no municipality “9999”"):
        history(place, "9999")


def test_only_one_round_may_be_asked_for(place: Workspace) -> None:
    make_round(place.root, ROWS[1:2], name="other")
    generated(place.root, name="other")
    assert {each.round for each in history(place, "Bærum").events} == {"trial", "other"}
    assert {each.round for each in history(place, "Bærum", "other").events} == {"other"}


def test_faults_in_the_rounds_files_are_no_hindrance(place: Workspace) -> None:
    before = history(place, "Ås")
    assert before.events
    (place.root / "data/rounds/trial/allocation.csv").write_text("no table")
    assert history(place, "Ås") == before


@pytest.mark.parametrize(
    ("who", "told"),
    [("Atlantis", "no municipality “Atlantis”"), ("Herøy", "1515 Herøy.*1818 Herøy.*number")],
)
def test_who_is_not_there_or_not_clear_is_told(place: Workspace, who: str, told: str) -> None:
    with pytest.raises(WrongUse, match=told):
        history(place, who)


def test_where_nothing_was_made_there_are_the_figures_of_earlier_years(workspace: Path) -> None:
    place = find_workspace(workspace)
    found = history(place, "Ås")
    assert found.municipality == "3218 Ås"
    assert {each.year: each.asked for each in found.years if each.year in (2017, 2018)} == {
        2017: 30,
        2018: 16,
    }
    assert (found.rounds, found.events, found.findings) == ((), (), ())
    assert not place.has_ledger


@pytest.mark.parametrize("round_name", ["", "trial"])
def test_where_there_is_neither_ledger_nor_figure_nothing_has_happened(
    workspace: Path, round_name: str
) -> None:
    (workspace / "data/history.csv").unlink()
    with pytest.raises(WrongUse, match="Nothing has happened yet"):
        history(find_workspace(workspace), "Ås", round_name)


def test_the_figures_are_those_of_the_last_municipality_of_the_name(place: Workspace) -> None:
    asker, royken = history(place, "0220"), history(place, "Røyken")
    assert (asker.municipality, asker.made_of) == ("3203 Asker", ("Asker", "Røyken", "Hurum"))
    assert (royken.municipality, royken.made_of) == ("0627 Røyken", ())
    asked = {each.year: each.asked for each in asker.years}
    assert (asked[2017], asked[2023]) == (97 + 55 + 25, 435)
    assert [each.asked for each in royken.years if each.year >= 2017] == [55, 20, 25]


def test_faults_of_the_figures_are_told_beside_what_has_happened(place: Workspace) -> None:
    (place.data / "history.csv").write_text(
        "kommunenummer,år,anmodet,vedtatt,bosatt\n0214,2017,mange,30,28\n", encoding="utf-8"
    )
    found = history(place, "Ås")
    assert [str(each.place) for each in found.findings] == ["history.csv, row 2, anmodet"]
    assert [(each.year, each.asked, each.decided) for each in found.years] == [(2017, None, 30)]
    assert found.events


def test_what_approved_letters_said_and_what_was_answered_is_told(place: Workspace) -> None:
    assert history(place, "Ås").rounds == ()  # the approval was taken back
    approved(place.root, only=["Bærum"])
    (said,) = history(place, "3201").rounds
    assert (said.round, said.kind, said.year) == ("trial", "request", 2018)
    assert (said.asked, said.minors, said.decided) == (65, 4, None)
    with Ledger(place.ledger, Clock(), Actor("kari")) as ledger:
        for decided in (60, 40):
            answer = Answer("trial", "0219", said.reference, decided, decided_on=date(2018, 1, 4))
            ledger.register_answers([answer])
        ledger.register_answers(
            [Answer("trial", "0219", said.reference, late_until=date(2018, 2, 1))]
        )
    make_round(place.root, [ROWS[0], ROWS[1].replace(";65;", ";650;")])  # said is said
    assert history(place, "3201").rounds == (replace(said, decided=40),)


def test_of_one_round_there_are_no_figures(place: Workspace) -> None:
    approved(place.root, only=["Bærum"])
    found = history(place, "Bærum", "trial")
    assert (found.years, found.rounds) == ((), ())
    assert found.municipality == "3201 Bærum"
