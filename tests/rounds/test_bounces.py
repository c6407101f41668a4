"""What delivery reports tell of recipients, and what they cannot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.channels.mail.bounces import Report
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import State
from brevgen.rounds.bounces import Matched, take_in
from tests.support.approving import MORNING, SERIES, delivery, letter, sealed

AAS, VINJE = sealed("0214", "17-09100"), sealed("0834", "17-09101")
TO_MAYOR = delivery(AAS)
TO_CHIEF = delivery(AAS, "chief_executive", "radmann@as.kommune.example")
FAILED = Report(TO_MAYOR.external_id, TO_MAYOR.address, "failed", "5.1.1", "550 no such user")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger in which the letter to Ås has been sent to two."""
    with Ledger(tmp_path / "ledger.sqlite3", lambda: MORNING, Actor("kari"), new=True) as opened:
        opened.give_references("2018", ["0214", "0834"], SERIES, {})
        opened.approve("2018", [letter("0214", "17-09100"), letter("0834", "17-09101")])
        opened.record_sealed([AAS, VINJE])
        for each in (TO_MAYOR, TO_CHIEF):
            opened.begin_sending(each)
            opened.record_receipt(each, "sent", "250 ok")
        yield opened


def states(ledger: Ledger) -> dict[str, State]:
    return {each.role: each.state for each in ledger.deliveries("2018")["0214"]}


def receipts(ledger: Ledger) -> int:
    return sum(len(each.receipts) for each in ledger.deliveries("2018")["0214"])


def test_who_a_report_speaks_of_is_refused_with_the_servers_words(ledger: Ledger) -> None:
    matched, unknown = take_in(ledger, [FAILED])
    words = "report: failed 5.1.1 550 no such user"
    assert (matched, unknown) == (
        [
            Matched(
                round="2018",
                letter="0214 17-09100",
                recipient="Ordfører ordforer@as.kommune.example",
                action="failed",
                state="refused",
                words=words,
                is_new=True,
            )
        ],
        [],
    )
    assert states(ledger) == {"mayor": "refused", "chief_executive": "sent"}
    found = ledger.find_delivery(TO_MAYOR.external_id)
    assert found is not None
    assert found.last.words == words


def test_the_same_report_again_changes_nothing(ledger: Ledger) -> None:
    take_in(ledger, [FAILED])
    before = receipts(ledger)
    (again,), _ = take_in(ledger, [FAILED])
    assert (again.is_new, again.state) == (False, "refused")
    assert receipts(ledger) == before


def test_an_old_report_does_not_undo_what_a_person_found_out_since(ledger: Ledger) -> None:
    take_in(ledger, [FAILED])
    ledger.record_receipt(TO_MAYOR, "to send", "settled by a person")
    (again,), _ = take_in(ledger, [FAILED])
    assert (again.is_new, again.state) == (False, "to send")
    assert states(ledger)["mayor"] == "to send"


def test_a_message_sent_once_more_can_come_back_once_more(ledger: Ledger) -> None:
    def came_back(arrived: str) -> Report:
        return Report(TO_MAYOR.external_id, "", "failed", "5.2.2", "552 full", arrived)

    take_in(ledger, [came_back("Mon, 6 Nov 2017 09:05:01 +0100")])
    for state in ("to send", "sending", "sent"):
        ledger.record_receipt(TO_MAYOR, state, "")
    take_in(ledger, [came_back("Mon, 6 Nov 2017 09:05:01 +0100")])
    assert states(ledger)["mayor"] == "sent"
    take_in(ledger, [came_back("Tue, 7 Nov 2017 10:00:00 +0100")])
    assert states(ledger)["mayor"] == "refused"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_report_of_mail_on_its_way_leaves_it_sent_and_its_time_as_it_was(
    ledger: Ledger, tmp_path: Path, action: str
) -> None:
    later = MORNING.replace(day=8)
    with Ledger(tmp_path / "ledger.sqlite3", lambda: later, Actor("ola")) as other:
        take_in(other, [Report(TO_MAYOR.external_id, "", action, "4.4.7", "")])
    found = ledger.find_delivery(TO_MAYOR.external_id)
    assert found is not None
    assert (found.state, found.sent_at, found.last.at) == ("sent", MORNING, later)


def test_a_late_report_of_delay_does_not_make_a_refused_message_sent(ledger: Ledger) -> None:
    take_in(ledger, [FAILED])
    (late,), _ = take_in(ledger, [Report(TO_MAYOR.external_id, "", "delayed", "4.4.7", "")])
    assert (late.is_new, late.state) == (False, "refused")
    assert states(ledger)["mayor"] == "refused"


def test_a_report_of_delivery_settles_what_was_uncertain(ledger: Ledger) -> None:
    ledger.record_receipt(TO_MAYOR, "uncertain", "lost")
    take_in(ledger, [Report(TO_MAYOR.external_id, "", "delivered", "2.0.0", "")])
    assert states(ledger)["mayor"] == "sent"


def test_without_a_message_id_an_address_tells_where_only_one_message_went_there(
    ledger: Ledger,
) -> None:
    report = Report("", "Ordforer@AS.kommune.example", "failed", "5.1.1", "")
    (found,), _ = take_in(ledger, [report])
    assert found.recipient == "Ordfører ordforer@as.kommune.example"
    assert states(ledger) == {"mayor": "refused", "chief_executive": "sent"}


def test_an_address_that_two_messages_went_to_tells_nothing(ledger: Ledger) -> None:
    second = delivery(VINJE, address=TO_MAYOR.address)
    ledger.begin_sending(second)
    ledger.record_receipt(second, "sent", "250 ok")
    before = receipts(ledger)
    matched, unknown = take_in(ledger, [Report("", TO_MAYOR.address, "failed", "5.1.1", "")])
    assert matched == []
    assert unknown == [f"{TO_MAYOR.address} (report: failed 5.1.1)"]
    assert receipts(ledger) == before


def test_a_message_that_never_got_there_does_not_stand_in_the_way(ledger: Ledger) -> None:
    refused = delivery(VINJE, address=TO_MAYOR.address)
    ledger.begin_sending(refused)
    ledger.record_receipt(refused, "refused", "550 no")
    (found,), _ = take_in(ledger, [Report("", TO_MAYOR.address, "failed", "5.1.1", "")])
    assert found.letter == "0214 17-09100"


def test_anothers_message_is_nobodys_even_if_it_went_to_an_address_of_ours(
    ledger: Ledger,
) -> None:
    other = Report("<other@ks.example>", TO_MAYOR.address, "failed", "", "")
    nameless = Report("", "", "failed", "", "")
    assert take_in(ledger, [other, nameless]) == (
        [],
        [f"{TO_MAYOR.address} (report: failed)", "unknown recipient (report: failed)"],
    )
    assert set(states(ledger).values()) == {"sent"}
