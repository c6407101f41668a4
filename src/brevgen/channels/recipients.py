"""Who gets a letter: the mayor and the chief executive, or the municipality as such."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from brevgen.email_address import ascii_address, same_mailbox, within
from brevgen.errors import BrevgenError, Unsendable
from brevgen.facts.contacts import Contact
from brevgen.language import tr
from brevgen.ledger.records import Role
from brevgen.settings.round import Copy

MAILBOX_TITLE = "Postmottak"
"""What an official mailbox is called, in bokmål and nynorsk."""


MUNICIPALITY_TITLE = "Kommunen"
"""What the municipality as such is called, in bokmål and nynorsk."""


@dataclass(frozen=True)
class Recipient:
    """One address a letter goes to.

    Args:
        role: who it is; the first of two who share an address.
        title: the title in the letter's written form: `Ordfører`, `Ordfører og rådmann`.
        name: the person's name; empty where not known.
        address: e-mail address; empty where the organisation as such gets it.
        organisation_number: 9 digits, where the organisation as such gets it; else empty.
        distribution: whom the organisation is to give it to, a line each: `Ordfører Kari Moen`.
    """

    role: Role
    title: str
    name: str
    address: str
    organisation_number: str = ""
    distribution: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Where it goes, as a person reads it: the address, or the organisation number."""
        return self.address or self.organisation_number

    @property
    def key(self) -> str:
        """Who it is for the channel: two with the same key are one and get one delivery.

        Empty for an organisation whose number is not known.

        Raises:
            Unsendable: the address can be none.
        """
        if self.organisation_number or not self.address:
            return self.organisation_number
        return same_mailbox(self.address)

    def called(self, municipality: str) -> str:
        """Title, name and municipality on one line: `Ordfører Kari Moen i Ås kommune`."""
        if self.role == "copied":
            return self.name
        return " ".join(part for part in (self.title, self.name, f"i {municipality}") if part)


def recipients_of(
    contact: Contact, titles: Sequence[str], *, mailbox_always: bool
) -> tuple[Recipient, ...]:
    """Whom to send a letter to, one message each; none where nobody can be reached.

    Electronic post to a public body goes to its mailbox unless it has arranged otherwise, so the
    mailbox gets what one of the two would not.

    Args:
        contact: what is known of the municipality's addresses.
        titles: the mayor's and the chief executive's title, in this order, as the round's
            distribution names them in the letter's written form.
        mailbox_always: whether the mailbox gets the letter besides the two.

    Raises:
        BrevgenError: there are not exactly two titles.
    """
    if len(titles) != 2:
        raise BrevgenError(
            tr(
                "The round's distribution names {count} titles. Mail needs two: the mayor's first,"
                " then the chief executive's.",
                count=len(titles),
            )
        )
    mayor, chief = contact.mayor, contact.chief_executive
    wanted = [
        Recipient("mayor", titles[0], mayor.name, mayor.address),
        Recipient("chief_executive", titles[1], chief.name, chief.address),
    ]
    if mailbox_always or not (mayor.address and chief.address):
        wanted.append(Recipient("mailbox", MAILBOX_TITLE, "", contact.mailbox))
    found: dict[str, Recipient] = {}
    for each in wanted:
        if each.address:
            found[each.key] = _both(found[each.key], each) if each.key in found else each
    return tuple(found.values())


def municipality_itself(
    contact: Contact, titles: Sequence[str], organisation_number: str
) -> Recipient:
    """The municipality as one recipient, which gives the letter to those who are to have it.

    Args:
        titles: the mayor's and the chief executive's title, in this order.
        organisation_number: the municipality's; empty where the register has none.
    """
    people = (contact.mayor, contact.chief_executive)
    lines = (f"{title} {who.name}".strip() for title, who in zip(titles, people, strict=True))
    return Recipient(
        "municipality",
        MUNICIPALITY_TITLE,
        "",
        "",
        organisation_number=organisation_number,
        distribution=tuple(lines),
    )


def organisations_copied_to(copies: Iterable[Copy]) -> tuple[Recipient, ...]:
    """Those who get a copy by organisation number; it is empty where the settings name none."""
    return tuple(
        replace(each, address="", organisation_number="".join(copy.organisation_number.split()))
        for each, copy in zip(copied_to(copies), copies, strict=True)
    )


def copied_to(copies: Iterable[Copy]) -> tuple[Recipient, ...]:
    """Those who get a copy of a letter, as the round's settings name them."""
    titles = {each: f"Kopi til {each.name}" if each.name else "Kopi" for each in copies}
    return tuple(
        Recipient("copied", title, each.name, each.address) for each, title in titles.items()
    )


def _both(first: Recipient, second: Recipient) -> Recipient:
    """Two who share an address; a mailbox that is also a person's adds nothing."""
    if second.role == "mailbox":
        return first
    return replace(first, title=shared_title(first.title, second.title), name="")


def shared_title(first: str, second: str) -> str:
    """The title of two who share an address: `Ordfører og rådmann`."""
    return f"{first} og {second[:1].lower()}{second[1:]}"


def refused(recipient: Recipient, allowed_domains: Collection[str]) -> str:
    """Why a recipient may not be written to, in a sentence; empty if it may."""
    return address_refused(recipient.address, allowed_domains)


def address_refused(address: str, allowed_domains: Collection[str]) -> str:
    """Why nothing may be sent to an address, in a sentence; empty if it may.

    Args:
        address: any address, that of a trial's reader too.
        allowed_domains: those of the settings, in small ASCII letters.
    """
    try:
        domain = ascii_address(address).rpartition("@")[2]
    except Unsendable as error:
        return str(error)
    if any(within(domain, allowed) for allowed in allowed_domains):
        return ""
    return tr(
        "{address} is outside of the domains that may be written to ({domains};"
        " mail.allowed_domains in brevgen.toml).",
        address=address,
        domains=", ".join(allowed_domains),
    )
