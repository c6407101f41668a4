"""Who gets which reference: the rule by itself, from what is used and what is asked for.

A reference is given once, never changed and never used again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from brevgen.errors import Refused
from brevgen.findings import FaultyInput, Finding
from brevgen.settings.series import Series

_WRITE_ANOTHER = "Write another, or leave the cell empty to get one from the series."


@dataclass(frozen=True)
class Holder:
    """Whose a reference is."""

    round: str
    municipality: str


Used = Mapping[str, Holder]
"""Every reference ever given, in any round, and whose it is."""


@dataclass(frozen=True)
class NewReference:
    """A reference to be given, and whether it is the caseworker's or the next of the series."""

    municipality: str
    reference: str
    how: Literal["series", "allocation"]


@dataclass(frozen=True)
class ReferenceConflict:
    """A reference in the allocation that cannot be given.

    Args:
        municipality: number of the municipality whose reference it is in the allocation.
        what: what is wrong.
        remedy: what to do.
    """

    municipality: str
    what: str
    remedy: str


def references_of(round_name: str, used: Used) -> dict[str, str]:
    """The references of one round, by municipality number, in order of number."""
    return {
        holder.municipality: reference
        for reference, holder in sorted(used.items(), key=lambda item: item[1].municipality)
        if holder.round == round_name
    }


def find_conflicts(
    round_name: str, given: Mapping[str, str], used: Used
) -> list[ReferenceConflict]:
    """Every reference in the allocation that breaks the rule, in the allocation's order.

    Args:
        round_name: the round the allocation belongs to.
        given: municipality number to reference, for those that have one in the allocation;
            empty ones count as none.
        used: every reference ever given.
    """
    own = references_of(round_name, used)
    first_with: dict[str, str] = {}
    conflicts = []
    for municipality, reference in _stated(given).items():
        letter = Holder(round_name, municipality)
        twin = first_with.setdefault(reference, municipality)
        conflict = (
            _changes(letter, reference, own.get(municipality, reference))
            or _is_used(letter, reference, used.get(reference, letter))
            or _is_there_twice(letter, reference, twin)
        )
        if conflict is not None:
            conflicts.append(conflict)
    return conflicts


def _stated(given: Mapping[str, str]) -> dict[str, str]:
    """Without empty cells, of which there may be many and which are no references."""
    return {municipality: reference for municipality, reference in given.items() if reference}


def _changes(letter: Holder, reference: str, own: str) -> ReferenceConflict | None:
    if own == reference:
        return None
    return ReferenceConflict(
        letter.municipality,
        f"Municipality {letter.municipality} has the reference {own} in round {letter.round}, and "
        f"a reference never changes; the allocation says {reference}.",
        f"Write {own}, or leave the cell empty.",
    )


def _is_used(letter: Holder, reference: str, holder: Holder) -> ReferenceConflict | None:
    if holder == letter:
        return None
    return ReferenceConflict(
        letter.municipality,
        f"The reference {reference} of municipality {letter.municipality} is already used, for "
        f"municipality {holder.municipality} in round {holder.round}.",
        _WRITE_ANOTHER,
    )


def _is_there_twice(letter: Holder, reference: str, first: str) -> ReferenceConflict | None:
    if first == letter.municipality:
        return None
    return ReferenceConflict(
        letter.municipality,
        f"The reference {reference} of municipality {letter.municipality} is also that of "
        f"municipality {first}.",
        _WRITE_ANOTHER,
    )


def new_references(
    round_name: str,
    numbers: Iterable[str],
    series: Series,
    given: Mapping[str, str],
    used: Used,
) -> list[NewReference]:
    """What to give to those of the municipalities that have no reference in the round yet.

    The allocation's word comes first. The others get, in order of municipality number, the lowest
    of the series that are neither used nor in the allocation.

    Raises:
        FaultyInput: references in the allocation are in conflict; every one is listed.
        Refused: too few are left in the series.
    """
    given = _stated(given)
    conflicts = find_conflicts(round_name, given, used)
    if conflicts:
        raise FaultyInput(Finding("fault", each.what, each.remedy) for each in conflicts)
    lacking = sorted(set(numbers) - references_of(round_name, used).keys())
    from_series = [number for number in lacking if number not in given]
    taken = used.keys() | set(given.values())
    free = [reference for reference in series if reference not in taken]
    if len(free) < len(from_series):
        raise Refused(
            f"The series {series} is too short for round {round_name}: references needed: "
            f"{len(from_series)}, left: {len(free)}. None was given. Extend the "
            "series, [references] in round.toml."
        )
    return [
        *(
            NewReference(number, given[number], "allocation")
            for number in lacking
            if number in given
        ),
        *(
            NewReference(number, reference, "series")
            for number, reference in zip(from_series, free, strict=False)
        ),
    ]


def expected_references(
    round_name: str,
    numbers: Iterable[str],
    series: Series,
    given: Mapping[str, str],
    used: Used,
) -> dict[str, str]:
    """What giving references would answer now, by municipality number, in order of number.

    Ask for all the municipalities of the round even to show one: what one gets from the series
    depends on the others.

    Raises:
        FaultyInput: references in the allocation are in conflict; every one is listed.
        Refused: too few are left in the series.
    """
    numbers = list(numbers)
    new = new_references(round_name, numbers, series, given, used)
    return references_after(round_name, numbers, used, new)


def references_after(
    round_name: str, numbers: Iterable[str], used: Used, new: Iterable[NewReference]
) -> dict[str, str]:
    """The references of the municipalities once the new ones are given, in order of number."""
    known = references_of(round_name, used)
    known |= {each.municipality: each.reference for each in new}
    return {number: known[number] for number in sorted(set(numbers))}
