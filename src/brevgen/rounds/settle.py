"""Writing down what a person has found out about messages whose fate nobody knew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from brevgen.email_address import same_mailbox
from brevgen.errors import Refused, WrongUse
from brevgen.ledger.records import Delivery, State
from brevgen.rounds.session import RoundSession

Answer = Literal["sent", "resend"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)


@dataclass(frozen=True)
class Settled:
    """What was settled: the municipality, and how many messages to it."""

    label: str
    messages: int


def settle(session: RoundSession, who: str, answer: Answer) -> Settled:
    """Write down what a person has found out about the uncertain messages with a letter.

    Works from the ledger, so that a fault in a spreadsheet is no hindrance.

    Args:
        session: the round.
        who: municipality number or name, or the address of one message.
        answer: `sent`, or `resend` if it surely never came; a message that was refused may be sent
            again as well.

    Raises:
        WrongUse: there was no message to that municipality or address.
        Refused: there is nothing to settle.
    """
    with session.changing() as ledger:
        ledger.mark_interrupted_uncertain(session.name)
        session.forget()
        if "@" in who:
            messages = [each for each in _all(session) if _is_at(who, each)]
            if not messages:
                raise WrongUse(f"No letter of this round went to {who}.")
        else:
            (number,) = session.choose_known([who])
            messages = list(session.known.deliveries.get(number, ()))
        wanted: tuple[State, ...] = ("uncertain",) if answer == "sent" else ("uncertain", "refused")
        to_settle = [each for each in messages if each.state in wanted]
        if not to_settle:
            raise Refused(f"{who}: no message is {' or '.join(wanted)}; nothing to settle.")
        state: State = "sent" if answer == "sent" else "to send"
        for each in to_settle:
            ledger.record_receipt(each, state, "settled by a person")
    return Settled(session.label(to_settle[0].municipality), len(to_settle))


def _all(session: RoundSession) -> Sequence[Delivery]:
    return [each for those in session.known.deliveries.values() for each in those]


def _is_at(address: str, sent: Delivery) -> bool:
    return same_mailbox(sent.address) == same_mailbox(address)
