"""Tables as caseworkers keep them, .csv or .xlsx, read without losing or guessing anything.

Rows keep the numbers the spreadsheet shows, so that a fault can point at the cell. The reader knows
nothing of refugees: what the columns mean is for the caller to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from brevgen.errors import UnreadableFile
from brevgen.findings import Findings, Place
from brevgen.language import tr, tr_many
from brevgen.tables.cells import Cell as Cell
from brevgen.tables.cells import (
    Content,
    Formatted,
    GridRow,
    Sheet,
    Unusable,
    column_letters,
    listed,
    rows_in_words,
)
from brevgen.tables.file_kinds import is_text, sheets_in
from brevgen.tables.header_row import OF_YEAR, Header, Wanted, extra_names, folded
from brevgen.tables.leavings import is_empty_word, leaving
from brevgen.tables.limits import LAST_ROW, MAX_CELLS, MAX_CHARACTERS, MAX_ROWS
from brevgen.tables.sheet_choice import best_reading, only_fitting_sheet
from brevgen.tables.unseen import check_layout, warn_of_hidden_sheets


@dataclass(frozen=True)
class Column:
    """A column a table may have.

    Args:
        name: the proper header, e.g. `kommunenummer`.
        synonyms: other headers that mean the same; compared without case, accents of spacing,
            underscores, hyphens and dots.
        required: whether a table without it is faulty.
        printed: whether what stands there goes into a letter, or onto it, as it is; then a date,
            a truth value or a number that Excel has cut short is a fault.
    """

    name: str
    synonyms: tuple[str, ...] = ()
    required: bool = True
    printed: bool = False


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
    path: Path,
    columns: Sequence[Column],
    findings: Findings,
    *,
    shown_as: str,
    year: int | None = None,
) -> Table | None:
    """Read the table in a file; None where it cannot be read, with the reason in `findings`.

    Args:
        path: a text file with separated values (.csv, .txt) or a workbook (.xlsx, .xlsm).
        columns: the columns to look for; others are kept under their own headers.
        shown_as: the file's name in them.
        year: a header with this year in it, `EM 2027`, means the same as without.
    """
    try:
        wanted = _wanted(columns, year)
        sheets = sheets_in(path)
        if is_text(path):
            sheet, header = best_reading(sheets, wanted)
        else:
            warn_of_hidden_sheets(sheets, findings, shown_as)
            sheet, header = only_fitting_sheet(sheets, wanted)
        if _header_is_faulty(header, columns, findings, Place(shown_as, sheet.name, header.row)):
            return None
        return _table(sheet, header, columns, findings, shown_as)
    except UnreadableFile as reason:
        findings.fault(reason.what, reason.remedy, Place(shown_as, reason.sheet, reason.row))
        return None


def _wanted(columns: Sequence[Column], year: int | None) -> Wanted:
    synonyms = {folded(text): column.name for column in columns for text in column.synonyms}
    names = synonyms | {folded(column.name): column.name for column in columns}
    if year is not None:
        dated = {way.format(text, year): name for text, name in names.items() for way in OF_YEAR}
        names = dated | names
    return Wanted(names, tuple(column.name for column in columns if column.required))


def _header_is_faulty(
    header: Header, columns: Sequence[Column], findings: Findings, place: Place
) -> bool:
    """Note every column that is missing or there twice, and every header that cannot be read."""
    for column in (column for column in columns if column.name in header.missing):
        like = [
            _named(n, written)
            for n, written in sorted(header.written.items())
            if n not in header.known and _is_like(written, column)
        ]
        remedy = tr("Write “{name}” in this row, above the column that holds it.", name=column.name)
        if like:
            remedy = tr(
                "Write “{name}” in this row, above the column that holds it, perhaps {columns}.",
                name=column.name,
                columns=_one_of(like),
            )
        what = tr("The column “{name}” is missing.", name=column.name)
        findings.fault(what, remedy, replace(place, column=column.name))
    doubled = header.doubled()
    for name, found in doubled.items():
        written = listed([_named(n, header.written[n]) for n in found])
        findings.fault(
            tr("The columns {columns} mean the same, “{name}”.", columns=written, name=name),
            tr("Keep one of them, or give the other another name."),
            replace(place, column=header.written[found[0]]),
        )
    for number, content in header.unusable.items():
        where = replace(place, column=tr("column {letters}", letters=column_letters(number)))
        findings.fault(content.what, content.remedy, where)
    return bool(header.missing or doubled or header.unusable)


def _named(column: int, header: str) -> str:
    return tr("{letters} (“{header}”)", letters=column_letters(column), header=header)


def _one_of(names: Sequence[str]) -> str:
    *others, last = names
    return tr("{others} or {last}", others=", ".join(others), last=last) if others else last


def _is_like(written: str, column: Column) -> bool:
    names = map(folded, (column.name, *column.synonyms))
    return any(len(name) > 3 and name in folded(written) for name in names)


def _table(
    sheet: Sheet, header: Header, columns: Sequence[Column], findings: Findings, file: str
) -> Table:
    below = _rows_below(sheet, header)
    visible = [row for row in below if not row.hidden]
    check_layout(sheet.layout(), header, below, findings, Place(file, sheet.name))
    if not visible:
        raise UnreadableFile(
            tr("There are no rows below the header."),
            tr("Fill in the table, or unhide its rows."),
            sheet=sheet.name,
            row=header.row,
        )
    extra = extra_names(header, {column for row in visible for column in row.cells})
    printed = {column.name for column in columns if column.printed}
    place = Place(file, sheet.name)
    refused: Refused = {}
    rows = tuple(_row(row, header, extra, printed, refused) for row in visible)
    _note_refused(refused, header, extra, findings, place)
    _warn_of_empty_words(visible, header, printed, findings, place)
    headers = {name: header.written[column] for column, name in header.known.items()}
    return Table(file, sheet.name, headers, tuple(extra.values()), rows)


def _rows_below(sheet: Sheet, header: Header) -> list[GridRow]:
    rows: list[GridRow] = []
    cells = characters = 0
    for row in sheet.rows(LAST_ROW):
        if row.number > header.row:
            rows.append(row)
            cells += len(row.cells)
            characters += sum(len(each) for each in row.cells.values() if isinstance(each, str))
        if len(rows) > MAX_ROWS or cells > MAX_CELLS or characters > MAX_CHARACTERS:
            raise UnreadableFile(
                tr(
                    "The table has more than {rows} rows, {cells} cells or {characters}"
                    " characters.",
                    rows=MAX_ROWS,
                    cells=MAX_CELLS,
                    characters=MAX_CHARACTERS,
                ),
                tr("Copy the rows that are needed to a new file."),
                sheet=sheet.name,
            )
    return rows


Refused = dict[tuple[int, Unusable], list[int]]
"""Column and reason to the rows where it stands."""


def _row(
    row: GridRow,
    header: Header,
    extra: Mapping[int, str],
    printed: set[str],
    refused: Refused,
) -> TableRow:
    cells: dict[str, Cell] = {}
    unusable = set()
    for column, content in row.cells.items():
        name = header.known.get(column) or extra[column]
        reason: Unusable | None = content if isinstance(content, Unusable) else None
        if reason is None and name in printed and column in header.known:
            found = leaving(content)
            reason = Unusable(found.what, found.remedy) if found else None
        if reason is None:
            cell = _as_cell(content)
            cells[name] = _on_one_line(cell) if column in header.known else cell
        elif reason.shown and column in extra:
            cells[name] = reason.shown  # only kept for the report
        else:
            refused.setdefault((column, replace(reason, shown="")), []).append(row.number)
            unusable.add(name)
    return TableRow(row.number, cells, frozenset(unusable))


def _note_refused(
    refused: Refused, header: Header, extra: Mapping[int, str], findings: Findings, place: Place
) -> None:
    """One fault for what is wrong in many rows of a column for the same reason."""
    for (column, reason), (first, *others) in sorted(
        refused.items(), key=lambda each: (each[1], each[0][0])
    ):
        what = reason.what
        if others:
            what = tr("{fault} The same in {rows}.", fault=what, rows=rows_in_words(others))
        findings.fault(
            what,
            reason.remedy,
            replace(place, row=first, column=header.written.get(column) or extra[column]),
        )


def _as_cell(content: Content) -> Cell:
    assert not isinstance(content, Unusable)
    return content.shown if isinstance(content, Formatted) else content


def _on_one_line(content: Cell) -> Cell:
    # In a cell we use, a line break is there for the looks of the sheet.
    if isinstance(content, str) and ("\n" in content or "\t" in content):
        return " ".join(content.split())
    return content


def _warn_of_empty_words(
    rows: Sequence[GridRow], header: Header, printed: set[str], findings: Findings, place: Place
) -> None:
    """One warning for each column and each word that looks like nothing, and would be printed."""
    for column, name in header.known.items():
        if name not in printed:
            continue
        found: dict[str, list[int]] = {}
        for row in rows:
            if is_empty_word(content := row.cells.get(column, "")):
                found.setdefault(str(content), []).append(row.number)
        for word, numbers in found.items():
            findings.warn(
                tr(
                    "“{word}” in {rows} is taken as it stands there.",
                    word=word,
                    rows=rows_in_words(numbers),
                ),
                tr_many(
                    "Empty the cell if nothing is meant.",
                    "Empty the cells if nothing is meant.",
                    len(numbers),
                ),
                replace(place, row=numbers[0], column=header.written[column]),
            )
