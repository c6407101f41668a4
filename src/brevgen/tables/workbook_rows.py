"""The rows of a worksheet: what each cell holds, and which rows are hidden."""

import math
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

from brevgen.tables.cells import LAST_ROW, MAX_COLUMNS, Content, GridRow, Unusable, cleaned
from brevgen.tables.workbook_parts import TRUE, Attributes, Outline, PartReader, unescaped

UNSAVED = Unusable(
    "The cell holds a formula that has never been calculated.",
    "Open the file in Excel, save it, and try again.",
)

_INTEGER = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


class RowReader(PartReader):
    """The rows of one sheet that are not empty.

    Args:
        texts: the texts that cells refer to by number.
        dates: the styles that show a number as a date.
        outline: the workbook the sheet is in.
    """

    def __init__(self, texts: list[str | Unusable], dates: set[int], outline: Outline) -> None:
        super().__init__()
        self._texts, self._dates, self._outline = texts, dates, outline
        self._rows: list[GridRow] = []
        self._number = self._column = 0
        self._hidden = self._formula = self._valued = False
        self._cells: dict[int, Content] = {}
        self._cell: Attributes = {}

    def finished(self) -> Iterator[GridRow]:
        """The rows that are complete since the last time."""
        rows, self._rows = self._rows, []
        return iter(rows)

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin a row, a cell, or what is in it."""
        if name == "c":
            reference = attributes.get("r", "").rstrip("0123456789")
            self._column = _column(reference) if reference else self._column + 1
            if self._column > MAX_COLUMNS:
                raise ValueError("too many columns")
            self._cell = attributes
            self._formula = self._valued = False
            self._taken()
        elif name == "f":
            self._formula = True
        elif name == "row":
            number = int(attributes.get("r", self._number + 1))
            if not self._number < number <= LAST_ROW:
                raise ValueError("rows out of order")
            self._number, self._column, self._cells = number, 0, {}
            self._hidden = attributes.get("hidden") in TRUE
        else:
            self._valued = self._valued or name == "v"
            super().start(name, attributes)

    def end(self, name: str) -> None:
        """Complete a cell or a row."""
        if name == "c":
            content = self._content()
            if content != "":
                self._cells[self._column] = content
        elif name == "row":
            if self._cells:
                self._rows.append(GridRow(self._number, self._cells, self._hidden))
        else:
            super().end(name)

    def _content(self) -> Content:
        text = self._taken()
        kind = self._cell.get("t", "n")
        is_text = kind in ("s", "str", "inlineStr")
        if self._formula and not (self._valued and (text or is_text)):
            return UNSAVED
        if self._formula and self._outline.to_calculate and text == "0":
            return UNSAVED  # what XlsxWriter stores for every formula, whatever it comes to
        if not text:
            return ""
        if kind == "s":
            return self._texts[int(text)]
        if kind == "b":
            return "TRUE" if text in TRUE else "FALSE"
        if kind == "e":
            return Unusable(
                f"The cell shows the error {text}.", "Mend the formula, or type the value.", text
            )
        if kind == "n":
            return self._number_or_date(text)
        if kind == "d":
            return cleaned(text.replace("T", " ").removesuffix(" 00:00:00"))
        return cleaned(unescaped(text))

    def _number_or_date(self, text: str) -> Content:
        number = _numeric(text.strip())
        if int(self._cell.get("s", "0")) in self._dates:
            return _date(number, from_1904=self._outline.from_1904)
        return number


def _numeric(text: str) -> int | float:
    if _INTEGER.fullmatch(text):
        return int(text)
    if not _DECIMAL.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueError("not a number")
    # 15 digits are all that Excel shows; the rest is noise from binary arithmetic.
    number = float(f"{float(text):.15g}")
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _date(days: float, *, from_1904: bool) -> Content:
    """A date or time of day as text, year first; Excel counts a 29 February 1900 that never was."""
    first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 31 if days < 60 else 30)  # noqa: DTZ001
    try:
        moment = first + timedelta(seconds=round(days * 86400))
    except OverflowError:
        return Unusable("The cell shows no date.", "Type the value anew.", "########")
    if 0 < days < 1:
        return moment.strftime("%H:%M")
    return moment.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")


@cache
def _column(reference: str) -> int:
    number = 0
    for letter in reference.upper():
        if not "A" <= letter <= "Z":
            raise ValueError("not a column")
        number = number * 26 + ord(letter) - ord("A") + 1
        if number > MAX_COLUMNS:
            raise ValueError("no such column")
    return number
