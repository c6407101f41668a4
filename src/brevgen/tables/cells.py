"""What the cells of a file hold before anyone asks what it means, and how much is read at most.

Text files and workbooks are brought to the same rows of cells here, so that all that follows need
not know which kind of file a caseworker has.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from brevgen.characters import UNPRINTABLE, without_shapeless
from brevgen.files import MEGABYTE

MAX_FILE = 20 * MEGABYTE
MAX_UNPACKED = 200 * MEGABYTE
MAX_ROWS = 100_000
LAST_ROW = 1_048_576  # as far down as a spreadsheet goes
MAX_COLUMNS = 16_384
MAX_CELLS = 1_000_000
MAX_TEXT = 10_000
MAX_CHARACTERS = MAX_FILE
"""In all cells of a table together: as many as a text file can hold, so that nothing swells."""

_FORBIDDEN = re.compile(f"(?![\t\n])[{UNPRINTABLE}\ud800-\udfff]")


@dataclass(frozen=True)
class Unusable:
    """A cell that holds something, but nothing that may be used.

    Args:
        what: what is wrong with it.
        remedy: what to do about it.
        shown: what the spreadsheet shows in its place; empty where that is not known.
    """

    what: str
    remedy: str
    shown: str = ""


TOO_LONG = Unusable(
    f"The cell holds more than {MAX_TEXT} characters.",
    "Shorten it, or see whether it has swallowed the rows below it.",
)

Content = str | int | float | Unusable


@dataclass(frozen=True)
class GridRow:
    """A row with something in it.

    Args:
        number: the row's number as the spreadsheet shows it, counted from 1.
        cells: column, counted from 1, to what stands there; empty cells are absent.
        hidden: whether the spreadsheet does not show it, by hand or by a filter.
    """

    number: int
    cells: Mapping[int, Content]
    hidden: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file, or one way to read a text file.

    Args:
        name: the sheet's name; empty for text files.
        rows: begins to read the rows that are not empty; may raise `UnreadableFile`.
        hidden: whether the spreadsheet does not show it.
    """

    name: str
    rows: Callable[[], Iterator[GridRow]]
    hidden: bool = False


def cleaned(text: str) -> str | Unusable:
    """The text in composed Unicode, without blanks and shapeless characters around it.

    Line breaks inside become a plain `\\n`. What cannot be printed makes the cell unusable.
    """
    if len(text) > MAX_TEXT:
        return TOO_LONG
    if text.isascii() and text.isprintable():  # nearly every cell
        return text.strip(" ")
    text = unicodedata.normalize("NFC", without_shapeless(text)).strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _FORBIDDEN.search(text):
        return Unusable(
            f"The cell holds a character that cannot be printed (U+{ord(found[0]):04X}).",
            "Empty the cell and type the text anew.",
        )
    return text


def column_letters(column: int) -> str:
    """The letters by which a spreadsheet calls a column, counted from 1: A, B, … Z, AA, AB, …"""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
