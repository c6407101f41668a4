"""What delivery reports tell of recipients, and what they cannot."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.channels.mail.bounces import Reading, Report
from brevgen.channels.mail.saved_mail import NotUnderstood
from brevgen.errors import RoundLocked
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.lock import round_lock
from brevgen.ledger.records import State
from brevgen.rounds.bounces import Bounces, Matched, take_in
from brevgen.workspace import find_workspace
from tests.support.approving import MORNING, SERIES, delivery, letter, sealed
from tests.support.samples import ROOT

ROUND = "2019"
"""A round of which only the ledger is left; a report of it needs no more."""
AAS = sealed("0214", "17-09100", round_name=ROUND)
VINJE = sealed("0834", "17-09101", round_name=ROUND)
TO_MAYOR = delivery(AAS)
TO_CHIEF = delivery(AAS, "chief_executive", "radmann@as.kommune.example")
MAYORS_ID, CHIEFS_ID = str(TO_MAYOR.external_id), str(TO_CHIEF.external_id)
FAILED = Report(
    (MAYORS_ID,),
    TO_MAYOR.address,
    "failed",
    "5.1.1",
    "550 no such user",
    final=TO_MAYOR.address,
)
LATER = MORNING.replace(day=8)
NAMELESS = replace(FAILED, message_ids=(), sent_at=MORNING)
"""The same of a message that is not named."""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace whose ledger says that the letter to Ås has been sent to two."""
    shutil.copy(ROOT / "brevgen.toml", tmp_path)
    ledger_in(tmp_path).parent.mkdir()
    workspace = tmp_path
    with Ledger(ledger_in(workspace), lambda: MORNING, Actor("kari"), new=True) as opened:
        opened.give_references(ROUND, ["0214", "0834"], SERIES, {})
        opened.approve(ROUND, [letter("0214", "17-09100"), letter("0834", "17-09101")])
        opened.record_sealed([AAS, VINJE])
        for each in (TO_MAYOR, TO_CHIEF):
            opened.begin_sending(each)
            opened.record_receipt(each, "sent", "250 ok")
    return workspace


@pytest.fixture
def ledger(workspace: Path) -> Iterator[Ledger]:
    with Ledger(ledger_in(workspace), lambda: MORNING, Actor("kari")) as opened:
        yield opened


def ledger_in(workspace: Path) -> Path:
    return workspace / "data" / "ledger.sqlite3"


def states(ledger: Ledger) -> dict[str, State]:
    return {each.role: each.state for each in ledger.deliveries(ROUND)["0214"]}


def receipts(ledger: Ledger) -> int:
    return sum(len(each.receipts) for each in ledger.deliveries(ROUND)["0214"])


def bounces(ledger: Ledger, *reports: Report, others: tuple[NotUnderstood, ...] = ()) -> Bounces:
    workspace = find_workspace(Path(str(ledger.place)).parent)
    return take_in(workspace, Reading(reports, others), Actor("ola"), lambda: LATER)


def match(ledger: Ledger, report: Report) -> Matched:
    (found,) = bounces(ledger, report).matched
    return found


def test_who_a_report_speaks_of_is_refused_with_the_servers_words(ledger: Ledger) -> None:
    words = "report: failed 5.1.1 550 no such user"
    assert match(ledger, FAILED) == Matched(
        round=ROUND,
        letter="0214 17-09100",
        recipient="Ordfører ordforer@as.kommune.example",
        action="failed",
        failed_at="",
        state="refused",
        words=words,
        is_new=True,
        is_certain=True,
    )
    assert states(ledger) == {"mayor": "refused", "chief_executive": "sent"}
    found = ledger.find_delivery(MAYORS_ID)
    assert found is not None
    assert found.last is not None
    assert found.last.words == words


def test_the_same_report_again_changes_nothing(ledger: Ledger) -> None:
    match(ledger, FAILED)
    before = receipts(ledger)
    again = match(ledger, FAILED)
    assert (again.is_new, again.state) == (False, "refused")
    assert receipts(ledger) == before


