"""Whom each letter goes to, and where it stands with each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from brevgen.channels.recipients import Recipient, recipients_of, shared_title
from brevgen.email_address import same_mailbox
from brevgen.facts.contacts import Contact
from brevgen.ledger.records import TAKEN_OR_UNKNOWN, TO_SEND, Delivery, Role, State
from brevgen.letter.letter import Letter
from brevgen.settings.round import Round

ADVICE: dict[State, str] = {
    "to send": "",
    "sending": "wait; if no brevgen is sending, send again: it was cut off and becomes uncertain",
    "sent": "",
    "refused": "put the address right in contacts.csv and send again, or reach them another way",
    "failed for now": "send again later",
    "uncertain": "find out whether it came, then say so: brevgen send ROUND --settle WHO sent, or"
    " --settle WHO resend",
    "reached otherwise": "",
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
    sent: Delivery | None = None

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
    letter: Letter, contact: Contact, round_: Round, dispatched: Sequence[Delivery]
) -> tuple[Addressee, ...]:
    """Everyone a letter goes to, and those who have it but are no longer in the contacts.

    Whoever has the letter, or may have it, does not get it once more under another address; who
    refused it does.

    Args:
        letter: the letter.
        contact: what is known of the municipality's addresses.
        round_: how its letters are sent.
        dispatched: the messages with this letter, the oldest first.
    """
    titles = letter.municipality.distribution
    taken = [each for each in dispatched if each.state in TAKEN_OR_UNKNOWN]
    reached = {role: each.address for each in taken for role in _roles(each, shared_title(*titles))}
    wanted = recipients_of(
        _where_reached(contact, reached), titles, mailbox_always=round_.dispatch.mailbox_always
    )
    by_address = {same_mailbox(e.address): e for e in (*dispatched, *taken)}
    found: dict[str, Addressee] = {}
    for recipient in wanted:
        address = same_mailbox(recipient.address)
        found[address] = Addressee(recipient, by_address.get(address))
    for sent in taken:
        found[same_mailbox(sent.address)] = Addressee(_as_sent(sent), sent)
    return tuple(found.values())


def _roles(sent: Delivery, shared: str) -> tuple[Role, ...]:
    """Who has a message: two, where they shared an address."""
    if sent.role == "mayor" and sent.title == shared:
        return "mayor", "chief_executive"
    return (sent.role,)


def _where_reached(contact: Contact, reached: Mapping[Role, str]) -> Contact:
    """The contact with the addresses at which its people have the letter already."""
    mayor, chief = contact.mayor, contact.chief_executive
    return replace(
        contact,
        mailbox=reached.get("mailbox", contact.mailbox),
        mayor=replace(mayor, address=reached.get("mayor", mayor.address)),
        chief_executive=replace(chief, address=reached.get("chief_executive", chief.address)),
    )


def _as_sent(sent: Delivery) -> Recipient:
    each = sent
    return Recipient(each.role, each.title, each.name, each.address)
