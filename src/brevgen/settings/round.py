"""A round: one sending, with its year, dates, figures, offices and its own words.

Everything that belongs to a year and not to the letter as such is a key of `round.toml`. No key is
silently made up: a missing or unknown one is a fault. Which figures and texts there must be, the
round's kind tells.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from dateutil.relativedelta import relativedelta
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    StrictBool,
    model_validator,
)

from brevgen.language import tr, untranslated
from brevgen.settings.series import DEFAULT_PATTERN, Series
from brevgen.settings.types import (
    Address,
    AddressOrNothing,
    Day,
    InBothForms,
    OrganisationNumber,
    SettingsTable,
    Text,
    TextOrNothing,
    WebAddress,
    day,
)

ROUND_FILE = "round.toml"

ChannelName = Literal["mail", "outbox", "svarut", "svarut-folder"]
"""A way out: mail, or only files of it; KS SvarUt, or only files for its portal."""

_SPAN = re.compile(r"([1-9][0-9]{0,2}) (day|week|month)s?")


def _kind(text: str) -> str:
    if not re.fullmatch("[a-z][a-z-]{0,40}", text):
        raise ValueError(tr("“{kind}” is no kind of letter, such as request", kind=text))
    return text


def _deadline(value: object) -> object:
    if not isinstance(value, str):
        return day(value)
    if not _SPAN.fullmatch(value):
        raise ValueError(
            tr(
                "“{value}” is neither a date, such as 2018-01-06 without quotes, nor a span, such"
                " as “2 months”",
                value=value,
            )
        )
    return value


class TitlesInBothForms(SettingsTable):
    """The mayor's and the chief executive's title, in this order, in bokmål and in nynorsk."""

    nb: tuple[Text, ...] = Field(description=untranslated("the two titles in bokmål"))
    nn: tuple[Text, ...] = Field(description=untranslated("the two titles in nynorsk"))

    @model_validator(mode="after")
    def _same_length(self) -> "TitlesInBothForms":
        if len(self.nb) != 2 or len(self.nn) != 2:
            raise ValueError(
                tr("nb and nn must each name two titles: the mayor's, then the chief executive's")
            )
        return self


class Answers(SettingsTable):
    """Where a municipality sends its decision, with copy to whom, and where to read more."""

    to: Address = Field(description=untranslated("the address that answers go to"))
    copy_to: Address = Field(
        description=untranslated("the address that a copy of the answer goes to")
    )
    web: WebAddress = Field(
        description=untranslated("the page where a municipality can read more, https://")
    )


class Office(SettingsTable):
    """Who a municipality can talk to, and whose name stands under its letter."""

    name: Text = Field(description=untranslated("the office, such as IMDi Region Øst"))
    counties: tuple[Text, ...] = Field(
        (),
        description=untranslated(
            "the counties whose municipalities have this office, besides those of the"
            " region it is called by; a county comes before a region"
        ),
    )
    signatory: TextOrNothing = Field(
        "",
        description=untranslated(
            "name of the one who signs; empty where not known: title and office sign"
        ),
    )
    title: InBothForms = Field(description=untranslated("the signatory's title, nb and nn"))
    telephone: TextOrNothing = Field(
        "", description=untranslated("number to call; empty where not known")
    )
    email: AddressOrNothing = Field(
        "", description=untranslated("address to write to; empty where not known")
    )
    accounts: tuple[Text, ...] = Field(
        (),
        description=untranslated(
            "the accounts that may approve in the signatory's name; empty where anyone may"
        ),
    )

    @property
    def signed_as(self) -> tuple[str, ...]:
        """In whose name its letters are: the signatory, or title and office where none is known."""
        if self.signatory:
            return (self.signatory,)
        return f"{self.title.nb}, {self.name}", f"{self.title.nn}, {self.name}"


class Copy(SettingsTable):
    """Who gets a copy of the letters, besides the municipality."""

    address: Address = Field(description=untranslated("the address the copy goes to"))
    name: TextOrNothing = Field("", description=untranslated("who that is, such as KS"))
    region: TextOrNothing = Field(
        "",
        description=untranslated(
            "the region or county whose letters go there; empty for all letters"
        ),
    )
    organisation_number: OrganisationNumber = Field(
        "", description=untranslated("9 digits, for copies that go through SvarUt")
    )


def _address_alone(value: Any) -> Any:
    return {"address": value} if isinstance(value, str) else value


def _each_once(copies: tuple[Copy, ...]) -> tuple[Copy, ...]:
    seen: set[tuple[str, str]] = set()
    for copy in copies:
        if (copy.address.lower(), copy.region) in seen:
            raise ValueError(tr("“{address}” is there twice", address=copy.address))
        seen.add((copy.address.lower(), copy.region))
    return copies


class DispatchKeys(SettingsTable):
    """How the round's letters are sent."""

    channel: ChannelName = Field(
        "mail",
        description=untranslated(
            "which way letters go with --live: mail; svarut; outbox or svarut-folder, where nothing"
            " leaves and only files are written"
        ),
    )
    mailbox_always: StrictBool = Field(
        False,
        description=untranslated(
            "true if the municipality's mailbox gets the letter besides the mayor and the"
            " chief executive, and not only in place of one who has no address"
        ),
    )
    attach_docx: StrictBool = Field(
        False, description=untranslated("true if the letter for Word goes along with the PDF")
    )
    copies: Annotated[
        tuple[Annotated[Copy, BeforeValidator(_address_alone)], ...], AfterValidator(_each_once)
    ] = Field(
        (),
        description=untranslated(
            "who gets a copy of the letters: addresses, or tables with address, name and region"
        ),
    )


