"""An allocation looked at: what is wrong with it, what it adds up to, and what has changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from brevgen.facts.allocation import Allocation, read_allocation
from brevgen.facts.allocation_file import find_allocation
from brevgen.facts.changes import far_changes
from brevgen.facts.round_facts import RoundFacts
from brevgen.facts.sums import sum_of_all
from brevgen.findings import Finding, Findings, Place
from brevgen.rounds.check import ControlFigures, check_against_last_year, control_figures
from brevgen.rounds.last_year import ASKED, LastYear
from brevgen.rounds.opening import check_series
from brevgen.rounds.session import RoundSession
from brevgen.tables.numbers import shown

MOST_LARGEST = 15
"""How many of the largest changes are told."""


@dataclass(frozen=True)
class RowFinding:
    """A finding, and the row that it is about.

    Args:
        finding: what is wrong.
        cells: header and text of each filled cell of the row; empty where it is about no row, or
            the table cannot be read.
    """

    finding: Finding
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class NationalFigure:
    """What all rows add up to, beside what the round's settings say.

    Args:
        title: of what.
        now: the sum of the rows; persons or rows.
        wanted: by the settings; None where they do not tell.
    """

    title: str
    now: int
    wanted: int | None


@dataclass(frozen=True)
class Changed:
    """A figure of one municipality, now and before.

    Args:
        number: of the municipality.
        name: as the allocation has it.
        title: of what.
        now: the figure now; None where the municipality, or the figure, is not there.
        before: the figure before.
        is_far: whether that is more than passes without a warning.
    """

    number: str
    name: str
    title: str
    now: int | None
    before: int | None
    is_far: bool = False

    @property
    def change(self) -> int:
        """How many more; below 0 for fewer."""
        return (self.now or 0) - (self.before or 0)

    @property
    def percent(self) -> float | None:
        """The change in per cent; None where there was nothing before."""
        return 100 * self.change / self.before if self.before else None


@dataclass(frozen=True)
class AllocationLook:
    """What there is to see of an allocation.

    Args:
        file: its name; empty where there is none.
        findings: of the file as a whole first, then by row, then of other files.
        called: what each count is called, by the name of its fact.
        areas: the sums by area, then all; also where there are faults, of the good rows.
        year_before: the last year of which it is known what was asked.
        national: the sums beside what the settings say.
        largest: the largest changes since that year, the largest first.
        threshold: how many times as much or as little passes without a warning; 0 for any.
        good_rows: how many rows have no fault.
    """

    file: str
    findings: tuple[RowFinding, ...]
    called: Mapping[str, str] = field(default_factory=dict)
    areas: tuple[ControlFigures, ...] = ()
    year_before: int | None = None
    national: tuple[NationalFigure, ...] = ()
    largest: tuple[Changed, ...] = ()
    threshold: float = 0
    good_rows: int = 0

    @property
    def own(self) -> tuple[RowFinding, ...]:
        """What is found of the allocation itself."""
        return tuple(each for each in self.findings if each.finding.place.file in (self.file, ""))

    @property
    def other(self) -> tuple[RowFinding, ...]:
        """What is found of other files of the round."""
        return tuple(each for each in self.findings if each not in self.own)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The faults of the allocation itself, with which it cannot be used."""
        return tuple(each.finding for each in self.own if each.finding.severity == "fault")

    @property
    def elsewhere(self) -> tuple[Finding, ...]:
        """The faults of other files of the round."""
        return tuple(each.finding for each in self.other if each.finding.severity == "fault")


def look_at_allocation(session: RoundSession) -> AllocationLook:
    """What there is to see of the allocation of a round. Nothing is written, no letter made."""
    findings = Findings(list(session.findings.items))
    facts = session.readable_facts
    file = find_allocation(session.workspace.round_folder(session.name), Findings())
    name = file.name if file is not None else ""
    findings.items = [_of_folder(each, session.name) for each in findings.items]
    if facts is None:
        return AllocationLook(name, tuple(in_order(findings.items, name, {})))
    if not findings.faults:
        check_series(session.workspace, facts, findings)
    before = check_against_last_year(session, findings)
    threshold = facts.round.checks.largest_change
    return AllocationLook(
        name,
        tuple(in_order(findings.items, name, _cells(facts.allocation))),
        {fact: column.title for fact, column in facts.kind.main_counts.items()},
        control_figures(facts, before),
        before.year if before is not None else None,
        tuple(_national(facts)),
        tuple(_largest(facts, before, threshold)) if before is not None else (),
        threshold,
        len(facts.allocation.rows),
    )


