"""What a cell of an allocation says, by the type that its kind declares for the column."""

import re
from datetime import date

from brevgen.characters import TRACES
from brevgen.facts.register_row import day_written
from brevgen.language import tr
from brevgen.settings.kind import Fact, FactType
from brevgen.tables.cells import Cell
from brevgen.tables.numbers import Reason, count_or_dash, quoted, shown

MOST_PERSONS = 100_000
"""More than were ever asked for in the whole country; a higher number is a slip."""

LONGEST_TEXT = 2000
"""Characters, as of the texts of a round."""

_YES = re.compile("ja|yes|x|true|sann", re.IGNORECASE)
_NO = re.compile("nei|no|false|usann|[-‐‑–—−]", re.IGNORECASE)
_MIDNIGHT = re.compile("[ T]00:00(:00)?")


def value_in(cell: Cell, type_: FactType) -> Fact | Reason:
    """What a filled cell says, or why it does not."""
    match type_:
        case "count":
            return _count(cell)
        case "date":
            return _date(cell)
        case "yes_no":
            return _yes_or_no(cell)
        case "text":
            return _text(cell)


def _count(cell: Cell) -> int | Reason:
    figure = count_or_dash(cell)
    if isinstance(figure, int) and figure > MOST_PERSONS:
        return Reason(
            tr("{figure} is more than any municipality is asked for.", figure=figure),
            tr("Put it right."),
        )
    return figure


def _text(cell: Cell) -> str | Reason:
    text = shown(cell)
    if traces := [trace for trace in TRACES if trace in text]:
        return Reason(
            tr(
                "There is “{trace}” in the text, which would be printed as it stands.",
                trace=traces[0],
            ),
            tr("Write the text anew."),
        )
    if len(text) > LONGEST_TEXT:
        return Reason(
            tr("The text has more than {most} characters.", most=LONGEST_TEXT),
            tr("Shorten it to one paragraph."),
        )
    return text


def _date(cell: Cell) -> date | Reason:
    try:
        if (day := day_written(_MIDNIGHT.sub("", shown(cell)))) is not None:
            return day
    except ValueError:
        pass
    return Reason(
        tr("{cell} is not a date.", cell=quoted(cell)), tr("Write it as 2018-01-06 or 6.1.2018.")
    )


def _yes_or_no(cell: Cell) -> bool | Reason:
    if _YES.fullmatch(shown(cell)):
        return True
    if _NO.fullmatch(shown(cell)):
        return False
    return Reason(tr("{cell} is neither yes nor no.", cell=quoted(cell)), tr("Write ja or nei."))