def _factor(value: float) -> float:
    if value and value <= 1:
        raise ValueError(
            tr(
                "“{value}” is no factor: write a number above 1, or 0 for no warning",
                value=f"{value:g}",
            )
        )
    return value


class CheckKeys(SettingsTable):
    """What `check` warns of."""

    largest_change: Annotated[
        float, Field(ge=0, le=1000, allow_inf_nan=False, strict=True), AfterValidator(_factor)
    ] = Field(
        3,
        description=untranslated(
            "a number that is more than so many times that of the last year that is known, or"
            " less than that part of it, is warned of; 0 for no warning"
        ),
    )


class SeriesKeys(SettingsTable):
    """The references that the archive has set aside for the round, and how they are written."""

    first: str = Field(min_length=1, description=untranslated("the lowest reference"))
    last: str = Field(min_length=1, description=untranslated("the highest reference"))
    pattern: str = Field(
        DEFAULT_PATTERN,
        description=untranslated(
            "how references are written: # for a digit, * for one digit or more, all else"
            " as it is, such as 26/#####-#"
        ),
    )

    @model_validator(mode="after")
    def _is_series(self) -> "SeriesKeys":
        Series(self.first, self.last, self.pattern)
        return self


NATIONAL = "national"
"""The key of the office of all municipalities that have no other."""


def _each_county_once(offices: Mapping[str, Office]) -> Mapping[str, Office]:
    whose: dict[str, str] = {}
    for key, office in offices.items():
        for county in office.counties:
            if county.casefold() in whose:
                raise ValueError(
                    tr(
                        "the county {county} stands under “{first}” and under “{second}”; keep one",
                        county=county,
                        first=whose[county.casefold()],
                        second=key,
                    )
                )
            whose[county.casefold()] = key
    return offices


class KeysOfKind(SettingsTable):
    """A table of which the round's kind tells the keys."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class InForms(SettingsTable):
    """The round's own words in bokmål and in nynorsk; which texts there are, its kind tells."""

    nb: KeysOfKind = Field(
        KeysOfKind(), description=untranslated("the table [background.nb]: the texts in bokmål")
    )
    nn: KeysOfKind = Field(
        KeysOfKind(), description=untranslated("the table [background.nn]: the texts in nynorsk")
    )


Deadline = Annotated[date | str, PlainValidator(_deadline)]

DEADLINE = untranslated(
    "the last day to answer: a date, or a span after the letter's date such as “2 months”,"
    " “6 weeks” or “30 days”"
)
FOLLOWS = untranslated("the name of the round that this one follows, such as “2018”")
NATIONAL_FIGURES = untranslated("the table [national]: what letters say of the whole country")
SUMS = untranslated(
    "the table [sums]: what the allocation must add up to; without it the allocation is held to"
    " [national]"
)
BACKGROUND = untranslated("the tables [background.nb] and [background.nn]: the round's own words")


class Round(SettingsTable):
    """One sending of letters; `round_of` makes the model of a round of one kind."""

    kind: Annotated[str, AfterValidator(_kind)] = Field(
        description=untranslated("which letter: the folder under templates/letters")
    )
    settlement_year: Annotated[int, Field(ge=2017, le=2100, strict=True)] = Field(
        description=untranslated("the year the refugees are to be settled")
    )
    letter_date: Day = Field(
        description=untranslated("the date on the letters, such as 2017-11-06")
    )
    deadline: Deadline | None = Field(None, description=DEADLINE)
    follows: str = Field("", description=FOLLOWS)
    neutral_written_form: Literal["nb", "nn"] = Field(
        description=untranslated(
            "what municipalities get that have decided to be neutral, nb or nn"
        )
    )
    distribution: TitlesInBothForms = Field(
        description=untranslated(
            "the table [distribution]: titles of the mayor and the chief executive, who are"
            " to have the letter"
        )
    )
    national: KeysOfKind = Field(KeysOfKind(), description=NATIONAL_FIGURES)
    sums: KeysOfKind | None = Field(None, description=SUMS)
    answers: Answers = Field(description=untranslated("the table [answers]: where answers go"))
    references: SeriesKeys = Field(
        description=untranslated(
            "the table [references]: the series that the archive has set aside"
        )
    )
    offices: Annotated[Mapping[str, Office], AfterValidator(_each_county_once)] = Field(
        description=untranslated(
            "the tables [offices.…]: an office for each region or list of counties, and"
            " national for all others"
        )
    )
    background: InForms = Field(InForms(), description=BACKGROUND)
    dispatch: DispatchKeys = Field(
        DispatchKeys(), description=untranslated("the table [dispatch]: how the letters are sent")
    )
    checks: CheckKeys = Field(
        CheckKeys(), description=untranslated("the table [checks]: what is warned of")
    )

    @property
    def last_day(self) -> date | None:
        """The last day to answer; None where no answer is wanted."""
        if self.deadline is None or isinstance(self.deadline, date):
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
        return Series(self.references.first, self.references.last, self.references.pattern)

    def office_key(self, *, region: str, county: str) -> str | None:
        """The key of the office of a region and county; None if the round has none for them.

        The office that names the county comes first, then that of the region, then the national.
        """
        for key, office in self.offices.items():
            if county in office.counties:
                return key
        return next((key for key in (region, NATIONAL) if key and key in self.offices), None)

    def office(self, *, region: str, county: str) -> Office | None:
        """The office of a region and county; None if the round has none for them."""
        key = self.office_key(region=region, county=county)
        return None if key is None else self.offices[key]
