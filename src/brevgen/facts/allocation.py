"""The allocation: how many refugees each municipality is asked to settle, one row each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from brevgen.facts.allocation_columns import (
    ASKED,
    COLUMNS,
    FIGURES,
    MINORS,
    NAME,
    NUMBER,
    REFERENCE,
    UNDER_15,
    YOUR_REFERENCE,
)
from brevgen.facts.sum_rows import Reading, check_sums, kinds
from brevgen.findings import Findings, Place
from brevgen.tables.cells import Cell, rows_in_words
from brevgen.tables.file_kinds import OTHER_SPREADSHEETS, READ_KINDS
from brevgen.tables.numbers import Reason, count_or_dash, municipality_number, quoted, shown
from brevgen.tables.reader import Table, TableRow, read_table

MOST_ASKED = 100_000
"""More than were ever asked for in the whole country; a higher number is a slip."""

_NOT_ASKED = re.compile(
    r"(\w+ )?(ikke|ikkje|ei|ingen) (å )?(anmod|oppmod|spur|bed).*|ingen|nei",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class AllocationRow:
    """What is asked of one municipality.

    Args:
        row: the row's number as the spreadsheet shows it.
        number: municipality number, 4 digits as text.
        name: the municipality's name as the caseworker wrote it.
        asked: refugees asked for, minors included; persons.
        minors: unaccompanied minors among them; None where the cell is blank (blank is not zero).
        minors_under_15: those of the minors who are under 15; None where blank.
        reference: our reference if the caseworker gave one, else empty.
        your_reference: the municipality's own reference, else empty.
        extra: the columns brevgen does not use, header to value, kept for the report.
    """

    row: int
    number: str
    name: str
    asked: int
    minors: int | None = None
    minors_under_15: int | None = None
    reference: str = ""
    your_reference: str = ""
    extra: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Allocation:
    """The rows of an allocation and the table they came from."""

    table: Table
    rows: tuple[AllocationRow, ...]

    def place(self, row: AllocationRow, column: str = "") -> Place:
        """Where a cell of the allocation is, as the spreadsheet shows it."""
        header = self.table.headers.get(column, column)
        return Place(self.table.file, self.table.sheet, row.row, header)


def find_allocation(folder: Path, findings: Findings) -> Path | None:
    """The one file in a round's folder whose name begins with `allocation`, in any letters.

    None where there is no such file or more than one, with a fault that names what lies there.
    """
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    kinds_ = (*READ_KINDS, *OTHER_SPREADSHEETS)
    files = [p for p in there if p.exists() and (p.is_file() or p.suffix.lower() in kinds_)]
    called = [path for path in files if path.name.casefold().startswith("allocation")]
    others = [
        path
        for path in files
        if path.suffix.lower() in kinds_ and not path.name.startswith(("~", "."))
    ]
    place = Place(folder.name)
    if len(called) == 1:
        return called[0]
    if called:
        findings.fault(
            f"There are {len(called)} allocations: {_names(called)}.",
            "Keep the one that counts, and move the others out of the folder.",
            place,
        )
    elif others:
        findings.fault(
            f"There is no allocation, but there is {_names(others)}.",
            "If it is the allocation, save it as allocation.xlsx.",
            place,
        )
    else:
        findings.fault(
            "There is no allocation.",
            "Put the spreadsheet there as allocation.xlsx or allocation.csv.",
            place,
        )
    return None


def _names(files: Sequence[Path]) -> str:
    return ", ".join(f"“{path.name}”" for path in files)


def read_allocation(
    path: Path, findings: Findings, *, shown_as: str, year: int | None = None
) -> Allocation | None:
    """Read and check an allocation by itself; None where the file cannot be read at all.

    Rows with a fault are left out, so that all others can be checked further.

    Args:
        path: the spreadsheet.
        findings: where faults and warnings go.
        shown_as: the file's name in them.
        year: the year of settlement; a column may have it in its header, `Anmodning 2027`.
    """
    table = read_table(path, COLUMNS, findings, shown_as=shown_as, year=year)
    if table is None:
        return None
    if table.extra:
        findings.warn(
            f"Columns that are not used: {', '.join(map(quoted, table.extra))}.",
            "Nothing to do: they are kept for the report.",
            Place(table.file, table.sheet),
        )
    row_kinds = kinds(table.rows)
    reader = _Reader(table, findings)
    readings = [
        reader.read(row)
        for row, kind in zip(table.rows, row_kinds, strict=True)
        if kind == "municipality"
    ]
    place = Place(table.file, table.sheet)
    _warn_of_not_asked([each for each in readings if not each.is_asked], findings, place)
    if not any(each.is_asked for each in readings):
        what = "The table asks no municipality." if readings else "The table has no municipalities."
        findings.fault(what, "Fill in a row for each that is asked.", place)
    check_sums(table, row_kinds, readings, findings)
    good = (each for each in readings if each.is_asked and not each.faulty)
    return Allocation(table, tuple(_row(table, each) for each in good))


def _warn_of_not_asked(readings: Sequence[Reading], findings: Findings, place: Place) -> None:
    """One warning for all of them; a list of all municipalities has hundreds."""
    if readings:
        names = (f"{each.number} {shown(each.row.cells.get(NAME, ''))}" for each in readings)
        rows = rows_in_words([each.row.number for each in readings])
        findings.warn(
            f"Not asked, since there stands 0, a dash or a word for it, in {rows}:"
            f" {', '.join(names)}.",
            "Nothing to do, if none of them is to have a letter.",
            place,
        )


def _row(table: Table, reading: Reading) -> AllocationRow:
    cells = reading.row.cells
    return AllocationRow(
        row=reading.row.number,
        number=reading.number,
        name=shown(cells[NAME]),
        asked=reading.figures[ASKED],
        minors=reading.figures.get(MINORS),
        minors_under_15=reading.figures.get(UNDER_15),
        reference=shown(cells.get(REFERENCE, "")),
        your_reference=shown(cells.get(YOUR_REFERENCE, "")),
        extra={name: cells[name] for name in table.extra if name in cells},
    )


class _Reader:
    """Reads the municipalities of a table, and remembers what may stand there only once."""

    def __init__(self, table: Table, findings: Findings) -> None:
        self._table, self._findings = table, findings
        self._numbers: dict[str, int] = {}
        self._references: dict[str, int] = {}
        self._row: TableRow
        self._faulty: set[str]

    def read(self, row: TableRow) -> Reading:
        """One municipality, with every fault that its row has."""
        self._row, self._faulty = row, set(row.unusable) - set(self._table.extra)
        number = self._number()
        if NAME not in row.cells:
            self._fault(NAME, "The municipality's name is missing.", "Write it.")
        elif not isinstance(row.cells[NAME], str):
            self._fault(NAME, f"{quoted(row.cells[NAME])} is not a name.", "Write the name.")
        figures = self._figures()
        self._check_parts(figures)
        self._check_reference()
        is_asked = figures.get(ASKED) != 0
        return Reading(row, number, figures, frozenset(self._faulty), is_asked)

    def _fault(self, column: str, what: str, remedy: str) -> None:
        """Note a fault; a cell that was unusable from the beginning has one already."""
        if column not in self._row.unusable:
            self._findings.fault(what, remedy, self._table.place(self._row, column))
        self._faulty.add(column)

    def _number(self) -> str:
        if NUMBER not in self._row.cells:
            self._fault(
                NUMBER, "The municipality's number is missing.", "Write its four digits, like 0214."
            )
            return ""
        number = municipality_number(self._row.cells[NUMBER])
        if isinstance(number, Reason):
            self._fault(NUMBER, number.what, number.remedy)
            return ""
        first = self._numbers.setdefault(number, self._row.number)
        if first != self._row.number:
            self._fault(
                NUMBER,
                f"Municipality {number} is in row {first} already.",
                "Keep one row for each municipality.",
            )
        return number

    def _figures(self) -> dict[str, int]:
        figures: dict[str, int] = {ASKED: 0} if self._says_not_asked() else {}
        for column in FIGURES:
            if column in self._row.cells and column not in figures:
                figure = count_or_dash(self._row.cells[column])
                if isinstance(figure, Reason):
                    self._fault(column, figure.what, figure.remedy)
                else:
                    figures[column] = figure
        return figures

    def _says_not_asked(self) -> bool:
        """Whether a word stands in place of the number, or beside it where it is blank."""
        cells = self._row.cells
        if ASKED in self._row.unusable:
            return False
        words = [cells[ASKED]] if ASKED in cells else [cells.get(x) for x in self._table.extra]
        return any(isinstance(word, str) and _NOT_ASKED.fullmatch(word) for word in words)

    def _check_parts(self, figures: Mapping[str, int]) -> None:
        """The minors are a part of those asked for, and those under 15 a part of the minors."""
        asked, minors, under_15 = (figures.get(column) for column in FIGURES)
        if asked is None and ASKED not in self._row.cells:
            self._fault(
                ASKED, "The number asked for is missing.", "Write it; a blank cell is not zero."
            )
        elif asked is not None and asked > MOST_ASKED:
            self._fault(
                ASKED, f"{asked} is more than any municipality is asked for.", "Put it right."
            )
        elif asked is not None and minors is not None and minors > asked:
            self._fault(
                MINORS,
                f"{minors} unaccompanied minors are more than the {asked} asked for in all.",
                "The minors are counted inside that number: put one of the two right.",
            )
        if under_15 and MINORS not in self._faulty and under_15 > (minors or 0):
            told = "that number is blank" if minors is None else f"there are only {minors}"
            self._fault(
                UNDER_15,
                f"{under_15} of the unaccompanied minors are to be under 15, but {told}.",
                "Those under 15 are counted inside the minors: put one of the two right.",
            )

    def _check_reference(self) -> None:
        reference = shown(self._row.cells.get(REFERENCE, ""))
        first = self._references.setdefault(reference.casefold(), self._row.number)
        if reference and first != self._row.number:
            self._fault(
                REFERENCE,
                f"The reference {quoted(reference)} is in row {first} already.",
                "Give each letter its own reference.",
            )
