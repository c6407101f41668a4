"""Text files with separated values, however the program that wrote them was set up.

Excel in Norwegian writes semicolons and Windows-1252, other programs commas and UTF-8; neither says
which. The encoding shows in the bytes; which separator is meant only shows in the header, so this
room gives one reading of the file for each, and the one who knows the columns chooses.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from functools import partial

from brevgen.characters import without_shapeless
from brevgen.errors import UnreadableFile
from brevgen.language import tr, untranslated
from brevgen.tables.cells import Cell, GridRow, Sheet, cleaned, too_long
from brevgen.tables.limits import LAST_ROW, MAX_COLUMNS

SEPARATORS = (";", ",", "\t")

_SAVE_AGAIN = untranslated("Open the file in Excel and save it as “CSV UTF-8” or as .xlsx.")
# A first line that tells Excel the separator; Excel does not count it as a row.
_SEPARATOR_LINE = re.compile(r'sep=([^\w\s"]|\t)\r?\n', re.IGNORECASE)
_PROTECTED = re.compile(r'="(.*)"', re.DOTALL)  # what keeps Excel from taking 0214 for 214


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as a file that Norwegian spreadsheet programs open by a double click.

    With the byte order mark Excel reads it as UTF-8.
    """
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def as_text_cell(value: Cell) -> Cell:
    """A cell that no spreadsheet program takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def readings(data: bytes) -> list[Sheet]:
    """One reading of a text file for each separator that may be meant.

    Raises:
        UnreadableFile: the bytes are not text.
    """
    # marks that nobody sees, such as a second byte order mark, would hide an opening quote mark
    text = without_shapeless(decoded(data))
    if told := _SEPARATOR_LINE.match(text):
        return [Sheet("", partial(_rows, text[told.end() :], told[1]))]
    return [Sheet("", partial(_rows, text, separator)) for separator in SEPARATORS]


def decoded(data: bytes) -> str:
    """The text of a file: as its byte order mark says, else UTF-8, else Windows-1252 or Latin-1.

    Raises:
        UnreadableFile: the bytes are not what the mark says, or not text.
    """
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        elif data.startswith(codecs.BOM_UTF8):
            text = data.decode("utf-8-sig")
        else:
            text = _decoded_without_mark(data)
    except UnicodeDecodeError as error:
        raise UnreadableFile(tr("The text in the file is damaged."), tr(_SAVE_AGAIN)) from error
    if "\0" in text:
        raise UnreadableFile(tr("The file is not plain text."), tr(_SAVE_AGAIN))
    return text


def _decoded_without_mark(data: bytes) -> str:
    # Text in another encoding is hardly ever valid UTF-8; Latin-1 takes every byte there is.
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _rows(text: str, separator: str, _until: int) -> Iterator[GridRow]:
    number = 0
    try:
        # Strict, since a quote mark that is never closed would otherwise swallow the rows below it.
        records = csv.reader(
            io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
        )
        for number, record in enumerate(records, start=1):
            if number > LAST_ROW or len(record) > MAX_COLUMNS:
                raise UnreadableFile(
                    tr(
                        "The file has more than {rows} rows or {columns} columns.",
                        rows=LAST_ROW,
                        columns=MAX_COLUMNS,
                    ),
                    tr("Copy the rows that are needed to a new file, each on its own line."),
                    row=number,
                )
            cells = {
                column: content
                for column, raw in enumerate(record, start=1)
                if raw and (content := cleaned(_unprotected(raw))) != ""
            }
            if cells:
                yield GridRow(number, cells)
    except csv.Error as error:
        if "field larger" in str(error):
            reason = too_long()
            raise UnreadableFile(reason.what, reason.remedy, row=number + 1) from error
        raise UnreadableFile(
            tr('A quote mark (") in the row has no partner.'),
            tr(
                "See that each quote mark that opens a cell also closes it, or save the file as"
                " .xlsx."
            ),
            row=number + 1,
        ) from error


def _unprotected(raw: str) -> str:
    found = _PROTECTED.fullmatch(raw.strip())
    return found[1].replace('""', '"') if found else raw
