"""Sending: what is ready, what leaves, what is tried again, and what is written down of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.channels.channel import Channel, ChannelUnusable
from brevgen.channels.mail.channel import MailChannel
from brevgen.channels.outbox import OutboxChannel
from brevgen.errors import LedgerDiskError, PartlyDone, Refused
from brevgen.files import sha256
from brevgen.ledger.engine import store_at
from brevgen.ledger.ledger import Ledger
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.messages import Writer, writer_for
from brevgen.rounds.post import (
    Post,
    ToSend,
    check_addresses,
    line_up_post,
    what_to_send,
)
from brevgen.rounds.rehearse import hand_over_all
from brevgen.rounds.send import MOST_FAILURES, PAUSES, Run, Sent
from brevgen.rounds.session import RoundSession
from brevgen.workspace import Workspace, find_workspace
from tests.channels.mail.mail_samples import mail_settings
from tests.support import made_rounds
from tests.support.mail_reading import read
from tests.support.mail_servers import DROP
from tests.support.post_office import Script
from tests.support.sending import never, send_round, server, states
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


def progress(done: int, total: int) -> None:
    assert done <= total


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


def prepared(by: Writer, each: ToSend) -> bytes:
    """A message as the mail server gets it."""
    return MailChannel(mail_settings()).prepare(by.consignment(each)).data


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
    mail = opened.workspace.settings.mail
    assert mail is not None
    settings = mail.model_copy(update={"allowed_domains": ("baerum.kommune.example",)})
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
        _, *parts = read(prepared(each, first)).parts()
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
    with server(redirect_to="me@imdi.example") as (office, way):
        assert hand_over_all(to_send, writer_for(opened), way, progress=progress) == {}
    assert {each.to for each in office.mailbox} == {("me@imdi.example",)}
    assert ledger.deliveries("trial") == {}


def test_a_trial_tells_what_was_not_taken_and_ends_where_nothing_is(
    opened: RoundSession, ledger: Ledger
) -> None:
    to_send, by = post(opened).to_send, writer_for(opened)
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


# -- what is nobody's fault but ours --------------------------------------------------------------

DENIED = "554 5.4.4 relay access denied"
SPOOFED = "550 5.7.1 not allowed to send as this sender"


@pytest.mark.parametrize("step", ["RCPT", "end"])
@pytest.mark.parametrize(
    "answer",
    [DENIED, SPOOFED, pytest.param("550 relaying denied", marks=pytest.mark.slow)],
)
def test_where_all_are_refused_alike_it_stops_and_nobody_is_left_refused(
    opened: RoundSession, ledger: Ledger, step: str, answer: str
) -> None:
    with (
        server(Script((step, [answer] * 100))) as (office, way),
        pytest.raises(ChannelUnusable, match="The last 5 messages were refused in the same way"),
    ):
        send(opened, ledger, way)
    assert office.mailbox == []
    assert {tuple(each)[-1] for each in states(ledger).values()} == {"to send"}
    assert len(states(ledger)) == 5, "as soon as three municipalities have met it"
    with server() as (office, way):
        assert send(opened, ledger, way).counts == {"sent": 12}


def test_those_who_were_refused_before_for_a_reason_of_their_own_stay_refused(
    opened: RoundSession, ledger: Ledger
) -> None:
    gone = "radmann@as.kommune.example"
    refusing = Script(("RCPT", [""] + ["550 5.1.1 no such user"] + [DENIED] * 100))
    with server(refusing) as (_, way), pytest.raises(ChannelUnusable):
        send(opened, ledger, way)
    ends = {address: each[-1] for address, each in states(ledger).items()}
    assert ends.pop("ordforer@as.kommune.example") == "sent"
    assert ends.pop(gone) == "refused"
    assert set(ends.values()) == {"to send"}


def test_a_sender_that_the_server_does_not_take_stops_the_whole(place: Workspace) -> None:
    with (
        session(place.root, account="kari") as opened,
        server(Script(("RCPT", [SPOOFED] * 100))) as (_, way),
        pytest.raises(PartlyDone, match=r"(?s)not about the recipients.*brevgen status trial"),
    ):
        send_round(opened, way)
    with session(place.root) as opened:
        assert {each.state for each in opened.letters()} == {"final"}


def test_a_full_disk_is_told_and_nothing_is_said_to_be_done(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **keys: object) -> None:
        raise LedgerDiskError("The disk of the ledger is full.")

    with session(place.root, account="kari") as opened, server() as (office, way):
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "record_receipt", full)
            with pytest.raises(PartlyDone, match=r"(?s)is full.*Not all is sent") as caught:
                send_round(opened, way)
        assert caught.value.exit_code == 4
        assert len(office.mailbox) == 1
        (address,) = office.mailbox[0].to
        assert states(opened) == {address: ["sending"]}
        assert send_round(opened, way).counts == {"sent": 11}
        assert states(opened)[address] == ["sending", "uncertain"]


# -- what was shown --------------------------------------------------------------------------------


def test_whom_a_message_names_otherwise_by_now_is_asked_about_once_more(place: Workspace) -> None:
    contacts = place.data / "contacts.csv"
    mayor = "ordforer@as.kommune.example"
    with session(place.root, account="kari") as opened, server() as (office, way):
        shown: list[str] = []

        def agree(post: Post) -> bool:
            shown.append(post.to_send[0].addressee.recipient.name)
            text = contacts.read_text(encoding="utf-8-sig")
            text = text.replace(f",,{mayor}", f",Kari Moen,{mayor}")
            contacts.write_text(text, encoding="utf-8")
            return True

        send_round(opened, way, ["Ås"], agree=agree)
    assert shown == ["", "Kari Moen"]
    (to_mayor,) = [each for each in office.mailbox if each.to == (mayor,)]
    assert "Kari Moen" in read(to_mayor.data).text("To")


# -- sealed letters are held to their seals --------------------------------------------------------


def test_a_file_that_is_recorded_but_was_not_sealed_does_not_leave(
    opened: RoundSession, ledger: Ledger
) -> None:
    first = post(opened).to_send[0]
    assert first.letter.sealed is not None
    file = opened.workspace.finals("trial") / first.letter.sealed.pdf_name
    forged = bytearray(file.read_bytes())
    forged[5000] ^= 1
    file.write_bytes(forged)
    recorded = replace(first.letter.sealed, pdf_sha256=sha256(bytes(forged)))
    letter = replace(first.letter, sealed=recorded)
    with pytest.raises(Refused, match="does not hold: The file was changed after it was sealed"):
        writer_for(opened).consignment(replace(first, letter=letter))


# -- copies ---------------------------------------------------------------------------------------


def test_each_who_is_to_have_a_copy_gets_each_letter_once(place: Workspace) -> None:
    add_copies(place, '["ks@ks.example", {address = "ost@imdi.example", region = "Akershus"}]')
    with session(place.root, account="kari") as opened, server() as (office, way):
        shown: list[Post] = []

        def agree(post: Post) -> bool:
            shown.append(post)
            return True

        sent = send_round(opened, way, agree=agree)
        assert send_round(opened, way).counts == {}
    assert (len(shown[0].to_send), shown[0].copies, shown[0].letters) == (20, 8, 6)
    assert sent.counts == {"sent": 20}
    to = [each.to[0] for each in office.mailbox]
    assert (to.count("ks@ks.example"), to.count("ost@imdi.example")) == (6, 2)
    copy = read(office.mailbox[to.index("ks@ks.example")].data)
    assert copy.text("Subject").startswith("Kopi: ")
    _, pdf = copy.parts()
    assert copy.words.startswith("Kopi til orientering. Brevet er sendt til Ås kommune.")
    assert pdf.data() == read(office.mailbox[0].data).parts()[1].data()
    assert len({read(each.data)["Message-ID"] for each in office.mailbox}) == 20


def test_who_is_a_recipient_already_gets_no_copy(place: Workspace) -> None:
    add_copies(place, '["Ordforer@as.kommune.example"]')
    with session(place.root) as opened:
        numbers = [each.letter.number for each in post(opened).to_send]
    assert numbers.count("0214") == 2


def test_a_copy_named_after_all_is_sent_goes_to_that_one_only(place: Workspace) -> None:
    with session(place.root, account="kari") as opened, server() as (office, way):
        send_round(opened, way)
        add_copies(place, '["ks@ks.example"]')
        opened.read_again()
        assert send_round(opened, way).counts == {"sent": 6}
    assert {each.to for each in office.mailbox[12:]} == {("ks@ks.example",)}


def add_copies(place: Workspace, copies: str) -> None:
    file = place.round_folder("trial") / "round.toml"
    with file.open("a", encoding="utf-8") as settings:
        settings.write(f"\n[dispatch]\ncopies = {copies}\n")


# -- what is told before --------------------------------------------------------------------------


def test_what_may_have_been_forgotten_is_told_before_letters_leave(place: Workspace) -> None:
    months_later = AT.replace(year=2018, month=3)
    for at, told in ((AT, []), (months_later, ["deadline", "letter_date"])):
        with session(place.root, clock=lambda at=at: at) as opened:  # type: ignore[misc]
            found = line_up_post(opened, NUMBERS, for_real=True, named=False)
        assert [each.place.column for each in found.warnings] == told


def test_looking_at_what_would_be_sent_needs_nobody_to_let_go(place: Workspace) -> None:
    with (
        store_at(place.ledger).round_lock("trial", Actor("hege"), lambda: AT),
        session(place.root) as opened,
    ):
        assert len(line_up_post(opened, NUMBERS, for_real=True, named=False).to_send) == 12
