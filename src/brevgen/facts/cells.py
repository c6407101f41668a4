"""What the cells of a file hold before anyone asks what it means, and how much is read at most.

Text files and workbooks are brought to the same rows of cells here, so that all that follows need
not know which kind of file a caseworker has.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

MEGABYTE = 1024 * 1024
MAX_FILE = 20 * MEGABYTE
MAX_UNPACKED = 200 * MEGABYTE
MAX_ROWS = 100_000
LAST_ROW = 1_048_576  # as far down as a spreadsheet goes
MAX_COLUMNS = 16_384
MAX_CELLS = 1_000_000
MAX_TEXT = 10_000
MAX_CHARACTERS = MAX_FILE
"""In all cells of a table together: as many as a text file can hold, so that nothing swells."""

UNPRINTABLE = (
    "\x00-\x1f\x7f-\x9f"  # controls, line breaks among them
    "\u2028-\u202e\u2066-\u2069"  # more line breaks, and what turns the direction of writing
    "\ufdd0-\ufdef\ufff0-\uffff"  # the mark of a letter that was lost, and what is no character
    "\U000e0000-\U0010ffff"  # tags that nobody sees, and what each program shows in its own way
)
"""The characters no letter can hold, as the inside of a regular expression's brackets."""

TRACES = ("None", "{{", "}}", "{%")
"""What programs leave in a text in place of a value; nobody means them."""

SHAPELESS = (
    "\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
"""Characters without any shape, which come along from web pages and mails; nobody means them."""

_FORBIDDEN = re.compile(f"(?![\t\n])[{UNPRINTABLE}\ud800-\udfff]")
_SHAPELESS = re.compile(f"[{SHAPELESS}]")


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


class UnreadableFile(Exception):
    """The file as a whole cannot be read: why, what to do, and where it came to a halt."""

    def __init__(self, what: str, remedy: str, *, sheet: str = "", row: int | None = None) -> None:
        super().__init__(what)
        self.what, self.remedy, self.sheet, self.row = what, remedy, sheet, row


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


def without_shapeless(text: str) -> str:
    """The text without the characters that have no shape."""
    return _SHAPELESS.sub("", text)


def letters(column: int) -> str:
    """The letters by which a spreadsheet calls a column, counted from 1: A, B, … Z, AA, AB, …"""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
