"""A row of the register as it stands in the file: each cell read, or a fault at its place."""

import re
from datetime import date

from brevgen.characters import TRACES
from brevgen.findings import Findings
from brevgen.language import tr
from brevgen.tables.numbers import Reason, municipality_number, quoted
from brevgen.tables.reader import Table, TableRow

LONGEST_NAME = 100
"""Longer than any name; parts and spellings of a name are compared with each other."""
MOST_SUCCESSORS = 20
"""More than a municipality was ever divided into."""

_NORWEGIAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


class RegisterRow:
    """A row of the register: what its cells say, and the columns that have a fault."""

    def __init__(self, table: Table, row: TableRow, findings: Findings) -> None:
        self._table, self._row, self._findings = table, row, findings
        self.faulty = set(row.unusable)  # these have their fault already

    def text(self, column: str) -> str:
        """What stands in a column; empty where nothing does."""
        return str(self._row.cells.get(column, ""))

    def fault(self, column: str, what: str, remedy: str) -> None:
        """Note a fault, unless the cell cannot be used and has one already."""
        if column not in self._row.unusable:
            self._findings.fault(what, remedy, self._table.place(self._row, column))
        self.faulty.add(column)

    def day(self, column: str) -> date | None:
        """The day in a column; None where there is none."""
        try:
            return day_written(self.text(column))
        except ValueError:
            what = tr("{cell} is not a date.", cell=quoted(self.text(column)))
            self.fault(column, what, tr("Write it as 2024-01-01."))
            return None

    def number(self) -> str:
        """The municipality's number; empty where it cannot be read."""
        number = municipality_number(self.text("kommunenummer"))
        if isinstance(number, Reason):
            self.fault("kommunenummer", number.what, number.remedy)
            return ""
        return number

    def check_names(self) -> None:
        """See that there is a name, and that all that is printed can be one."""
        if not self.text("kommunenavn"):
            what = tr("The municipality has no name.")
            self.fault("kommunenavn", what, tr("Write its official name."))
        for column in ("kommunenavn", "region", "fylke"):
            name = self.text(column)
            if len(name) > LONGEST_NAME:
                what = tr(
                    "{name} is longer than {most} characters.", name=quoted(name), most=LONGEST_NAME
                )
                self.fault(column, what, tr("Write the official name."))
            elif traces := [trace for trace in TRACES if trace in name]:
                what = tr(
                    "{name} is no name: there is “{trace}” in it.",
                    name=quoted(name),
                    trace=traces[0],
                )
                self.fault(column, what, tr("Write the official name."))

    def check_organisation_number(self) -> None:
        """See that it is one, if there is any."""
        number = self.text("orgnr")
        if number and not is_organisation_number(number):
            self.fault(
                "orgnr",
                tr("“{number}” is not an organisation number.", number=number),
                tr("Write its nine digits as in the register of business enterprises."),
            )

    def population(self) -> int | None:
        """The number of people; None where it is not known."""
        text = self.text("innbyggere")
        if not re.fullmatch("[0-9]{0,9}", text):
            what = tr("“{text}” is not a number of people.", text=text)
            self.fault("innbyggere", what, tr("Write digits only."))
            return None
        return int(text) if text else None

    def successors(self) -> tuple[str, ...]:
        """The numbers it became; a spreadsheet drops the zero in front of a single one."""
        numbers = tuple(each.zfill(4) for each in self.text("etterfølger").split())
        if len(numbers) > MOST_SUCCESSORS:
            what = tr("{count} successors are more than any municipality has.", count=len(numbers))
            self.fault("etterfølger", what, tr("Write their numbers, separated by a space."))
        return numbers


def day_written(text: str) -> date | None:
    """A day written as 2024-01-31, or as Excel in Norwegian saves it, 31.01.2024; None if blank."""
    if found := _NORWEGIAN_DAY.fullmatch(text):
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    return date.fromisoformat(text) if text else None


def is_organisation_number(text: str) -> bool:
    """Whether nine digits carry the right check digit (modulus 11, Brønnøysundregistrene)."""
    if not re.fullmatch(r"[0-9]{9}", text):
        return False
    weights = (3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(w * int(d) for w, d in zip(weights, text, strict=False)) % 11
    return int(text[8]) == (11 - rest) % 11
