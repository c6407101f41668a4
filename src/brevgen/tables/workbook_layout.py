"""What openpyxl does not tell of a workbook when it reads row by row: one pass over its XML.

Which rows and columns are hidden, which cells are merged, and which formulas have no result that
can be believed. openpyxl shows a formula that was never calculated and one that came to nothing
alike, and a cell that holds two values by one of them. Elements and attributes are named as in
ISO/IEC 29500-1 (Office Open XML), chapter 18.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import IO

from lxml import etree

from brevgen.language import tr, untranslated
from brevgen.tables.cells import Range, Unusable
from brevgen.tables.limits import (
    LAST_ROW,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_FORMAT,
    MAX_MERGED,
    MAX_WIDTH,
)
from brevgen.tables.number_formats import shows_another

_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _CELL, _COLUMN, _MERGED, _VALUE, _FORMULA, _TEXT, _RUBY = (
    _NAMESPACE + name for name in ("row", "c", "col", "mergeCell", "v", "f", "t", "rPh")
)
_SAVE = untranslated("Open the file in Excel, save it, and try again.")

_NUMBER = re.compile(r"\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*")


@dataclass
class Styles:
    """The numbers of the styles that show a number as a date, a duration or another number, or
    strike it through.

    openpyxl does not read them itself: it refuses a workbook for a colour or a font that it does
    not know.
    """

    dates: set[int] = field(default_factory=set)
    durations: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)
    misleading: dict[int, str] = field(default_factory=dict)
    """With the number format."""


class TooLarge(Exception):
    """There is more in the sheet than is read."""


@dataclass
class SheetXml:
    """What the XML of a sheet says besides its values.

    Args:
        last_row: the last row that has cells, be they empty; 0 where there is none.
        hidden_rows: numbers of the rows that are not shown.
        refused: row and column to the reason, for cells whose value may not be used.
        hidden_columns: first and last column of each run that is not shown.
        merged: the cells shown as one.
    """

    last_row: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    refused: dict[tuple[int, int], Unusable] = field(default_factory=dict)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)


def results_are_stale(workbook: bytes) -> bool:
    """Whether the program that saved a workbook left it to Excel to calculate every formula."""
    settings = etree.fromstring(workbook, _parser()).find(_NAMESPACE + "calcPr")
    return settings is not None and settings.get("fullCalcOnLoad") in ("1", "true")


def read_styles(xml: bytes) -> Styles:
    """What the styles of a workbook say of its values."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    root = etree.fromstring(xml, _parser())
    formats = dict(BUILTIN_FORMATS)
    for each in root.iterfind(f"{_NAMESPACE}numFmts/{_NAMESPACE}numFmt"):
        formats[int(each.get("numFmtId"))] = each.get("formatCode", "")[:MAX_FORMAT]
    strikes = [
        (strike := font.find(_NAMESPACE + "strike")) is not None
        and strike.get("val", "1") in ("1", "true")
        for font in root.iterfind(f"{_NAMESPACE}fonts/{_NAMESPACE}font")
    ]
    styles = Styles()
    for number, style in enumerate(root.iterfind(f"{_NAMESPACE}cellXfs/{_NAMESPACE}xf")):
        shown_as = formats.get(int(style.get("numFmtId", "0")), "General")
        if is_date_format(shown_as):
            styles.dates.add(number)
        if is_timedelta_format(shown_as):
            styles.durations.add(number)
        if number not in styles.dates | styles.durations and shows_another(shown_as):
            styles.misleading[number] = shown_as
        if strikes and strikes[int(style.get("fontId", "0"))]:
            styles.struck.add(number)
    return styles


def read_texts(source: IO[bytes]) -> list[str]:
    """The texts that cells refer to by number, without what tells how they are read aloud.

    openpyxl does not read them itself: it takes long, and refuses a font that it does not know.
    """
    texts = []
    for _, element in _elements(source, _NAMESPACE + "si"):
        pieces = (t.text or "" for t in element.iter(_TEXT) if not [*t.iterancestors(_RUBY)])
        texts.append("".join(pieces))
        _forget(element)
    return texts


