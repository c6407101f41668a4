"""Writing down what a person has found out about messages: they came, or not, or another way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from brevgen.characters import as_typed, cleaned
from brevgen.email_address import malformed, same_mailbox
from brevgen.errors import Refused, WrongUse
from brevgen.language import tr, untranslated
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Delivery, State
from brevgen.rounds.sendings import message_of
from brevgen.rounds.session import NotAsShown, RoundSession

Answer = Literal["sent", "resend", "delivered"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)

ALL = "all"
"""Stands for every message that can be settled alike."""

_BY_A_PERSON = untranslated("settled by a person")

_WANTED: dict[Answer, tuple[State, ...]] = {
    "sent": ("uncertain",),
    "resend": ("uncertain", "refused"),
    "delivered": ("uncertain", "refused", "failed for now", "to send"),
}
"""Where a message must stand for an answer to make sense."""

_AFTER: dict[Answer, State] = {
    "sent": "sent",
    "resend": "to send",
    "delivered": "reached otherwise",
}


@dataclass(frozen=True)
class Settled:
    """What was settled.

    Args:
        who: the municipality with its number, or how many of them.
        messages: how many messages.
    """

    who: str
    messages: int


def settle(session: RoundSession, who: str, answer: Answer, words: str = "") -> Settled:
    """Write down what a person has found out about messages with a letter.

    Works from the ledger, so that a fault in a spreadsheet is no hindrance.

    Args:
        who: municipality number or name, the address of one message, or `all`: every uncertain
            message for `sent`, every refused one for `resend`.
        answer: `sent`; `resend` if it surely never came, or was refused; `delivered` if they have
            it by another way.
        words: for `delivered`: how, such as `by post 3 December`; kept in the history.

    Raises:
        WrongUse: there was no message to that municipality or address, or it is not said how it
            was delivered.
        Refused: there is nothing to settle.
    """
    session.actor.must_have("send")
    if answer == "delivered" and not cleaned(words):
        raise WrongUse(
            tr(
                'Say how they got it: brevgen send {round} --settle {who} delivered "by post 3'
                ' December".',
                round=as_typed(session.name),
                who=as_typed(who),
            )
        )
    with session.settling() as ledger:
        is_of_all = who.casefold() == ALL
        wanted = _wanted_of_all(answer) if is_of_all else _WANTED[answer]
        messages = session.known.messages if is_of_all else _messages_to(session, who)
        to_settle = _write_down(ledger, messages, who, answer, wanted, words)
    numbers = sorted({each.municipality for each in to_settle})
    label = session.label(numbers[0])
    if len(numbers) > 1:
        label = tr("{count} municipalities", count=len(numbers))
    return Settled(label, len(to_settle))


def settle_message(
    session: RoundSession, number: str, place: int, answer: Answer, words: str = "", *, known: int
) -> Settled:
    """Write down what a person has found out about one message, which she has before her.

    Args:
        place: which of the messages with its letter, from 1.
        known: how many receipts of it she has seen.

    Raises:
        WrongUse: there is no such message, or it is not said how it was delivered.
        Refused: something was found out about it meanwhile, or there is nothing to settle.
    """
    session.actor.must_have("send")
    if answer == "delivered" and not cleaned(words):
        raise WrongUse(tr("Say how they got it, such as “by post 3 December”."))
    with session.changing() as ledger:
        if len(message_of(session, number, place).delivery.receipts) != known:
            raise NotAsShown
        ledger.mark_interrupted_uncertain(session.name)  # what was shown as “sending” may be this
        session.forget()
        message = message_of(session, number, place)
        who = message.municipality
        _write_down(ledger, [message.delivery], who, answer, _WANTED[answer], words)
    return Settled(message.municipality, 1)


def _write_down(
    ledger: Ledger,
    messages: Sequence[Delivery],
    who: str,
    answer: Answer,
    wanted: Sequence[State],
    words: str,
) -> Sequence[Delivery]:
    """Settle those of the messages of which that can be said; these."""
    to_settle = [each for each in messages if each.state in wanted]
    if not to_settle:
        raise Refused(
            tr(
                "{who}: no message is {states}; nothing to settle.",
                who=who,
                states=" / ".join(map(tr, wanted)),
            )
        )
    for each in to_settle:
        ledger.record_receipt(each, _AFTER[answer], cleaned(words) or _BY_A_PERSON)
    return to_settle


def _wanted_of_all(answer: Answer) -> tuple[State, ...]:
    """What is settled for all at once: nothing that could then be sent to somebody who has it."""
    if answer == "delivered":
        raise WrongUse(tr("“delivered” cannot be said of all at once. Name the municipality."))
    return ("uncertain",) if answer == "sent" else ("refused",)


def _messages_to(session: RoundSession, who: str) -> Sequence[Delivery]:
    if "@" not in who:
        (number,) = session.choose_known([who])
        return session.known.deliveries.get(number, ())
    reason = malformed(who)
    messages = [] if reason else [e for e in session.known.messages if is_at(who, e)]
    if not messages:
        raise WrongUse(tr("No letter of this round went to {who}.", who=who))
    return messages


def is_at(address: str, sent: Delivery) -> bool:
    """Whether a message went to an address."""
    return sent.recipient_key == same_mailbox(address)
