"""Numbers that are far from an earlier year's: a slip of a digit is the likeliest fault of all."""

from collections.abc import Mapping
from statistics import median

from brevgen.facts.allocation import Allocation, AllocationRow
from brevgen.findings import Findings, Place
from brevgen.language import tr, tr_many, written
from brevgen.settings.round import ROUND_FILE

SMALL = 20
"""Up to this many persons any change is an ordinary one."""
ENOUGH = 10
"""So many numbers must be known of both years before it can be told what is usual in a round."""


def check_changes(
    allocation: Allocation,
    fact: str,
    before: Mapping[str, int],
    year: int,
    largest: float,
    findings: Findings,
) -> None:
    """Warn once of all numbers that have changed much more than those of the round as a whole.

    Who was not asked before is passed over. What is usual is the median of the changes, so that
    nothing is said of a year in which every municipality is asked for five times as many.

    Args:
        fact: the count that is held against the earlier year's.
        before: that count in the earlier year, by municipality number.
        year: the earlier year.
        largest: how many times as many, or as few, pass without a word; 0 for any change.
    """
    far = far_changes(allocation, fact, before, largest)
    if far:
        findings.warn(
            tr_many(
                "{count} number is far from that of {year}: {numbers}.",
                "{count} numbers are far from those of {year}: {numbers}.",
                len(far),
                year=year,
                numbers=", ".join(_both(*each) for each in far),
            ),
            tr(
                "See that no digit is wrong, missing or too many. Far is more than {largest} times"
                " as much or as little, beyond what is usual in the round. The limit is set in the"
                " settings ({file}).",
                largest=f"{largest:g}",
                file=ROUND_FILE,
            ),
            Place(
                allocation.table.file,
                allocation.table.sheet,
                column=allocation.place(far[0][0], fact).column,
            ),
        )


def far_changes(
    allocation: Allocation, fact: str, before: Mapping[str, int], largest: float
) -> list[tuple[AllocationRow, int, int]]:
    """The rows whose number is far from the earlier year's, with both; see `check_changes`."""
    both = [
        (row, now, then)
        for row in allocation.rows
        if (now := row.count(fact)) and (then := before.get(row.number))
    ]
    if not largest or not both:
        return []
    usual = median(now / then for _, now, then in both) if len(both) >= ENOUGH else 1.0
    return [
        (row, now, then)
        for row, now, then in both
        if max(now, then) > SMALL and not 1 / largest <= now / then / usual <= largest
    ]


def _both(row: AllocationRow, now: int, then: int) -> str:
    return tr(
        "{municipality} (row {row}) {now}, before {then}",
        municipality=row.name,
        row=row.row,
        now=written(now),
        then=written(then),
    )
