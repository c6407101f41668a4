"""Whom each letter goes to, and where it stands with each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from brevgen.dispatch.recipients import Recipient, recipients_of
from brevgen.facts.contacts import Contact
from brevgen.facts.round import Round
from brevgen.ledger.dispatches import TAKEN_OR_UNKNOWN, TO_SEND, Dispatched, State
from brevgen.letter.letter import Letter

ADVICE: dict[State, str] = {
    "to send": "",
    "sending": "wait; if no brevgen is sending, send again: it was cut off and becomes uncertain",
    "sent": "",
    "refused": "put the address right in contacts.csv and send again, or reach them another way",
    "failed for now": "send again later",
    "uncertain": "find out whether it came, then settle it: brevgen send ROUND --settle WHO",
}
"""What a person is to do about a recipient, by its state."""


@dataclass(frozen=True)
class Addressee:
    """One recipient of one letter.

    Args:
        recipient: who.
        sent: the message to them and what became of it; None if there was none yet.
    """

    recipient: Recipient
    sent: Dispatched | None = None

    @property
    def state(self) -> State:
        """Where the letter stands with them."""
        return self.sent.state if self.sent is not None else "to send"

    @property
    def is_to_send(self) -> bool:
        """Whether the letter may be handed over to them."""
        return self.state in TO_SEND

    @property
    def advice(self) -> str:
        """What a person is to do."""
        return ADVICE[self.state]


def addressees_of(
    letter: Letter, contact: Contact, round_: Round, dispatched: Sequence[Dispatched]
) -> tuple[Addressee, ...]:
    """Everyone a letter goes to, and those it went to that are no longer in the contacts.

    Whoever has the letter, or may have it, does not get it once more under another address; who
    refused it does.

    Args:
        letter: the letter.
        contact: what is known of the municipality's addresses.
        round_: how its letters are sent.
        dispatched: the messages with this letter, the oldest first.
    """
    wanted = recipients_of(
        contact,
        letter.municipality.distribution,
        mailbox_always=round_.dispatch.mailbox_always,
    )
    by_address = {each.dispatch.address.lower(): each for each in dispatched}
    reached = {each.dispatch.role: each for each in dispatched if each.state in TAKEN_OR_UNKNOWN}
    found: dict[str, Addressee] = {}
    for recipient in wanted:
        sent = by_address.get(recipient.address.lower()) or reached.get(recipient.role)
        if sent is not None and sent.dispatch.address.lower() != recipient.address.lower():
            recipient = _as_sent(sent)
        found[recipient.address.lower()] = Addressee(recipient, sent)
    for sent in dispatched:
        if sent.has_left:
            found.setdefault(sent.dispatch.address.lower(), Addressee(_as_sent(sent), sent))
    return tuple(found.values())


def _as_sent(sent: Dispatched) -> Recipient:
    each = sent.dispatch
    return Recipient(each.role, each.title, each.name, each.address)
