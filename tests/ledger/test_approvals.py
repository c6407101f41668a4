"""Who approved exactly what, and whether it still stands."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brevgen.actor import Account, Actor
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Approval, Event, Withdrawal
from tests.support.approving import MORNING, SERIES, letter, letters, sha256

AAS = letter("0214", "17-09100")
KAUTOKEINO = letter("2011", "17-09101", "Vi ber Guovdageaidnu om 15")


@pytest.fixture
def numbered(ledger):
    ledger.give_references("2018", ["0214", "2011"], SERIES, {})
    return ledger


def test_an_approval_comes_back_with_who_and_what_and_in_whose_name(numbered):
    manifest = numbered.approve("2018", [KAUTOKEINO, AAS])

    approved = numbered.approvals("2018")

    assert list(approved) == ["0214", "2011"]
    assert approved["0214"] == Approval(
        reference="17-09100",
        municipality="0214",
        content_digest=AAS.content_digest,
        manifest_digest=manifest,
        account="kari",
        signatory="Hege Aspelund",
        at=MORNING,
        withdrawn=None,
        sequence=4,
        manifest=1,
    )


def test_an_approval_covers_the_content_approved_and_no_other(numbered):
    numbered.approve("2018", [AAS])

    approval = numbered.approvals("2018")["0214"]

    assert approval.covers(AAS.content_digest)
    assert not approval.covers(sha256("Vi ber Ås om 11"))


def test_what_was_shown_is_not_approved(numbered):
    numbered.record_shown("2018", [AAS])

    assert numbered.approvals("2018") == {}
    assert numbered.approval_history("2018") == {}


def test_the_latest_approval_counts_and_the_earlier_ones_are_history(path):
    # The clock is put back between them: what was recorded last is the latest all the same.
    hours = count(0, -1)
    with Ledger(
        path, lambda: MORNING + timedelta(hours=next(hours)), Actor("kari"), new=True
    ) as ledger:
        ledger.give_references("2018", ["0214"], SERIES, {})
        ledger.approve("2018", [AAS])
        ledger.approve("2018", [letter("0214", "17-09100", "Vi ber Ås om 11")])

        assert ledger.approvals("2018")["0214"].covers(sha256("Vi ber Ås om 11"))
        assert [
            approval.content_digest for approval in ledger.approval_history("2018")["0214"]
        ] == [
            AAS.content_digest,
            sha256("Vi ber Ås om 11"),
        ]


def test_a_withdrawn_approval_covers_nothing_and_says_by_whom_and_why(numbered, path):
    numbered.approve("2018", [AAS, KAUTOKEINO])
    later = MORNING + timedelta(hours=1)
    with Ledger(path, lambda: later, Actor("ola"), new=True) as of_another:
        of_another.withdraw("2018", ["0214"], "feil tall")

    approved = numbered.approvals("2018")

    assert approved["0214"].withdrawn == Withdrawal(later, "ola", "feil tall")
    assert approved["0214"].account == "kari"
    assert not approved["0214"].covers(AAS.content_digest)
    assert approved["2011"].covers(KAUTOKEINO.content_digest)


def test_a_letter_can_be_approved_again_after_a_withdrawal(numbered):
    numbered.approve("2018", [AAS])
    numbered.withdraw("2018", ["0214"], "feil tall")
    numbered.approve("2018", [AAS])

    first, second = numbered.approval_history("2018")["0214"]

    assert first.withdrawn is not None
    assert second.covers(AAS.content_digest)
    assert numbered.approvals("2018") == {"0214": second}


def test_an_approval_withdrawn_does_not_bring_the_one_before_it_back(numbered):
    numbered.approve("2018", [AAS])
    numbered.approve("2018", [letter("0214", "17-09100", "Vi ber Ås om 11")])
    numbered.withdraw("2018", ["0214"], "feil tall")

    assert not numbered.approvals("2018")["0214"].covers(AAS.content_digest)
    with pytest.raises(ValueError, match="no approval to withdraw"):
        numbered.withdraw("2018", ["0214"], "enda en gang")


@pytest.mark.parametrize(
    ("municipalities", "reason", "told"),
    [
        (["0214", "2011", "0301"], "feil tall", "round 2018: 0301, 2011"),
        (["0214"], " \n", "without a reason"),
        (["0214"], "\u200b", "without a reason"),
    ],
)
def test_a_withdrawal_that_cannot_be_leaves_every_approval_standing(
    numbered, municipalities, reason, told
):
    numbered.approve("2018", [AAS])
    numbered.record_shown("2018", [KAUTOKEINO])
    history = numbered.events("2018")

    with pytest.raises(ValueError, match=told):
        numbered.withdraw("2018", municipalities, reason)

    assert numbered.approvals("2018")["0214"].covers(AAS.content_digest)
    assert numbered.events("2018") == history


@pytest.mark.parametrize(
    ("approved", "told"),
    [
        ([], "at least one letter"),
        ([AAS, AAS], "twice"),
        ([AAS, letter("2011", "17-09100")], "twice"),
        ([AAS, letter("2011", "17-09199")], "17-09199 was not given to municipality 2011"),
        ([AAS, letter("0301", "17-09101")], "17-09101 was not given to municipality 0301"),
        ([AAS, replace(KAUTOKEINO, content_text="noe annet")], "is not the SHA-256"),
        ([AAS, replace(KAUTOKEINO, content_digest=AAS.content_digest)], "is not the SHA-256"),
    ],
)
def test_what_cannot_be_approved_is_refused_and_nothing_is_approved(numbered, approved, told):
    history = numbered.events("2018")

    with pytest.raises(ValueError, match=told):
        numbered.approve("2018", approved)

    assert numbered.approvals("2018") == {}
    assert numbered.last_shown("2018", "kari") == {}
    assert numbered.events("2018") == history
    with pytest.raises(LookupError):
        numbered.content(AAS.content_digest)


def test_the_letters_of_two_rounds_do_not_mix(numbered):
    later = numbered.give_references("2018-2", ["0214"], SERIES, {})
    numbered.approve("2018", [AAS])
    numbered.record_shown("2018-2", letters(later, "Vi ber Ås om 16"))

    assert numbered.approvals("2018-2") == {}
    assert numbered.last_shown("2018", "kari") == {"0214": AAS.content_digest}
    with pytest.raises(ValueError, match="no approval to withdraw in round 2018-2"):
        numbered.withdraw("2018-2", ["0214"], "feil tall")
    with pytest.raises(ValueError, match=r"17-09100 was not given .* in round 2018-2"):
        numbered.approve("2018-2", [AAS])

    numbered.approve("2018-2", letters(later, "Vi ber Ås om 16"))
    numbered.withdraw("2018-2", ["0214"], "feil tall")
    assert numbered.approvals("2018")["0214"].covers(AAS.content_digest)


def test_approvals_and_withdrawals_are_events_that_name_what_they_are_about(numbered):
    numbered.approve("2018", [AAS])
    numbered.withdraw("2018", ["0214"], "feil tall")

    *_, approved, withdrawn = numbered.events("2018", "0214")

    assert approved == Event(
        sequence=3,
        at=MORNING,
        round="2018",
        municipality="0214",
        reference="17-09100",
        act="approved",
        what="in the name of Hege Aspelund",
        actor=Account("kari"),
    )
    assert withdrawn == replace(
        approved,
        act="approval withdrawn",
        sequence=4,
        what="feil tall",
    )


ROUNDS = ["2018", "2018-2"]
NUMBERS = ["0214", "0301", "2011"]
TEXTS = ["10", "11", "12"]
acts = st.lists(
    st.tuples(
        st.sampled_from(["approve", "approve", "withdraw", "change", "show"]),
        st.sampled_from(ROUNDS),
        st.sets(st.sampled_from(NUMBERS), min_size=1),
        st.sampled_from(TEXTS),
    ),
    max_size=20,
)


@settings(max_examples=15, deadline=None)
@given(acts)
def test_whatever_happens_a_letter_is_covered_only_if_its_last_act_approved_that_content(acts):
    says = {(name, number): "10" for name in ROUNDS for number in NUMBERS}
    stands: dict[tuple[str, str], str | None] = dict.fromkeys(says)
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger(Path(folder) / "l", lambda: datetime.now(UTC), Actor("kari"), new=True) as ledger,
    ):
        given = {name: ledger.give_references(name, NUMBERS, SERIES, {}) for name in ROUNDS}
        for act, name, numbers, text in acts:
            these = [(name, number) for number in numbers]
            as_they_are = [
                letter(number, given[name][number], says[name, number]) for number in numbers
            ]
            if act == "change":
                says |= dict.fromkeys(these, text)
            elif act == "show":
                ledger.record_shown(name, as_they_are)
            elif act == "approve":
                ledger.approve(name, as_they_are)
                stands |= {each: says[each] for each in these}
            elif all(stands[each] is not None for each in these):
                ledger.withdraw(name, numbers, "feil tall")
                stands |= dict.fromkeys(these)
            else:
                with pytest.raises(ValueError, match="no approval to withdraw"):
                    ledger.withdraw(name, numbers, "feil tall")
            covered = {
                (round_name, number): text
                for round_name in ROUNDS
                for number, approval in ledger.approvals(round_name).items()
                for text in TEXTS
                if approval.covers(sha256(text))
            }
            assert covered == {each: text for each, text in stands.items() if text is not None}
