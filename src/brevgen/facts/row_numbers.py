"""The municipality number of each row of a table, in which a municipality may stand only once."""

from collections.abc import Callable

from brevgen.facts.allocation_columns import NUMBER
from brevgen.language import tr
from brevgen.tables.numbers import Reason, municipality_number
from brevgen.tables.reader import TableRow

Fault = Callable[[str, str, str], None]
"""Notes what is wrong: in which column, what, and what to do."""


class RowNumbers:
    """Reads the number of one row after the other, and remembers who has stood where."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def read(self, row: TableRow, fault: Fault) -> tuple[str, bool]:
        """The number of a row, 4 digits, empty where it cannot be read; whether it is the first.

        Args:
            fault: called where the number is missing or wrong, or has stood above already.
        """
        if NUMBER not in row.cells:
            fault(
                NUMBER,
                tr("The municipality's number is missing."),
                tr("Write its four digits, like 0214."),
            )
            return "", True
        number = municipality_number(row.cells[NUMBER])
        if isinstance(number, Reason):
            fault(NUMBER, number.what, number.remedy)
            return "", True
        first = self._rows.setdefault(number, row.number)
        if first != row.number:
            fault(
                NUMBER,
                tr("Municipality {number} is in row {row} already.", number=number, row=first),
                tr("Keep one row for each municipality."),
            )
        return number, first == row.number
