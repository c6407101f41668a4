"""What is asked for by area: summed in one place, for the screen, the report and the approval."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from brevgen.facts.allocation import AllocationRow
from brevgen.facts.round_facts import RoundFacts
from brevgen.settings.kind import Kind


@dataclass(frozen=True)
class AreaSums:
    """What the counts of the municipalities of an area add up to.

    Args:
        area: its name; empty for all of them.
        municipalities: how many there are in the allocation.
        counts: the sum of each count by fact; persons or places.
    """

    area: str
    municipalities: int
    counts: Mapping[str, int]


def sums_by_area(facts: RoundFacts) -> list[AreaSums]:
    """The sums of each area that is asked, in the order of their names."""
    by_area: dict[str, list[AllocationRow]] = {}
    for row, municipality in facts.asked():
        by_area.setdefault(facts.area(municipality), []).append(row)
    names = sorted(by_area, key=alphabetical)
    return [_sums(area, by_area[area], facts.kind) for area in names]


def sum_of_all(facts: RoundFacts) -> AreaSums:
    """The sums of the whole round; the area is empty."""
    return _sums("", [row for row, _ in facts.asked()], facts.kind)


def _sums(area: str, rows: Collection[AllocationRow], kind: Kind) -> AreaSums:
    counts = {fact: sum(row.count(fact) or 0 for row in rows) for fact in kind.counts}
    return AreaSums(area, len(rows), counts)


def alphabetical(name: str) -> str:
    """What names are sorted by in Norwegian: æ, ø and å come last, in this order."""
    return name.casefold().translate(str.maketrans("æøå", "{|}"))
