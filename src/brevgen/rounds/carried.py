"""The municipalities of an earlier round carried over to the next, or to their successors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from brevgen.facts.allocation import Allocation, AllocationRow
from brevgen.facts.allocation_columns import NAME, NUMBER, figures_of
from brevgen.facts.earlier import Followed
from brevgen.facts.municipalities import Municipality, Register
from brevgen.settings.kind import Kind
from brevgen.tables.csv_file import csv_bytes

REMARK = "merknad"


@dataclass(frozen=True)
class Carried:
    """A municipality of the next round, and what the earlier one asked of it.

    Args:
        municipality: as it is on the next round's register day.
        figures: column to persons, summed where it is made of several; a column that was blank, or
            cannot be told since a municipality was divided, is left out.
        remark: where the figures are from, in Norwegian; empty where the number is the same.
        is_reformed: whether it is made of several municipalities, or of a part of one.
    """

    municipality: Municipality
    figures: Mapping[str, int]
    remark: str
    is_reformed: bool


def carried(
    allocation: Allocation, register: Register, day: date
) -> tuple[tuple[Carried, ...], tuple[str, ...]]:
    """Those asked in an earlier round, as they are on a day, and those without a successor.

    Args:
        allocation: the earlier allocation.
        day: the next round's register day.
    """
    sources: dict[str, list[AllocationRow]] = {}
    heirs: dict[str, Municipality] = {}
    became: dict[str, list[Municipality]] = {}
    lost = []
    kind = allocation.kind
    for row in allocation.rows:
        became[row.number] = register.heirs(row.number, day)
        if not became[row.number]:
            lost.append(f"{row.number} {row.name}")
        for heir in became[row.number]:
            heirs[heir.number] = heir
            sources.setdefault(heir.number, []).append(row)
    found = []
    for number, heir in sorted(heirs.items()):
        whole = [row for row in sources[number] if len(became[row.number]) == 1]
        divided = [row for row in sources[number] if len(became[row.number]) > 1]
        is_reformed = bool(divided) or len(whole) > 1
        remark = _remark(heir, whole, divided, became, kind.lead)
        found.append(Carried(heir, _figures(whole, kind), remark, is_reformed))
    return tuple(found), tuple(lost)


def _figures(rows: Sequence[AllocationRow], kind: Kind) -> dict[str, int]:
    known = {
        column.header: [count for row in rows if (count := row.count(fact)) is not None]
        for fact, column in kind.counts.items()
    }
    return {header: sum(counts) for header, counts in known.items() if counts}


def _remark(
    heir: Municipality,
    whole: Sequence[AllocationRow],
    divided: Sequence[AllocationRow],
    became: Mapping[str, Sequence[Municipality]],
    lead: str,
) -> str:
    def named(row: AllocationRow) -> str:
        count = row.count(lead)
        return f"{row.number} {row.name}" + (f" ({count})" if count is not None else "")

    parts = []
    if len(whole) > 1:
        parts.append(" + ".join(map(named, whole)))
    elif [row.number for row in whole] not in ([], [heir.number]):
        parts.append(f"tidligere {whole[0].number} {whole[0].name}")
    for row in divided:
        heirs = " og ".join(each.label for each in became[row.number])
        parts.append(f"{named(row)} er delt i {heirs}")
    return "; ".join(parts)


def allocation_csv(rows: Sequence[Carried], earlier: Allocation, name: str) -> bytes:
    """The next allocation: empty figures, each with the earlier one in a column beside it.

    Args:
        rows: the municipalities.
        earlier: the earlier allocation; columns it did not have are left out.
        name: the earlier round's name.
    """
    figures = [column for column in figures_of(earlier.kind) if column in earlier.table.headers]
    # “antall i 2026” and not “antall 2026”, which is one of the ways to call the column itself
    beside = {column: f"{column} i {name}" for column in figures}
    pairs = [header for column in figures for header in (column, beside[column])]
    lines: list[list[object]] = [[NUMBER, NAME, *pairs, REMARK]]
    for row in rows:
        cells = [cell for column in figures for cell in ("", row.figures.get(column, ""))]
        lines.append([row.municipality.number, row.municipality.name, *cells, row.remark])
    return csv_bytes(lines)


def following_csv(
    municipalities: Sequence[Municipality], kind: Kind, earlier: Kind, followed: Followed
) -> bytes:
    """The allocation of a round that follows another.

    Columns are empty, but where the kind is for those whose figure has changed: there stands what
    the allocation of the round that is followed says now. What the earlier letter said stands in a
    column beside.

    Args:
        municipalities: whom the round is for.
        earlier: the kind of the round it follows.
    """
    letters = followed.letters.values() if kind.has_earlier else ()
    beside = {
        fact: column
        for fact, column in earlier.counts.items()
        if any(letter.facts.get(fact) for letter in letters)
    }
    headers = [column.header for column in kind.columns.values()]
    headers += [f"{each.header} i {followed.name}" for each in beside.values()]
    lines: list[list[object]] = [[NUMBER, NAME, *headers]]
    for each in municipalities:
        now = followed.rows.get(each.number, {}) if kind.audience == "changed" else {}
        letter = followed.letters.get(each.number)
        said = letter.facts if letter is not None else {}
        cells = [now.get(fact, "") if fact in kind.counts else "" for fact in kind.columns]
        lines.append([each.number, each.name, *cells, *(said.get(fact, "") for fact in beside)])
    return csv_bytes(lines)


def empty_csv(kind: Kind, municipalities: Sequence[Municipality] = ()) -> bytes:
    """An allocation to begin with: the columns of a kind, and nothing filled in.

    Args:
        municipalities: a row for each.
    """
    headers = [column.header for column in kind.columns.values()]
    rows = ([each.number, each.name, *("" for _ in headers)] for each in municipalities)
    return csv_bytes([[NUMBER, NAME, *headers], *rows])
