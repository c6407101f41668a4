"""Whom each letter goes to, and where it stands with each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from brevgen.channels.recipients import (
    Recipient,
    copied_to,
    municipality_itself,
    organisations_copied_to,
    recipients_of,
    shared_title,
)
from brevgen.channels.words import shown
from brevgen.characters import as_typed
from brevgen.facts.contacts import Contact
from brevgen.language import tr, untranslated
from brevgen.ledger.records import TAKEN_OR_UNKNOWN, TO_SEND, Delivery, Receipt, Role, State
from brevgen.letter.letter import Letter
from brevgen.settings.round import Copy, Round

CHANNELS_TO_ORGANISATIONS = ("svarut", "svarut-folder")
"""The ways by which the municipality as such gets a letter, and not its people."""


def kept_as(channel: str) -> str:
    """What the ledger calls a way that letters go: a mail that is only a file is a mail too."""
    return channel if channel in CHANNELS_TO_ORGANISATIONS else "mail"


ADVICE: dict[State, str] = {
    "to send": "",
    "sending": untranslated(
        "wait; if no brevgen is sending, send again: it was cut off and becomes uncertain"
    ),
    "sent": "",
    "refused": untranslated(
        "put the address right in contacts.csv and send again, or reach them another way and say"
        " so: brevgen send {round} --settle {who} delivered HOW"
    ),
    "failed for now": untranslated("send again later"),
    "uncertain": untranslated(
        "find out whether it came, then say so: brevgen send {round} --settle {who} sent, or"
        " --settle {who} resend"
    ),
    "reached otherwise": "",
}
"""What a person is to do about a recipient, by its state."""

ADVICE_BY_CHANNEL: dict[tuple[str, State], str] = {
    ("svarut", "refused"): untranslated(
        "see why; then brevgen send {round} --settle {who} resend, or reach them another way and"
        " say so: brevgen send {round} --settle {who} delivered HOW"
    ),
    ("svarut", "uncertain"): untranslated("send again: SvarUt is asked first whether it has it"),
    ("svarut", "sending"): untranslated(
        "wait; if no brevgen is sending, send again: SvarUt is asked first whether it has it"
    ),
    ("svarut-folder", "uncertain"): untranslated(
        "upload it in SvarUt's portal, then say so: brevgen send {round} --settle {who} sent"
    ),
}
"""What is to be done otherwise than for mail."""

REPORTED = untranslated(
    "read the report; if they lack the letter: brevgen send {round} --again {who} WHY"
)
"""What a person is to do about one who has it, but of whom a report came."""


def advice_on(delivery: Delivery) -> str:
    """What a person is to do about a delivery, with the names filled in; may be empty."""
    advice = ADVICE_BY_CHANNEL.get((delivery.channel, delivery.state), ADVICE[delivery.state])
    if delivery.state == "sent" and any("failed" in each.words for each in delivery.reports):
        advice = REPORTED
    return _filled(advice, delivery.round, as_typed(delivery.address or delivery.municipality))


def advice_on_all(state: State, round_name: str) -> str:
    """What a person is to do about all who are in a state; may be empty."""
    advice = REPORTED if state == "sent" else ADVICE[state]
    return _filled(advice, round_name, tr("WHO"))


def _filled(advice: str, round_name: str, who: str) -> str:
    return tr(advice, round=as_typed(round_name), who=who) if advice else ""


@dataclass(frozen=True)
class Addressee:
    """One recipient of one letter.

    Args:
        recipient: who.
        sent: the latest delivery to them and what became of it; None if there was none yet.
        channel: the way it goes there, or has gone.
    """

    recipient: Recipient
    sent: Delivery | None = None
    channel: str = "mail"

    @property
    def state(self) -> State:
        """Where the letter stands with them."""
        return self.sent.state if self.sent is not None else "to send"

    @property
    def last_receipt(self) -> Receipt | None:
        """What was last found out, reports too; None where nothing was sent yet."""
        return self.sent.receipts[-1] if self.sent is not None and self.sent.receipts else None

    @property
    def words(self) -> str:
        """What was last found out, in words: the server's, a person's or the reader's."""
        last = self.last_receipt
        return shown(last.words) if last is not None else ""

    @property
    def has_it(self) -> bool:
        """Whether they surely have the letter."""
        return self.state in ("sent", "reached otherwise")

    @property
    def is_to_send(self) -> bool:
        """Whether the letter may be handed over to them."""
        return self.state in TO_SEND

    @property
    def is_copied(self) -> bool:
        """Whether they only get a copy."""
        return self.recipient.role == "copied"

    @property
    def copy(self) -> int:
        """1, or higher where the letter is sent to them again on purpose."""
        return self.sent.copy if self.sent is not None else 1

    @property
    def advice(self) -> str:
        """What a person is to do; may be empty."""
        return advice_on(self.sent) if self.sent is not None else ""


