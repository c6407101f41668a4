"""The allocation: the rows of a round, one municipality each, in the columns that its kind has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from brevgen.facts.allocation_columns import (
    NAME,
    REFERENCE,
    YOUR_REFERENCE,
    columns_of,
    figures_of,
)
from brevgen.facts.earlier import EarlierLetter
from brevgen.facts.relations import Counts, misfits
from brevgen.facts.row_numbers import RowNumbers
from brevgen.facts.sum_rows import Reading, check_sums, row_kinds
from brevgen.facts.values import value_in
from brevgen.findings import Findings, Place
from brevgen.language import tr, tr_many, untranslated
from brevgen.settings.kind import Fact, Kind, KindColumn
from brevgen.tables.cells import Cell, rows_in_words
from brevgen.tables.numbers import Reason, quoted, shown
from brevgen.tables.reader import Table, TableRow, read_table

FILL_IN = untranslated("Fill it in, or take another spreadsheet in its place.")
"""What to do where nobody has filled in a column yet, as in a new round."""
_LEFT_OUT = re.compile(
    r"(\w+ )?(ikke|ikkje|ei|ingen) (å )?(anmod|oppmod|spur|bed).*|ingen|nei",
    re.IGNORECASE,
)
"""Words for “no letter”, in place of a number or beside it."""


@dataclass(frozen=True)
class AllocationRow:
    """What an allocation says of one municipality.

    Args:
        row: the row's number as the spreadsheet shows it.
        number: municipality number, 4 digits as text.
        name: the municipality's name as the caseworker wrote it.
        facts: what the kind's columns say, by fact; absent where the cell is blank, for blank is
            not zero.
        reference: our reference if the caseworker gave one, else empty.
        your_reference: the municipality's own reference, else empty.
        extra: the columns brevgen does not use, header to value, kept for the report.
    """

    row: int
    number: str
    name: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    reference: str = ""
    your_reference: str = ""
    extra: Mapping[str, Cell] = field(default_factory=dict)

    def count(self, fact: str) -> int | None:
        """A number of persons or places; None where the cell is blank."""
        value = self.facts.get(fact)
        return value if isinstance(value, int) else None


@dataclass(frozen=True)
class Allocation:
    """The rows of an allocation and the table they came from."""

    table: Table
    rows: tuple[AllocationRow, ...]
    kind: Kind

    def place(self, row: AllocationRow, column: str = "") -> Place:
        """Where a cell of the allocation is, as the spreadsheet shows it.

        Args:
            column: a fact of the kind, or the proper name of a column that all kinds have.
        """
        if column in self.kind.columns:
            column = self.kind.columns[column].header
        header = self.table.headers.get(column, column)
        return Place(self.table.file, self.table.sheet, row.row, header)


def read_allocation(
    path: Path,
    kind: Kind,
    findings: Findings,
    *,
    shown_as: str,
    year: int | None = None,
    earlier: Mapping[str, EarlierLetter] | None = None,
) -> Allocation | None:
    """Read and check an allocation by itself; None where the file cannot be read at all.

    Rows with a fault are left out, so that all others can be checked further.

    Args:
        kind: the kind of letter, which tells the columns and how they must fit together.
        shown_as: the file's name in them.
        year: the year of settlement; a column may have it in its header, `Anmodning 2027`.
        earlier: the earlier letters by municipality number, where the round follows another.
    """
    columns = columns_of(kind, findings)
    table = read_table(path, columns, findings, shown_as=shown_as, year=year)
    if table is None:
        return None
    if table.extra:
        findings.warn(
            tr("Columns that are not used: {names}.", names=", ".join(map(quoted, table.extra))),
            tr("Nothing to do: they are kept for the report."),
            Place(table.file, table.sheet),
        )
    figures = figures_of(kind)
    which = row_kinds(table.rows, figures)
    rows = [row for row, each in zip(table.rows, which, strict=True) if each == "municipality"]
    blank = _blank(kind, rows)
    reader = _Reader(table, kind, findings, earlier or {}, blank)
    readings = [reader.read(row) for row in rows]
    place = Place(table.file, table.sheet)
    for column in (each for each in kind.columns.values() if each.header in blank):
        _note_blank(table, column, readings, findings)
    _warn_of_left_out([each for each in readings if each.is_left_out], findings, place)
    if all(each.is_left_out for each in readings):
        what = (
            tr("The table asks no municipality.")
            if readings
            else tr("The table has no municipalities.")
        )
        findings.fault(what, tr("Fill in a row for each that is to have a letter."), place)
    check_sums(table, figures, which, readings, findings)
    good = (each for each in readings if not each.is_left_out and not each.faulty)
    return Allocation(table, tuple(_row(table, each) for each in good), kind)


def _blank(kind: Kind, rows: Sequence[TableRow]) -> frozenset[str]:
    """The headers of required columns that nobody has filled in yet, in any of several rows."""
    return frozenset(
        column.header
        for column in kind.columns.values()
        if column.required and len(rows) > 1
        if not any(column.header in row.cells or column.header in row.unusable for row in rows)
    )


def _note_blank(
    table: Table, column: KindColumn, readings: Sequence[Reading], findings: Findings
) -> None:
    """One fault for a column that is all blank: in a new round it would be one for each row."""
    if count := sum(column.header in each.faulty for each in readings):
        findings.fault(
            tr_many(
                "The column is not filled in yet, for {count} municipality: {called}.",
                "The column is not filled in yet, for any of {count} municipalities: {called}.",
                count,
                called=column.called,
            ),
            tr(FILL_IN),
            Place(table.file, table.sheet, column=table.headers.get(column.header, column.header)),
        )


def _warn_of_left_out(readings: Sequence[Reading], findings: Findings, place: Place) -> None:
    """One warning for all of them; a list of all municipalities has hundreds."""
    if readings:
        names = (f"{each.number} {shown(each.row.cells.get(NAME, ''))}" for each in readings)
        findings.warn(
            tr(
                "Not asked, since there stands 0, a dash or a word for it, in {rows}: {names}.",
                rows=rows_in_words([each.row.number for each in readings]),
                names=", ".join(names),
            ),
            tr("Nothing to do, if none of them is to have a letter."),
            place,
        )


def _row(table: Table, reading: Reading) -> AllocationRow:
    cells = reading.row.cells
    return AllocationRow(
        row=reading.row.number,
        number=reading.number,
        name=shown(cells[NAME]),
        facts=reading.facts,
        reference=shown(cells.get(REFERENCE, "")),
        your_reference=shown(cells.get(YOUR_REFERENCE, "")),
        extra={name: cells[name] for name in table.extra if name in cells},
    )


class _Reader:
    """Reads the municipalities of a table, and remembers what may stand there only once."""

    def __init__(
        self,
        table: Table,
        kind: Kind,
        findings: Findings,
        earlier: Mapping[str, EarlierLetter],
        blank: frozenset[str],
    ) -> None:
        self._table, self._kind, self._findings, self._earlier = table, kind, findings, earlier
        self._blank = blank
        self._numbers = RowNumbers()
        self._references: dict[str, int] = {}
        self._row: TableRow
        self._faulty: set[str]

    def read(self, row: TableRow) -> Reading:
        """One municipality, with every fault that its row has."""
        self._row, self._faulty = row, set(row.unusable) - set(self._table.extra)
        number, _ = self._numbers.read(row, self._fault)
        if NAME not in row.cells:
            self._fault(NAME, tr("The municipality's name is missing."), tr("Write it."))
        elif not isinstance(row.cells[NAME], str):
            what = tr("{cell} is not a name.", cell=quoted(row.cells[NAME]))
            self._fault(NAME, what, tr("Write the name."))
        is_left_out = self._is_left_out()
        facts = self._facts(is_left_out=is_left_out)
        self._check_fit(facts, self._earlier.get(number), is_left_out=is_left_out)
        self._check_reference()
        figures = {
            column.header: value
            for fact, column in self._kind.counts.items()
            if isinstance(value := facts.get(fact), int)
        }
        return Reading(row, number, facts, figures, frozenset(self._faulty), is_left_out)

    def _fault(self, column: str, what: str, remedy: str) -> None:
        """Note a fault; a cell that was unusable from the beginning has one already."""
        if column not in self._row.unusable:
            self._findings.fault(what, remedy, self._table.place(self._row, column))
        self._faulty.add(column)

    def _is_left_out(self) -> bool:
        """Whether nought, or a word in place of the number or beside it, says: no letter."""
        cells = self._row.cells
        for column in (each.header for each in self._kind.counts.values() if each.leaves_out):
            if column in self._row.unusable:
                continue
            beside = [cells.get(extra) for extra in self._table.extra]
            words = [cells[column]] if column in cells else beside
            if any(isinstance(word, str) and _LEFT_OUT.fullmatch(word) for word in words):
                return True
            if column in cells and value_in(cells[column], "count") == 0:
                return True
        return False

    def _facts(self, *, is_left_out: bool) -> dict[str, Fact]:
        """What the kind's columns say, with a fault for each cell that says nothing it may."""
        facts: dict[str, Fact] = {}
        for name, column in self._kind.columns.items():
            if column.leaves_out and is_left_out:
                facts[name] = 0
            elif column.header in self._row.cells:
                value = value_in(self._row.cells[column.header], column.type)
                if isinstance(value, Reason):
                    self._fault(column.header, value.what, value.remedy)
                else:
                    facts[name] = value
            elif column.required and not is_left_out:
                if column.header in self._blank:
                    self._faulty.add(column.header)
                else:
                    self._fault(column.header, *_missing(column))
        return facts

    def _check_fit(
        self, facts: Mapping[str, Fact], earlier: EarlierLetter | None, *, is_left_out: bool
    ) -> None:
        columns = self._kind.columns
        known = {fact for fact, each in columns.items() if each.header not in self._faulty}
        counts = Counts(self._kind, facts, earlier)
        for fact, reason in misfits(counts, known, is_left_out=is_left_out):
            self._fault(columns[fact].header, reason.what, reason.remedy)

    def _check_reference(self) -> None:
        reference = shown(self._row.cells.get(REFERENCE, ""))
        first = self._references.setdefault(reference.casefold(), self._row.number)
        if reference and first != self._row.number:
            self._fault(
                REFERENCE,
                tr(
                    "The reference {reference} is in row {row} already.",
                    reference=quoted(reference),
                    row=first,
                ),
                tr("Give each letter its own reference."),
            )


def _missing(column: KindColumn) -> tuple[str, str]:
    if column.type == "count":
        return (
            tr("The number of {called} is missing.", called=column.called),
            tr("Write it; a blank cell is not zero."),
        )
    return tr("Nothing is filled in: {called}.", called=column.called), tr("Fill it in.")
