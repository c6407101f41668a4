"""Asking SvarUt what has become of letters since they were taken, until all is heard."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from math import inf

from brevgen.channels.channel import Channel, ChannelUnusable
from brevgen.channels.svarut.states import is_final
from brevgen.channels.words import shown
from brevgen.characters import cleaned
from brevgen.errors import PartlyDone, Refused
from brevgen.language import tr
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Delivery, ReceiptState, State
from brevgen.rounds.look_up import CAN_BE_ASKED, ask_about_uncertain
from brevgen.rounds.session import RoundSession


@dataclass(frozen=True)
class News:
    """Something new of a letter.

    Args:
        letter: municipality number and name.
        reference: the letter's.
        recipient: who it went to.
        state: where it stands with them now.
        words: what the channel says, in the reader's language.
    """

    letter: str
    reference: str
    recipient: str
    state: State
    words: str


@dataclass(frozen=True)
class FollowedUp:
    """What asking has told.

    Args:
        asked: how many letters were asked about.
        news: what is new.
        open: of how many there may still be more to hear.
        uncertain: of how many it could not be found out whether they were taken.
    """

    asked: int
    news: tuple[News, ...]
    open: int
    uncertain: int


def can_be_followed_up(session: RoundSession) -> bool:
    """Whether any letter of the round went a way that can be asked."""
    return any(each.channel in CAN_BE_ASKED for each in session.known.messages)


def follow_up(session: RoundSession, channel: AbstractContextManager[Channel]) -> FollowedUp:
    """Ask where each letter stands, and write down what is new as a receipt.

    Works from the ledger, so that a fault in a spreadsheet is no hindrance. What was cut off is
    looked up first.

    Args:
        channel: the way to ask, to be entered.

    Raises:
        Refused: no letter of the round went a way that can be asked.
        PartlyDone: nobody answers, or does not let us in; what was told by then is kept.
    """
    session.actor.must_have("follow up")
    if not can_be_followed_up(session):
        raise Refused(tr("No letter of the round {round} went through SvarUt.", round=session.name))
    with session.settling() as ledger:
        try:
            with channel as way:
                uncertain = ask_about_uncertain(session, ledger, way)
                asked = [each for each in session.known.messages if _is_open(each, way.name)]
                news = _ask(session, ledger, way, asked)
        except ChannelUnusable as reason:
            told = tr("What had been told by then is written down.")
            raise PartlyDone(f"{reason}\n{told}") from reason
        session.forget()
        left = sum(_is_open(each, way.name) for each in session.known.messages)
    return FollowedUp(len(asked), tuple(news), left, uncertain)


def _is_open(delivery: Delivery, channel: str) -> bool:
    """Whether there may be more to hear of a letter."""
    if delivery.channel != channel or delivery.state != "sent":
        return False
    return not any(is_final(each.words) for each in delivery.reports)


def _ask(
    session: RoundSession, ledger: Ledger, way: Channel, asked: Sequence[Delivery]
) -> list[News]:
    by_id = {told: each for each in asked if (told := _told_id(ledger, way, each))}
    news = []
    for told, reply in way.follow_up(list(by_id)):
        delivery = by_id[told]
        if any(each.words == cleaned(reply.words) for each in delivery.receipts):
            continue
        state: ReceiptState = "refused" if reply.state == "refused" else "reported"
        ledger.record_receipt(delivery, state, reply.words)
        news.append(
            News(
                session.label(delivery.municipality),
                delivery.reference,
                " ".join(filter(None, (delivery.title, delivery.recipient_key))),
                "refused" if state == "refused" else "sent",
                shown(reply.words),
            )
        )
    return sorted(news, key=lambda each: each.letter)


def _told_id(ledger: Ledger, way: Channel, delivery: Delivery) -> str:
    """The id that the channel has given a letter; looked up where a person said that it came."""
    told = [each.external_id for each in delivery.receipts if each.external_id]
    if told:
        return told[-1]
    reply = way.look_up(str(delivery.external_id), age=inf)
    if reply is None or not reply.external_id:
        return ""
    ledger.record_receipt(delivery, "reported", reply.words, external_id=reply.external_id)
    return reply.external_id
