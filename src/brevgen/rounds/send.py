"""Sending final letters: each once to each of its recipients, with what became of it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from brevgen.channels import words
from brevgen.channels.channel import Channel, ChannelUnusable, Outgoing, Reply, refused_alike
from brevgen.characters import as_typed
from brevgen.errors import LedgerError, PartlyDone, Refused, Unsendable
from brevgen.language import tr, untranslated
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Delivery, State
from brevgen.rounds.look_up import settle_by_asking
from brevgen.rounds.messages import Writer, delivery_of, writer_for
from brevgen.rounds.post import Post, ToSend, line_up_post
from brevgen.rounds.session import RoundSession
from brevgen.rounds.witness import bear_witness

PAUSES = (0.0, 30.0, 120.0)
"""How long to wait before each time that what is still to send is tried; seconds."""

MOST_FAILURES = 3
"""After so many failures for now, one after the other, the rest waits for the next try."""


_REFUSED_ALIKE = {
    "mail": untranslated(
        "The last {count} messages were refused in the same way: {words}\n"
        "That is not about the recipients, so they are still to be sent to. See"
        " mail.from_address and mail.smtp in brevgen.toml, ask whoever runs the mail"
        " server, then send again."
    ),
    "svarut": untranslated(
        "The last {count} letters were refused in the same way: {words}\n"
        "That is not about the recipients, so they are still to be sent to. See [channels.svarut]"
        " in brevgen.toml, ask KS what they miss, then send again."
    ),
}
"""What a person is told where all are refused alike."""

Progress = Callable[[int, int], None]
"""Is called with messages done and messages to do."""


@dataclass
class Sent:
    """What a run has done, by what became of the messages.

    Args:
        counts: how many messages came to which state.
        kept_back: letter and recipient to why it was not handed over.
        left: how many messages are still to be tried.
        witness: the witness of the ledger that was written after it; None for none.
    """

    counts: dict[State, int] = field(default_factory=dict)
    kept_back: dict[str, str] = field(default_factory=dict)
    left: int = 0
    witness: Path | None = None

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


def send(
    session: RoundSession,
    chosen: Collection[str],
    *,
    channel: AbstractContextManager[Channel],
    agree: Callable[[Post], bool],
    limit: int = 0,
    named: bool = False,
    sleep: Callable[[float], object],
    progress: Progress,
) -> Sent:
    """Send for real: each message once.

    The round is held by nobody while the person reads and answers; if anything is not as it was
    shown by then, it is shown and asked again.

    Args:
        chosen: municipality numbers.
        channel: the way the letters go, to be entered.
        agree: shows what is about to leave and asks; whether the person agrees.
        limit: no more than so many letters; 0 for all.
        named: whether each letter was asked for by name.
        sleep: waits for a number of seconds.
        progress: called with messages done and messages to do.

    Raises:
        Refused: see `line_up_post`, or the person does not agree.
        PartlyDone: interrupted, or the channel takes nothing before a person mends it, or what
            became of a message could not be written down.
    """
    session.actor.must_have("send")
    session.mark_interrupted()
    with told_where_it_stopped(session):
        settle_by_asking(session, channel)
    post = line_up_post(session, chosen, limit=limit, for_real=True, named=named)
    while post.to_send:
        if not agree(post):
            raise Refused(tr("Nothing was sent."))
        with session.settling() as ledger:
            session.read_again()
            now = line_up_post(session, chosen, limit=limit, for_real=True, named=named)
            if now.shows_the_same_as(post):
                return _send_through(session, ledger, channel, now, sleep, progress)
        session.tell(tr("Something has changed since it was shown. This is what it is now:"))
        post = now
    return Sent()


def _send_through(
    session: RoundSession,
    ledger: Ledger,
    channel: AbstractContextManager[Channel],
    post: Post,
    sleep: Callable[[float], object],
    progress: Progress,
) -> Sent:
    with told_where_it_stopped(session), channel as way:
        run = Run(ledger, writer_for(session), way, len(post.to_send), progress)
        sent = run.send(post.to_send, sleep)
    sent.witness = bear_witness(session)
    return sent


@contextmanager
def told_where_it_stopped(session: RoundSession) -> Iterator[None]:
    """Say of what stops a sending what is done by then, and where to see it.

    Raises:
        PartlyDone: it was stopped.
    """
    see = tr("See: brevgen status {round}", round=as_typed(session.name))
    try:
        yield
    except KeyboardInterrupt:
        told = tr(
            "Interrupted; what was sent is written down, and the message under way is uncertain."
        )
        raise PartlyDone(f"{told} {see}") from None
    except ChannelUnusable as reason:
        told = tr("What had been sent by then is written down.")
        raise PartlyDone(f"{reason}\n{told} {see}") from reason
    except LedgerError as reason:
        told = tr(
            "Not all is sent. What had been sent by then is written down, all but the message under"
            " way: where it stands as “sending”, it is uncertain."
        )
        raise PartlyDone(f"{reason}\n{told} {see}") from reason


class Run:
    """One run of sending: each message once, with what became of it in the ledger.

    “Sending” is in the ledger before a message is handed over, so that it is known afterwards, come
    what may. What was surely not taken is tried again after growing pauses.

    Args:
        ledger: the ledger; the caller holds the round's lock.
        writer: writes the messages.
        channel: the way they go.
        total: how many messages there are, for the progress.
        progress: called with messages done and messages to do.
    """

    def __init__(
        self, ledger: Ledger, writer: Writer, channel: Channel, total: int, progress: Progress
    ) -> None:
        self._ledger, self._writer, self._channel = ledger, writer, channel
        self._total, self._progress = total, progress
        self._sent = Sent()
        self._states: dict[str, State] = {}
        self._replies: list[tuple[Delivery, Reply]] = []

    def send(self, to_send: Sequence[ToSend], sleep: Callable[[float], object]) -> Sent:
        """Send all of it.

        Args:
            to_send: what there is to send, in this order.
            sleep: waits for a number of seconds.

        Raises:
            ChannelUnusable: the channel takes nothing before a person mends it, or refuses all
                recipients alike; those are put back.
            LedgerError: what became of a message could not be written down.
            KeyboardInterrupt: interrupted; a message under way is uncertain.
        """
        waiting = list(to_send)
        for pause in PAUSES:
            if not waiting:
                break
            if pause:
                sleep(pause)
            waiting = self._try_each(waiting)
        self._sent.left = len(waiting)
        return self._sent

    def _try_each(self, to_send: Sequence[ToSend]) -> list[ToSend]:
        """Try each message once; what is left to be tried again."""
        again: list[ToSend] = []
        in_a_row = 0
        for at, each in enumerate(to_send):
            if in_a_row >= MOST_FAILURES:
                # those that fail shall not stand before the others
                return [*to_send[at:], *again]
            reply = self._try(each)
            if reply is None:
                continue
            if reply.state == "failed for now":
                again.append(each)
            # the same refusal of all is seen by itself, see below
            failed = reply.state == "failed for now" and not reply.refusal
            in_a_row = in_a_row + 1 if failed else 0
        return again

    def _try(self, each: ToSend) -> Reply | None:
        """Try one message; None where it was not handed over."""
        try:
            message = self._channel.prepare(self._writer.consignment(each))
            self._channel.wait()  # now: whoever interrupts a wait leaves nothing uncertain
            delivery = delivery_of(each, message.external_id, self._writer.facts.name)
            if not self._ledger.begin_sending(delivery):
                return None  # somebody else has sent it meanwhile
        except (Refused, Unsendable) as error:
            self._sent.kept_back[each.label] = str(error)
            return None
        reply = self._hand_over(message, delivery)
        self._ledger.record_receipt(
            delivery, reply.state, reply.words, external_id=reply.external_id or None
        )
        self._count(delivery, reply.state)
        self._replies.append((delivery, reply))
        self._stop_where_all_are_refused_alike()
        return reply

    def _hand_over(self, message: Outgoing, delivery: Delivery) -> Reply:
        try:
            return self._channel.hand_over(message)
        except ChannelUnusable as error:
            why = words.NOT_HANDED_OVER.format(why=error.words)
            self._ledger.record_receipt(delivery, "failed for now", why)
            raise
        except KeyboardInterrupt:
            self._ledger.record_receipt(delivery, "uncertain", words.INTERRUPTED)
            raise

    def _count(self, delivery: Delivery, state: State) -> None:
        message_id = str(delivery.external_id)
        self._sent.note(state, self._states.get(message_id))
        self._states[message_id] = state
        done = sum(n for s, n in self._sent.counts.items() if s != "failed for now")
        self._progress(done, self._total)

    def _stop_where_all_are_refused_alike(self) -> None:
        """Put back everybody whom the last refusals speak of, where these are not about them.

        Raises:
            ChannelUnusable: one refusal meets all; a person must find out why.
        """
        count = refused_alike([(each.municipality, reply) for each, reply in self._replies])
        if not count:
            return
        alike = {str(each.external_id): each for each, _ in self._replies[-count:]}
        answer = self._replies[-1][1].words
        for each in alike.values():
            self._ledger.record_receipt(each, "to send", words.PUT_BACK.format(answer=answer))
        raise ChannelUnusable(
            tr(
                _REFUSED_ALIKE.get(self._channel.name, _REFUSED_ALIKE["mail"]),
                count=len(alike),
                words=words.shown(answer),
            )
        )
