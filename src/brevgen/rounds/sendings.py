"""The runs of sending that a round has had, and each message of them, from the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from brevgen.errors import WrongUse
from brevgen.language import tr
from brevgen.ledger.records import Delivery, State
from brevgen.rounds.session import RoundSession

LONGEST_PAUSE = timedelta(minutes=10)
"""What the same account hands over after a longer pause is another run; see `send.PAUSES`."""

_URGENCY: tuple[State, ...] = (
    "uncertain",
    "refused",
    "failed for now",
    "sending",
    "to send",
    "sent",
    "reached otherwise",
)
"""The states of messages, those first that need a person."""


@dataclass(frozen=True)
class Message:
    """One letter to one recipient, as far as it has come.

    Args:
        municipality: number and name.
        place: which of the messages with the municipality's letter, from 1.
        delivery: what the ledger knows of it.
    """

    municipality: str
    place: int
    delivery: Delivery

    @property
    def state(self) -> State:
        """Where it stands now."""
        return self.delivery.state

    @property
    def came_back(self) -> bool:
        """Whether a report of a failure came although it was taken."""
        return self.state == "sent" and any(
            "failed" in each.words for each in self.delivery.reports
        )

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody must look at it."""
        return self.came_back or self.state in ("uncertain", "refused", "failed for now")


@dataclass(frozen=True)
class Sending:
    """One run of sending.

    Args:
        number: of the run in its round, from 1; it stays.
        account: who sent.
        began: when the first message was handed over, aware.
        ended: when the last one was, aware.
        messages: those handed over in it, those first that need a person.
    """

    number: int
    account: str
    began: datetime
    ended: datetime
    messages: tuple[Message, ...]

    @property
    def troubled(self) -> tuple[Message, ...]:
        """The messages that somebody must look at."""
        return tuple(each for each in self.messages if each.needs_a_person)


def sendings(session: RoundSession) -> list[Sending]:
    """The runs of sending of a round, the first one first; trials are none.

    A run is what one account has handed over without a long pause, from the desk or a command.
    """
    handed_over = [
        (receipt.at, receipt.account, message)
        for number in session.known.deliveries
        for message in messages_to(session, number)
        for receipt in message.delivery.receipts
        if receipt.state == "sending"
    ]
    handed_over.sort(key=lambda each: each[0])
    runs: list[list[tuple[datetime, str, Message]]] = []
    for each in handed_over:
        at, account, _ = each
        before = runs[-1][-1] if runs else None
        if before is None or before[1] != account or at - before[0] > LONGEST_PAUSE:
            runs.append([])
        runs[-1].append(each)
    return [_sending(number, run) for number, run in enumerate(runs, start=1)]


def _sending(number: int, run: Sequence[tuple[datetime, str, Message]]) -> Sending:
    messages = {(each.municipality, each.place): each for _, _, each in run}
    return Sending(
        number=number,
        account=run[0][1],
        began=run[0][0],
        ended=run[-1][0],
        messages=tuple(sorted(messages.values(), key=_urgency)),
    )


def _urgency(message: Message) -> tuple[bool, int, str, int]:
    return (
        not message.came_back,
        _URGENCY.index(message.state),
        message.municipality,
        message.place,
    )


def messages_to(session: RoundSession, number: str) -> list[Message]:
    """Every message with a municipality's letter, the first begun first."""
    deliveries = session.known.deliveries.get(number, ())
    label = session.label(number)
    return [Message(label, place, each) for place, each in enumerate(deliveries, start=1)]


def message_of(session: RoundSession, number: str, place: int) -> Message:
    """One message of a round.

    Args:
        place: which of the messages with its letter, from 1.

    Raises:
        WrongUse: there is no such message.
    """
    messages = messages_to(session, number)
    if not 1 <= place <= len(messages):
        raise WrongUse(tr("There is no such message."))
    return messages[place - 1]
