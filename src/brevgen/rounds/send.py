"""Sending final letters: each once to each of its recipients, with what became of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from brevgen.channels.channel import Channel, ChannelUnusable, Outgoing, Reply
from brevgen.channels.outbox import OutboxChannel
from brevgen.email_address import same_mailbox
from brevgen.errors import BrevgenError, PartlyDone, Refused
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Delivery, State
from brevgen.rounds.post import Post, ToSend, Writer, check_addresses, mail_settings, what_to_send
from brevgen.rounds.session import RoundSession

PAUSES = (0.0, 30.0, 120.0)
"""How long to wait before each time that what is still to send is tried; seconds."""

MOST_FAILURES = 3
"""After so many failures for now, one after the other, the rest waits for the next try."""


@dataclass
class Sent:
    """What a run has done, by what became of the messages.

    Args:
        counts: how many messages came to which state.
        kept_back: letter and recipient to why it was not handed over.
        left: how many messages are still to be tried.
    """

    counts: dict[State, int] = field(default_factory=dict)
    kept_back: dict[str, str] = field(default_factory=dict)
    left: int = 0

    def note(self, state: State, before: State | None = None) -> None:
        """Count a message; it no longer counts as what it was before."""
        if before is not None:
            self.counts[before] -= 1
        self.counts[state] = self.counts.get(state, 0) + 1

    @property
    def is_done(self) -> bool:
        """Whether every message was taken."""
        troubled = sum(count for state, count in self.counts.items() if state != "sent")
        return not (self.kept_back or self.left or troubled)


def line_up_post(
    session: RoundSession,
    chosen: Collection[str],
    *,
    limit: int = 0,
    redirect_to: str = "",
    for_real: bool,
    named: bool,
) -> Post:
    """What would be sent now; nothing is written.

    Args:
        session: the round.
        chosen: municipality numbers.
        limit: no more than so many letters; 0 for all.
        redirect_to: the address of a trial's reader; empty for the true recipients.
        for_real: whether the recipients are to get it; a trial also shows a TEST seal around.
        named: whether each letter was asked for by name, so that all of them must be ready.

    Raises:
        FaultyInput: the round has faults, or nothing is said of mail in the settings.
        Refused: nobody may be written to at one of the addresses, not all that were named can be
            sent, or nothing can.
    """
    letters = session.letters()
    post = what_to_send(letters, only=chosen, limit=limit, for_real=for_real)
    check_addresses(post.to_send, mail_settings(session.workspace), redirect_to)
    if named and post.not_ready:
        raise Refused(
            "Nothing was sent: not all that were named can be sent now.\n"
            + "\n".join(
                f"- {each.label}: {reason}"
                for reason, those in post.not_ready.items()
                for each in those
            )
        )
    if not post.to_send:
        all_sent = all(each.state == "sent" for each in letters if each.number in chosen)
        if named and all_sent:
            raise Refused("Nothing was sent: it has been sent already.")
        if not all_sent:
            raise NothingToSend(post)
    return post


class NothingToSend(Refused):
    """Nothing can be sent now; `post` tells why not."""

    def __init__(self, post: Post) -> None:
        super().__init__("There is nothing that can be sent now.")
        self.post = post


def send(
    session: RoundSession,
    chosen: Collection[str],
    *,
    channel: AbstractContextManager[Channel],
    agree: Callable[[Post], bool],
    limit: int = 0,
    named: bool = False,
    sleep: Callable[[float], object],
    progress: Callable[[int, int], None],
) -> Sent:
    """Send for real: each message once.

    The round is held by nobody while the person reads and answers; if anything is not as it was
    shown by then, it is shown and asked again.

    Args:
        session: the round.
        chosen: municipality numbers.
        channel: the way the letters go, to be entered.
        agree: shows what is about to leave and asks; whether the person agrees.
        limit: no more than so many letters; 0 for all.
        named: whether each letter was asked for by name.
        sleep: waits for a number of seconds.
        progress: called with messages done and messages to do.

    Raises:
        Refused: see `line_up_post`, or the person does not agree.
        PartlyDone: interrupted, or the channel takes nothing before a person mends it.
    """
    session.mark_interrupted()
    post = line_up_post(session, chosen, limit=limit, for_real=True, named=named)
    while post.to_send:
        if not agree(post):
            raise Refused("Nothing was sent.")
        with session.changing() as ledger:
            session.read_again()
            ledger.mark_interrupted_uncertain(session.name)
            session.forget()
            now = line_up_post(session, chosen, limit=limit, for_real=True, named=named)
            if now.shows_the_same_as(post):
                return _send_through(session, ledger, channel, now, sleep, progress)
        session.tell("Something has changed since it was shown. This is what it is now:")
        post = now
    return Sent()


def _send_through(
    session: RoundSession,
    ledger: Ledger,
    channel: AbstractContextManager[Channel],
    post: Post,
    sleep: Callable[[float], object],
    progress: Callable[[int, int], None],
) -> Sent:
    see = f"See: brevgen status {session.name}"
    try:
        with channel as way:
            writer = writer_for(session)
            return send_all(ledger, post.to_send, writer, way, sleep=sleep, progress=progress)
    except KeyboardInterrupt:
        raise PartlyDone(
            "Interrupted; what was sent is written down, and the message under way is uncertain."
            f" {see}"
        ) from None
    except ChannelUnusable as reason:
        raise PartlyDone(f"{reason}\nWhat had been sent by then is written down. {see}") from reason


def writer_for(session: RoundSession, redirect_to: str = "") -> Writer:
    """Writes the messages of a round.

    Args:
        session: the round.
        redirect_to: the address of a trial's reader; empty for the true recipients.
    """
    settings = mail_settings(session.workspace)
    return Writer(
        session.workspace, session.facts, session.messages, settings, session.clock, redirect_to
    )


def send_all(
    ledger: Ledger,
    to_send: Sequence[ToSend],
    writer: Writer,
    channel: Channel,
    *,
    sleep: Callable[[float], object],
    progress: Callable[[int, int], None],
) -> Sent:
    """Send for real: each message once, with what became of it in the ledger.

    “Sending” is in the ledger before a message is handed over, so that it is known afterwards, come
    what may. What was surely not taken is tried again after growing pauses.

    Raises:
        ChannelUnusable: the channel takes nothing before a person mends it.
        KeyboardInterrupt: interrupted; a message under way is uncertain.
    """
    sent = Sent()
    waiting = list(to_send)
    states: dict[str, State] = {}

    def done(message_id: str, state: State) -> None:
        sent.note(state, states.get(message_id))
        states[message_id] = state
        progress(sum(n for s, n in sent.counts.items() if s != "failed for now"), len(to_send))

    for pause in PAUSES:
        if not waiting:
            break
        if pause:
            sleep(pause)
        waiting = _one_round(ledger, waiting, writer, channel, sent, done)
    sent.left = len(waiting)
    return sent


def _one_round(
    ledger: Ledger,
    to_send: Sequence[ToSend],
    writer: Writer,
    channel: Channel,
    sent: Sent,
    done: Callable[[str, State], None],
) -> list[ToSend]:
    """Try each message once; what is left to be tried again."""
    again: list[ToSend] = []
    in_a_row = 0
    for at, each in enumerate(to_send):
        if in_a_row >= MOST_FAILURES:
            return [*to_send[at:], *again]  # those that fail shall not stand before the others
        try:
            message = writer.mail(each).outgoing()
            channel.wait()  # now, for whoever interrupts it while it waits leaves nothing uncertain
            delivery = _delivery(each, message, writer.facts.name)
            if not ledger.begin_sending(delivery):
                continue  # somebody else has sent it meanwhile
        except BrevgenError as error:
            sent.kept_back[each.label] = str(error)
            continue
        reply = _hand_over(ledger, channel, message, delivery)
        state = reply.state
        ledger.record_receipt(delivery, state, reply.words)
        done(message.external_id, state)
        if state == "failed for now":
            again.append(each)
        in_a_row = in_a_row + 1 if state == "failed for now" else 0
    return again


def _hand_over(ledger: Ledger, channel: Channel, message: Outgoing, delivery: Delivery) -> Reply:
    try:
        return channel.hand_over(message)
    except ChannelUnusable as error:
        ledger.record_receipt(delivery, "failed for now", f"not handed over: {error}")
        raise
    except KeyboardInterrupt:
        ledger.record_receipt(delivery, "uncertain", "interrupted by the user")
        raise


def _delivery(each: ToSend, message: Outgoing, round_name: str) -> Delivery:
    file, recipient = each.letter.sealed, each.addressee.recipient
    assert file is not None, "only final letters are sent"
    return Delivery(
        external_id=message.external_id,
        channel="mail",
        recipient_key=same_mailbox(recipient.address),
        round=round_name,
        municipality=each.letter.number,
        reference=file.reference,
        content_digest=file.content_digest,
        pdf_sha256=file.pdf_sha256,
        role=recipient.role,
        title=recipient.title,
        name=recipient.name,
        address=recipient.address,
    )


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal has done; nothing of it counts as sent.

    Args:
        post: what was handed over.
        kept_back: letter and recipient to why it was not handed over.
    """

    post: Post
    kept_back: Mapping[str, str]

    @property
    def handed_over(self) -> int:
        """How many messages were handed over."""
        return len(self.post.to_send) - len(self.kept_back)


