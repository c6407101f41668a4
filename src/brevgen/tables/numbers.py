"""Numbers as caseworkers write them, and no guessing where one could mean two things."""

import re
from dataclasses import dataclass

from brevgen.language import quoted as between_marks
from brevgen.language import tr, untranslated
from brevgen.tables.cells import Cell

# [0-9] and not \d, which would also let digits of other scripts through.
_MUNICIPALITY = re.compile(r"'?([0-9]{3,4})(?:\.0+)?")
_BLANK = "[ \u00a0\u2009\u202f]"
_COUNT = re.compile(rf"((?:[0-9]{{1,3}}(?:{_BLANK}[0-9]{{3}})+)|[0-9]+)(?:[.,]0+)?")
_AMBIGUOUS = re.compile(rf"[0-9]+(?:{_BLANK}[0-9]{{3}})*(?:[.,][0-9]{{3}})+")
_NEGATIVE = re.compile(r"[-−–]\s*[0-9].*", re.DOTALL)
_FRACTION = re.compile(r"[0-9 ]*[.,][0-9]+")
_DASH = re.compile("[-‐‑–—−]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*")
_MOST_DIGITS = 15
_WHOLE = untranslated("Write a whole number, digits only.")


@dataclass(frozen=True)
class Reason:
    """Why a cell is not what it should be, and what to do."""

    what: str
    remedy: str


def shown(cell: Cell) -> str:
    """A cell as text: whole numbers without a point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def quoted(cell: Cell) -> str:
    """A cell as it is quoted in a message, shortened where it is long."""
    text = " ".join(shown(cell).split())
    return between_marks(text if len(text) <= 60 else text[:59] + "…")


def municipality_number(cell: Cell) -> str | Reason:
    """Four digits, from text or a number; spreadsheets drop the zero in front (214 for 0214)."""
    found = _MUNICIPALITY.fullmatch(shown(cell))
    if found is None or int(found[1]) < 100:
        return Reason(
            tr("{value} is not a municipality number.", value=quoted(cell)),
            tr("Write its four digits, like 0214."),
        )
    return found[1].zfill(4)


def count(cell: Cell) -> int | Reason:
    """A number of people, from text or a number; thousands may be set off by a space."""
    text = shown(cell)
    if text in (":", ".", ".."):
        return Reason(
            tr(
                "{value} stands for a figure that is suppressed or missing, not for a number.",
                value=quoted(cell),
            ),
            tr("Find the figure, or write 0 if it is none."),
        )
    if _AMBIGUOUS.fullmatch(text) and not isinstance(cell, float):
        digits = re.sub("[^0-9]", "", text)
        return Reason(
            tr("{value} can be read in two ways.", value=quoted(cell)),
            tr("Write it without dot and comma, {digits} or what is meant.", digits=digits),
        )
    if found := _COUNT.fullmatch(text):
        digits = re.sub("[^0-9]", "", found[1])
        if len(digits) > _MOST_DIGITS:
            what = tr("{value} is more people than there are.", value=quoted(cell))
            return Reason(what, tr(_WHOLE))
        return int(digits)
    return _no_count(cell, text)


def count_or_dash(cell: Cell) -> int | Reason:
    """A number of people as `count` reads it, or a dash for none."""
    return 0 if _DASH.fullmatch(shown(cell)) else count(cell)


def _no_count(cell: Cell, text: str) -> Reason:
    if _NEGATIVE.fullmatch(text):
        return Reason(tr("{value} is less than nothing.", value=quoted(cell)), tr(_WHOLE))
    if isinstance(cell, float) or _FRACTION.fullmatch(text):
        return Reason(tr("{value} is not a whole number.", value=quoted(cell)), tr(_WHOLE))
    if _DAY.fullmatch(text):
        return Reason(
            tr("{value} is a date, not a number.", value=quoted(cell)),
            tr("Format the cell as a number in Excel, and write the number anew."),
        )
    return Reason(tr("{value} is not a number.", value=quoted(cell)), tr(_WHOLE))
