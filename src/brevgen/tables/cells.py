"""What the cells of a file hold before anyone asks what it means.

Text files and workbooks are brought to the same rows of cells here, so that all that follows need
not know which kind of file a caseworker has.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from brevgen.characters import UNPRINTABLE, without_shapeless
from brevgen.language import tr, tr_many
from brevgen.tables.limits import MAX_TEXT

_FORBIDDEN = re.compile(f"(?![\t\n])[{UNPRINTABLE}\ud800-\udfff]")
# Excel and LibreOffice, in English, Norwegian and German; a column too narrow shows only hashes.
_ERROR = re.compile(
    r"#(N/A|I/T|NV|GETTING_DATA|[A-ZÆØÅ][A-ZÆØÅ_]*(/0)?[!?])|#{3,}|(Err|Feil):[0-9]{3}"
)


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


def too_long() -> Unusable:
    """A cell that holds more than is read."""
    return Unusable(
        tr("The cell holds more than {most} characters.", most=MAX_TEXT),
        tr("Shorten it, or see whether it has swallowed the rows below it."),
    )


@dataclass(frozen=True)
class Formatted:
    """A cell of a workbook that is neither text nor number: a date, a time, a truth value.

    Args:
        shown: as text: `2017-11-06`, `09:30`, `TRUE`.
        kind: what it is.
    """

    shown: str
    kind: Literal["date", "time", "duration", "truth value"]


Cell = str | int | float
Content = Cell | Formatted | Unusable


@dataclass(frozen=True)
class GridRow:
    """A row with something in it.

    Args:
        number: the row's number as the spreadsheet shows it, counted from 1.
        cells: column, counted from 1, to what stands there; empty cells are absent.
        hidden: whether the spreadsheet does not show it, by hand or by a filter.
        struck: whether words in it are struck through.
    """

    number: int
    cells: Mapping[int, Content]
    hidden: bool = False
    struck: bool = False


@dataclass(frozen=True)
class Range:
    """A rectangle of cells; rows and columns counted from 1, the last ones inside."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Layout:
    """What a sheet shows otherwise than as rows of cells.

    Args:
        hidden_columns: first and last column of each run that is hidden.
        merged: the cells that are shown as one.
    """

    hidden_columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[Range, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file, or one way to read a text file.

    Args:
        name: the sheet's name; empty for text files.
        rows: begins to read the rows that are not empty, down to a row and perhaps on; may raise
            `UnreadableFile`.
        hidden: whether the spreadsheet does not show it.
        layout: reads how its cells are laid out; may raise `UnreadableFile`.
    """

    name: str
    rows: Callable[[int], Iterator[GridRow]]
    hidden: bool = False
    layout: Callable[[], Layout] = Layout


def cleaned(text: str) -> str | Unusable:
    """The text in composed Unicode, without blanks and shapeless characters around it.

    Line breaks inside become a plain `\\n`. What cannot be printed makes the cell unusable, and so
    does the name of an error, which is what a spreadsheet saves of one as text.
    """
    if len(text) > MAX_TEXT:
        return too_long()
    if text.isascii() and text.isprintable():  # nearly every cell
        text = text.strip(" ")
    else:
        text = unicodedata.normalize("NFC", without_shapeless(text)).strip()
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _FORBIDDEN.search(text):
        return Unusable(
            tr(
                "The cell holds a character that cannot be printed ({character}).",
                character=f"U+{ord(found[0]):04X}",
            ),
            tr("Empty the cell and type the text anew."),
        )
    return error_shown(text) if text[:1] in "#EF" and _ERROR.fullmatch(text) else text


def error_shown(text: str) -> Unusable:
    """A cell that shows an error such as `#REF!`."""
    return Unusable(
        tr("The cell shows the error {error}.", error=text),
        tr("Mend the formula, or type the value."),
        text,
    )


def column_letters(column: int) -> str:
    """The letters by which a spreadsheet calls a column, counted from 1: A, B, … Z, AA, AB, …"""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def rows_in_words(numbers: Sequence[int]) -> str:
    """Rows as a person would name them: `row 3`, or `rows 3–5, 8 and 20`."""
    return tr_many("row {rows}", "rows {rows}", len(numbers), rows=row_numbers(numbers))


def row_numbers(numbers: Iterable[int]) -> str:
    """Row numbers as a person would list them: `3`, or `3–5, 8 and 20`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return listed([str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs])


def listed(words: Sequence[str]) -> str:
    """Words as a person would list them: `a, b and c`."""
    *others, last = words
    return tr("{others} and {last}", others=", ".join(others), last=last) if others else last
