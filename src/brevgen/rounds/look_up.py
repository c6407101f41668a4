"""Settling what is uncertain by asking the channel itself, where it can be asked."""

from collections.abc import Iterator
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
        session: the round.
        channel: the way its letters go, to be entered.

    Raises:
        ChannelUnusable: nothing can be asked before a person mends it.
    """
    if session.channel not in CAN_BE_ASKED or not any(_uncertain(session, session.channel)):
        return
    with session.changing() as ledger, channel as way:
        ledger.mark_interrupted_uncertain(session.name)
        session.forget()
        ask_about_uncertain(session, ledger, way)
    session.forget()


def ask_about_uncertain(session: RoundSession, ledger: Ledger, way: Channel) -> int:
    """Write down what a channel says of the letters that are uncertain; how many still are.

    Args:
        session: the round, held by the caller.
        ledger: its ledger.
        way: the channel.

    Raises:
        ChannelUnusable: nothing can be asked before a person mends it.
    """
    left = 0
    for each in list(_uncertain(session, way.name)):
        reply = way.look_up(str(each.external_id), age=_age(session, each))
        if reply is None:
            left += 1
            continue
        state: State = "sent" if reply.state == "sent" else "to send"
        ledger.record_receipt(each, state, reply.words, external_id=reply.external_id or None)
    session.forget()
    return left


def _uncertain(session: RoundSession, channel: str) -> Iterator[Delivery]:
    for those in session.known.deliveries.values():
        for each in those:
            if each.channel == channel and each.state == "uncertain":
                yield each


def _age(session: RoundSession, delivery: Delivery) -> float:
    """Seconds since a letter was last handed over."""
    began = [each.at for each in delivery.receipts if each.state == "sending"]
    return (session.clock() - began[-1]).total_seconds() if began else 0.0