def _of_folder(finding: Finding, name: str) -> Finding:
    """A fault of the round's folder, which has no allocation or several, as one of no file."""
    return replace(finding, place=Place()) if finding.place == Place(name) else finding


def differences(now: Allocation, before: Allocation) -> list[Changed]:
    """The figures in which two allocations differ, the largest change first."""
    kind = now.kind
    rows, earlier = ({row.number: row for row in each.rows} for each in (now, before))
    found = []
    for number in {**earlier, **rows}:
        row, then = rows.get(number), earlier.get(number)
        name = row.name if row is not None else earlier[number].name
        for fact, column in kind.counts.items():
            figure = row.count(fact) if row is not None else None
            old = then.count(fact) if then is not None else None
            if figure != old:
                found.append(Changed(number, name, column.title, figure, old))
    return sorted(found, key=lambda each: (-abs(each.change), each.number))


def read_present(session: RoundSession) -> Allocation | None:
    """The allocation that a round has, as far as it can be read."""
    file = find_allocation(session.workspace.round_folder(session.name), Findings())
    return read_file(session, file) if file is not None else None


def read_file(session: RoundSession, file: Path) -> Allocation | None:
    """A spreadsheet as an allocation of a round; None where it cannot be read."""
    facts, kind = session.readable_facts, session.kind
    year = facts.round.settlement_year if facts is not None else None
    if kind is None:
        return None
    findings = Findings(only_faults=True)
    return read_allocation(file, kind, findings, shown_as=file.name, year=year)


def _cells(allocation: Allocation) -> dict[int, tuple[tuple[str, str], ...]]:
    """The filled cells of each row, by its number."""
    headers = allocation.table.headers
    return {
        row.number: tuple(
            (headers.get(column, column), shown(cell)) for column, cell in row.cells.items()
        )
        for row in allocation.table.rows
    }


def in_order(
    findings: Sequence[Finding], file: str, cells: Mapping[int, tuple[tuple[str, str], ...]]
) -> Iterator[RowFinding]:
    """Findings of the file as a whole, then by row, then of other files; with their rows' cells."""

    def order(each: Finding) -> tuple[bool, bool, int]:
        place = each.place
        return place.file not in (file, ""), place.row is not None, place.row or 0

    for each in sorted(findings, key=order):
        is_here = each.place.file == file and each.place.row is not None
        yield RowFinding(each, cells.get(each.place.row or 0, ()) if is_here else ())


def _national(facts: RoundFacts) -> Iterator[NationalFigure]:
    """What the counts that are to add up to something add up to, and how many rows there are."""
    round_, kind = facts.round, facts.kind
    sums = sum_of_all(facts)

    def wanted(key: str, figure: str) -> int | None:
        told = getattr(round_.national, figure, None)
        if round_.sums is not None:
            told = getattr(round_.sums, key, None)
        return told if isinstance(told, int) else None

    for fact, column in kind.counts.items():
        if column.sums_to:
            figure = wanted(fact, column.sums_to)
            yield NationalFigure(column.title, sums.counts[fact], figure)
    if kind.rows_sum_to:
        title = str(kind.figures[kind.rows_sum_to])
        figure = wanted(kind.rows_sum_to, kind.rows_sum_to)
        yield NationalFigure(title[:1].upper() + title[1:], sums.municipalities, figure)


def _largest(facts: RoundFacts, before: LastYear, threshold: float) -> Iterator[Changed]:
    title = facts.kind.columns[ASKED].title
    far = {
        row.number for row, _, _ in far_changes(facts.allocation, ASKED, before.asked, threshold)
    }
    found = [
        Changed(row.number, municipality.name, title, row.count(ASKED), then, row.number in far)
        for row, municipality in facts.asked()
        if (then := before.asked.get(row.number)) is not None
    ]
    found.sort(key=lambda each: (-abs(each.change), each.number))
    yield from (each for each in found[:MOST_LARGEST] if each.change)
