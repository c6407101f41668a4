"""The rules of approving: each answers with a reason, or with nothing."""

from dataclasses import replace

import pytest

from brevgen.rounds.approval_rules import Approver, Candidate, reasons_against

LETTER = Candidate(
    label="0214 Ås",
    is_draft=True,
    made_by="kari",
    signatory="Hege Aspelund",
    accounts=(),
)
HEGE = Approver(account="hege", name="", four_eyes=False)


def reasons(letter: Candidate, approver: Approver = HEGE) -> list[str]:
    return list(reasons_against([letter], approver))


def test_a_draft_that_is_up_to_date_may_be_approved() -> None:
    assert reasons(LETTER) == []


def test_what_lies_there_not_as_a_draft_may_not() -> None:
    assert "make the draft first" in reasons(replace(LETTER, is_draft=False))[0]


@pytest.mark.parametrize("name", ["", "Hege Aspelund", "hege aspelund"])
def test_a_letter_may_be_approved_in_the_name_it_bears(name: str) -> None:
    assert reasons(LETTER, replace(HEGE, name=name)) == []


def test_a_letter_may_not_be_approved_in_another_name() -> None:
    (reason,) = reasons(LETTER, replace(HEGE, name="Ola Nordmann"))
    assert "Hege Aspelund" in reason
    assert "Ola Nordmann" in reason


def test_only_the_accounts_of_a_signatory_may_approve_in_that_name() -> None:
    letter = replace(LETTER, accounts=("hege", "stand-in"))
    assert reasons(letter) == []
    (reason,) = reasons(letter, replace(HEGE, account="kari"))
    assert "kari may not approve" in reason
    assert "hege, stand-in may" in reason


def test_with_four_eyes_whoever_made_the_draft_may_not_approve_it() -> None:
    kari = Approver(account="kari", name="", four_eyes=True)
    assert "another one must approve it" in reasons(LETTER, kari)[0]
    assert reasons(LETTER, replace(kari, account="hege")) == []
    assert reasons(LETTER, replace(kari, four_eyes=False)) == []


def test_a_person_is_known_by_every_name() -> None:
    kari = Approver(account="kari@https://login.example", name="", four_eyes=True, also=("kari",))
    assert "another one must approve it" in reasons(LETTER, kari)[0]
    assert reasons(replace(LETTER, made_by="ola", accounts=("kari",)), kari) == []


def test_every_reason_is_told_with_all_the_letters_it_holds_for() -> None:
    letters = [
        replace(LETTER, label="0211 Vestby", is_draft=False),
        replace(LETTER, label="0213 Ski", accounts=("per",)),
        replace(LETTER, label="0215 Frogn", is_draft=False),
    ]
    against = reasons_against([LETTER, *letters], HEGE)
    assert sorted(against.values()) == [["0211 Vestby", "0215 Frogn"], ["0213 Ski"]]