def addressees_of(
    letter: Letter,
    contact: Contact,
    round_: Round,
    deliveries: Sequence[Delivery],
    copies: Sequence[Copy] = (),
    *,
    channel: str = "mail",
    organisation_number: str = "",
) -> tuple[Addressee, ...]:
    """Everyone a letter goes to, and those who have it but are no longer in the contacts.

    Whoever has the letter, or may have it, does not get it once more under another address or by
    another way, unless a person has ordered that; who refused it does.

    Args:
        contact: what is known of the municipality's addresses.
        round_: how its letters are sent.
        deliveries: the deliveries of this letter, the oldest first.
        copies: who gets a copy of it.
        channel: the way it is to go.
        organisation_number: the municipality's; empty where not known.
    """
    channel = kept_as(channel)
    taken = [each for each in deliveries if each.state in (*TAKEN_OR_UNKNOWN, "reached otherwise")]
    to_organisations = channel in CHANNELS_TO_ORGANISATIONS
    begun = [each for each in taken if each.role != "copied"]
    by_other_way = any(
        (each.channel in CHANNELS_TO_ORGANISATIONS) != to_organisations for each in begun
    )
    if by_other_way:  # the municipality has it: it is finished the way it was begun
        to_organisations, channel = not to_organisations, begun[-1].channel
    titles = letter.municipality.distribution
    wanted: tuple[Recipient, ...]
    if to_organisations:
        itself = municipality_itself(contact, titles, organisation_number)
        wanted = itself, *organisations_copied_to(copies)
    else:
        reached = {role: e.address for e in taken for role in _roles(e, shared_title(*titles))}
        people, always = _where_reached(contact, reached), round_.dispatch.mailbox_always
        wanted = *recipients_of(people, titles, mailbox_always=always), *copied_to(copies)
    latest = {each.recipient_key: each for each in deliveries}
    found: dict[str, Addressee] = {}
    for recipient in wanted:
        if recipient.key not in found:
            found[recipient.key] = _addressee(recipient, latest.get(recipient.key), channel)
    kept = {each.recipient_key for each in (*taken, *(e for e in deliveries if e.is_ordered))}
    for key in [key for key in latest if key in kept]:
        recipient = recipient_in(latest[key], found.get(key))
        found[key] = Addressee(recipient, latest[key], latest[key].channel)
    if not begun:  # nobody has it: what was refused by another way is still to be told
        for key, sent in latest.items():
            if sent.state == "refused" and sent.channel != channel and key not in found:
                found[key] = Addressee(recipient_in(sent), sent, sent.channel)
    return tuple(found.values())


def _addressee(recipient: Recipient, sent: Delivery | None, channel: str) -> Addressee:
    """A recipient of a letter by the way it is to go now.

    What was not taken by another way counts for nothing; what was, or may have been, does.
    """
    if sent is None or (sent.channel != channel and sent.state in (*TO_SEND, "refused")):
        return Addressee(recipient, None, channel)
    return Addressee(recipient, sent, sent.channel)


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


def recipient_in(sent: Delivery, now: Addressee | None = None) -> Recipient:
    """The recipient as a delivery names them.

    Args:
        now: the same one as the contacts have it, who tell whom it is to be given to.
    """
    number = sent.recipient_key if sent.channel in CHANNELS_TO_ORGANISATIONS else ""
    distribution = now.recipient.distribution if now is not None else ()
    return Recipient(sent.role, sent.title, sent.name, sent.address, number, distribution)
