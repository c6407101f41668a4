"""The letters that are proposed for reading show everything once."""

from pathlib import Path

import pytest

from brevgen.letter.branches import BranchReader
from brevgen.rounds.reading_list import Proposal, reading_list
from tests.support.samples import ROWS, make_round
from tests.support.sessions import session


def proposed(workspace: Path, name: str = "trial") -> dict[str, Proposal]:
    with session(workspace, name=name) as opened:
        return {each.letter.number: each for each in reading_list(opened)}


def reasons(workspace: Path, name: str = "trial") -> dict[str, str]:
    """Municipality number by reason."""
    return {
        reason: number
        for number, each in proposed(workspace, name).items()
        for reason in each.reasons
    }


@pytest.mark.parametrize("name", ["2018", "2024"])
def test_every_branch_that_a_letter_takes_is_taken_by_one_that_is_proposed(
    workspace: Path, name: str
) -> None:
    found = proposed(workspace, name)
    with session(workspace, name=name) as opened:
        reader = BranchReader(opened.templates)
        taken = {each.number: set(reader.taken(each.letter)) for each in opened.letters()}
    assert set().union(*taken.values()) == set().union(*(taken[number] for number in found))
    assert len(found) <= 25 < len(taken)


def test_each_letter_is_proposed_for_a_reason_and_always_for_the_same(workspace: Path) -> None:
    first, second = proposed(workspace), proposed(workspace)
    assert all(each.reasons for each in first.values())
    assert {n: each.reasons for n, each in first.items()} == {
        n: each.reasons for n, each in second.items()
    }
    assert list(first) == sorted(first)


def test_both_forms_and_the_hardest_names_are_read(workspace: Path) -> None:
    found = reasons(workspace)
    assert found["It is the longest letter in nynorsk."] in ("0834", "1515")
    assert found["The municipality has names in several languages."] == "1940"
    assert found["The municipality has the longest name."] == "1940"


def test_each_case_of_minors_is_read(workspace: Path) -> None:
    found = reasons(workspace)
    assert found["Unaccompanied minors: one minor, under 15."] == "1515"
    assert found["Unaccompanied minors: several minors, some of them under 15."] == "0219"
    assert found["Unaccompanied minors: several minors."] == "2011"


def test_the_largest_changes_are_read(workspace: Path) -> None:
    found = reasons(workspace, "2024")
    (more,) = (reason for reason in found if "largest increase since 2023" in reason)
    (fewer,) = (reason for reason in found if "largest decrease" in reason)
    assert more != fewer


def test_a_sentence_that_only_one_letter_has_is_read(workspace: Path) -> None:
    rows = [*ROWS[:-1], ROWS[-1].replace(";11;2;0;", ";11;11;11;")]
    make_round(workspace, rows)
    (kautokeino,) = (each for n, each in proposed(workspace).items() if n == "2011")
    assert any("only minors, all" in reason for reason in kautokeino.reasons)


def test_letters_on_two_pages_are_read_only_where_there_are_some(workspace: Path) -> None:
    assert not any("two pages" in reason for reason in reasons(workspace))
