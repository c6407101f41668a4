"""Settling what is uncertain by asking the channel itself, where it can be asked."""

from contextlib import AbstractContextManager

from brevgen.channels.channel import Channel
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Delivery, State
from brevgen.rounds.session import RoundSession

CAN_BE_ASKED = frozenset({"svarut"})
"""The channels that tell what became of a letter by what it is called outside."""


def settle_by_asking(session: RoundSession, channel: AbstractContextManager[Channel]) -> None:
    """Ask what became of each letter that was cut off on the way the round goes.

    Found is sent, not found is to be sent, and where nobody answers it stays uncertain. Nobody
    needs to hold the round; it is held only while there is something to ask.

    Args:
        channel: the way its letters go, to be entered.

    Raises:
        ChannelUnusable: nothing can be asked before a person mends it.
    """
    if session.channel not in CAN_BE_ASKED or not _uncertain(session, session.channel):
        return
    with session.settling() as ledger, channel as way:
        ask_about_uncertain(session, ledger, way)
    session.forget()


def ask_about_uncertain(session: RoundSession, ledger: Ledger, way: Channel) -> int:
    """Write down what a channel says of the letters that are uncertain; how many still are.

    Args:
        session: the round, held by the caller.

    Raises:
        ChannelUnusable: nothing can be asked before a person mends it.
    """
    left = 0
    for each in _uncertain(session, way.name):
        reply = way.look_up(str(each.external_id), age=_age(session, each))
        if reply is None:
            left += 1
            continue
        state: State = "sent" if reply.state == "sent" else "to send"
        ledger.record_receipt(each, state, reply.words, external_id=reply.external_id or None)
    session.forget()
    return left


def _uncertain(session: RoundSession, channel: str) -> list[Delivery]:
    every = session.known.messages
    return [each for each in every if each.channel == channel and each.state == "uncertain"]


def _age(session: RoundSession, delivery: Delivery) -> float:
    """Seconds since a letter was last handed over."""
    began = [each.at for each in delivery.receipts if each.state == "sending"]
    return (session.clock() - began[-1]).total_seconds() if began else 0.0
