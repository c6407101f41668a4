"""The types of keys that all settings share: texts, days, addresses, counts."""

import re
from datetime import date
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
)

from brevgen.characters import TRACES, UNPRINTABLE, without_shapeless
from brevgen.email_address import malformed
from brevgen.language import tr, untranslated
from brevgen.settings.toml_file import in_short

_WEB = re.compile(r"https://[\w-]+(\.[\w-]+)+(:[0-9]+)?([/?#][^ \"<>\\^`{|}]*)?")
_YEARS = range(2016, 2101)


def _address(text: str) -> str:
    if reason := malformed(text):
        raise ValueError(
            tr("“{address}” is not an e-mail address: {reason}.", address=text, reason=reason)
        )
    return text


def _web_address(text: str) -> str:
    if not (_WEB.fullmatch(text) and text.isprintable()):
        raise ValueError(
            tr("“{address}” is not a web address that begins with https://", address=text)
        )
    return text


def _organisation_number(text: str) -> str:
    """An organisation number in groups of three; the last digit checks the others, modulo 11."""
    digits = "".join(text.split())
    if not text:
        return text
    if not re.fullmatch("[0-9]{9}", digits):
        raise ValueError(tr("“{text}” is not an organisation number of 9 digits", text=text))
    weighted = zip(digits, (3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)
    if sum(int(digit) * weight for digit, weight in weighted) % 11:
        raise ValueError(
            tr("“{text}” is not an organisation number: its last digit does not fit", text=text)
        )
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def _variable(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
        # not quoted, for it may be the password itself
        raise ValueError(tr("This is not the name of an environment variable."))
    return text


def day(value: object) -> object:
    """A validator: a date without a time, of a year that letters are written in."""
    if type(value) is not date:
        raise ValueError(
            tr("{value} is not a date, such as 2018-01-06 without quotes.", value=in_short(value))
        )
    if value.year not in _YEARS:
        raise ValueError(
            tr(
                "{date} is before {first} or after {last}.",
                date=value,
                first=_YEARS[0],
                last=_YEARS[-1],
            )
        )
    return value


def _plain(value: object) -> object:
    return without_shapeless(value) if isinstance(value, str) else value


def _whole(text: str) -> str:
    if traces := [trace for trace in TRACES if trace in text]:
        raise ValueError(
            tr(
                "There is “{trace}” in the text, which would be printed as it stands.",
                trace=traces[0],
            )
        )
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

Day = Annotated[date, PlainValidator(day)]
Address = Annotated[str, AfterValidator(_address)]
AddressOrNothing = Annotated[str, AfterValidator(lambda text: text and _address(text))]
WebAddress = Annotated[str, AfterValidator(_web_address)]
WebAddressOrNothing = Annotated[str, AfterValidator(lambda text: text and _web_address(text))]
OrganisationNumber = Annotated[str, AfterValidator(_organisation_number)]
"""In groups of three digits; empty where there is none."""
Count = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
Variable = Annotated[str, AfterValidator(_variable)]
"""The name of an environment variable."""


class SettingsTable(BaseModel):
    """A part of the settings: frozen, and closed to keys nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InBothForms(SettingsTable):
    """A text in bokmål and in nynorsk; neither may be missing."""

    nb: Text = Field(description=untranslated("the text in bokmål"))
    nn: Text = Field(description=untranslated("the text in nynorsk"))
