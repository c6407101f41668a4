"""Workbooks (.xlsx, .xlsm): their sheets, and what each cell holds as Excel shows it.

openpyxl reads the values row by row, which takes little memory; `workbook_layout` reads what it
does not tell. Both stop where a file says more than `limits` allow.
"""

import io
import math
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from typing import IO, TYPE_CHECKING, Any, cast

from brevgen.errors import UnreadableFile
from brevgen.files import MEGABYTE
from brevgen.language import quoted, tr, untranslated
from brevgen.tables.cells import (
    Content,
    Formatted,
    GridRow,
    Layout,
    Sheet,
    Unusable,
    cleaned,
    error_shown,
)
from brevgen.tables.limits import (
    LAST_ROW,
    MAX_CHARACTERS,
    MAX_FRAME,
    MAX_PART,
    MAX_PARTS,
    MAX_SHEETS,
    MAX_TAGS,
    MAX_UNPACKED,
)

if TYPE_CHECKING:
    from brevgen.tables.workbook_layout import SheetXml, Styles

_LISTED = b"PK\x01\x02"  # before each part in the list of contents
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others can ask for any memory
_OLE = b"\xd0\xcf\x11\xe0"  # the older container, in which Excel also locks up what has a password
# the names that a “Strict Open XML Spreadsheet” has for what openpyxl knows by the usual ones
_STRICT, _USUAL = b"http://purl.oclc.org/ooxml/", b"http://schemas.openxmlformats.org/"
_NAMESPACES = (
    (_STRICT + b"spreadsheetml/main", _USUAL + b"spreadsheetml/2006/main"),
    (_STRICT + b"officeDocument/relationships", _USUAL + b"officeDocument/2006/relationships"),
)
_PIECE = MEGABYTE // 2
_SAVE_AGAIN = untranslated(
    "Open it in Excel and save it as “Excel Workbook (.xlsx)”, without a password."
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def sheets(data: bytes) -> list[Sheet]:
    """The sheets of a workbook, in order; charts and the like left out.

    Raises:
        UnreadableFile: no workbook, or one that is broken, too large or has a password.
    """
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _locked()
        raise UnreadableFile(tr("The workbook is of the old kind (.xls)."), tr(_SAVE_AGAIN))
    with _told_if_broken():
        return list(_opened(data))


class _Package(zipfile.ZipFile):
    """The parts of a workbook by name, never more of them than is bearable."""

    def __init__(self, data: bytes) -> None:
        if data.count(_LISTED) > MAX_PARTS:
            raise _broken()
        super().__init__(io.BytesIO(data))
        # some programs differ in case, or write backslashes
        self._parts = {_key(entry.filename): entry for entry in self.infolist()}
        self.tags = self.unpacked = self.characters = 0
        if any(entry.compress_type not in _PACKINGS for entry in self.infolist()):
            raise _broken()
        if any(entry.flag_bits & 1 for entry in self.infolist()):
            raise _locked()

    def open(self, name: Any, *args: Any, **options: Any) -> Any:
        """A part to read, unless it is too large; no more bytes come of it than it says."""
        entry = name if isinstance(name, zipfile.ZipInfo) else self._parts[_key(name)]
        is_long = "sheet" in entry.filename.lower() or "sharedstrings" in entry.filename.lower()
        if entry.file_size > (MAX_PART if is_long else MAX_FRAME):
            raise _too_large()
        return _Part(self, super().open(entry, *args, **options))

    def count_characters(self, text: str) -> None:
        """Count the text of a cell; a long one can stand in any number of cells."""
        self.characters += len(text)
        if self.characters > MAX_CHARACTERS:
            raise UnreadableFile(
                tr("The cells hold more than {most} characters.", most=MAX_CHARACTERS),
                tr("Copy the rows that are needed to a new workbook."),
            )


def _key(name: str) -> str:
    return name.replace("\\", "/").casefold()


class _Part:
    """A part that is read in large pieces, since a parser begins long tags anew with each."""

    def __init__(self, package: _Package, part: IO[bytes]) -> None:
        self._package, self._part = package, part

    def read(self, size: int = -1) -> bytes:
        """The next piece, at least as long as was asked for."""
        piece = self._part.read(size if size < 0 else max(size, _PIECE))
        self._package.unpacked += len(piece)
        self._package.tags += piece.count(b"<")
        if self._package.unpacked > MAX_UNPACKED or self._package.tags > MAX_TAGS:
            raise _too_large()
        for strict, usual in _NAMESPACES:
            piece = piece.replace(strict, usual)
        return piece

    def close(self) -> None:
        """Let go of the part."""
        self._part.close()

    def __enter__(self) -> "_Part":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _opened(data: bytes) -> Iterator[Sheet]:
    """Open a workbook as openpyxl does, but for all that says nothing of a table."""
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.xml.constants import SHARED_STRINGS, STYLES_TYPE

    from brevgen.tables.workbook_layout import (
        Styles,
        read_styles,
        read_texts,
        results_are_stale,
    )

    class Values(ReadOnlyWorksheet):
        def _get_size(self) -> None:
            """Believe nothing that the file says of its size, and do not read it to find out."""

    # what it would lose in saving is no matter here
    warnings.filterwarnings("ignore", module="openpyxl")
    package = _Package(data)
    reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    reader.archive = package
    reader.read_manifest()
    reader.read_workbook()
    workbook = package.read(reader.parser.workbook_part_name)
    contents, book = cast(Any, reader.package), cast(Any, reader.wb)
    styles, texts = Styles(), []
    if listed := contents.find(STYLES_TYPE):
        styles = read_styles(package.read(listed.PartName[1:]))
    if listed := contents.find(SHARED_STRINGS):
        with package.open(listed.PartName[1:]) as part:
            texts = read_texts(part)
    book._date_formats, book._timedelta_formats = styles.dates, styles.durations
    stale = results_are_stale(workbook)
    found = list(reader.parser.find_sheets())
    if len(found) > MAX_SHEETS:
        raise UnreadableFile(
            tr("The workbook has more than {most} sheets.", most=MAX_SHEETS),
            tr("Copy the sheet that is needed to a new workbook."),
        )
    if not found:
        raise _broken()
    for sheet, relation in found:
        if not relation.Type.endswith("/worksheet"):
            continue
        values = partial(Values, book, sheet.name, relation.target, texts)
        seen = cache(partial(_seen, package, relation.target, stale))
        yield Sheet(
            sheet.name,
            partial(_rows, package, values, seen, styles),
            sheet.state != "visible",
            partial(_layout, seen),
        )


def _seen(package: _Package, path: str, stale: bool, until: int) -> "SheetXml":
    from brevgen.tables.workbook_layout import TooLarge, read_layout

    try:
        with package.open(path) as source:
            return read_layout(source, stale=stale, until=until)
    except TooLarge as error:
        raise _too_large() from error


def _layout(seen: "Callable[[int], SheetXml]") -> Layout:
    with _told_if_broken():
        sheet = seen(LAST_ROW)
        return Layout(tuple(sheet.hidden_columns), tuple(sheet.merged))


def _rows(
    package: _Package,
    values: Callable[[], Any],
    seen: "Callable[[int], SheetXml]",
    styles: "Styles",
    until: int,
) -> Iterator[GridRow]:
    with _told_if_broken():
        sheet = seen(until)
        for number, row in enumerate(values().iter_rows(), start=1):
            if number > sheet.last_row:
                break
            cells: dict[int, Content] = {}
            struck = False
            for column, cell in enumerate(row, start=1):
                content = sheet.refused.get((number, column)) or _content(cell, package, styles)
                if content != "":
                    cells[column] = content
                    struck = struck or cell._style_id in styles.struck
            if cells:
                yield GridRow(number, cells, number in sheet.hidden_rows, struck)


def _content(cell: Any, package: _Package, styles: "Styles") -> Content:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return error_shown(value)
    if isinstance(value, str):
        package.count_characters(value)
        return cleaned(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), value))
    if isinstance(value, bool):
        return Formatted(str(value).upper(), "truth value")
    if isinstance(value, int | float):
        number, shown_as = _number(value), styles.misleading.get(cell._style_id)
        return number if shown_as is None else _misleading(number, shown_as)
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return Formatted(f"{minutes // 60}:{minutes % 60:02}", "duration")
    if isinstance(value, time):
        return Formatted(f"{value:%H:%M}", "time")
    assert isinstance(value, date)
    if isinstance(value, datetime) and (value.hour or value.minute):
        return Formatted(f"{value:%Y-%m-%d %H:%M}", "date")
    return Formatted(f"{value:%Y-%m-%d}", "date")


