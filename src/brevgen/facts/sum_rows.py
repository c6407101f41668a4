"""The rows of an allocation that are no municipality: sums and notes, and whether the sums hold.

A sum that does not add up is the best sign there is that a row has been lost or changed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from brevgen.facts.allocation_columns import FIGURES, NAME, NUMBER
from brevgen.facts.faults import Findings
from brevgen.facts.figures import Reason, count, quoted
from brevgen.facts.spreadsheet import Cell, Table, TableRow

Kind = Literal["municipality", "sum", "note"]

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
        figures: column to persons, where the cell is filled and a number.
        faulty: the columns whose cell a fault has been noted for.
    """

    row: TableRow
    number: str
    figures: Mapping[str, int]
    faulty: frozenset[str]


def kinds(rows: Sequence[TableRow]) -> list[Kind]:
    """What each row is; only below the last municipality can a row be a note or an unnamed sum."""
    last = max((i for i, row in enumerate(rows) if _is_numbered(row)), default=-1)
    return [_kind(row, below=i > last) for i, row in enumerate(rows)]


def check_sums(
    table: Table, kinds: Sequence[Kind], readings: Sequence[Reading], findings: Findings
) -> None:
    """Note a warning for each sum row and note, and a fault for each sum that does not hold.

    A sum may be of the whole table, or of the rows above it as far as the table's beginning or any
    earlier sum.
    """
    starts = [0]
    above = 0
    for row, kind in zip(table.rows, kinds, strict=True):
        if kind == "municipality":
            above += 1
        elif kind == "note":
            findings.warn(
                f"Taken as a note and left out: {_words(row)}.",
                "Nothing to do, unless it is about a municipality.",
                table.place(row),
            )
        else:
            findings.warn(
                f"Taken as a sum and not as a municipality: {_words(row)}.",
                "Nothing to do, unless it is a municipality.",
                table.place(row),
            )
            groups = [readings, *(readings[start:above] for start in starts if start < above)]
            _check_sum(table, row, groups, findings)
            starts.append(above)


def _is_numbered(row: TableRow) -> bool:
    number = row.cells.get(NUMBER)
    if number is None:
        return NUMBER in row.unusable
    return not _is_sum(row) and not (_is_alone(row) and not _is_number_like(number))


def _kind(row: TableRow, *, below: bool) -> Kind:
    if _is_sum(row):
        return "sum"
    if not below:
        return "municipality"
    filled = {*row.cells, *row.unusable}
    if _is_alone(row) and not any(map(_is_number_like, row.cells.values())):
        return "note"
    if NAME not in filled and filled.intersection(FIGURES):
        return "sum"
    return "municipality" if filled.intersection((NAME, *FIGURES)) else "note"


def _is_sum(row: TableRow) -> bool:
    """Whether the row says so: in place of the number, as its name, or alone in another cell."""
    number, name = row.cells.get(NUMBER), row.cells.get(NAME)
    if number is not None or NUMBER in row.unusable:
        return isinstance(number, str) and _NAMES_SUM.fullmatch(number) is not None
    if isinstance(name, str) and _NAMES_SUM.fullmatch(name):
        return True
    return any(isinstance(cell, str) and _IS_SUM.fullmatch(cell) for cell in row.cells.values())


def _is_alone(row: TableRow) -> bool:
    return len(row.cells) + len(row.unusable) == 1


def _is_number_like(cell: Cell) -> bool:
    return not isinstance(cell, str) or _NUMBER_LIKE.fullmatch(cell) is not None


def _check_sum(
    table: Table, row: TableRow, groups: Iterable[Sequence[Reading]], findings: Findings
) -> None:
    told: dict[str, int] = {}
    for column in FIGURES:
        if column in row.cells:
            figure = count(row.cells[column])
            if isinstance(figure, Reason):
                findings.fault(figure.what, figure.remedy, table.place(row, column))
            else:
                told[column] = figure
    # Where several groups may be meant, the nearest one is.
    misses = [_misses(told, group) for group in groups]
    nearest = min(misses, key=lambda miss: sum(abs(told[c] - sum_) for c, sum_ in miss.items()))
    for column, actual in nearest.items():
        findings.fault(
            f"The sum says {told[column]}, but the rows add up to {actual}.",
            "See whether a row is missing, hidden, twice there or wrong; then put the sum right.",
            table.place(row, column),
        )


def _misses(told: Mapping[str, int], readings: Sequence[Reading]) -> dict[str, int]:
    """The columns whose sum is another one than told, with what it is."""
    sums = {
        column: sum(reading.figures.get(column, 0) for reading in readings)
        for column in told
        # Where a figure is not known, neither is the sum.
        if not any(column in r.faulty and column not in r.figures for r in readings)
    }
    return {column: actual for column, actual in sums.items() if actual != told[column]}


def _words(row: TableRow) -> str:
    return quoted(", ".join(str(cell) for cell in row.cells.values()))