def rehearse(
    session: RoundSession,
    post: Post,
    *,
    channel: AbstractContextManager[Channel] | None = None,
    redirect_to: str = "",
    progress: Callable[[int, int], None],
) -> Rehearsed:
    """Hand messages over without counting them as sent.

    Args:
        session: the round.
        post: what to hand over.
        channel: the way to a trial's reader; None for the outbox folder.
        redirect_to: that reader's address.
        progress: called with messages done and messages to do.

    Raises:
        PartlyDone: the channel takes nothing before a person mends it.
    """
    outbox = session.workspace.output(session.name) / "outbox"
    if channel is None:
        for stale in outbox.glob("*.eml"):  # it might no longer be what would be sent
            stale.unlink()
    with session.changing() as ledger:
        with channel or nullcontext(OutboxChannel(mail_settings(session.workspace), outbox)) as way:
            writer = writer_for(session, redirect_to)
            kept_back = hand_over_all(post.to_send, writer, way, progress=progress)
        where = "by mail" if channel else "to the outbox"
        to = f", to {redirect_to}" if redirect_to else ""
        ledger.note(session.name, "", "rehearsed", f"{len(post.to_send)} messages {where}{to}")
    return Rehearsed(post, kept_back)


def hand_over_all(
    to_send: Sequence[ToSend],
    writer: Writer,
    channel: Channel,
    *,
    progress: Callable[[int, int], None],
) -> dict[str, str]:
    """Hand messages over without counting them as sent: to the outbox, or to a trial's reader.

    Returns:
        letter and recipient to why it was not handed over.

    Raises:
        ChannelUnusable: the channel takes nothing before a person mends it.
    """
    kept_back: dict[str, str] = {}
    in_a_row = 0
    for done, each in enumerate(to_send, start=1):
        if in_a_row >= MOST_FAILURES:
            raise PartlyDone(f"The rest was not tried: {kept_back.popitem()[1]}")
        try:
            message = writer.mail(each).outgoing()
            channel.wait()
            reply = channel.hand_over(message)
        except PartlyDone:
            raise
        except BrevgenError as error:
            kept_back[each.label] = str(error)
        else:
            in_a_row = in_a_row + 1 if reply.state == "failed for now" else 0
            if reply.state != "sent":
                kept_back[each.label] = f"{reply.state}: {reply.words}"
        progress(done, len(to_send))
    return kept_back
