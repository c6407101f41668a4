"""A letter is compared with what was shown, approved, said in an earlier round, or in nynorsk."""

from pathlib import Path

import pytest

from brevgen.actor import Actor, process_actor
from brevgen.rounds.compare import Against, Comparison, changed_since_shown, compare
from brevgen.rounds.lineup import approver_for, line_up
from brevgen.rounds.other_letters import other_letters
from brevgen.rounds.reading import mark_as_read
from brevgen.rounds.withdraw import withdraw
from tests.support.made_rounds import copied
from tests.support.samples import ROWS, make_round
from tests.support.sessions import session

ME = process_actor().account
"""Who has approved the letters of the trial round."""
LATER = {
    "settlement_year": "2019",
    "letter_date": "2018-11-05",
    "deadline": "2019-01-05",
    "first": '"18-10000"',
    "last": '"18-10500"',
}


@pytest.fixture
def place(tmp_path: Path, sealed_trial: Path) -> Path:
    """A workspace where the six letters of the round `trial` are approved."""
    return copied(sealed_trial, tmp_path / "workspace")


def asking_aas_for(asked: int, *, reference: str = "17-09235") -> list[str]:
    aas = f"0214;Ås;{asked};0;0;{reference};;kjent"
    return [aas, *ROWS[1:]]


def compared(
    place: Path,
    number: str,
    against: Against,
    *,
    account: str = "anne",
    name: str = "trial",
    with_round: str = "",
) -> Comparison:
    with session(place, account=account, name=name) as opened:
        (letter,) = (each for each in opened.letters() if each.number == number)
        return compare(opened, letter, against, with_round)


def marked(comparison: Comparison) -> set[tuple[str, str]]:
    return {
        (stretch.fate, stretch.text.strip())
        for each in comparison.paragraphs
        for stretch in each.stretches
        if stretch.fate != "same"
    }


def test_a_letter_of_which_nothing_is_known_has_nothing_to_be_compared_with(
    workspace: Path,
) -> None:
    for against in ("shown", "approved", "earlier"):
        found = compared(workspace, "0214", against)
        assert found.absent
        assert not found.paragraphs


def test_an_approved_letter_is_what_was_approved(place: Path) -> None:
    found = compared(place, "0214", "approved")
    assert (found.changed, found.reference, found.by) == (0, "17-09235", ME)
    assert not found.absent


def test_a_new_figure_is_marked_whole_and_nothing_else(place: Path) -> None:
    make_round(place, asking_aas_for(11))
    found = compared(place, "0214", "approved")
    assert ("removed", "10") in marked(found)
    assert ("added", "11") in marked(found)
    changed = [each for each in found.paragraphs if not each.is_same]
    assert {each.style for each in changed} == {"fact", "paragraph"}


def test_what_was_taken_back_is_still_there_to_compare_with(place: Path) -> None:
    with session(place) as opened:
        withdraw(opened, ["0214"], "feil tall")
    found = compared(place, "0214", "approved")
    assert found.is_withdrawn
    assert found.changed == 0


def test_each_account_is_told_what_it_has_not_seen(place: Path) -> None:
    with session(place, account="per") as opened:
        assert changed_since_shown(opened) == set()
    assert compared(place, "0214", "shown", account="per").absent

    with session(place, account=ME) as opened:
        assert changed_since_shown(opened) == set()

    make_round(place, asking_aas_for(11))  # which changes the sum of the country in all letters
    with session(place, account=ME) as opened:
        assert changed_since_shown(opened) == {each.number for each in opened.letters()}
    assert ("added", "11") in marked(compared(place, "0214", "shown", account=ME))
    assert compared(place, "0219", "shown", account=ME).changed == 1


def test_who_only_makes_letters_has_seen_what_she_marked_as_read(place: Path) -> None:
    with session(place, account="kari") as opened:
        opened.actor = Actor("kari", roles=("make",))
        mark_as_read(opened, "0214")
        assert changed_since_shown(opened) == set()
    assert not compared(place, "0214", "shown", account="kari").absent
    make_round(place, asking_aas_for(11))
    with session(place, account="kari") as opened:
        assert changed_since_shown(opened) == {"0214"}
    assert {("removed", "10"), ("added", "11")} <= marked(
        compared(place, "0214", "shown", account="kari")
    )


def test_the_letter_of_an_earlier_round_is_found_and_compared(place: Path) -> None:
    make_round(place, asking_aas_for(12, reference=""), name="later", **LATER)
    found = compared(place, "0214", "earlier", name="later")
    assert (found.round, found.reference) == ("trial", "17-09235")
    assert str(found.dated) == "2017-11-06"
    assert {("removed", "10"), ("added", "12")} <= marked(found)
    assert compared(place, "0214", "earlier", name="later", with_round="nothing").absent
    with session(place, name="later") as opened:
        assert [each.round for each in other_letters(opened, "2011")] == ["trial"]


def test_the_other_form_says_the_same_in_other_words(place: Path) -> None:
    found = compared(place, "0214", "form")
    assert {("removed", "oppmoding"), ("added", "anmodning")} <= {
        (fate, word.lower()) for fate, text in marked(found) for word in text.split()
    }
    assert ("removed", "10") not in marked(found)


def test_looking_writes_nothing(place: Path) -> None:
    ledger = (place / "data/ledger.sqlite3").read_bytes()
    for against in ("shown", "approved", "earlier", "form"):
        compared(place, "0214", against)
    assert (place / "data/ledger.sqlite3").read_bytes() == ledger
    with session(place) as opened:
        assert line_up(opened, opened.choose(), approver_for(opened)).letters == ()
