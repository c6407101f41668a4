"""The register of municipalities: numbers, names, written forms, and what became of them.

A municipality is found by its number as of a date, because numbers and names change: a round's
numbers are those of 1 January of the settlement year.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Literal

from brevgen.facts.register_row import RegisterRow
from brevgen.findings import Findings
from brevgen.known_files import KnownFiles
from brevgen.language import tr
from brevgen.tables.numbers import municipality_number
from brevgen.tables.reader import Column, Table, TableRow, read_table

MOST_REFORMS = 100
"""How many times a number can have become others before it is no use to go on."""

DecidedForm = Literal["bokmål", "nynorsk", "nøytral"]
"""What a municipality has decided on: a written form, or to be neutral (språklova § 15)."""

COLUMNS = (
    Column("kommunenummer"),
    Column("kommunenavn", printed=True),
    Column("målform"),
    Column("orgnr"),
    Column("region", printed=True),
    Column("fylke", printed=True),
    Column("innbyggere"),
    Column("innbyggere_år"),
    Column("gyldig_fra"),
    Column("gyldig_til"),
    Column("etterfølger"),
    Column("merknad", required=False),
)


@dataclass(frozen=True)
class Municipality:
    """One municipality in one period.

    Args:
        number: 4 digits as text, e.g. `0214`.
        name: the official name; parallel names joined by ` – `.
        decided_form: the written form it has decided on, or `nøytral`.
        organisation_number: 9 digits as text; empty where not known.
        region: IMDi's region of 2017–2019, e.g. `IMDi Øst`; empty after the regions closed.
        county: the county's name.
        population: inhabitants, or None where not known.
        valid_from: first day of the number; None for before 2017.
        valid_to: last day of the number; None while it is valid.
        successors: the numbers it became.
    """

    number: str
    name: str
    decided_form: DecidedForm
    organisation_number: str
    region: str
    county: str
    population: int | None
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...]

    def valid_on(self, day: date) -> bool:
        """Whether the number is in use on a day."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)

    def ended_before(self, day: date) -> bool:
        """Whether the number was in use, but no longer is on a day."""
        return self.valid_to is not None and self.valid_to < day

    @property
    def label(self) -> str:
        """Number and name, for messages."""
        return f"{self.number} {self.name}"


def name_key(name: str) -> str:
    """A name as it is compared: without case, and with one kind of dash and blank."""
    text = unicodedata.normalize("NFC", name).casefold()
    text = re.sub(r"[‐‑–—−/]", "-", text)
    return re.sub(r"\s*-\s*", "-", re.sub(r"\s+", " ", text)).strip()


def names_of(municipality: Municipality) -> set[str]:
    """Every way of writing its name that is accepted, as `name_key`s.

    The whole name, each of the parallel names, and these with the county in parentheses or with
    the word *kommune* behind.
    """
    whole = municipality.name
    names = {whole, *whole.split(" – ")}
    names |= {f"{name} ({municipality.county})" for name in names}
    names |= {f"{name} kommune" for name in names}
    return {name_key(name) for name in names}


class Register:
    """All municipalities there have been since 2017, by number and then by time."""

    def __init__(self, municipalities: Iterable[Municipality]) -> None:
        self._all = sorted(municipalities, key=lambda m: (m.number, m.valid_from or date.min))
        self._last = {m.number: m for m in self._all}
        self._days: dict[date, tuple[dict[str, Municipality], dict[str, Municipality]]] = {}

    def __iter__(self) -> Iterator[Municipality]:
        return iter(self._all)

    def on(self, day: date) -> dict[str, Municipality]:
        """The municipalities of a day, by number, in the order of their numbers."""
        return self._on(day)[0]

    def _on(self, day: date) -> tuple[dict[str, Municipality], dict[str, Municipality]]:
        """By number, those of a day and the last ones that had ended before; sought only once."""
        if day not in self._days:
            current = {m.number: m for m in self._all if m.valid_on(day)}
            ended = {m.number: m for m in self._all if m.ended_before(day)}
            self._days[day] = current, ended
        return self._days[day]

    def ever(self, number: str) -> Municipality | None:
        """The last municipality that bore a number, whenever that was."""
        return self._last.get(number)

    def heirs(self, number: str, day: date) -> list[Municipality]:
        """What a number has become by a day: one municipality, several after a split, or none."""
        current, ended = self._on(day)
        todo = [number]
        seen: set[str] = set()
        found: dict[str, Municipality] = {}
        while todo and len(seen) < MOST_REFORMS:
            number = todo.pop()
            if number in seen:
                continue
            seen.add(number)
            if number in current:
                found[number] = current[number]
            elif number in ended:
                todo.extend(ended[number].successors)
        return [found[number] for number in sorted(found)]

    def find(self, who: str, day: date) -> list[Municipality]:
        """Those of a day that a person may mean by a number or a name, in any case."""
        current = self.on(day)
        if who.strip().isdigit():
            return [current[number] for number in [who.strip().zfill(4)] if number in current]
        key = name_key(who)
        return [m for m in current.values() if key in names_of(m)]

    def ever_named(self, who: str) -> list[list[Municipality]]:
        """Those of any time that bore a name, those together that became the same one later."""
        key = name_key(who)
        groups: dict[tuple[str, ...], list[Municipality]] = {}
        for each in self._all:
            if key in names_of(each):
                heirs = tuple(heir.number for heir in self.heirs(each.number, date.max))
                groups.setdefault(heirs, []).append(each)
        return [sorted(group, key=lambda m: m.valid_from or date.min) for group in groups.values()]


