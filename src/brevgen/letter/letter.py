"""The Letter: every fact a template may state about one municipality.

A template sees nothing else. Facts come checked out of the round, the register and the allocation;
here they are only put together, in the written form of the municipality.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, get_type_hints

from brevgen.facts.allocation import AllocationRow
from brevgen.facts.earlier import EarlierAnswer, EarlierLetter
from brevgen.facts.municipalities import Municipality
from brevgen.facts.offices import office_of
from brevgen.letter import wording
from brevgen.letter.content import WrittenForm
from brevgen.settings.kind import EARLIER, TYPES, Fact, FactType, Kind, Kinds, earlier_facts
from brevgen.settings.round import KeysOfKind, Round
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
    """All facts of one letter: those that every letter has, those of its kind, the earlier letter.

    Args:
        kind: which letter, e.g. `request`.
        written_form: `nb` or `nn`.
        municipality: who is written to.
        year: the year of settlement.
        date: the letter's date.
        deadline: the last day to answer; None where no answer is wanted.
        reference: our reference.
        your_reference: the municipality's reference; empty where not known.
        national: the national figures.
        answers: where answers go.
        office: who to talk to and who signs.
        background: the round's own words.
        agency: who the letter is from.
        approved: whether exactly this letter has been approved; a draft says UTKAST instead.
        own: the facts of its kind by name; a blank count is 0, a blank text empty, a blank yes or
            no is no, and a blank date None.
        earlier: the earlier letter; None where its kind refers to none.
    """

    kind: str
    written_form: WrittenForm
    municipality: Recipient
    year: int
    date: datetime.date
    deadline: datetime.date | None
    reference: str
    your_reference: str
    national: KeysOfKind
    answers: AnswerFacts
    office: OfficeFacts
    background: KeysOfKind
    agency: Agency
    approved: bool
    own: Mapping[str, Fact | None] = field(default_factory=dict, hash=False)
    earlier: EarlierLetter | None = None

    def as_record(self) -> dict[str, Any]:
        """The facts as JSON can hold them, to be kept with an approval, those of its kind too."""
        from pydantic_core import to_jsonable_python

        record: dict[str, Any] = to_jsonable_python(self)
        own: dict[str, Any] = record.pop("own")
        return record | own

    def facts(self) -> dict[str, Any]:
        """The facts by name, as a template sees them.

        Whether it is approved, no template is told: both say the same, but for mark and line.
        """
        facts = {**self.__dict__, **self.own, "approved": False}
        if self.earlier is not None:
            facts["earlier"] = SimpleNamespace(**{**self.earlier.__dict__, **self.earlier.facts})
        return facts

    def fact(self, path: str) -> Any:
        """A fact of its kind, or one of the earlier letter, such as `earlier.asked`."""
        if path.startswith(EARLIER):
            return getattr(self.facts()["earlier"], path.removeprefix(EARLIER))
        return self.own[path]


Types = Mapping[str, Any]
"""The facts that can be used at one place of a template: name to type, or to more of them."""

BLANK: Mapping[FactType, Fact | None] = {"count": 0, "text": "", "yes_no": False, "date": None}
"""What a letter is told of a cell that may be blank and is."""


def fact_types(kind: Kind, kinds: Kinds) -> dict[str, Any]:
    """The facts that a letter of a kind may state, with their types.

    A type with None in it is of a fact that is not always known.
    """
    types = get_type_hints(Letter)
    del types["own"], types["earlier"]
    types["national"] = dict.fromkeys(kind.figures, int)
    types["background"] = dict.fromkeys(kind.texts, str)
    for name, column in kind.columns.items():
        if column.printed:
            is_known = column.required or column.type != "date"
            types[name] = TYPES[column.type] if is_known else TYPES[column.type] | None
    if kind.answer:
        types["deadline"] = datetime.date
    else:
        del types["deadline"]
    if kind.has_earlier:
        types["earlier"] = _earlier_types(kind, kinds)
    return types


def _earlier_types(kind: Kind, kinds: Kinds) -> dict[str, Any]:
    types = get_type_hints(EarlierLetter)
    del types["facts"], types["has_left"]
    followed = [each for name in kind.follows if (each := kinds.get(name)) is not None]
    if all(each.answer for each in followed):
        types["deadline"] = datetime.date
    if kind.audience == "answered":
        types["answer"] = EarlierAnswer
    own = {name: TYPES[type_] for name, type_ in earlier_facts(kind, kinds).items()}
    return {**types, **own}


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
    kind: Kind,
    reference: str,
    agency: AgencySettings,
    earlier: EarlierLetter | None = None,
    approved: bool = False,
) -> Letter:
    """Put the facts of one letter together.

    Args:
        row: the municipality's row of the allocation.
        municipality: the municipality, as of the round's register day.
        round_: the round; it must have an office for the municipality's region.
        earlier: the earlier letter to the municipality, if the kind refers to one.
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
        own={
            name: row.facts.get(name, BLANK[column.type])
            for name, column in kind.columns.items()
            if column.printed
        },
        earlier=earlier,
    )


def must_say(letter: Letter, kind: Kind) -> tuple[str, ...]:
    """The facts no letter may be without, as they are printed in its written form.

    What the kind lets be blank need not be said where it is nothing.
    """
    form = letter.written_form
    deadline = [] if letter.deadline is None else [wording.long_date(letter.deadline, form)]
    return (
        letter.reference,
        f"{letter.municipality.name} kommune",
        *_facts_said(letter, kind),
        *deadline,
        wording.short_date(letter.date, form),
    )


def _facts_said(letter: Letter, kind: Kind) -> Iterator[str]:
    form = letter.written_form
    for name in kind.must_say:
        value = letter.fact(name)
        if not value and (name not in kind.columns or not kind.columns[name].required):
            continue
        if isinstance(value, datetime.date):
            yield wording.long_date(value, form)
        else:
            yield wording.number(value, form) if isinstance(value, int) else value
