"""What municipalities were asked for, decided and settled in earlier years (`history.csv`)."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from brevgen.errors import UnreadableFile
from brevgen.facts.municipalities import Municipality, Register
from brevgen.files import read_bytes
from brevgen.findings import Findings
from brevgen.language import tr
from brevgen.tables.csv_file import SEPARATORS, decoded
from brevgen.tables.header_row import folded
from brevgen.tables.limits import MAX_FILE
from brevgen.tables.numbers import Reason, count, municipality_number, shown
from brevgen.tables.reader import Column, Table, TableRow, read_table

FILE = "history.csv"
FIRST_YEAR, LAST_YEAR = 1990, 2100
FIRST_DAY = date(2017, 1, 1)
"""The first day of the register; figures of the years before are by the numbers of that day."""
_FIGURES = ("anmodet", "vedtatt", "bosatt", "enslige_mindreårige")
_NOT_KNOWN = ("", ":", ".", "..")
"""Blank, and the signs of statistics for a figure that is suppressed or missing."""

COLUMNS = (
    Column("kommunenummer"),
    Column("kommunenavn", required=False),
    Column("år"),
    Column("anmodet", ("antall", "anmodning")),
    Column("vedtatt", ("vedtak",)),
    Column("bosatt"),
    Column("enslige_mindreårige", ("EM",), required=False),
)


@dataclass(frozen=True)
class PastFigures:
    """One year of one municipality; persons, None where not known, which is not zero.

    Args:
        year: of settlement.
        asked: refugees it was asked to settle, minors included.
        decided: refugees it decided to settle.
        settled: refugees it settled.
        minors: unaccompanied minors among those asked for.
    """

    year: int
    asked: int | None
    decided: int | None
    settled: int | None
    minors: int | None


class PastYears:
    """The figures of earlier years by the number a municipality bore then."""

    def __init__(self, figures: Iterable[tuple[str, PastFigures]]) -> None:
        self._figures = list(figures)
        self._carried: dict[date, dict[str, list[PastFigures]]] = {}

    def of(self, municipality: Municipality, register: Register, day: date) -> list[PastFigures]:
        """A municipality's years, the earliest first, with those it was made of added up.

        A sum with a figure that is not known is not known either. What a municipality had that was
        divided since is nobody's: nobody knows how it would be parted.

        Args:
            municipality: one of `day`.
            register: tells what became of whom.
            day: whose municipalities they are carried to.
        """
        if day not in self._carried:
            self._carried[day] = self._carried_to(register, day)
        return self._carried[day].get(municipality.number, [])

    def _carried_to(self, register: Register, day: date) -> dict[str, list[PastFigures]]:
        found: dict[tuple[str, int], dict[str, PastFigures]] = defaultdict(dict)
        for number, figures in self._figures:
            match register.heirs(number, day):
                case [heir]:
                    found[heir.number, figures.year][number] = figures
        made_of = {year: _made_of(register, year, day) for year in {year for _, year in found}}
        carried: dict[str, list[PastFigures]] = defaultdict(list)
        for (number, year), by_number in sorted(found.items()):
            nothing = PastFigures(year, None, None, None, None)
            parts = [by_number.get(part, nothing) for part in made_of[year][number] | {*by_number}]
            carried[number].append(
                PastFigures(
                    year,
                    _sum(one.asked for one in parts),
                    _sum(one.decided for one in parts),
                    _sum(one.settled for one in parts),
                    _sum(one.minors for one in parts),
                )
            )
        return carried


def _made_of(register: Register, year: int, day: date) -> dict[str, set[str]]:
    """The numbers in use at the beginning of a year that had become one municipality by a day."""
    first = max(date(year, 1, 1), FIRST_DAY)
    parts: dict[str, set[str]] = defaultdict(set)
    for number in register.on(first):
        for heir in register.heirs(number, day):
            parts[heir.number].add(number)
    return parts


def _sum(figures: Iterable[int | None]) -> int | None:
    known = list(figures)
    return None if None in known else sum(figure for figure in known if figure is not None)


def read_past_years(path: Path, findings: Findings, *, shown_as: str = FILE) -> PastYears | None:
    """Read the figures of earlier years; None where the file cannot be read.

    A workspace without the file has no earlier years, which is no fault.
    """
    if not path.exists():
        return PastYears([])
    table = read_table(path, COLUMNS, findings, shown_as=shown_as)
    if table is None:
        return None
    read: dict[tuple[str, int], PastFigures] = {}
    for row in table.rows:
        number = municipality_number(row.cells.get("kommunenummer", ""))
        if isinstance(number, Reason):
            findings.fault(number.what, number.remedy, table.place(row, "kommunenummer"))
            continue
        figures = _figures(table, row, findings)
        if figures is None:
            continue
        if (number, figures.year) in read:
            findings.fault(
                tr("{number} stands here twice for {year}.", number=number, year=figures.year),
                tr("Keep one row for each municipality and year."),
                table.place(row, "kommunenummer"),
            )
        read[number, figures.year] = figures
    return PastYears((number, figures) for (number, _), figures in read.items())


def _figures(table: Table, row: TableRow, findings: Findings) -> PastFigures | None:
    year = count(row.cells.get("år", ""))
    if isinstance(year, Reason) or not FIRST_YEAR <= year <= LAST_YEAR:
        findings.fault(
            tr("“{year}” is no year.", year=row.cells.get("år", "")),
            tr("Write the year of settlement, such as 2023."),
            table.place(row, "år"),
        )
        return None
    found: dict[str, int | None] = {}
    for column in _FIGURES:
        cell = row.cells.get(column, "")
        figure = None if shown(cell) in _NOT_KNOWN else count(cell)
        if isinstance(figure, Reason):
            findings.fault(figure.what, figure.remedy, table.place(row, column))
            figure = None
        found[column] = figure
    return PastFigures(year, *(found[column] for column in _FIGURES))


def read_past_year(path: Path, year: int) -> PastYears:
    """The numbers asked for in one year alone, in a hundredth of a second.

    Whatever cannot be read is left out; `read_past_years` says what is wrong with it.
    """
    try:
        lines = decoded(read_bytes(path, most=MAX_FILE)).splitlines()
    except UnreadableFile:
        return PastYears([])
    header = lines[0] if lines else ""
    separator = max(SEPARATORS, key=header.count)
    columns = {folded(name): place for place, name in enumerate(header.split(separator))}
    try:
        places = [columns[name] for name in ("kommunenummer", "år", "anmodet")]
    except KeyError:
        return PastYears([])
    figures = []
    of_the_year = [line for line in lines[1:] if str(year) in line]
    with suppress(csv.Error):
        for cells in csv.reader(of_the_year, delimiter=separator):
            number, told, asked = (cells[place] if place < len(cells) else "" for place in places)
            known, persons = municipality_number(number), count(asked)
            if told == str(year) and isinstance(known, str) and isinstance(persons, int):
                figures.append((known, PastFigures(year, persons, None, None, None)))
    return PastYears(figures)