def read_register(path: Path, findings: Findings, *, shown_as: str) -> Register | None:
    """Read the register; None where it cannot be read, with the reasons in `findings`.

    The same file is not read twice in a row where there was nothing to find in it.
    """
    return _KNOWN.read(path, findings, partial(_read_register, path, shown_as=shown_as))


_KNOWN = KnownFiles[Register]()


def _read_register(path: Path, findings: Findings, *, shown_as: str) -> Register | None:
    table = read_table(path, COLUMNS, findings, shown_as=shown_as)
    if table is None:
        return None
    read = [(row, _municipality(table, row, findings)) for row in table.rows]
    found = [(row, municipality) for row, municipality in read if municipality is not None]
    _check_periods(table, found, findings)
    _check_successors(table, found, findings)
    return Register(municipality for _, municipality in found)


def _municipality(table: Table, row: TableRow, findings: Findings) -> Municipality | None:
    """One row of the register, or None and faults."""
    cells = RegisterRow(table, row, findings)
    number = cells.number()
    cells.check_names()
    form = cells.text("målform")
    if form not in ("bokmål", "nynorsk", "nøytral"):
        what = tr("“{form}” is no written form.", form=form)
        cells.fault("målform", what, tr("Write bokmål, nynorsk or nøytral."))
    cells.check_organisation_number()
    population = cells.population()
    valid_from, valid_to = cells.day("gyldig_fra"), cells.day("gyldig_til")
    if valid_from and valid_to and valid_to < valid_from:
        what = tr("{end} is before {start}.", end=valid_to, start=valid_from)
        cells.fault("gyldig_til", what, tr("Put one of the two days right."))
    successors = cells.successors()
    if cells.faulty - {"orgnr", "innbyggere"}:
        return None  # without the others it can still be told which municipality this is
    return Municipality(
        number=number,
        name=cells.text("kommunenavn"),
        decided_form=form,  # type: ignore[arg-type]  # checked above
        organisation_number=cells.text("orgnr"),
        region=cells.text("region"),
        county=cells.text("fylke"),
        population=population,
        valid_from=valid_from,
        valid_to=valid_to,
        successors=successors,
    )


def _check_periods(
    table: Table, read: list[tuple[TableRow, Municipality]], findings: Findings
) -> None:
    """A number must mean one municipality on any day."""
    ordered = sorted(read, key=lambda pair: (pair[1].number, pair[1].valid_from or date.min))
    for (first, earlier), (second, later) in pairwise(ordered):
        end, start = earlier.valid_to or date.max, later.valid_from or date.min
        if earlier.number == later.number and end >= start:
            findings.fault(
                tr(
                    "{first} (row {row}) and {second} bear the same number at the same time.",
                    first=earlier.label,
                    row=first.number,
                    second=later.label,
                ),
                tr("Let the first end (gyldig_til) the day before the second begins (gyldig_fra)."),
                table.place(second, "kommunenummer"),
            )


def _check_successors(
    table: Table, read: list[tuple[TableRow, Municipality]], findings: Findings
) -> None:
    """What a municipality became must be in the register too."""
    numbers = {municipality_number(row.cells.get("kommunenummer", "")) for row in table.rows}
    for row, municipality in read:
        for successor in municipality.successors:
            if successor not in numbers:
                findings.fault(
                    tr(
                        "{municipality} became {successor}, which is not in the register.",
                        municipality=municipality.label,
                        successor=successor,
                    ),
                    tr("Add a row for it, or put the number right."),
                    table.place(row, "etterfølger"),
                )
