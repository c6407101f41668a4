"""A table of answers: one municipality a row, every fault told at its cell."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from brevgen.facts.allocation_columns import NAME, NUMBER
from brevgen.facts.answers import COLUMNS, FIGURES, ToldAnswer, answer_in
from brevgen.facts.municipalities import Register, name_key, names_of
from brevgen.facts.row_numbers import Fault, RowNumbers
from brevgen.facts.sum_rows import Reading, check_sums, row_kinds
from brevgen.findings import Findings, Place
from brevgen.language import tr
from brevgen.tables.cells import rows_in_words
from brevgen.tables.numbers import shown
from brevgen.tables.reader import Table, TableRow, read_table


@dataclass(frozen=True)
class AnswerRow:
    """A row of a table of answers."""

    row: TableRow
    told: ToldAnswer


@dataclass(frozen=True)
class AnswersTable:
    """The rows of a table of answers that tell one, and the table they came from."""

    table: Table
    rows: tuple[AnswerRow, ...]

    def place(self, row: AnswerRow, column: str = NUMBER) -> Place:
        """Where a cell is, as the spreadsheet shows it."""
        return self.table.place(row.row, column)


def read_answers(
    path: Path,
    findings: Findings,
    *,
    shown_as: str,
    year: int | None = None,
    register: Register | None = None,
) -> AnswersTable | None:
    """Read a table of answers; None where the file cannot be read at all.

    Rows that tell nothing are left out with a warning, for blank is not zero; and so are sums.

    Args:
        shown_as: the file's name in them.
        year: the year of settlement; a column may have it in its header, `Vedtatt 2018`.
        register: what names are held to; None where it cannot be read.
    """
    table = read_table(path, COLUMNS, findings, shown_as=shown_as, year=year)
    if table is None:
        return None
    which = row_kinds(table.rows, FIGURES)
    reader = _Reader(table, findings, register)
    readings, rows, silent = [], [], []
    for row, each in zip(table.rows, which, strict=True):
        if each != "municipality":
            continue
        found = reader.read(row)
        readings.append(reader.reading)
        if found is None:
            continue
        if found.told.is_silent:
            silent.append(row.number)
        else:
            rows.append(found)
    check_sums(table, FIGURES, which, readings, findings)
    if silent:
        findings.warn(
            tr("No answer is told in {rows}.", rows=rows_in_words(silent)),
            tr("Nothing to do, if none has come; blank is not zero, and 0 is a no."),
            Place(table.file, table.sheet),
        )
    return AnswersTable(table, tuple(rows))


class _Reader:
    """Reads the rows of a table, and remembers who has stood there."""

    def __init__(self, table: Table, findings: Findings, register: Register | None) -> None:
        self._table, self._findings, self._register = table, findings, register
        self._numbers = RowNumbers()
        self.reading: Reading

    def read(self, row: TableRow) -> AnswerRow | None:
        """The answer a row tells; None where it is not known whose it is."""
        faulty = set(row.unusable)

        def fault(column: str, what: str, remedy: str) -> None:
            if column not in row.unusable:  # else it has its fault already
                self._findings.fault(what, remedy, self._table.place(row, column))
            faulty.add(column)

        number = self._number(row, fault)
        told = answer_in(number, row.cells, fault)
        told = replace(told, doubtful=told.doubtful | row.unusable)
        figures = dict(zip(FIGURES, (told.decided, told.minors), strict=True))
        known = {column: figure for column, figure in figures.items() if figure is not None}
        self.reading = Reading(row, number, {}, known, frozenset(faulty))
        return AnswerRow(row, told) if number else None

    def _number(self, row: TableRow, fault: Fault) -> str:
        number, is_first = self._numbers.read(row, fault)
        if not (number and is_first):
            return ""
        for what, remedy in self._wrong_name(number, shown(row.cells.get(NAME, ""))):
            fault(NAME, what, remedy)
        return number

    def _wrong_name(self, number: str, name: str) -> Iterator[tuple[str, str]]:
        """An answer under another's number would be taken for the other's."""
        borne = [each for each in self._register or () if each.number == number]
        names = {key for each in borne for key in names_of(each)}
        if name and borne and name_key(name) not in names:
            yield (
                tr(
                    "{number} is {name}, not {written}.",
                    number=number,
                    name=borne[-1].name,
                    written=name,
                ),
                tr("See whose answer it is, and put number or name right."),
            )
