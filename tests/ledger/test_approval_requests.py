"""Who asked for approval of which letters, and how it ended, stands in the ledger for good."""

import pytest

from brevgen.actor import Actor
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.manifests import manifest_digest
from tests.ledger.hands import by_another_hand
from tests.support.approving import MORNING, SERIES, letters


@pytest.fixture
def references(ledger):
    return ledger.give_references("2018", ["0214", "0219"], SERIES, {})


def test_a_request_tells_who_asked_whom_for_what(ledger, references):
    asked = letters(references)
    digest = ledger.request_approval("2018", asked, whom="hege", note="Haster")

    (request,) = ledger.approval_requests("2018")
    assert digest == request.digest == manifest_digest(asked)
    assert (request.account, request.at, request.whom, request.note) == (
        *("kari", MORNING, "hege", "Haster"),
    )
    assert {number: each.reference for number, each in request.letters.items()} == references
    assert [each.end for each in request.letters.values()] == [None, None]
    assert ledger.content(asked[0].content_digest) == asked[0].content_text
    assert [each.act for each in ledger.events()][-2:] == ["approval asked for"] * 2
    assert ledger.approval_requests("2019") == []
    assert ledger.broken_events() == []


def test_letters_are_sent_back_one_by_one_with_a_reason_and_the_rest_taken_back(
    ledger, path, references
):
    ledger.request_approval("2018", letters(references))
    with Ledger(path, lambda: MORNING, Actor("hege")) as other:
        other.end_requests("2018", ["0219"], "sent back", "Feil tall for Bærum")
    ledger.end_requests("2018", ["0214"], "taken back")

    (request,) = ledger.approval_requests("2018")
    ends = {number: each.end for number, each in request.letters.items()}
    assert (ends["0219"].how, ends["0219"].reason, ends["0219"].account) == (
        *("sent back", "Feil tall for Bærum", "hege"),
    )
    assert (ends["0214"].how, ends["0214"].reason) == ("taken back", "")
    assert [(each.act, each.what) for each in ledger.events()][-2:] == [
        ("sent back", "Feil tall for Bærum"),
        ("request taken back", ""),
    ]
    assert ledger.broken_events() == []


def test_a_new_request_is_the_one_that_ends_and_the_old_one_keeps_its_end(ledger, references):
    ledger.request_approval("2018", letters(references))
    ledger.end_requests("2018", references, "sent back", "Feil dato")
    ledger.request_approval("2018", letters(references, "Ny dato"))
    ledger.end_requests("2018", ["0214"], "sent back", "Feil tall")

    first, second = ledger.approval_requests("2018")
    assert {each.end.reason for each in first.letters.values()} == {"Feil dato"}
    assert second.letters["0214"].end.reason == "Feil tall"
    assert second.letters["0219"].end is None


def test_what_is_not_open_is_not_ended_and_nothing_is_sent_back_without_a_reason(
    ledger, references
):
    with pytest.raises(ValueError, match="no open request in round 2018: 0214"):
        ledger.end_requests("2018", ["0214"], "taken back")
    ledger.request_approval("2018", letters(references))
    with pytest.raises(ValueError, match="without a reason"):
        ledger.end_requests("2018", ["0214"], "sent back", "  ")
    ledger.end_requests("2018", ["0214"], "taken back")
    with pytest.raises(ValueError, match="no open request in round 2018: 0214"):
        ledger.end_requests("2018", ["0214", "0219"], "taken back")

    assert ledger.approval_requests("2018")[0].letters["0219"].end is None


def test_letters_are_held_to_their_references(ledger, references):
    with pytest.raises(ValueError, match="17-09199"):
        ledger.request_approval("2018", letters({"0214": "17-09199"}))
    with pytest.raises(ValueError, match="at least one"):
        ledger.request_approval("2018", [])
    assert ledger.approval_requests("2018") == []


def test_a_request_that_another_hand_has_changed_is_none(ledger, path, references):
    ledger.request_approval("2018", letters(references), note="Haster")
    by_another_hand(path, "UPDATE approval_requests SET note = 'Godkjenn alt'")

    assert ledger.approval_requests("2018") == []
