"""Values of a `round.toml` as a field shows them, and as people type them."""

import re
from datetime import date
from typing import Any

from babel.dates import format_date, get_month_names

from brevgen.desk.settings_fields import Control
from brevgen.language import language, tr_many
from brevgen.rounds.round_text import Key

_SPAN = re.compile("([1-9][0-9]{0,2}) (d|w|m)[a-z]+")
_TYPED_SPAN = re.compile(
    "([1-9][0-9]{0,2}) ?(?:(days?|dag(?:er|ar)?)|(weeks?|uker?|veker?)|months?|måned(?:er)?"
    "|månad(?:er)?)",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4}|[0-9]{2})")
_WITH_MONTH = re.compile(r"([0-9]{1,2})\.? ?([A-Za-z]{3,9})\.? ([0-9]{4})")
_YEAR_FIRST = re.compile("([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


def value_at(keys: Any, path: Key) -> Any:
    """What stands somewhere; None where nothing does."""
    for part in path:
        try:
            keys = keys[part]
        except (KeyError, IndexError, TypeError):
            return None
    return keys


def shown(value: Any, control: Control = "text") -> str:
    """A value as a field shows it; a deadline as the reader would write it."""
    match value:
        case None | False:
            return ""
        case True:
            return "on"
        case date():
            if control == "deadline" and language() == "nb":
                return format_date(value, "d. MMMM y", locale="nb")
            return value.isoformat()
        case list():
            return "\n".join(map(str, value))
        case str() if control == "deadline" and (span := _SPAN.fullmatch(value)):
            return _span_shown(int(span[1]), span[2])
        case _:
            return str(value)


def _span_shown(count: int, unit: str) -> str:
    if unit == "d":
        return tr_many("{count} day", "{count} days", count)
    if unit == "w":
        return tr_many("{count} week", "{count} weeks", count)
    return tr_many("{count} month", "{count} months", count)


def meant(control: Control, typed: str) -> Any:
    """The value that was typed into a field; the text itself where it is none that fits."""
    typed = typed.strip()
    match control:
        case "number":
            bare = re.sub(r"\s", "", typed)
            if re.fullmatch("-?(0|[1-9][0-9]{0,15})", bare):
                return int(bare)
            if re.fullmatch("-?[0-9]{1,15}[.,][0-9]{1,15}", bare):
                return float(bare.replace(",", "."))
        case "deadline" if span := _TYPED_SPAN.fullmatch(typed):
            unit = "day" if span[2] else "week" if span[3] else "month"
            return f"{span[1]} {unit}{'' if span[1] == '1' else 's'}"
        case "date" | "deadline":
            return _day(typed) or typed
        case "yes_no":
            return typed == "on"
        case "list":
            return [line.strip() for line in typed.splitlines() if line.strip()]
        case _:
            pass
    return typed


def _day(typed: str) -> date | None:
    """A day as people here write it: 1.12.2018, 1. desember 2018, 1.12.18 or 2018-12-01."""
    if found := _DAY_FIRST.fullmatch(typed):
        day, month, year = found.groups()
        parts = (year if len(year) == 4 else f"20{year}", month, day)
    elif found := _WITH_MONTH.fullmatch(typed):
        day, name, year = found.groups()
        parts = (year, _month(name.lower()), day)
    elif found := _YEAR_FIRST.fullmatch(typed):
        parts = (found[1], found[2], found[3])
    else:
        return None
    try:
        year, month, day = map(int, parts)
        return date(year, month, day)
    except ValueError:
        return None


def _month(name: str) -> str:
    """The number of a month by its name or the beginning of it; empty for none."""
    for spoken in ("nb", "en"):
        for number, each in get_month_names("wide", locale=spoken).items():
            if each.lower().startswith(name):
                return str(number)
    return ""
