"""Files as caseworkers and their programs write them, and what is read from them."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.findings import Findings
from brevgen.tables.reader import Column, Table, read_table

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

COLUMNS = (
    Column("nummer", synonyms=("knr",)),
    Column("navn", synonyms=("kommune", "kommunenavn")),
    Column("vår_ref", required=False),
)
HEADER = "nummer;navn;vår_ref\n"

Result = tuple[Table | None, Findings]
Fill = Callable[["Worksheet"], object]


def read(path: Path, columns: Sequence[Column] = COLUMNS) -> Result:
    findings = Findings()
    return read_table(path, columns, findings, shown_as=path.name), findings


def read_text(folder: Path, text: str, encoding: str = "utf-8", name: str = "t.csv") -> Result:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read(path)


def good(result: Result) -> Table:
    table, findings = result
    assert findings.items == []
    assert table is not None
    return table


def faults(result: Result) -> list[str]:
    return [str(fault) for fault in result[1].faults]


def places(result: Result) -> list[tuple[int | None, str]]:
    return [(fault.place.row, fault.place.column) for fault in result[1].faults]


def only_fault(result: Result) -> str:
    table, _ = result
    assert table is None
    assert len(faults(result)) == 1
    return faults(result)[0]


def rows(table: Table | None) -> dict[int, tuple[object, ...]]:
    """The row numbers, and what stands in the cells that are not empty."""
    assert table is not None
    return {row.number: tuple(row.cells.values()) for row in table.rows}


def workbook(path: Path, fill: Fill, **others: Fill) -> Path:
    """A workbook as openpyxl writes it: the sheet `Fordeling`, then others by their names."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, fill_sheet in {"Fordeling": fill, **others}.items():
        fill_sheet(book.create_sheet(name))
    book.save(path)
    return path


def cells(*rows: Sequence[object]) -> Fill:
    """What fills a sheet with rows from the top; None leaves a cell empty."""

    def fill(sheet: "Worksheet") -> None:
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value  # type: ignore[assignment]

    return fill


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(path: Path, contents: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, data in contents.items():
            package.writestr(name, data)
    return path


def edited(path: Path, old: str, new: str, part: str = "xl/worksheets/sheet1.xml") -> Path:
    """A workbook with other XML in a part, as programs other than openpyxl write it."""
    contents = parts(path)
    assert old.encode() in contents[part], contents[part].decode()
    contents[part] = contents[part].replace(old.encode(), new.encode())
    return packed(path, contents)
