"""A round: one sending, with its year, dates, national figures, offices and its own words.

Everything that belongs to a year and not to the letter as such is a key of `round.toml`. No key is
silently made up: a missing or unknown one is a fault.
"""

import re
import reprlib
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from dateutil.relativedelta import relativedelta
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    StringConstraints,
    ValidationError,
    model_validator,
)

from brevgen.facts.addresses import malformed
from brevgen.facts.cells import TRACES, UnreadableFile, without_shapeless
from brevgen.facts.cells import UNPRINTABLE as UNPRINTABLE
from brevgen.facts.faults import Findings, Place
from brevgen.facts.plain_files import read_bytes
from brevgen.facts.references import Series

MAX_SETTINGS = 64 * 1024
"""Bytes of a settings file, several times what the longest texts need."""
MAX_DOTS = 1_000
"""Dots in a line of it; a key of very many parts would take the parser minutes and gigabytes."""

_SPAN = re.compile(r"([1-9][0-9]{0,2}) (day|week|month)s?")
_WEB = re.compile(r"https://[\w-]+(\.[\w-]+)+(:[0-9]+)?([/?#][^ \"<>\\^`{|}]*)?")
_YEARS = range(2016, 2101)


def _kind(text: str) -> str:
    if not re.fullmatch("[a-z][a-z-]{0,40}", text):
        raise ValueError(f"“{text}” is no kind of letter, such as request")
    return text


def _address(text: str) -> str:
    if reason := malformed(text):
        raise ValueError(f"“{text}” is not an e-mail address: {reason}")
    return text


def _web_address(text: str) -> str:
    if not (_WEB.fullmatch(text) and text.isprintable()):
        raise ValueError(f"“{text}” is not a web address that begins with https://")
    return text


def _day(value: object) -> object:
    if type(value) is not date:
        raise ValueError(f"{_in_short(value)} is not a date, such as 2018-01-06 without quotes")
    if value.year not in _YEARS:
        raise ValueError(f"{value} is before {_YEARS[0]} or after {_YEARS[-1]}")
    return value


def _deadline(value: object) -> object:
    if not isinstance(value, str):
        return _day(value)
    if not _SPAN.fullmatch(value):
        raise ValueError(
            f"“{value}” is neither a date, such as 2018-01-06 without quotes,"
            " nor a span, such as “2 months”"
        )
    return value


def _plain(value: object) -> object:
    return without_shapeless(value) if isinstance(value, str) else value


def _whole(text: str) -> str:
    if traces := [trace for trace in TRACES if trace in text]:
        raise ValueError(f"there is “{traces[0]}” in the text, which would be printed as it stands")
    return text


_PARAGRAPH = StringConstraints(
    strip_whitespace=True, max_length=2000, pattern=f"^[^{UNPRINTABLE}]*$"
)
TextOrNothing = Annotated[str, _PARAGRAPH, BeforeValidator(_plain), AfterValidator(_whole)]
Text = Annotated[
    str,
    _PARAGRAPH,
    StringConstraints(min_length=1),
    BeforeValidator(_plain),
    AfterValidator(_whole),
]
"""One paragraph of plain text: no line breaks, no markup."""

Day = Annotated[date, PlainValidator(_day)]
Address = Annotated[str, AfterValidator(_address)]
AddressOrNothing = Annotated[str, AfterValidator(lambda text: text and _address(text))]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Count = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]