def test_an_old_report_does_not_undo_what_a_person_found_out_since(ledger: Ledger) -> None:
    match(ledger, FAILED)
    ledger.record_receipt(TO_MAYOR, "to send", "settled by a person")
    again = match(ledger, FAILED)
    assert (again.is_new, again.state) == (False, "to send")
    assert states(ledger)["mayor"] == "to send"


def test_a_message_sent_once_more_can_come_back_once_more(ledger: Ledger) -> None:
    first, second = (
        replace(FAILED, arrived=f"{day} Nov 2017 09:05:01 +0100") for day in ("Mon, 6", "Tue, 7")
    )
    match(ledger, first)
    for state in ("to send", "sending", "sent"):
        ledger.record_receipt(TO_MAYOR, state, "")
    match(ledger, first)
    assert states(ledger)["mayor"] == "sent"
    match(ledger, second)
    assert states(ledger)["mayor"] == "refused"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_report_of_mail_on_its_way_leaves_it_sent_and_its_time_as_it_was(
    ledger: Ledger, action: str
) -> None:
    match(ledger, replace(FAILED, action=action))
    found = ledger.find_delivery(MAYORS_ID)
    assert found is not None
    assert (found.state, found.sent_at, found.reports[0].at) == ("sent", MORNING, LATER)


def test_a_late_report_of_delay_does_not_make_a_refused_message_sent(ledger: Ledger) -> None:
    match(ledger, FAILED)
    assert match(ledger, replace(FAILED, action="delayed")).state == "refused"
    assert states(ledger)["mayor"] == "refused"


@pytest.mark.parametrize("settled", ["to send", "reached otherwise"])
def test_a_first_report_does_not_undo_what_a_person_has_settled_meanwhile(
    ledger: Ledger, settled: State
) -> None:
    ledger.record_receipt(TO_MAYOR, settled, "by post 3 December")
    assert match(ledger, FAILED).state == settled
    found = ledger.find_delivery(MAYORS_ID)
    assert found is not None
    assert found.state == settled
    assert "no such user" in found.reports[0].words