def _misleading(number: float, shown_as: str) -> Unusable:
    return Unusable(
        tr(
            "The cell holds {number}, and its number format {format} shows it as something else.",
            number=number,
            format=quoted(shown_as),
        ),
        tr("Format the cell as a number in Excel, and see whether it is the number that is meant."),
        f"{number}",
    )


def _number(value: float) -> int | float:
    if not math.isfinite(value):
        raise ValueError("not a number")
    # 15 digits are all that Excel shows; the rest is noise from binary arithmetic.
    number = float(f"{float(value):.15g}")
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _broken() -> UnreadableFile:
    return UnreadableFile(
        tr("The file is not an Excel workbook, or it is damaged."), tr(_SAVE_AGAIN)
    )


def _locked() -> UnreadableFile:
    return UnreadableFile(tr("The workbook is password-protected."), tr(_SAVE_AGAIN))


def _too_large() -> UnreadableFile:
    return UnreadableFile(
        tr(
            "The workbook holds more than {size} MB when unpacked, or too many cells.",
            size=MAX_UNPACKED // MEGABYTE,
        ),
        tr("Copy the cells that are needed, and no empty ones, to a new workbook."),
    )


@contextmanager
def _told_if_broken() -> Iterator[None]:
    """Turn whatever a library raises on a damaged file into one answer."""
    try:
        yield
    except UnreadableFile:
        raise
    except Exception as error:
        raise _broken() from error
