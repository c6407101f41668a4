"""The allocation: how many refugees each municipality is asked to settle, one row each."""

from collections.abc import Mapping
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
from brevgen.tables.numbers import Reason, count, municipality_number, quoted, shown
from brevgen.tables.reader import Cell, Table, TableRow, read_table

MOST_ASKED = 100_000
"""More than were ever asked for in the whole country; a higher number is a slip."""


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


def read_allocation(path: Path, findings: Findings, *, shown_as: str) -> Allocation | None:
    """Read and check an allocation by itself; None where the file cannot be read at all.

    Rows with a fault are left out, so that all others can be checked further.

    Args:
        path: the spreadsheet.
        findings: where faults and warnings go.
        shown_as: the file's name in them.
    """
    table = read_table(path, COLUMNS, findings, shown_as=shown_as)
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
    if not readings:
        findings.fault(
            "The table has no municipalities.",
            "Fill in a row for each that is asked.",
            Place(table.file, table.sheet),
        )
    check_sums(table, row_kinds, readings, findings)
    return Allocation(table, tuple(_row(table, r) for r in readings if not r.faulty))


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
        return Reading(row, number, figures, frozenset(self._faulty))

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
        figures: dict[str, int] = {}
        for column in FIGURES:
            if column in self._row.cells:
                figure = count(self._row.cells[column])
                if isinstance(figure, Reason):
                    self._fault(column, figure.what, figure.remedy)
                else:
                    figures[column] = figure
        return figures

    def _check_parts(self, figures: Mapping[str, int]) -> None:
        """The minors are a part of those asked for, and those under 15 a part of the minors."""
        asked, minors, under_15 = (figures.get(column) for column in FIGURES)
        if asked is None and ASKED not in self._row.cells:
            self._fault(
                ASKED, "The number asked for is missing.", "Write it; a blank cell is not zero."
            )
        elif asked == 0:
            self._fault(
                ASKED, "Asking for nobody makes no letter.", "Remove the row, or write the number."
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
