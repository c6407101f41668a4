"""Norwegian as it is printed: dates, numbers and counted things, in bokmål and nynorsk.

Nothing reads the machine's locale: Babel's data for `nb` and `nn` decides.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from brevgen.letter.content import WrittenForm

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def long_date(day: date, form: WrittenForm) -> str:
    """A day as in running text: `6. januar 2018`."""
    return format_date(day, "d. MMMM y", locale=form)


def weekday_date(day: date, form: WrittenForm) -> str:
    """A day that a person must keep, with its weekday: `lørdag 6. januar 2018`."""
    return format_date(day, "EEEE d. MMMM y", locale=form)


def day_and_month(day: date, form: WrittenForm) -> str:
    """A day where there is little room and the year is clear: `6. januar`."""
    return format_date(day, "d. MMMM", locale=form)


def short_date(day: date, form: WrittenForm) -> str:
    """A day as in a reference block: `6.11.2017`, without leading zeros."""
    return format_date(day, "d.M.y", locale=form)


@lru_cache(maxsize=10_000)
def number(count: int, form: WrittenForm) -> str:
    """A number with its thousands set off by a no-break space: `4 400`."""
    return format_decimal(count, "#,##0", locale=form).replace("\u202f", NO_BREAK_SPACE)


def spaced(count: int) -> str:
    """A number with its thousands set off, in tables and reports; the same in both forms."""
    return number(count, "nb")


def signed(count: int) -> str:
    """A change with its sign: `+5`, `−5` with a minus and not a hyphen, `0`."""
    sign = "+" if count > 0 else "−" if count < 0 else ""
    return sign + spaced(abs(count))


def counted(count: int, form: WrittenForm, one: str, many: str) -> str:
    """A number and the noun it counts, in the right one of singular and plural: `1 plass`."""
    return f"{number(count, form)} {one if count == 1 else many}"


def telephone(digits: str, form: WrittenForm) -> str:
    """A telephone number that does not break at its blanks."""
    del form  # the same in both
    return digits.replace(" ", NO_BREAK_SPACE)


def filters(form: WrittenForm) -> Mapping[str, Callable[..., str]]:
    """The filters a template may use, for one written form."""
    return {
        "long_date": lambda day: long_date(day, form),
        "weekday_date": lambda day: weekday_date(day, form),
        "day_and_month": lambda day: day_and_month(day, form),
        "short_date": lambda day: short_date(day, form),
        "number": lambda count: number(count, form),
        "counted": lambda count, one, many: counted(count, form, one, many),
        "telephone": lambda digits: telephone(digits, form),
    }


FILTERS: Mapping[str, tuple[type, int]] = {
    "long_date": (date, 0),
    "weekday_date": (date, 0),
    "day_and_month": (date, 0),
    "short_date": (date, 0),
    "number": (int, 0),
    "counted": (int, 2),
    "telephone": (str, 0),
}
"""The filters a template may use: what each is made for, and how many words it is given."""
