"""What is asked for by area: summed in one place, for the screen, the report and the approval."""

from collections.abc import Collection
from dataclasses import dataclass

from brevgen.facts.allocation import AllocationRow
from brevgen.facts.round_facts import RoundFacts


@dataclass(frozen=True)
class AreaSums:
    """What is asked of the municipalities of an area, minors included; persons."""

    area: str
    municipalities: int
    asked: int
    minors: int
    minors_under_15: int


def sums_by_area(facts: RoundFacts, only: Collection[str] | None = None) -> list[AreaSums]:
    """The sums of each area that is asked, in the order of their names.

    Args:
        only: numbers of the municipalities that count; None for the whole round.
    """
    by_area: dict[str, list[AllocationRow]] = {}
    for row, municipality in facts.asked():
        if only is None or row.number in only:
            by_area.setdefault(facts.area(municipality), []).append(row)
    return [_sums(area, by_area[area]) for area in sorted(by_area, key=alphabetical)]


def sum_of_all(facts: RoundFacts, only: Collection[str] | None = None) -> AreaSums:
    """The sums of the whole round, or of some municipalities of it; the area is empty."""
    return _sums("", [row for row, _ in facts.asked() if only is None or row.number in only])


def _sums(area: str, rows: Collection[AllocationRow]) -> AreaSums:
    return AreaSums(
        area,
        len(rows),
        sum(row.asked for row in rows),
        sum(row.minors or 0 for row in rows),
        sum(row.minors_under_15 or 0 for row in rows),
    )


def alphabetical(name: str) -> str:
    """What names are sorted by in Norwegian: æ, ø and å come last, in this order."""
    return name.casefold().translate(str.maketrans("æøå", "{|}"))
