"""The Letter: every fact a template may state about one municipality's request.

A template sees nothing else. Facts come checked out of the round, the register and the allocation;
here they are only put together, in the written form of the municipality.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from brevgen.facts.allocation import AllocationRow
from brevgen.facts.municipalities import Municipality
from brevgen.facts.offices import office_of
from brevgen.letter import wording
from brevgen.letter.content import WrittenForm
from brevgen.settings.round import Background, NationalFigures, Round
from brevgen.settings.types import InBothForms
from brevgen.settings.workspace import AgencySettings


@dataclass(frozen=True)
class Agency:
    """Who the letter is from, in the letter's written form.

    Args:
        short_name: the agency's short name, e.g. `IMDi`.
        name: its full name.
        postal_address: street or box, postal code and town; empty, as all below, where not known.
        telephone: of the switchboard.
        email: the general address.
        web: the page on the web.
        organisation_number: 9 digits in groups of three.
        seal_check: the page where anyone can check the seal of a letter.
    """

    short_name: str
    name: str
    postal_address: str = ""
    telephone: str = ""
    email: str = ""
    web: str = ""
    organisation_number: str = ""
    seal_check: str = ""


@dataclass(frozen=True)
class Recipient:
    """The municipality as the letter names it, and who there is to have the letter.

    Args:
        number: 4 digits as text.
        name: the name in the register, without *kommune*.
        distribution: titles of those who are to have the letter.
    """

    number: str
    name: str
    distribution: tuple[str, ...]


@dataclass(frozen=True)
class OfficeFacts:
    """Who to talk to and who signs; texts are empty where not known.

    Args:
        name: the office to talk to.
        telephone: number to call; empty where not known.
        email: address to write to; empty where not known.
        signatory: name of the one who signs; empty where not known.
        title: the signatory's title.
    """

    name: str
    telephone: str
    email: str
    signatory: str
    title: str


@dataclass(frozen=True)
class AnswerFacts:
    """Where the decision goes, with copy to whom, and where to read more.

    Args:
        to: the address that answers go to.
        copy_to: the address that a copy of the answer goes to.
        web: the page where a municipality can read more.
    """

    to: str
    copy_to: str
    web: str


MAIL_ADDRESSES = frozenset({"answers.to", "answers.copy_to", "office.email", "agency.email"})
WEB_ADDRESSES = frozenset({"answers.web", "agency.web"})
"""The facts a link can lead to."""


@dataclass(frozen=True)
class Letter:
    """All facts of one letter.

    Args:
        kind: which letter, e.g. `request`.
        written_form: `nb` or `nn`.
        municipality: who is asked.
        year: the year of settlement.
        asked: refugees asked for, minors included; persons.
        minors: unaccompanied minors among them; persons, 0 where none are asked for.
        minors_under_15: those of the minors who are under 15; persons.
        date: the letter's date.
        deadline: the last day to answer.
        reference: our reference.
        your_reference: the municipality's reference; empty where not known.
        national: the national figures.
        answers: where answers go.
        office: who to talk to and who signs.
        background: the round's own words.
        agency: who the letter is from.
        approved: whether exactly this letter has been approved; a draft says UTKAST instead.
    """

    kind: str
    written_form: WrittenForm
    municipality: Recipient
    year: int
    asked: int
    minors: int
    minors_under_15: int
    date: datetime.date
    deadline: datetime.date
    reference: str
    your_reference: str
    national: NationalFigures
    answers: AnswerFacts
    office: OfficeFacts
    background: Background
    agency: Agency
    approved: bool

    def as_record(self) -> dict[str, Any]:
        """The facts as JSON can hold them, to be kept with an approval."""
        from pydantic_core import to_jsonable_python

        record: dict[str, Any] = to_jsonable_python(self)
        return record

    def facts(self) -> dict[str, Any]:
        """The facts by name, as a template sees them.

        Whether it is approved, no template is told: both say the same, but for mark and line.
        """
        return {**self.__dict__, "approved": False}


def written_form(municipality: Municipality, round_: Round) -> WrittenForm:
    """The written form a municipality is to be written to in (språklova § 15, before 2022 mållova).

    Neutral municipalities leave the choice to the sender: the round says which.
    """
    match municipality.decided_form:
        case "bokmål":
            return "nb"
        case "nynorsk":
            return "nn"
        case "nøytral":
            return round_.neutral_written_form


def in_form(text: InBothForms, form: WrittenForm) -> str:
    """A text in the written form of the letter."""
    return text.nb if form == "nb" else text.nn


def letter_for(
    row: AllocationRow,
    municipality: Municipality,
    round_: Round,
    *,
    reference: str,
    agency: AgencySettings,
    approved: bool = False,
) -> Letter:
    """Put the facts of one letter together.

    Args:
        row: the municipality's row of the allocation.
        municipality: the municipality, as of the round's register day.
        round_: the round; it must have an office for the municipality's region.
        reference: our reference.
        agency: who it is from.
        approved: whether exactly this letter has been approved.
    """
    form = written_form(municipality, round_)
    office = office_of(municipality, round_)
    return Letter(
        kind=round_.kind,
        written_form=form,
        municipality=Recipient(
            municipality.number,
            municipality.name,
            round_.distribution.nb if form == "nb" else round_.distribution.nn,
        ),
        year=round_.settlement_year,
        asked=row.asked,
        minors=row.minors or 0,
        minors_under_15=row.minors_under_15 or 0,
        date=round_.letter_date,
        deadline=round_.last_day,
        reference=reference,
        your_reference=row.your_reference,
        national=round_.national,
        answers=AnswerFacts(round_.answers.to, round_.answers.copy_to, round_.answers.web),
        office=OfficeFacts(
            office.name,
            office.telephone,
            office.email,
            office.signatory,
            in_form(office.title, form),
        ),
        background=round_.background.nb if form == "nb" else round_.background.nn,
        agency=Agency(
            agency.short_name,
            in_form(agency.name, form),
            agency.postal_address,
            agency.telephone,
            agency.email,
            agency.web,
            agency.organisation_number,
            agency.seal_check,
        ),
        approved=approved,
    )


def must_say(letter: Letter) -> tuple[str, ...]:
    """The facts no letter may be without, as they are printed in its written form."""
    form = letter.written_form
    return (
        letter.reference,
        f"{letter.municipality.name} kommune",
        wording.number(letter.asked, form),
        *([wording.number(letter.minors, form)] if letter.minors else []),
        wording.long_date(letter.deadline, form),
        wording.short_date(letter.date, form),
    )
