"""Opening a caseworker's file: which kind it is, and why some cannot be read."""

from pathlib import Path

from brevgen.errors import UnreadableFile
from brevgen.files import read_bytes
from brevgen.language import tr, untranslated
from brevgen.tables import csv_file, workbook
from brevgen.tables.cells import Sheet
from brevgen.tables.limits import MAX_FILE

TEXT_KINDS = (".csv", ".txt")
WORKBOOK_KINDS = (".xlsx", ".xlsm")
READ_KINDS = TEXT_KINDS + WORKBOOK_KINDS
OTHER_SPREADSHEETS = (".xls", ".xlsb", ".xlt", ".ods", ".fods", ".tsv", ".numbers")
"""Kinds that are not read, but are easily taken for one that is."""

_SAVE_AS = untranslated("Open it in Excel and save it as .xlsx or .csv.")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def is_text(path: Path) -> bool:
    """Whether a file is text by its name, so that its sheets are readings of the same rows."""
    return path.suffix.lower() in TEXT_KINDS


def sheets_in(path: Path) -> list[Sheet]:
    """The sheets of a workbook, or the possible readings of a text file.

    Raises:
        UnreadableFile: there is no such file, or it is none that can be read.
    """
    data = read_bytes(path, most=MAX_FILE)
    kind = path.suffix.lower()
    if kind not in READ_KINDS:
        raise UnreadableFile(
            tr("Files of the kind “{kind}” cannot be read.", kind=kind)
            if kind
            else tr("The file's name has no ending."),
            tr(_SAVE_AS),
        )
    if not data.strip():
        raise UnreadableFile(tr("The file is empty."), tr("Fill in the table and save it again."))
    if kind in WORKBOOK_KINDS:
        return workbook.sheets(data)
    if data.startswith((_ZIP, _OLE)):
        raise UnreadableFile(
            tr("The file is no text file, though it is called {kind}.", kind=kind),
            tr(_SAVE_AS),
        )
    return csv_file.readings(data)
