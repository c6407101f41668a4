"""The rows of an allocation that are no municipality: sums and notes, and whether the sums hold.

A sum that does not add up is the best sign there is that a row has been lost or changed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from brevgen.facts.allocation_columns import NAME, NUMBER
from brevgen.findings import Findings, Place
from brevgen.language import tr
from brevgen.settings.kind import Fact
from brevgen.tables.numbers import Reason, count_or_dash, quoted
from brevgen.tables.reader import Cell, Table, TableRow

RowKind = Literal["municipality", "sum", "note"]

MOST_SUMS = 500
"""More than any allocation has; each is compared with all runs of rows it may be the sum of."""
_LONGEST_WORD = 200
"""Characters; a longer text is no word for a sum."""

_SUM = r"(?:(?:del|mellom|total)?sum(?:m(?:e[nr]|ar?))?|subtotal|totalt|i ?alt|til ?sam(?:men|an))"
_OF_ALL = rf"(?:{_SUM}|total(?:en)?|sam(?:let|la)|(?:hei?le )?landet|norge|noreg)"
_IS_SUM = re.compile(rf"{_SUM}[:.]?", re.IGNORECASE)
_NAMES_SUM = re.compile(rf"{_OF_ALL}\b.*|.*\b{_OF_ALL}[:.]?", re.IGNORECASE | re.DOTALL)
_NUMBER_LIKE = re.compile(r"[-+'\d\s.,]+")


@dataclass(frozen=True)
class Reading:
    """A municipality's row, as far as it can be read.

    Args:
        row: the row itself.
        number: municipality number, 4 digits as text; empty where it cannot be read.
        facts: what the kind's columns say by fact, where the cell is filled and can be read.
        figures: column to number, for those of them that are counts.
        faulty: the columns whose cell a fault has been noted for.
        is_left_out: whether the row says that the municipality gets no letter.
    """

    row: TableRow
    number: str
    facts: Mapping[str, Fact]
    figures: Mapping[str, int]
    faulty: frozenset[str]
    is_left_out: bool = False


def row_kinds(rows: Sequence[TableRow], figures: Sequence[str]) -> list[RowKind]:
    """What each row is; only below the last municipality can a row be a note or an unnamed sum.

    Args:
        figures: the columns that hold a number.
    """
    last = max((i for i, row in enumerate(rows) if _is_numbered(row)), default=-1)
    return [_kind(row, figures, below=i > last) for i, row in enumerate(rows)]


def check_sums(
    table: Table,
    figures: Sequence[str],
    kinds: Sequence[RowKind],
    readings: Sequence[Reading],
    findings: Findings,
) -> None:
    """Note a warning for each sum row and note, and a fault for each sum that does not hold.

    A sum may be of the whole table, or of the rows above it as far as the table's beginning or any
    earlier sum.
    """
    if (count_of_sums := kinds.count("sum")) > MOST_SUMS:
        findings.fault(
            tr(
                "{count} rows are taken as sums, more than {most}.",
                count=count_of_sums,
                most=MOST_SUMS,
            ),
            tr("Delete the rows that are no municipalities."),
            Place(table.file, table.sheet),
        )
        return
    runs = _Runs(figures, readings)
    starts = [0]
    above = 0
    for row, kind in zip(table.rows, kinds, strict=True):
        if kind == "municipality":
            above += 1
        elif kind == "note":
            findings.warn(
                tr("Taken as a note and left out: {words}.", words=_words(row)),
                tr("Nothing to do, unless it is about a municipality."),
                table.place(row),
            )
        else:
            findings.warn(
                tr("Taken as a sum and not as a municipality: {words}.", words=_words(row)),
                tr("Nothing to do, unless it is a municipality."),
                table.place(row),
            )
            sums = [runs.sums(0, len(readings))]
            sums += [runs.sums(start, above) for start in starts if start < above]
            _check_sum(table, row, figures, sums, findings)
            if starts[-1] != above:
                starts.append(above)


class _Runs:
    """The sums over any run of rows, each found without going through the rows again."""

    def __init__(self, figures: Sequence[str], readings: Sequence[Reading]) -> None:
        self._sums = {
            column: list(accumulate((r.figures.get(column, 0) for r in readings), initial=0))
            for column in figures
        }
        self._unknown = {
            column: list(
                accumulate((column in r.faulty - r.figures.keys() for r in readings), initial=0)
            )
            for column in figures
        }

    def sums(self, start: int, end: int) -> dict[str, int]:
        """Column to sum; where a figure is not known, neither is the sum."""
        return {
            column: sums[end] - sums[start]
            for column, sums in self._sums.items()
            if self._unknown[column][end] == self._unknown[column][start]
        }


def _is_numbered(row: TableRow) -> bool:
    number = row.cells.get(NUMBER)
    if number is None:
        return NUMBER in row.unusable
    return not _is_sum(row) and not (_is_alone(row) and not _is_number_like(number))


def _kind(row: TableRow, figures: Sequence[str], *, below: bool) -> RowKind:
    if _is_sum(row):
        return "sum"
    if not below:
        return "municipality"
    filled = {*row.cells, *row.unusable}
    if _is_alone(row) and not any(map(_is_number_like, row.cells.values())):
        return "note"
    if NAME not in filled and filled.intersection(figures):
        return "sum"
    return "municipality" if filled.intersection((NAME, *figures)) else "note"


def _is_sum(row: TableRow) -> bool:
    """Whether the row says so: in place of the number, as its name, or alone in another cell."""
    number, name = row.cells.get(NUMBER), row.cells.get(NAME)
    if number is not None or NUMBER in row.unusable:
        return _names_sum(number)
    if _names_sum(name):
        return True
    return any(isinstance(cell, str) and _IS_SUM.fullmatch(cell) for cell in row.cells.values())


def _names_sum(cell: Cell | None) -> bool:
    return (
        isinstance(cell, str)
        and len(cell) <= _LONGEST_WORD
        and _NAMES_SUM.fullmatch(cell) is not None
    )


def _is_alone(row: TableRow) -> bool:
    return len(row.cells) + len(row.unusable) == 1


def _is_number_like(cell: Cell) -> bool:
    return not isinstance(cell, str) or _NUMBER_LIKE.fullmatch(cell) is not None


def _check_sum(
    table: Table,
    row: TableRow,
    figures: Sequence[str],
    sums: Iterable[Mapping[str, int]],
    findings: Findings,
) -> None:
    told: dict[str, int] = {}
    for column in figures:
        if column in row.cells:
            figure = count_or_dash(row.cells[column])
            if isinstance(figure, Reason):
                findings.fault(figure.what, figure.remedy, table.place(row, column))
            else:
                told[column] = figure
    # Where several groups may be meant, the nearest one is.
    misses = [_misses(told, each) for each in sums]
    nearest = min(misses, key=lambda miss: sum(abs(told[c] - sum_) for c, sum_ in miss.items()))
    for column, actual in nearest.items():
        findings.fault(
            tr(
                "The sum says {told}, but the rows add up to {actual}.",
                told=told[column],
                actual=actual,
            ),
            tr(
                "See whether a row is missing, hidden, twice there or wrong; then put the sum"
                " right."
            ),
            table.place(row, column),
        )


def _misses(told: Mapping[str, int], sums: Mapping[str, int]) -> dict[str, int]:
    """The columns whose sum is another one than told, with what it is."""
    return {
        column: sums[column] for column in told if column in sums and sums[column] != told[column]
    }


def _words(row: TableRow) -> str:
    return quoted(", ".join(str(cell) for cell in row.cells.values()))