def read_layout(source: IO[bytes], *, stale: bool, until: int) -> SheetXml:
    """What the XML of a sheet says, down to a row.

    Args:
        stale: whether no stored result of a formula is to be believed.
        until: the last row that matters; what comes below it is not read.

    Raises:
        TooLarge: there are too many cells.
        ValueError: rows or cells are out of order, or a cell holds what it cannot hold.
        etree.XMLSyntaxError: the XML is broken.
    """
    seen = SheetXml()
    width = number = 0
    for _, element in _elements(source, _ROW, _COLUMN, _MERGED):
        if element.tag == _ROW:
            number = _number(element, after=number)
            if number > until:
                break
            width += _read_row(element, number, seen, stale=stale)
        elif element.tag == _COLUMN:
            if _is_hidden(element, "width"):
                seen.hidden_columns.append((int(element.get("min")), int(element.get("max"))))
        else:
            seen.merged.append(_range(element.get("ref", "")))
        if width > MAX_WIDTH or len(seen.refused) > MAX_CELLS or len(seen.merged) > MAX_MERGED:
            raise TooLarge
        _forget(element)
    return seen


def _elements(source: IO[bytes], *tags: str) -> etree.iterparse:
    return etree.iterparse(
        source, tag=tags, resolve_entities=False, load_dtd=False, no_network=True
    )


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)


def _number(row: etree._Element, *, after: int) -> int:
    number = int(row.get("r", after + 1))
    if not after < number <= LAST_ROW:
        raise ValueError("rows out of order")
    return number


def _read_row(row: etree._Element, number: int, seen: SheetXml, *, stale: bool) -> int:
    """Note what a row says; the number of its last column."""
    if len(row) == 0:
        return 0
    seen.last_row = number
    if _is_hidden(row, "ht"):
        seen.hidden_rows.add(number)
    column = 0
    for cell in row.iterfind(_CELL):
        letters = cell.get("r", "").rstrip("0123456789")
        its_column = _column(letters) if letters else column + 1
        if not column < its_column <= MAX_COLUMNS:
            raise ValueError("cells out of order")
        column = its_column
        if reason := _refusal(cell, stale=stale):
            seen.refused[number, column] = reason
    return column


def _refusal(cell: etree._Element, *, stale: bool) -> Unusable | None:
    """Why the value of a cell may not be used, if so."""
    kind = cell.get("t", "n")
    value = cell.findtext(_VALUE)
    if value:
        if kind == "n" and not _NUMBER.fullmatch(value):
            raise ValueError("not a number")
        if kind == "s" and not value.strip().isdecimal():
            raise ValueError("not the number of a text")
        if kind == "inlineStr":
            return _double(cell, value)
    if cell.find(_FORMULA) is None:
        return None
    if value is None or (not value and kind != "str"):
        return Unusable(tr("The cell holds a formula that has never been calculated."), tr(_SAVE))
    if not stale:
        return None
    return Unusable(
        tr(
            "The cell holds a formula whose result may be out of date: the program that saved the"
            " file has not calculated it."
        ),
        tr(_SAVE),
        value.strip(),
    )


def _double(cell: etree._Element, value: str) -> Unusable | None:
    """A text in the cell and another value beside it; Excel shows the text."""
    text = "".join(each.text or "" for each in cell.iter(_TEXT))
    if text.strip() == value.strip():
        return None
    return Unusable(
        tr(
            "The cell holds two values, the text “{text}” and “{value}”.",
            text=text[:50],
            value=value[:50],
        ),
        tr("Empty the cell and type the value anew."),
        text[:50],
    )


def _is_hidden(element: etree._Element, size: str) -> bool:
    """Whether rows or columns are hidden, or so narrow that nobody sees them."""
    return element.get("hidden") in ("1", "true") or float(element.get(size, "1")) == 0


def _forget(element: etree._Element) -> None:
    """Let go of an element and of all before it, so that a long sheet takes little memory."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


@cache
def _column(letters: str) -> int:
    from openpyxl.utils.cell import column_index_from_string

    return column_index_from_string(letters)


def _range(text: str) -> Range:
    first, _, last = text.replace("$", "").partition(":")
    corners = [
        re.fullmatch("([A-Z]{1,3})([0-9]{1,7})", corner) for corner in (first, last or first)
    ]
    (left, top), (right, bottom) = (corner.groups() for corner in corners if corner)
    return Range(int(top), _column(left), int(bottom), _column(right))
