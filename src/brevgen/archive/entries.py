"""What is handed over to the archive, as values: case files, journal entries, parties and files.

The words are those of Noark 5 where a format has them; the values know no format.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

PartyRole = Literal["Mottaker", "Kopimottaker"]
"""Noark 5, M087 korrespondanseparttype."""

JournalStatus = Literal["Ekspedert", "Godkjent av leder"]
"""Noark 5, M053 journalstatus: sent, or approved and not sent yet."""

Variant = Literal["Arkivformat", "Produksjonsformat"]
"""Noark 5, M700 variantformat."""

SealState = Literal["Signatur påført og verifisert", "Signatur påført, ikke verifisert"]
"""Noark 5, M508 elektroniskSignaturVerifisert."""


@dataclass(frozen=True)
class ArchivedParty:
    """Who has a letter, or gets a copy.

    Args:
        role: which of the two.
        name: the organisation's.
        organisation_number: 9 digits; empty where not known.
        contact: whom in it the letter is for, such as `Ordfører og rådmann`; may be empty.
    """

    role: PartyRole
    name: str
    organisation_number: str = ""
    contact: str = ""


@dataclass(frozen=True)
class ArchivedFile:
    """One file of a letter.

    Args:
        name: its name.
        variant: what it is in the archive.
        format: in words, such as `PDF/A-2A`.
        sha256: its digest, 64 hexadecimal digits.
        made_at: when, aware.
    """

    name: str
    variant: Variant
    format: str
    sha256: str
    made_at: datetime


@dataclass(frozen=True)
class ArchivedSeal:
    """What was found out about the seal on the PDF, judged as it was when it was made.

    Args:
        state: whether it holds.
        sealed_by: the subject of its certificate (RFC 4514).
        sealed_at: when, aware.
        timestamped: whether a trusted time stamp says so.
        remark: why it proves nothing or not all, in bokmål; empty where it holds.
    """

    state: SealState
    sealed_by: str
    sealed_at: datetime
    timestamped: bool = False
    remark: str = ""


@dataclass(frozen=True)
class JournalEntry:
    """One letter: an outgoing journal entry with one document.

    Args:
        reference: our reference, which the archive gives back with its numbers.
        municipality: municipality number.
        title: the letter's title.
        dated: the date on it.
        deadline: the last day to answer; None where no answer is wanted.
        status: whether it was sent.
        sent_at: when it was first sent, aware; None where it was not.
        parties: who has it; the municipality first.
        files: PDF and DOCX.
        seal: the PDF's seal.
        content_digest: of what it says, as it was approved.
        approved_at: when, aware.
        approved_by: the account.
        signatory: in whose name.
        case_number: what the archive calls its case; empty while not known.
        journal_number: its number there; empty while not known.
    """

    reference: str
    municipality: str
    title: str
    dated: date
    deadline: date | None
    status: JournalStatus
    sent_at: datetime | None
    parties: tuple[ArchivedParty, ...]
    files: tuple[ArchivedFile, ...]
    seal: ArchivedSeal
    content_digest: str
    approved_at: datetime
    approved_by: str
    signatory: str
    case_number: str = ""
    journal_number: str = ""

    @property
    def last_at(self) -> datetime:
        """When the last thing happened to it that is told here, aware."""
        known = [self.seal.sealed_at, self.approved_at, self.sent_at]
        return max(at for at in known if at is not None)


@dataclass(frozen=True)
class CaseFile:
    """A case and its journal entries.

    Args:
        key: what it is known by here: the round's name, or a letter's reference.
        title: its title.
        entries: its letters, in order; at least one.
    """

    key: str
    title: str
    entries: tuple[JournalEntry, ...]

    @property
    def number(self) -> str:
        """What the archive calls it; empty while that is not known, or where it has split it."""
        numbers = {each.case_number for each in self.entries}
        return numbers.pop() if len(numbers) == 1 else ""


@dataclass(frozen=True)
class Classification:
    """A class of the archive's: system, key and title."""

    system: str
    key: str
    title: str


@dataclass(frozen=True)
class Restriction:
    """Why letters are kept from the public, in the archive's own words."""

    code: str
    basis: str
    shields: tuple[str, ...]


@dataclass(frozen=True)
class Handover:
    """Everything a round hands over.

    Args:
        ledger: the ledger's identity; names are made of it, so the same letters have the same.
        round: the round's name.
        system: which program hands over.
        creator: the archive's creator (*arkivskaper*), the agency.
        unit: the office that the cases belong to (*administrativ enhet*).
        responsible: who is responsible for the cases (*saksansvarlig*).
        cases: the cases, in order.
        part: the part of the archive (*arkivdel*); empty for none.
        classification: the class of the cases, if any.
        restriction: what keeps them from the public, if anything.
    """

    ledger: str
    round: str
    system: str
    creator: str
    unit: str
    responsible: str
    cases: tuple[CaseFile, ...]
    part: str = ""
    classification: Classification | None = None
    restriction: Restriction | None = field(default=None)

    @property
    def entries(self) -> tuple[JournalEntry, ...]:
        """All letters, in order."""
        return tuple(entry for case in self.cases for entry in case.entries)

    def system_id(self, *of: str) -> UUID:
        """The name of a thing (*systemID*): the same for the same ledger, round and thing."""
        return uuid5(NAMESPACE_URL, "/".join(("brevgen:ledger", self.ledger, self.round, *of)))


@dataclass(frozen=True)
class Message:
    """What is handed over at once: a folder with one `arkivmelding.xml` and its files.

    Args:
        number: counted from 1.
        cases: the cases in it; a case may go on in the next.
    """

    number: int
    cases: tuple[CaseFile, ...]

    @property
    def folder(self) -> str:
        """What its folder is called: `melding-001`."""
        return f"melding-{self.number:03}"

    @property
    def entries(self) -> tuple[JournalEntry, ...]:
        """Its letters, in order."""
        return tuple(entry for case in self.cases for entry in case.entries)


def messages_of(cases: tuple[CaseFile, ...], most: int) -> tuple[Message, ...]:
    """Cases told in messages of so many letters at most, in order."""
    found: list[list[CaseFile]] = []
    room = 0
    for case in cases:
        rest = case.entries
        while rest:
            if not room:
                found.append([])
                room = most
            now, rest = rest[:room], rest[room:]
            found[-1].append(CaseFile(case.key, case.title, now))
            room -= len(now)
    return tuple(Message(number, tuple(each)) for number, each in enumerate(found, start=1))
