"""Sending: what is ready, what leaves, what is tried again, and what is written down of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from brevgen.channels.channel import Channel, ChannelUnusable
from brevgen.channels.mail.smtp import SmtpChannel
from brevgen.channels.outbox import OutboxChannel
from brevgen.errors import PartlyDone, Refused
from brevgen.ledger.ledger import Ledger
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.post import Post, ToSend, check_addresses, what_to_send, writer_for
from brevgen.rounds.send import MOST_FAILURES, PAUSES, Run, Sent, hand_over_all
from brevgen.rounds.session import RoundSession
from brevgen.settings.mail import SmtpSettings
from brevgen.workspace import Workspace, find_workspace
from tests.channels.mail.mail_samples import mail_settings
from tests.support import made_rounds
from tests.support.mail_reading import read
from tests.support.mail_servers import DROP
from tests.support.post_office import PostOffice, Script, Watch
from tests.support.sessions import session

AT = datetime(2017, 11, 6, 9, 5, tzinfo=UTC)
NUMBERS = ["0214", "0219", "0834", "1515", "1940", "2011"]
ROUND = {"only": NUMBERS, "limit": 0, "for_real": True}
BUSY = "450 4.2.1 try later"


@pytest.fixture
def place(sealed_trial: Path, tmp_path: Path) -> Workspace:
    """Six sealed letters for twelve recipients."""
    return find_workspace(made_rounds.copied(sealed_trial, tmp_path / "workspace"))


@pytest.fixture
def opened(place: Workspace) -> Iterator[RoundSession]:
    """Their round."""
    with session(place.root, account="kari", clock=lambda: AT) as found:
        yield found


@pytest.fixture
def ledger(opened: RoundSession) -> Iterator[Ledger]:
    """Their ledger, while the round is held for changing."""
    with opened.changing() as found:
        yield found


def letters_of(opened: RoundSession) -> list[LetterStatus]:
    """Where the letters stand now."""
    opened.forget()
    return opened.letters()


def post(opened: RoundSession) -> Post:
    return what_to_send(letters_of(opened), **ROUND)  # type: ignore[arg-type]


def never(seconds: float) -> None:
    raise AssertionError(f"nobody should sleep {seconds} seconds")


def progress(done: int, total: int) -> None:
    assert done <= total


@contextmanager
def server(
    watch: Watch | None = None, *, pace: int = 0, sleep: Callable[[float], object] = never
) -> Iterator[tuple[PostOffice, SmtpChannel]]:
    """A mail server, and the way to it."""
    with PostOffice(watch=watch or Script()) as office:
        settings = mail_settings(
            smtp=SmtpSettings(host="127.0.0.1", port=office.port, tls="none"), rate_per_minute=pace
        )
        with SmtpChannel(
            settings,
            "",
            folder=Path("/nowhere"),
            clock=lambda: 0.0,
            sleep=sleep,
        ) as way:
            yield office, way


def send(
    opened: RoundSession,
    ledger: Ledger,
    channel: Channel,
    to_send: tuple[ToSend, ...] | None = None,
    sleep: Callable[[float], object] = never,
) -> Sent:
    if to_send is None:
        to_send = post(opened).to_send
    return Run(ledger, writer_for(opened), channel, len(to_send), progress).send(to_send, sleep)


def states(ledger: Ledger) -> dict[str, list[str]]:
    """All that each message has been through, by address."""
    return {
        each.address: [receipt.state for receipt in each.receipts]
        for letter in ledger.deliveries("trial").values()
        for each in letter
    }


def addresses(to_send: tuple[ToSend, ...]) -> list[str]:
    return [each.addressee.recipient.address for each in to_send]


# -- what is ready --------------------------------------------------------------------------------


def test_every_letter_goes_to_each_of_its_recipients(opened: RoundSession, ledger: Ledger) -> None:
    found = post(opened)
    assert (found.letters, len(found.to_send)) == (6, 12)
    assert addresses(found.to_send)[:2] == [
        "ordforer@as.kommune.example",
        "radmann@as.kommune.example",
    ]
    assert (found.not_ready, found.waiting) == ({}, ())
    assert found.to_send[0].label == "0214 Ås, Ordfører"


def test_a_limit_is_of_letters_and_the_first_come_first(
    opened: RoundSession, ledger: Ledger
) -> None:
    letters = letters_of(opened)
    found = what_to_send(letters, only=NUMBERS, limit=2, for_real=True)
    assert [each.letter.number for each in found.to_send] == ["0214", "0214", "0219", "0219"]


def test_only_the_chosen_ones_are_looked_at(opened: RoundSession, ledger: Ledger) -> None:
    letters = letters_of(opened)
    found = what_to_send(letters, only={"0834"}, limit=0, for_real=True)
    assert {each.letter.number for each in found.to_send} == {"0834"}


def test_a_letter_that_may_not_leave_is_told_with_the_reason(
    opened: RoundSession, ledger: Ledger
) -> None:
    aas, baerum, vinje, heroy, *others = letters_of(opened)
    assert aas.sealed is not None
    letters = [
        replace(aas, sealed=replace(aas.sealed, is_test=True)),
        replace(baerum, letter=replace(baerum.letter, approved=False)),
        replace(vinje, sealed=None),
        replace(heroy, is_intact=False),
        *others,
    ]
    found = what_to_send(letters, **ROUND)  # type: ignore[arg-type]
    assert {reason: [e.number for e in those] for reason, those in found.not_ready.items()} == {
        "sealed with the TEST key only: set the agency's own key, approve again": ["0214"],
        "not approved": ["0219"],
        "approved but not sealed: approve again": ["0834"],
        "a file of it is missing or was changed: generate again": ["1515"],
    }
    assert found.letters == 2
    trial = what_to_send(letters, only=NUMBERS, limit=0, for_real=False)
    assert trial.letters == 3, "a trial shows a TEST seal around"


def test_everyone_who_may_not_be_written_to_is_listed_at_once(
    opened: RoundSession, ledger: Ledger
) -> None:
    to_send = post(opened).to_send
    settings = opened.workspace.settings.mail.model_copy(
        update={"allowed_domains": ("baerum.kommune.example",)}
    )
    with pytest.raises(Refused) as caught:
        check_addresses(to_send, settings)
    first, *lines = str(caught.value).splitlines()
    assert first == "Nothing was sent."
    assert len(lines) == 10
    assert lines[0].startswith("- 0214 Ås, Ordfører: ordforer@as.kommune.example is outside")
    check_addresses(to_send, settings, "me@baerum.kommune.example")
    with pytest.raises(Refused, match=r"^Nothing was sent\.\n- me@as\.kommune\.example is outside"):
        check_addresses(to_send, settings, "me@as.kommune.example")


# -- what leaves ----------------------------------------------------------------------------------


def test_what_leaves_is_the_sealed_file_and_the_docx_where_the_round_says_so(
    opened: RoundSession, ledger: Ledger
) -> None:
    (first, *_) = post(opened).to_send
    by = writer_for(opened)
    keys = by.facts.round.dispatch.model_copy(update={"attach_docx": True})
    facts = replace(by.facts, round=by.facts.round.model_copy(update={"dispatch": keys}))
    folder = opened.workspace.finals("trial")
    files = [folder / f"0214-Ås-17-09235.{ending}" for ending in ("pdf", "docx")]
    for each, attached in ((by, files[:1]), (replace(by, facts=facts), files)):
        _, *parts = read(each.mail(first).outgoing().data).parts()
        assert [part.data() for part in parts] == [file.read_bytes() for file in attached]


@pytest.mark.parametrize("data", [b"%PDF-1.7 another", None])
def test_a_file_that_is_not_the_sealed_one_is_kept_back_and_the_others_leave(
    opened: RoundSession, ledger: Ledger, data: bytes | None
) -> None:
    to_send = post(opened).to_send  # planned while all was well
    (file,) = opened.workspace.finals("trial").glob("0214-*.pdf")
    file.unlink() if data is None else file.write_bytes(data)
    with server() as (office, way):
        sent = send(opened, ledger, way, to_send)
    why = "cannot be read" if data is None else "is not the file that was approved and sealed"
    assert sent.kept_back.keys() == {"0214 Ås, Ordfører", "0214 Ås, Rådmann"}
    assert all(why in reason for reason in sent.kept_back.values())
    assert (sent.counts, sent.is_done, len(office.mailbox)) == ({"sent": 10}, False, 10)
    assert not any("@as." in address for address in states(ledger))


# -- what becomes of it ---------------------------------------------------------------------------


def test_each_message_is_sent_once_and_nothing_is_left(
    opened: RoundSession, ledger: Ledger
) -> None:
    with server() as (office, way):
        sent = send(opened, ledger, way)
        assert (sent.counts, sent.is_done, sent.left) == ({"sent": 12}, True, 0)
        assert send(opened, ledger, way).counts == {}
    assert len(office.mailbox) == 12
    assert set(map(tuple, states(ledger).values())) == {("sending", "sent")}
    assert {each.state for each in letters_of(opened)} == {"sent"}


def test_what_another_has_sent_since_it_was_planned_does_not_leave_again(
    opened: RoundSession, ledger: Ledger
) -> None:
    to_send = post(opened).to_send
    with server() as (office, way):
        send(opened, ledger, way, to_send[:3])
        sent = send(opened, ledger, way, to_send)
    assert sent.counts == {"sent": 9}
    assert len(office.mailbox) == 12


def test_who_refuses_is_not_asked_again_and_the_others_get_theirs(
    opened: RoundSession, ledger: Ledger
) -> None:
    refusing = Script(RCPT={"radmann@as.kommune.example": ["550 5.1.1 no such user"]})
    with server(refusing) as (_, way):
        sent = send(opened, ledger, way)
        assert (sent.counts, sent.is_done) == ({"sent": 11, "refused": 1}, False)
        assert send(opened, ledger, way).counts == {}
    assert states(ledger)["radmann@as.kommune.example"] == ["sending", "refused"]
    assert letters_of(opened)[0].state == "partly sent"
    (waiting,) = post(opened).waiting
    assert waiting.label == "0214 Ås, Rådmann"


def test_what_was_not_taken_is_tried_again_after_growing_pauses(
    opened: RoundSession, ledger: Ledger
) -> None:
    slept: list[float] = []
    busy = Script(RCPT={"radmann@as.kommune.example": [BUSY, BUSY]})
    with server(busy) as (_, way):
        sent = send(opened, ledger, way, sleep=slept.append)
    assert (sent.counts["sent"], sent.counts["failed for now"], sent.is_done) == (12, 0, True)
    assert slept == list(PAUSES[1:])
    assert states(ledger)["radmann@as.kommune.example"] == ["sending", "failed for now"] * 2 + [
        "sending",
        "sent",
    ]


def test_patience_ends_and_the_next_run_goes_on(opened: RoundSession, ledger: Ledger) -> None:
    busy = Script(RCPT={"radmann@as.kommune.example": [BUSY] * len(PAUSES)})
    with server(busy) as (office, way):
        sent = send(opened, ledger, way, sleep=lambda seconds: None)
        assert (sent.counts, sent.left) == ({"sent": 11, "failed for now": 1}, 1)
        assert send(opened, ledger, way).counts == {"sent": 1}
    assert len(office.mailbox) == 12


def test_a_server_that_takes_nothing_is_not_asked_for_every_message(
    opened: RoundSession, ledger: Ledger
) -> None:
    with server(Script(("RCPT", [BUSY] * 100))) as (_, way):
        sent = send(opened, ledger, way, sleep=lambda seconds: None)
    assert sent.left == 12
    tries = sum(each.count("sending") for each in states(ledger).values())
    assert tries == MOST_FAILURES * len(PAUSES)


def test_the_first_ones_that_fail_do_not_keep_the_others_waiting(
    opened: RoundSession, ledger: Ledger
) -> None:
    first = addresses(post(opened).to_send)[:MOST_FAILURES]
    with server(Script(RCPT={address: [BUSY] * 100 for address in first})) as (office, way):
        sent = send(opened, ledger, way, sleep=lambda seconds: None)
    assert (sent.counts["sent"], sent.left) == (9, 3)
    assert not {each.to[0] for each in office.mailbox} & set(first)


def test_what_may_have_been_taken_is_never_handed_over_again(
    opened: RoundSession, ledger: Ledger
) -> None:
    cut = Script(kept={"radmann@as.kommune.example": [DROP]})
    with server(cut) as (office, way):
        sent = send(opened, ledger, way)
        assert sent.counts == {"sent": 11, "uncertain": 1}
        assert send(opened, ledger, way).counts == {}
    assert len(office.mailbox) == 12
    assert letters_of(opened)[0].state == "partly sent"


def test_a_channel_that_a_person_must_mend_leaves_nothing_in_doubt(
    opened: RoundSession, ledger: Ledger
) -> None:
    with (
        server(Script(("EHLO", ["554 5.7.1 go away"]))) as (_, way),
        pytest.raises(ChannelUnusable, match=r"554 5\.7\.1 go away"),
    ):
        send(opened, ledger, way)
    assert states(ledger) == {"ordforer@as.kommune.example": ["sending", "failed for now"]}
    assert len(post(opened).to_send) == 12


def test_whoever_interrupts_while_it_waits_for_its_turn_leaves_nothing_uncertain(
    opened: RoundSession, ledger: Ledger
) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    with (
        server(pace=30, sleep=interrupted) as (_, way),
        pytest.raises(KeyboardInterrupt),
    ):
        send(opened, ledger, way)
    assert states(ledger) == {"ordforer@as.kommune.example": ["sending", "sent"]}


# -- rehearsals -----------------------------------------------------------------------------------


def test_a_rehearsal_writes_nothing_down(
    opened: RoundSession, ledger: Ledger, tmp_path: Path
) -> None:
    to_send = post(opened).to_send
    outbox = OutboxChannel(mail_settings(), tmp_path / "outbox")
    assert hand_over_all(to_send, writer_for(opened), outbox, progress=progress) == {}
    assert len(list((tmp_path / "outbox").iterdir())) == 12
    with server() as (office, way):
        by = writer_for(opened, "me@imdi.example")
        assert hand_over_all(to_send, by, way, progress=progress) == {}
    assert {each.to for each in office.mailbox} == {("me@imdi.example",)}
    assert ledger.deliveries("trial") == {}


def test_a_trial_tells_what_was_not_taken_and_ends_where_nothing_is(
    opened: RoundSession, ledger: Ledger
) -> None:
    to_send, by = post(opened).to_send, writer_for(opened, "me@imdi.example")
    with server(Script(("RCPT", ["550 no", "", BUSY]))) as (office, way):
        kept_back = hand_over_all(to_send, by, way, progress=progress)
    assert kept_back == {
        "0214 Ås, Ordfører": "refused: 550 no",
        "0219 Bærum, Ordfører": f"failed for now: {BUSY}",
    }
    with (
        server(Script(("RCPT", [BUSY] * 100))) as (office, way),
        pytest.raises(PartlyDone, match=f"The rest was not tried: failed for now: {BUSY}"),
    ):
        hand_over_all(to_send, by, way, progress=progress)
    assert office.mailbox == []
