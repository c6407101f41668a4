"""A letter as SvarUt wants it: what is told of it, and its documents in the same order.

Names, limits and what must be there are those of KS SvarUt's send API v3 for organisations.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from brevgen.channels.channel import Consignment, Outgoing
from brevgen.channels.recipients import Recipient
from brevgen.errors import Unsendable
from brevgen.files import sha256
from brevgen.language import tr

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SYSTEM = "brevgen"

_FORBIDDEN = frozenset('*:"\\/<>|?')


def _file_name(name: str) -> str:
    if _FORBIDDEN & set(name):
        raise ValueError("a character that no name of a document may have")
    return name


Short = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Long = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
FileName = Annotated[
    str, StringConstraints(min_length=1, max_length=226), AfterValidator(_file_name)
]


class _Told(BaseModel):
    """A part of what is told of a letter, under SvarUt's own names."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class Mottaker(_Told):
    """Who gets it: an organisation by its number."""

    navn: Short
    digital_id: Annotated[str, StringConstraints(pattern="^[0-9]{9}$")]


class Ekstra(_Told):
    """Something more, by a name of ours."""

    key: Short
    value: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Arkivdata(_Told):
    """What the receiver's archive gets to know from ours (Noark 5)."""

    saksaar: Annotated[int | None, Field(ge=1000, le=9999)] = None
    sakssekvensnummer: Annotated[int | None, Field(ge=1)] = None
    journalaar: Annotated[int | None, Field(ge=1000, le=9999)] = None
    journalsekvensnummer: Annotated[int | None, Field(ge=1)] = None
    journalpostnummer: Annotated[int | None, Field(ge=1)] = None
    journalposttype: Short = "Utgående dokument"
    dokumentets_dato: str
    tittel: Long
    ekstra_metadata: Annotated[tuple[Ekstra, ...], Field(max_length=20)] = ()


class Dokument(_Told):
    """One file that goes along; only a PDF can be printed."""

    filnavn: FileName
    mime_type: Annotated[str, StringConstraints(min_length=1, max_length=127)]
    skal_ekskluderes_fra_utskrift: bool = False


class Organisasjonsforsendelse(_Told):
    """All that is told of a letter to an organisation.

    It is never only digital: then nobody would be told of one that reached nobody.
    """

    tittel: Long
    mottaker: Mottaker
    avgivende_system: Short = SYSTEM
    ekstern_referanse: Short
    korrelasjonsid: Short
    konteringskode: str | None = None
    kun_digital_levering: bool = False
    metadata_fra_avleverende_system: Arkivdata
    dokumenter: tuple[Dokument, ...]


@dataclass(frozen=True)
class ArchiveNumbers:
    """The numbers the archive has given a letter; None where not known.

    Args:
        case_year: the year of the case file (*saksår*).
        case_number: its number in that year (*sakssekvensnummer*).
        journal_year: the year of the journal (*journalår*).
        journal_number: the letter's number in it (*journalsekvensnummer*).
        entry: the letter's number in the case file (*journalpostnummer*).
    """

    case_year: int | None = None
    case_number: int | None = None
    journal_year: int | None = None
    journal_number: int | None = None
    entry: int | None = None


NumbersOf = Callable[[str], ArchiveNumbers]
"""The archive's numbers of the letter with a reference."""


def no_numbers(reference: str) -> ArchiveNumbers:
    """What is known where the archive has told nothing."""
    return ArchiveNumbers()


@dataclass(frozen=True)
class Attached:
    """One file of a letter."""

    name: str
    mime_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Forsendelse(Outgoing):
    """A letter as it leaves: `data` is what is told of it as JSON, and these are its documents.

    Args:
        files: in the order that `dokumenter` tells them in.
        title: as the receiver's list shows it.
        receiver: the receiver's name.
    """

    files: tuple[Attached, ...]
    title: str
    receiver: str


def external_reference(consignment: Consignment) -> str:
    """What a letter is called at SvarUt: the same for the same files, receiver and copy alone.

    The digest keeps apart what has the same reference in another workspace, such as a trial.
    """
    number = consignment.recipient.organisation_number
    digest = sha256(consignment.pdf)[:16]
    return f"{consignment.letter.reference[:60]}_{number}_{consignment.copy}_{digest}"


def forsendelse(
    consignment: Consignment,
    *,
    round_name: str,
    accounting_code: str = "",
    numbers_of: NumbersOf = no_numbers,
) -> Forsendelse:
    """A letter to one organisation, ready to leave.

    Args:
        round_name: the round's name, which keeps its letters together at SvarUt.
        accounting_code: what KS writes on its invoices; empty for none.
        numbers_of: the archive's numbers.

    Raises:
        Unsendable: something in it is longer than SvarUt takes, or otherwise not to be sent.
    """
    files = _files(consignment)
    to = consignment.recipient
    receiver = receiver_name(to, consignment.letter.municipality.name)
    try:
        told = Organisasjonsforsendelse(
            tittel=consignment.covering.title,
            mottaker=Mottaker(navn=receiver, digital_id=to.organisation_number),
            ekstern_referanse=external_reference(consignment),
            korrelasjonsid=f"{SYSTEM} {round_name}",
            konteringskode=accounting_code or None,
            metadata_fra_avleverende_system=_archive_facts(consignment, numbers_of),
            dokumenter=tuple(
                Dokument(
                    filnavn=each.name,
                    mime_type=each.mime_type,
                    skal_ekskluderes_fra_utskrift=each.mime_type != PDF,
                )
                for each in files
            ),
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Unsendable(
            tr(
                "SvarUt takes no letter whose {field} is “{value}”: {reason}.",
                field=".".join(map(str, first["loc"])),
                value=str(first["input"])[:100],
                reason=first["msg"],
            )
        ) from error
    return Forsendelse(
        external_id=told.ekstern_referanse,
        name=consignment.stem,
        to=to.organisation_number,
        data=told.model_dump_json(by_alias=True, exclude_none=True, indent=2).encode(),
        files=files,
        title=told.tittel,
        receiver=receiver,
    )


def receiver_name(to: Recipient, municipality: str) -> str:
    """What the receiver is called: the municipality, or whoever gets a copy."""
    return to.name if to.role == "copied" else f"{municipality} kommune"


def _archive_facts(consignment: Consignment, numbers_of: NumbersOf) -> Arkivdata:
    letter = consignment.letter
    numbers = numbers_of(letter.reference)
    lines = [("vår ref.", letter.reference)]
    lines += [("distribueres til", each) for each in consignment.recipient.distribution]
    return Arkivdata(
        saksaar=numbers.case_year,
        sakssekvensnummer=numbers.case_number,
        journalaar=numbers.journal_year,
        journalsekvensnummer=numbers.journal_number,
        journalpostnummer=numbers.entry,
        dokumentets_dato=f"{letter.date:%Y-%m-%d}T12:00:00Z",  # the same day in Norway
        tittel=consignment.content.title,
        ekstra_metadata=tuple(Ekstra(key=key, value=value) for key, value in lines),
    )


def _files(consignment: Consignment) -> tuple[Attached, ...]:
    """The documents, with names of ASCII alone: part and description must be spelt the same."""
    letter = consignment.letter
    stem = f"{letter.municipality.number}-{letter.reference}"
    stem = re.sub("[^A-Za-z0-9.-]+", "-", stem)[:200]
    pdf = Attached(f"{stem}.pdf", PDF, consignment.pdf)
    if not consignment.docx:
        return (pdf,)
    return pdf, Attached(f"{stem}.docx", DOCX, consignment.docx)
