"""A round: one sending, with its year, dates, national figures, offices and its own words.

Everything that belongs to a year and not to the letter as such is a key of `round.toml`. No key is
silently made up: a missing or unknown one is a fault.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from dateutil.relativedelta import relativedelta
from pydantic import (
    AfterValidator,
    Field,
    PlainValidator,
    StrictBool,
    ValidationError,
    model_validator,
)

from brevgen.findings import Findings
from brevgen.settings.series import Series
from brevgen.settings.toml_file import note_key_faults, read_toml
from brevgen.settings.types import (
    Address,
    AddressOrNothing,
    Count,
    Day,
    InBothForms,
    SettingsTable,
    Text,
    TextOrNothing,
    WebAddress,
    day,
)

_SPAN = re.compile(r"([1-9][0-9]{0,2}) (day|week|month)s?")


def _kind(text: str) -> str:
    if not re.fullmatch("[a-z][a-z-]{0,40}", text):
        raise ValueError(f"“{text}” is no kind of letter, such as request")
    return text


def _deadline(value: object) -> object:
    if not isinstance(value, str):
        return day(value)
    if not _SPAN.fullmatch(value):
        raise ValueError(
            f"“{value}” is neither a date, such as 2018-01-06 without quotes,"
            " nor a span, such as “2 months”"
        )
    return value


class TitlesInBothForms(SettingsTable):
    """The mayor's and the chief executive's title, in this order, in bokmål and in nynorsk."""

    nb: tuple[Text, ...]
    nn: tuple[Text, ...]

    @model_validator(mode="after")
    def _same_length(self) -> "TitlesInBothForms":
        if len(self.nb) != 2 or len(self.nn) != 2:
            raise ValueError(
                "nb and nn must each name two titles: the mayor's, then the chief executive's"
            )
        return self


class NationalFigures(SettingsTable):
    """What the whole country is asked for.

    Args:
        total: refugees, minors included; persons.
        minors: unaccompanied minors among them; persons.
        municipalities: how many municipalities are asked.
        minimum: the fewest any municipality is asked for; persons.
    """

    total: Count
    minors: Count
    municipalities: Count
    minimum: Count


class Answers(SettingsTable):
    """Where a municipality sends its decision, with copy to whom, and where to read more."""

    to: Address
    copy_to: Address
    web: WebAddress


class Office(SettingsTable):
    """Who a municipality can talk to, and whose name stands under its letter.

    Args:
        name: the office, e.g. `IMDi Region Øst`.
        signatory: name of the one who signs; empty where not known: title and office sign.
        title: the signatory's title in both forms.
        telephone: number to call; empty where not known.
        email: address to write to; empty where not known.
        accounts: the accounts that may approve in the signatory's name; empty where anyone may.
    """

    name: Text
    signatory: TextOrNothing = ""
    title: InBothForms
    telephone: TextOrNothing = ""
    email: AddressOrNothing = ""
    accounts: tuple[Text, ...] = ()

    @property
    def signed_as(self) -> tuple[str, ...]:
        """In whose name its letters are: the signatory, or title and office where none is known."""
        if self.signatory:
            return (self.signatory,)
        return f"{self.title.nb}, {self.name}", f"{self.title.nn}, {self.name}"


class Background(SettingsTable):
    """The round's own words on the figures.

    Args:
        need: why the need has fallen or risen.
        share: how many municipalities are asked, and how much of them.
        criteria: what the allocation rests on.
    """

    need: Text
    share: Text
    criteria: Text


class DispatchKeys(SettingsTable):
    """How the round's letters are sent.

    Args:
        mailbox_always: whether the municipality's mailbox gets the letter besides the mayor and the
            chief executive, and not only in place of one who has no address.
        attach_docx: whether the letter for Word goes along with the PDF.
    """

    mailbox_always: StrictBool = False
    attach_docx: StrictBool = False


class BackgroundInBothForms(SettingsTable):
    """The round's own words in bokmål and nynorsk."""

    nb: Background
    nn: Background


class SeriesKeys(SettingsTable):
    """The first and the last reference that the archive has set aside for the round."""

    first: str
    last: str

    @model_validator(mode="after")
    def _is_series(self) -> "SeriesKeys":
        Series(self.first, self.last)
        return self


NATIONAL = "national"
"""The key of the office of municipalities that have no region, or whose region has no office."""


class Round(SettingsTable):
    """One sending of letters.

    Args:
        kind: which letter; the folder under `templates/letters`.
        settlement_year: the year the refugees are to be settled.
        letter_date: the date on the letters.
        deadline: the last day to answer: a date, or a span after the letter date such as
            `2 months`, `6 weeks` or `30 days`.
        neutral_written_form: what neutral municipalities get, `nb` or `nn`.
        distribution: titles of the mayor and the chief executive, who are to have the letter.
        national: the national figures.
        answers: where answers go.
        references: the round's series.
        offices: office by region, and `national` for all others.
        background: the round's own words.
        dispatch: how the letters are sent.
    """

    kind: Annotated[str, AfterValidator(_kind)]
    settlement_year: Annotated[int, Field(ge=2017, le=2100, strict=True)]
    letter_date: Day
    deadline: Annotated[date | str, PlainValidator(_deadline)]
    neutral_written_form: Literal["nb", "nn"]
    distribution: TitlesInBothForms
    national: NationalFigures
    answers: Answers
    references: SeriesKeys
    offices: Mapping[str, Office]
    background: BackgroundInBothForms
    dispatch: DispatchKeys = DispatchKeys()

    @property
    def last_day(self) -> date:
        """The last day to answer."""
        if isinstance(self.deadline, date):
            return self.deadline
        span = _SPAN.fullmatch(self.deadline)
        assert span is not None, "the deadline is checked when the round is read"
        count, unit = int(span[1]), f"{span[2]}s"
        return self.letter_date + relativedelta(**{unit: count})  # type: ignore[arg-type]

    @property
    def register_day(self) -> date:
        """The day whose municipality numbers the round uses: 1 January of the settlement year."""
        return date(self.settlement_year, 1, 1)

    @property
    def series(self) -> Series:
        """The references set aside for the round."""
        return Series(self.references.first, self.references.last)

    def office(self, region: str) -> Office | None:
        """The office of a region, else the national one; None if there is neither."""
        return self.offices.get(region) or self.offices.get(NATIONAL)


def read_round(path: Path, findings: Findings, *, shown_as: str) -> Round | None:
    """Read `round.toml`; None where it has faults, with all of them in `findings`."""
    keys = read_toml(path, findings, shown_as=shown_as)
    if keys is None:
        return None
    try:
        return Round.model_validate(keys)
    except ValidationError as error:
        note_key_faults(error, findings, shown_as)
        return None
