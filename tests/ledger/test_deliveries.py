"""What became of every message: written down before it leaves, never changed, never in doubt."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from brevgen.actor import Actor
from brevgen.errors import SentInOtherWords
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import Receipt
from tests.ledger.hands import by_another_hand
from tests.ledger.killing import everything_in, killed_after
from tests.support.approving import MORNING, SERIES, delivery, letter, sealed

AAS = sealed("0214", "17-09100")
KAUTOKEINO = sealed("2011", "17-09101")
LATER = "Vi ber Ås om 16"
TO_AAS = delivery(AAS)
TO_KAUTOKEINO = delivery(KAUTOKEINO, "mailbox", "Postmottak@kautokeino.kommune.example")

STATES = ["to send", "sending", "sent", "refused", "failed for now", "uncertain"]
OTHER = replace(TO_AAS, recipient_key="other@as.kommune.example")


@pytest.fixture
def final(ledger):
    """A ledger with two letters sealed."""
    ledger.give_references("2018", ["0214", "2011"], SERIES, {})
    ledger.approve("2018", [letter("0214", "17-09100"), letter("2011", "17-09101")])
    ledger.record_sealed([AAS, KAUTOKEINO])
    return ledger


def receipts(*states):
    """A message with these receipts, an hour between them."""
    return replace(
        TO_AAS,
        receipts=tuple(
            Receipt(state, MORNING + timedelta(hours=hour), "", "kari")
            for hour, state in enumerate(states)
        ),
    )


# -- before it is handed over ---------------------------------------------------------------------


def test_that_a_message_is_being_handed_over_is_known_to_others_before_it_is(final, path):
    assert final.begin_sending(TO_AAS)

    with LedgerReader(path) as other:
        assert other.deliveries("2018") == {
            "0214": (replace(TO_AAS, receipts=(Receipt("sending", MORNING, "", "kari"),)),)
        }


@pytest.mark.parametrize("state", STATES)
def test_only_what_was_surely_not_taken_may_be_handed_over_again(final, state, path):
    final.begin_sending(TO_AAS)
    final.record_receipt(TO_AAS, state, "")
    before = everything_in(path)

    may = final.begin_sending(TO_AAS)

    assert may == (state in ("to send", "failed for now"))
    assert may == (everything_in(path) != before)


def test_of_many_who_want_to_send_a_message_at_once_one_may(final, path):
    def begin(_):
        with Ledger(path, lambda: MORNING, Actor("kari"), new=True) as own:
            return own.begin_sending(TO_AAS)

    with ThreadPoolExecutor(8) as others:
        assert sum(others.map(begin, range(8))) == 1
    assert len(final.find_delivery(TO_AAS.external_id).receipts) == 1


def begin(ledger):
    ledger.begin_sending(TO_AAS)


@pytest.mark.parametrize("words", ["INSERT INTO deliveries", "INSERT INTO receipts"])
def test_killed_before_it_is_written_down_nothing_is(final, path, words):
    before = everything_in(path)

    killed_after(path, words, begin)

    assert everything_in(path) == before
    assert final.begin_sending(TO_AAS)


# -- what became of it ----------------------------------------------------------------------------


def test_every_receipt_is_kept_with_time_words_and_account(final, path):
    final.begin_sending(TO_AAS)
    final.record_receipt(TO_AAS, "failed for now", "451 4.3.0 busy")
    later = MORNING + timedelta(minutes=2)
    with Ledger(path, lambda: later, Actor("ola"), new=True) as other:
        other.begin_sending(TO_AAS)
        other.record_receipt(TO_AAS, "sent", "250 2.0.0 queued as 4711")

    found = final.find_delivery(TO_AAS.external_id)

    assert found.receipts == (
        Receipt("sending", MORNING, "", "kari"),
        Receipt("failed for now", MORNING, "451 4.3.0 busy", "kari"),
        Receipt("sending", later, "", "ola"),
        Receipt("sent", later, "250 2.0.0 queued as 4711", "ola"),
    )
    assert (found.state, found.last) == ("sent", found.receipts[-1])


def test_what_a_killed_run_was_handing_over_becomes_uncertain_and_nothing_else_does(final):
    to_chief = delivery(AAS, "chief_executive", "radmann@as.kommune.example")
    for each in (TO_AAS, to_chief, TO_KAUTOKEINO):
        final.begin_sending(each)
    final.record_receipt(to_chief, "sent", "250 ok")

    assert final.mark_interrupted_uncertain("2024") == 0
    assert final.mark_interrupted_uncertain("2018") == 2
    assert final.mark_interrupted_uncertain("2018") == 0

    states = {
        replace(e, receipts=()): e.state
        for found in final.deliveries("2018").values()
        for e in found
    }
    assert states == {TO_AAS: "uncertain", to_chief: "sent", TO_KAUTOKEINO: "uncertain"}
    assert "cut off" in final.find_delivery(TO_AAS.external_id).last.words


@pytest.mark.parametrize(
    ("states", "has_left"),
    [
        (["sending"], True),
        (["sending", "sent"], True),
        (["sending", "uncertain"], True),
        (["sending", "refused"], False),
        (["sending", "failed for now"], False),
        (["sending", "uncertain", "to send"], False),
        (["sending", "sent", "refused"], True),
        (["sending", "sent", "refused", "to send"], True),
    ],
)
def test_a_letter_has_left_if_somebody_has_had_or_may_have_it(states, has_left):
    assert receipts(*states).has_left == has_left


@pytest.mark.parametrize(
    ("states", "hour"),
    [
        (["sending", "refused"], None),
        (["sending", "sent"], 1),
        (["sending", "sent", "sent"], 1),  # a report that it is delayed
        (["sending", "sent", "refused"], 1),
        (["sending", "uncertain", "sent"], 2),
        (["sending", "sent", "refused", "to send", "sending", "sent", "sent"], 5),
    ],
)
def test_it_was_sent_when_it_was_taken_and_not_when_more_was_heard_of_it(states, hour):
    assert receipts(*states).sent_at == (None if hour is None else MORNING + timedelta(hours=hour))


@given(st.lists(st.sampled_from(STATES)))
def test_it_has_a_time_of_sending_if_and_only_if_it_ever_was_sent(states):
    assert (receipts("sending", *states).sent_at is not None) == ("sent" in states)


# -- what is sent is never changed ----------------------------------------------------------------


@pytest.fixture
def changed(final):
    """A message with other words of the letter to Ås, approved and sealed as well."""
    final.approve("2018", [letter("0214", "17-09100", LATER)])
    anew = sealed("0214", "17-09100", LATER)
    final.record_sealed([anew])
    return delivery(anew, "chief_executive", "radmann@as.kommune.example")


@pytest.mark.parametrize(
    "states", [[], ["sent"], ["uncertain"], ["sent", "refused"], ["sent", "refused", "to send"]]
)
def test_a_letter_that_somebody_may_have_leaves_in_no_other_words(final, changed, states, path):
    final.begin_sending(TO_AAS)
    for state in states:
        final.record_receipt(TO_AAS, state, "")
    before = everything_in(path)

    with pytest.raises(SentInOtherWords, match="17-09100 has left in other words"):
        final.begin_sending(changed)

    assert everything_in(path) == before


@pytest.mark.parametrize("state", ["refused", "failed for now", "to send"])
def test_a_letter_that_nobody_got_may_leave_in_other_words(final, changed, state):
    final.begin_sending(TO_AAS)
    final.record_receipt(TO_AAS, state, "")

    assert final.begin_sending(changed)

    first, second = final.deliveries("2018")["0214"]
    assert (replace(first, receipts=()), replace(second, receipts=())) == (TO_AAS, changed)


# -- what is no message of a letter ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "error", "told"),
    [
        (replace(TO_AAS, municipality="2011"), ValueError, "17-09100 was not given to"),
        (replace(TO_AAS, round="2019"), ValueError, "17-09100 was not given to"),
        (replace(TO_AAS, reference="17-09199"), ValueError, "17-09199 was not given to"),
        (replace(TO_AAS, pdf_sha256="0" * 64), IntegrityError, "(?i)foreign key"),
    ],
)
def test_a_message_without_its_letter_is_refused_and_nothing_written(
    final, path, wrong, error, told
):
    before = everything_in(path)

    with pytest.raises(error, match=told):
        final.begin_sending(wrong)

    assert everything_in(path) == before


@pytest.mark.parametrize(
    ("delivery", "state", "error", "told"),
    [
        (TO_AAS, "lost", IntegrityError, "(?i)check"),
        (OTHER, "sent", LookupError, "no such delivery to other@as.kommune.example"),
    ],
)
def test_a_receipt_of_nothing_is_refused(final, delivery, state, error, told):
    final.begin_sending(TO_AAS)

    with pytest.raises(error, match=told):
        final.record_receipt(delivery, state, "")


# -- looking up -----------------------------------------------------------------------------------


def test_messages_are_found_by_name_and_by_address_in_whatever_round(final):
    later = final.give_references("2018-2", ["2011"], SERIES, {})["2011"]
    final.approve("2018-2", [letter("2011", later)])
    of_later = sealed("2011", later, round_name="2018-2")
    final.record_sealed([of_later])
    once_more = delivery(of_later, "mailbox", "postmottak@KAUTOKEINO.kommune.example")
    for each in (TO_KAUTOKEINO, TO_AAS, once_more):
        final.begin_sending(each)

    def names(found):
        return [replace(each, receipts=()) for each in found]

    assert final.find_delivery(once_more.external_id).external_id == once_more.external_id
    assert final.find_delivery("<other@imdi.example>") is None
    assert names(final.deliveries_to("mail", "postmottak@kautokeino.kommune.example")) == [
        TO_KAUTOKEINO,
        once_more,
    ]
    assert final.deliveries_to("mail", "postmottak@kautokeino.kommune") == []
    assert list(final.deliveries("2018")) == ["0214", "2011"], "in order of number"
    assert [names(each) for each in final.deliveries("2018-2").values()] == [[once_more]]


# -- reached another way, sent again, reported on -------------------------------------------------


def test_a_letter_somebody_was_given_otherwise_is_settled_and_never_changes(final, changed):
    final.begin_sending(TO_AAS)
    final.record_receipt(TO_AAS, "refused", "550 no such user")
    final.record_receipt(TO_AAS, "reached otherwise", "by post 3 December")

    found = final.find_delivery(TO_AAS.external_id)

    assert (found.state, found.words) == ("reached otherwise", "by post 3 December")
    assert found.has_left
    assert not final.begin_sending(TO_AAS)
    with pytest.raises(SentInOtherWords):
        final.begin_sending(changed)


def test_what_is_reported_stands_beside_and_takes_sent_from_nobody(final):
    final.begin_sending(TO_AAS)
    final.record_receipt(TO_AAS, "sent", "250 ok")
    final.record_receipt(TO_AAS, "reported", "failed 5.2.2 mailbox full")

    found = final.find_delivery(TO_AAS.external_id)

    assert (found.state, found.words) == ("sent", "250 ok")
    assert [each.words for each in found.reports] == ["failed 5.2.2 mailbox full"]
    assert not final.begin_sending(TO_AAS)
    *_, event = final.events("2018", "0214")
    assert event.act == "report received"
    assert event.what == "Ordfører ordforer@as.kommune.example by mail: failed 5.2.2 mailbox full"


def test_the_same_letter_leaves_a_second_time_only_if_that_was_ordered(final):
    again = delivery(AAS, copy=2)
    final.begin_sending(TO_AAS)
    final.record_receipt(TO_AAS, "sent", "250 ok")
    with pytest.raises(ValueError, match=r"copy 2 to ordforer@as\.kommune\.example not ordered"):
        final.begin_sending(again)

    final.order_copy(again, "they say they never got it")

    assert [each.state for each in final.deliveries("2018")["0214"]] == ["sent", "to send"]
    assert final.begin_sending(again)
    assert not final.begin_sending(again)
    final.record_receipt(again, "sent", "250 ok")
    first, second = final.deliveries_to("mail", "ordforer@as.kommune.example")
    assert (first.copy, second.copy) == (1, 2)
    assert first.pdf_sha256 == second.pdf_sha256
    assert final.find_delivery(again.external_id) == second
    acts = [(e.act, e.what) for e in final.events("2018", "0214")]
    assert (
        "to be sent again",
        "Ordfører ordforer@as.kommune.example by mail, copy 2: they say they never got it",
    ) in acts


@pytest.mark.parametrize(
    ("copy", "words", "told"),
    [
        (2, " ", "without a reason"),
        (3, "lost", r"copy 3 does not follow copies \[1\]"),
        (1, "lost", r"copy 1 does not follow copies \[1\]"),
    ],
)
def test_a_copy_that_does_not_follow_the_last_is_not_ordered(final, path, copy, words, told):
    final.begin_sending(TO_AAS)
    before = everything_in(path)

    with pytest.raises(ValueError, match=told):
        final.order_copy(delivery(AAS, copy=copy), words)

    assert everything_in(path) == before


def test_a_copy_of_what_was_never_begun_is_not_ordered(final):
    with pytest.raises(ValueError, match="does not follow"):
        final.order_copy(delivery(AAS, copy=2), "lost")


def test_a_service_may_name_a_delivery_only_once_it_has_it(final):
    to_service = delivery(
        AAS, address="", channel="svarut", recipient_key="964948798", external_id=None
    )
    final.begin_sending(to_service)
    final.record_receipt(to_service, "sent", "accepted", external_id="forsendelse 4711")

    found = final.find_delivery("forsendelse 4711")

    assert found is not None
    assert found.receipts[-1].external_id == "forsendelse 4711"
    assert (found.channel, found.recipient_key) == ("svarut", "964948798")
    assert final.begin_sending(TO_AAS), "another channel is another delivery"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 no\r\nSecond line\x1b[31m", "550 no Second line [31m"),
        ("\u202e550\u2066 evil\x9b", "550  evil"),
        ("550 \udce5 lost\u200b", "550   lost"),
        ("x" * 5000, "x" * 2000),
    ],
)
def test_a_servers_words_are_kept_in_one_line_of_plain_characters(final, said, kept):
    final.begin_sending(TO_AAS)
    final.record_receipt(TO_AAS, "refused", said)

    assert final.find_delivery(TO_AAS.external_id).words == kept
    *_, event = final.events("2018", "0214")
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", event.what)


# -- changed by another hand ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "holds"),
    [
        ("UPDATE manifests SET account = 'hasp'", True),  # of the approval, which then counts not
        ("UPDATE receipts SET state = 'sent' WHERE state = 'refused'", False),
        ("UPDATE receipts SET words = 'x'", False),
        pytest.param(  # of a column of numbers, which SQLite alone lets be anything
            "UPDATE receipts SET event = 'x' WHERE state = 'refused'",
            False,
            marks=pytest.mark.sqlite,
        ),
        ("DELETE FROM receipts WHERE state = 'refused'", False),
        ("UPDATE deliveries SET address = 'x@evil.example'", False),
        ("UPDATE events SET account = 'hasp' WHERE act = 'refused'", False),
        ("DELETE FROM events WHERE act = 'handed over'", False),
    ],
)
def test_what_is_told_of_the_sending_holds_only_as_it_was_written(final, path, statement, holds):
    for each in (TO_AAS, TO_KAUTOKEINO):
        final.begin_sending(each)
    final.record_receipt(TO_AAS, "refused", "550 no")
    assert final.deliveries_hold("2018")
    assert final.deliveries_hold("2019")

    by_another_hand(path, statement)

    with LedgerReader(path) as other:
        assert other.deliveries_hold("2018") == holds
        assert "0214" in other.deliveries("2018")
