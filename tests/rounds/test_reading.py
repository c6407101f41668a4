"""Letters are marked as read, and the mark holds as long as they say the same."""

import shutil
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.errors import Refused, WrongUse
from brevgen.rounds.reading import Marks, content_digest, mark_as_read, marks, progress
from brevgen.rounds.reading_list import reading_list
from tests.support.samples import ROWS, make_round, make_workspace
from tests.support.sessions import approved, generated, session

AAS, BAERUM = "0214", "0219"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two drafts."""
    place = make_workspace(tmp_path_factory.mktemp("made") / "workspace")
    make_round(place, ROWS[:2])
    generated(place)
    return place


@pytest.fixture
def trial(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "workspace")


def read(place: Path, number: str, note: str = "", account: str = "hege", shown: str = "") -> None:
    with session(place, account=account) as opened:
        mark_as_read(opened, number, note, shown=shown)


def found(place: Path) -> Marks:
    with session(place) as opened:
        return marks(opened)


def test_who_has_read_what_is_told_with_what_they_said(trial: Path) -> None:
    read(trial, AAS)
    read(trial, AAS, "Tallet er\nfor høyt")
    read(trial, AAS)
    read(trial, AAS, account="per")
    read(trial, BAERUM, account="per")

    told = found(trial)
    assert [(each.reading.account, each.reading.note) for each in told.of(AAS)] == [
        ("hege", "Tallet er for høyt"),
        ("hege", ""),
        ("per", ""),
    ]
    assert told.readers(AAS) == ("hege", "per")
    assert told.counts({AAS, BAERUM, "0834"}) == {"hege": 1, "per": 2}
    assert told.read({AAS, BAERUM, "0834"}) == {AAS, BAERUM}
    assert told.read({AAS, BAERUM}, "hege") == {AAS}


def test_how_much_of_the_reading_list_is_done_is_told(trial: Path) -> None:
    with session(trial) as opened:
        before = progress(opened, marks(opened))
        proposed = {each.letter.number for each in before.proposals}
        assert (before.read, before.proposals) == (frozenset(), reading_list(opened))
        number = min(proposed)
        mark_as_read(opened, number)
    with session(trial) as opened:
        assert progress(opened, marks(opened)).read == {number}
        assert progress(opened, marks(opened)).proposals == before.proposals
        make_round(trial, ROWS[:1])
        opened.read_again()
        assert [e.letter.number for e in progress(opened, marks(opened)).proposals] == [AAS]


def test_a_mark_holds_through_approval_and_ends_with_a_change(trial: Path) -> None:
    read(trial, AAS)
    approved(trial)
    assert found(trial).readers(AAS) == ("hege",)
    make_round(trial, ROWS[:2], deadline="2018-01-10")
    (mark,) = found(trial).of(AAS)
    assert not mark.is_current
    assert found(trial).counts({AAS}) == {}


def test_what_has_changed_since_it_was_shown_is_not_marked(trial: Path) -> None:
    with session(trial) as opened:
        shown = content_digest(opened, AAS)
    make_round(trial, ROWS[:2], deadline="2018-01-10")
    with pytest.raises(Refused, match="has changed since the page was shown"):
        read(trial, AAS, shown=shown)
    assert found(trial).of(AAS) == ()


def test_a_letter_that_is_not_there_or_not_made_is_not_read(trial: Path) -> None:
    make_round(trial, ROWS[:3])
    with pytest.raises(WrongUse, match="has no letter to 9999"):
        read(trial, "9999")
    with pytest.raises(Refused, match="not made yet"):
        read(trial, "0834")


def test_who_makes_or_approves_letters_marks_them(trial: Path) -> None:
    for roles in (("make",), ("approve",)):
        with session(trial) as opened:
            opened.actor = Actor("per", roles=roles)
            mark_as_read(opened, AAS)
    with session(trial) as opened:
        opened.actor = Actor("per", roles=("send", "follow up", "administer"))
        with pytest.raises(Refused, match="may not approve letters"):
            mark_as_read(opened, AAS)