def test_a_round_that_another_changes_is_waited_for_and_then_nothing_is_written(
    workspace: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brevgen.ledger.lock.WAIT_SECONDS", 0.1)
    before = receipts(ledger)
    with (
        round_lock(ledger_in(workspace), ROUND, Actor("hege"), lambda: MORNING),
        pytest.raises(RoundLocked, match="hege"),
    ):
        match(ledger, FAILED)
    assert receipts(ledger) == before
    assert match(ledger, FAILED).state == "refused"


def test_a_report_of_delivery_settles_what_was_uncertain(ledger: Ledger) -> None:
    ledger.record_receipt(TO_MAYOR, "uncertain", "lost")
    match(ledger, replace(FAILED, action="delivered"))
    assert states(ledger)["mayor"] == "sent"


# -- which message --------------------------------------------------------------------------------


def test_any_id_of_ours_names_the_message_where_a_relay_has_given_it_another(
    ledger: Ledger,
) -> None:
    found = match(ledger, replace(FAILED, message_ids=("<ses@relay.example>", *FAILED.message_ids)))
    assert (found.state, found.is_certain) == ("refused", True)


def test_of_several_that_were_sent_on_together_the_address_tells_which(ledger: Ledger) -> None:
    both = (MAYORS_ID, CHIEFS_ID)
    chief = replace(FAILED, message_ids=both, recipient=TO_CHIEF.address, final=TO_CHIEF.address)
    assert match(ledger, chief).recipient == f"Rådmann {TO_CHIEF.address}"
    assert states(ledger) == {"mayor": "sent", "chief_executive": "refused"}


def test_a_copy_that_was_passed_on_and_failed_blames_nobody(ledger: Ledger) -> None:
    private = "privat@post.example"
    full = replace(FAILED, recipient=private, final=private, status="5.2.2")
    found = match(ledger, full)
    assert (found.failed_at, found.state) == ("privat@post.example", "sent")
    assert "at privat@post.example, to which it was passed on" in found.words
    assert set(states(ledger).values()) == {"sent"}
    kept = replace(full, recipient=TO_MAYOR.address)  # the server tells which one we wrote to
    assert match(ledger, kept).failed_at == "privat@post.example"


def test_the_box_behind_our_address_is_our_address(ledger: Ledger) -> None:
    found = match(ledger, replace(FAILED, final="inbox17@as.kommune.example"))
    assert (found.failed_at, found.state) == ("", "refused")


def test_without_a_name_a_report_is_told_and_what_is_sent_stays_sent(ledger: Ledger) -> None:
    found = match(ledger, replace(NAMELESS, recipient="Ordforer@AS.kommune.example"))
    assert found.recipient == "Ordfører ordforer@as.kommune.example"
    assert (found.state, found.is_certain, found.is_new) == ("sent", False, True)
    assert states(ledger) == {"mayor": "sent", "chief_executive": "sent"}
    assert not match(ledger, NAMELESS).is_new


def test_the_reference_in_the_subject_is_a_trace_of_the_letter(ledger: Ledger) -> None:
    traced = replace(NAMELESS, sent_at=None, subject="Anmodning (vår ref. 17-09100)")
    assert match(ledger, traced).letter == "0214 17-09100"


@pytest.mark.parametrize(
    "changes",
    [
        {"sent_at": None},
        {"sent_at": MORNING - timedelta(days=1000)},
        {"subject": "Nyhetsbrev for januar"},
        {"recipient": "ola@ks.example"},
    ],
)
def test_an_address_without_a_trace_of_the_letter_tells_nothing(
    ledger: Ledger, changes: dict[str, object]
) -> None:
    report = replace(NAMELESS, **changes)  # type: ignore[arg-type]
    before = receipts(ledger)
    found = bounces(ledger, report)
    assert (found.matched, found.unmatched) == ((), (report,))
    assert receipts(ledger) == before


def test_an_address_that_two_messages_went_to_tells_nothing(ledger: Ledger) -> None:
    second = delivery(VINJE, address=TO_MAYOR.address)
    ledger.begin_sending(second)
    ledger.record_receipt(second, "sent", "250 ok")
    before = receipts(ledger)
    found = bounces(ledger, NAMELESS)
    assert (found.matched, found.unmatched) == ((), (NAMELESS,))
    assert receipts(ledger) == before


def test_a_message_that_never_got_there_does_not_stand_in_the_way(ledger: Ledger) -> None:
    refused = delivery(VINJE, address=TO_MAYOR.address)
    ledger.begin_sending(refused)
    ledger.record_receipt(refused, "refused", "550 no")
    assert match(ledger, NAMELESS).letter == "0214 17-09100"


def test_a_domain_with_norwegian_letters_is_known_in_ascii(ledger: Ledger) -> None:
    key = "ordforer@xn--s-1fa.example"
    to_aas = delivery(VINJE, address="ordforer@ås.example", recipient_key=key)
    ledger.begin_sending(to_aas)
    ledger.record_receipt(to_aas, "sent", "250 ok")
    address = "ordforer@xn--s-1fa.example"
    assert match(ledger, replace(NAMELESS, recipient=address)).letter == "0834 17-09101"
    named = replace(
        FAILED, message_ids=(str(to_aas.external_id),), recipient=address, final=address
    )
    assert (match(ledger, named).failed_at, match(ledger, named).state) == ("", "refused")


# -- what is left for a person --------------------------------------------------------------------


def test_mail_without_a_report_comes_with_that_first_that_names_a_letter_of_ours(
    ledger: Ledger,
) -> None:
    holiday = NotUnderstood("1.eml", "Read it.", "ola@ks.example", "Jeg er på ferie")
    failure = NotUnderstood("2.eml", "Read it.", "post@x.example", "", (MAYORS_ID,))
    archive = NotUnderstood("3.zip", "Unpack it.")
    found = bounces(ledger, others=(holiday, failure, archive))
    assert found.other_mail == (failure, holiday)
    assert (found.naming_ours, found.not_read) == (1, (archive,))
    assert not found.is_all_understood
    assert bounces(ledger, others=(holiday,)).is_all_understood
