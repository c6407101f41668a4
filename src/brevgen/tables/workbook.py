"""Workbooks (.xlsx, .xlsm): the parts inside the file, and which of them are sheets.

openpyxl is not used to read: in full it takes minutes and gigabytes on a large sheet, row by row it
does not tell which rows are hidden, and either way not whether a formula was ever calculated.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from xml.parsers import expat

from brevgen.errors import UnreadableFile
from brevgen.files import MEGABYTE
from brevgen.tables.cells import MAX_UNPACKED, GridRow, Sheet, Unusable
from brevgen.tables.workbook_parts import (
    Attributes,
    Outline,
    PartReader,
    Relations,
    SharedTexts,
    Styles,
)
from brevgen.tables.workbook_rows import RowReader

CHUNK = 64 * 1024

MAX_PARTS = 10_000
"""More than any workbook has; each takes memory even before it is read."""
MAX_FRAME = 20 * MEGABYTE
"""Bytes of each part around the sheets; what it says is kept in memory."""
MAX_TAGS = 5_000_000
"""Tags in all that is read, opening and closing: as many as a full table has; seconds of work."""
MAX_DEPTH = 100
"""Elements inside of each other; in a workbook there are hardly ten."""
LONGEST_TAG = MEGABYTE
"""Bytes of a tag with its attributes; until it ends, the parser begins anew with every piece."""

_LISTED = b"PK\x01\x02"  # before each part in the list of contents
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others can ask for any memory
_OLE = b"\xd0\xcf\x11\xe0"  # the older container, in which Excel also locks up what has a password
_SAVE_AGAIN = "Open it in Excel and save it as “Excel Workbook (.xlsx)”, without a password."


def sheets(data: bytes) -> list[Sheet]:
    """The sheets of a workbook, in order; charts and the like left out.

    Args:
        data: the bytes of the file.

    Raises:
        UnreadableFile: no workbook, or one that is broken, too large or has a password.
    """
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableFile("The workbook is password-protected.", _SAVE_AGAIN)
        raise UnreadableFile("The workbook is of the old kind (.xls).", _SAVE_AGAIN)
    with _told_if_broken():
        package = _Package(data)
        outline = package.outline
        reader = partial(
            RowReader,
            texts=package.shared_texts(),
            dates=package.date_styles(),
            outline=outline,
        )
        return [
            Sheet(name, partial(_rows, package, path, reader), hidden)
            for name, path, hidden in package.worksheets()
        ]


class _Package:
    """The parts of a workbook by name, never more of them than is bearable."""

    def __init__(self, data: bytes) -> None:
        if data.count(_LISTED) > MAX_PARTS:
            raise _broken()
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._tags = self._taken = 0
        entries = self._zip.infolist()
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise _too_large()
        if any(entry.compress_type not in _PACKINGS for entry in entries):
            raise _broken()
        if any(entry.flag_bits & 1 for entry in entries):
            raise UnreadableFile("The workbook is password-protected.", _SAVE_AGAIN)
        # Some programs differ in case, or write backslashes.
        self._parts = {entry.filename.replace("\\", "/").casefold(): entry for entry in entries}
        roots = self._relations("").of_type("officeDocument")
        self._workbook = next(iter(roots.values()), "xl/workbook.xml")
        self._related = self._relations(self._workbook)
        self.outline = Outline()
        self.read(self._workbook, self.outline)
        if not self.outline.sheets:
            raise UnreadableFile("The file is not an Excel workbook.", _SAVE_AGAIN)

    def worksheets(self) -> Iterator[tuple[str, str, bool]]:
        """Name, path and whether hidden of each worksheet, in order."""
        paths = self._related.of_type("worksheet")
        for sheet in self.outline.sheets:
            if sheet.relation in paths:
                yield sheet.name, paths[sheet.relation], sheet.hidden

    def shared_texts(self) -> list[str | Unusable]:
        """The texts that cells refer to by number."""
        reader = SharedTexts()
        for path in self._related.of_type("sharedStrings").values():
            self.read(path, reader, most=MAX_UNPACKED)
        return reader.texts

    def date_styles(self) -> set[int]:
        """The numbers of the styles that show a number as a date or a time."""
        reader = Styles()
        for path in self._related.of_type("styles").values():
            self.read(path, reader)
        return reader.dates

    def read(self, path: str, reader: PartReader, *, most: int = MAX_FRAME) -> None:
        """Let a reader take in a whole part that has no more bytes than `most`."""
        if self._parts[path.casefold()].file_size > most:
            raise _too_large()
        for _ in self.stream(path, reader):
            pass

    def stream(self, path: str, reader: PartReader) -> Iterator[None]:
        """Let a reader take in a part, with a halt after each piece."""
        parser = _parser(reader)
        fed = 0
        with self._zip.open(self._parts[path.casefold()]) as part:
            while piece := part.read(CHUNK):
                fed += len(piece)
                self._taken += len(piece)
                self._tags += piece.count(b"<")
                # Whatever the file said about its size; a sheet may be begun a second time.
                if self._taken > 2 * MAX_UNPACKED or self._tags > MAX_TAGS:
                    raise _too_large()
                parser.Parse(piece)
                if fed - parser.CurrentByteIndex > LONGEST_TAG:
                    raise _broken()
                yield
        parser.Parse(b"", True)
        yield

    def _relations(self, path: str) -> Relations:
        folder, name = posixpath.split(path)
        relations = Relations(folder)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        if listed.casefold() in self._parts:
            self.read(listed, relations)
        return relations


def _rows(package: _Package, path: str, reader: "partial[RowReader]") -> Iterator[GridRow]:
    with _told_if_broken():
        rows = reader()
        for _ in package.stream(path, rows):
            yield from rows.finished()


def _parser(reader: PartReader) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise _broken()
        reader.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        reader.end(name.rpartition(":")[2])

    def refuse(*_: object) -> None:
        # No workbook has one; what it would be good for is swelling up without end.
        raise UnreadableFile("The workbook is broken.", _SAVE_AGAIN)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _broken() -> UnreadableFile:
    return UnreadableFile("The workbook is damaged.", _SAVE_AGAIN)


def _too_large() -> UnreadableFile:
    return UnreadableFile(
        f"The workbook holds more than {MAX_UNPACKED // MEGABYTE} MB when unpacked, or too many"
        " cells.",
        "Copy the cells that are needed, and no empty ones, to a new workbook.",
    )


@contextmanager
def _told_if_broken() -> Iterator[None]:
    """Turn all that a damaged file can lead to into one answer."""
    try:
        yield
    except zipfile.BadZipFile as error:
        raise UnreadableFile(
            "The file is not an Excel workbook, or it is damaged.", _SAVE_AGAIN
        ) from error
    except (
        expat.ExpatError,
        zlib.error,
        struct.error,
        LookupError,
        ValueError,
        OverflowError,
        EOFError,
        OSError,
        RuntimeError,  # NotImplementedError too: a kind of packing that Excel never uses
    ) as error:
        raise _broken() from error
