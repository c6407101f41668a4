"""Tables as caseworkers keep them, .csv or .xlsx, read without losing or guessing anything.

Rows keep the numbers the spreadsheet shows, so that a fault can point at the cell. The reader knows
nothing of refugees: what the columns mean is for the caller to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from brevgen.errors import UnreadableFile
from brevgen.findings import Findings, Place
from brevgen.tables.cells import (
    MAX_CELLS,
    MAX_CHARACTERS,
    MAX_ROWS,
    GridRow,
    Sheet,
    Unusable,
    column_letters,
)
from brevgen.tables.file_kinds import is_text, sheets_in
from brevgen.tables.header_row import Header, Wanted, extra_names, folded
from brevgen.tables.sheet_choice import best_reading, only_fitting_sheet


@dataclass(frozen=True)
class Column:
    """A column a table may have.

    Args:
        name: the proper header, e.g. `kommunenummer`.
        synonyms: other headers that mean the same; compared without case, accents of spacing,
            underscores, hyphens and dots.
        required: whether a table without it is faulty.
    """

    name: str
    synonyms: tuple[str, ...] = ()
    required: bool = True


Cell = str | int | float


@dataclass(frozen=True)
class TableRow:
    """One row: its number as the spreadsheet shows it, and its filled cells by proper column name.

    Args:
        number: row number as shown, counted from 1.
        cells: proper column name (or, for extra columns, header as written) to value; text is
            stripped; empty cells are absent.
        unusable: proper names of the columns whose cell holds something that may not be used (an
            error, a formula never calculated); absent from `cells`, and noted as a fault already.
    """

    number: int
    cells: Mapping[str, Cell]
    unusable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """A table read from one sheet.

    Args:
        file: the file's name as shown in faults.
        sheet: the sheet's name; empty for text files.
        headers: proper column name to header as written, for the known columns that are there.
        extra: headers as written of the columns nobody asked for, in order.
        rows: the rows below the header that are neither empty nor hidden.
    """

    file: str
    sheet: str
    headers: Mapping[str, str]
    extra: tuple[str, ...]
    rows: tuple[TableRow, ...]

    def place(self, row: TableRow, column: str = "") -> Place:
        """Where a cell is, in the words the user sees: the header as written."""
        return Place(self.file, self.sheet, row.number, self.headers.get(column, column))


def read_table(
    path: Path, columns: Sequence[Column], findings: Findings, *, shown_as: str
) -> Table | None:
    """Read the table in a file; None where it cannot be read, with the reason in `findings`.

    Args:
        path: a text file with separated values (.csv, .txt) or a workbook (.xlsx, .xlsm).
        columns: the columns to look for; others are kept under their own headers.
        findings: where faults and warnings go.
        shown_as: the file's name in them.
    """
    try:
        wanted = _wanted(columns)
        sheets = sheets_in(path)
        if is_text(path):
            sheet, header = best_reading(sheets, wanted)
        else:
            _warn_of_hidden_sheets(sheets, findings, shown_as)
            sheet, header = only_fitting_sheet(sheets, wanted)
        if _header_is_faulty(header, columns, findings, Place(shown_as, sheet.name, header.row)):
            return None
        return _table(sheet, header, findings, shown_as)
    except UnreadableFile as reason:
        findings.fault(reason.what, reason.remedy, Place(shown_as, reason.sheet, reason.row))
        return None


def _wanted(columns: Sequence[Column]) -> Wanted:
    synonyms = {folded(text): column.name for column in columns for text in column.synonyms}
    names = {folded(column.name): column.name for column in columns}
    return Wanted(synonyms | names, tuple(column.name for column in columns if column.required))


def _warn_of_hidden_sheets(sheets: list[Sheet], findings: Findings, file: str) -> None:
    if hidden := [f"“{sheet.name}”" for sheet in sheets if sheet.hidden]:
        findings.warn(
            f"Hidden and not read: {', '.join(hidden)}.",
            "Unhide the sheet if the table is on it.",
            Place(file),
        )


def _header_is_faulty(
    header: Header, columns: Sequence[Column], findings: Findings, place: Place
) -> bool:
    """Note every column that is missing or there twice, and every header that cannot be read."""
    for name in header.missing:
        findings.fault(
            f"The column “{name}” is missing.",
            f"Write “{name}” in this row, above the column that holds it.",
            replace(place, column=name),
        )
    doubled = header.doubled()
    for name, found in doubled.items():
        written = " and ".join(f"{column_letters(n)} (“{header.written[n]}”)" for n in found)
        findings.fault(
            f"The columns {written} both mean “{name}”.",
            "Keep one of them, or give the other another name.",
            replace(place, column=header.written[found[0]]),
        )
    for column, content in header.unusable.items():
        where = replace(place, column=f"column {column_letters(column)}")
        findings.fault(content.what, content.remedy, where)
    return bool(header.missing or doubled or header.unusable)


def _table(sheet: Sheet, header: Header, findings: Findings, file: str) -> Table | None:
    below = _rows_below(sheet, header)
    visible = [row for row in below if not row.hidden]
    _warn_of_hidden_rows([row.number for row in below if row.hidden], findings, file, sheet.name)
    if not visible:
        raise UnreadableFile(
            "There are no rows below the header.",
            "Fill in the table, or unhide its rows.",
            sheet=sheet.name,
            row=header.row,
        )
    extra = extra_names(header, {column for row in visible for column in row.cells})
    return Table(
        file=file,
        sheet=sheet.name,
        headers={name: header.written[column] for column, name in header.known.items()},
        extra=tuple(extra.values()),
        rows=tuple(
            _row(row, header, extra, findings, Place(file, sheet.name, row.number))
            for row in visible
        ),
    )


def _rows_below(sheet: Sheet, header: Header) -> list[GridRow]:
    rows: list[GridRow] = []
    cells = characters = 0
    for row in sheet.rows():
        if row.number > header.row:
            rows.append(row)
            cells += len(row.cells)
            characters += sum(len(each) for each in row.cells.values() if isinstance(each, str))
        if len(rows) > MAX_ROWS or cells > MAX_CELLS or characters > MAX_CHARACTERS:
            raise UnreadableFile(
                f"The table has more than {MAX_ROWS} rows, {MAX_CELLS} cells"
                f" or {MAX_CHARACTERS} characters.",
                "Copy the rows that are needed to a new file.",
                sheet=sheet.name,
            )
    return rows


def _row(
    row: GridRow, header: Header, extra: Mapping[int, str], findings: Findings, place: Place
) -> TableRow:
    cells: dict[str, Cell] = {}
    unusable = set()
    for column, content in row.cells.items():
        name = header.known.get(column) or extra[column]
        if not isinstance(content, Unusable):
            cells[name] = _on_one_line(content) if column in header.known else content
        elif content.shown and column in extra:
            cells[name] = content.shown  # only kept for the report
        else:
            findings.fault(
                content.what,
                content.remedy,
                replace(place, column=header.written.get(column, name)),
            )
            unusable.add(name)
    return TableRow(row.number, cells, frozenset(unusable))


def _on_one_line(content: Cell) -> Cell:
    # In a cell we use, a line break is there for the looks of the sheet.
    if isinstance(content, str) and ("\n" in content or "\t" in content):
        return " ".join(content.split())
    return content


def _warn_of_hidden_rows(numbers: list[int], findings: Findings, file: str, sheet: str) -> None:
    """One warning for each run of hidden rows."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        what = f"Row {run[0]} is" if len(run) == 1 else f"Rows {run[0]}–{run[-1]} are"
        findings.warn(
            f"{what} hidden, by hand or by a filter, and left out.",
            "Unhide what is to be counted; delete what is not.",
            Place(file, sheet, run[0]),
        )