class Known(BaseModel):
    """A part of the settings: frozen, and closed to keys nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InBothForms(Known):
    """A text in bokmål and in nynorsk; neither may be missing."""

    nb: Text
    nn: Text


class TitlesInBothForms(Known):
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


class NationalFigures(Known):
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


class Answers(Known):
    """Where a municipality sends its decision, with copy to whom, and where to read more."""

    to: Address
    copy_to: Address
    web: WebAddress


class Office(Known):
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


class Background(Known):
    """The round's own words on the figures.

    Args:
        need: why the need has fallen or risen.
        share: how many municipalities are asked, and how much of them.
        criteria: what the allocation rests on.
    """

    need: Text
    share: Text
    criteria: Text


class DispatchKeys(Known):
    """How the round's letters are sent.

    Args:
        mailbox_always: whether the municipality's mailbox gets the letter besides the mayor and the
            chief executive, and not only in place of one who has no address.
        attach_docx: whether the letter for Word goes along with the PDF.
    """

    mailbox_always: StrictBool = False
    attach_docx: StrictBool = False


class BackgroundInBothForms(Known):
    """The round's own words in bokmål and nynorsk."""

    nb: Background
    nn: Background


class SeriesKeys(Known):
    """The first and the last reference that the archive has set aside for the round."""

    first: str
    last: str

    @model_validator(mode="after")
    def _is_series(self) -> "SeriesKeys":
        Series(self.first, self.last)
        return self


NATIONAL = "national"
"""The key of the office of municipalities that have no region, or whose region has no office."""


class Round(Known):
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


def read_toml(path: Path, findings: Findings, *, shown_as: str) -> dict[str, Any] | None:
    """Read a TOML file; None where it cannot be read, with the reason in `findings`."""
    try:
        text = read_bytes(path, most=MAX_SETTINGS).decode("utf-8-sig")
        for number, written in enumerate(text.split("\n"), start=1):
            if written.count(".") > MAX_DOTS:
                findings.fault(
                    f"There are more than {MAX_DOTS} dots in the line.",
                    "Shorten it, or begin a line for each key.",
                    Place(shown_as, row=number),
                )
                return None
        return tomllib.loads(text)
    except UnreadableFile as reason:
        findings.fault(reason.what, reason.remedy, Place(shown_as))
    except UnicodeDecodeError:
        findings.fault("The file is not UTF-8 text.", "Save it as UTF-8.", Place(shown_as))
    except RecursionError:
        findings.fault(
            "The file is not valid TOML: it is nested too deep.",
            "Look for brackets that are never closed.",
            Place(shown_as),
        )
    except ValueError as error:
        # tomllib.TOMLDecodeError, and a number of more digits than Python converts
        line = re.search(r"\(at line ([0-9]+)", str(error))
        findings.fault(
            f"The file is not valid TOML: {error}.",
            "Look for a missing quote, bracket or equals sign at that line.",
            Place(shown_as, row=int(line[1]) if line else None),
        )
    return None


def note_key_faults(error: ValidationError, findings: Findings, shown_as: str) -> None:
    """One fault for each key that pydantic found missing, unknown or wrong."""
    for problem in error.errors():
        key = ".".join(map(str, problem["loc"]))
        what, remedy = _in_words(problem["type"], problem["msg"], problem["input"])
        findings.fault(what, remedy, Place(shown_as, column=key))


def _in_words(kind: str, message: str, value: object) -> tuple[str, str]:
    """A pydantic error type as what is wrong and what to do."""
    match kind:
        case "missing":
            return "The key is missing.", "Add it; the README lists every key."
        case "extra_forbidden":
            return "The key is not known.", "Take it away, or see the README for its right name."
        case "string_pattern_mismatch" | "string_too_long" | "string_too_short":
            return "The text is empty, too long or has line breaks.", "Write one plain paragraph."
        case "value_error":
            text = message.removeprefix("Value error, ").removesuffix(".")
            return f"{text[:1].upper()}{text[1:]}.", "Put the value right."
    what = f"{_in_short(value)} will not do: {message[:1].lower()}{message[1:]}."
    return what, "Put the value right."


def _in_short(value: object) -> str:
    """A value as it is quoted in a message, however long or deep it is."""
    short = reprlib.Repr()
    short.maxstring = short.maxother = short.maxlong = 60
    short.fillvalue = "…"
    return f"“{value}”" if isinstance(value, date) else short.repr(value)


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
