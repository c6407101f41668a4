"""Who gets which reference: the rule by itself, from what is used and what is asked for.

A reference is given once and never used again. Until its letter is approved a letter may get
another; from then on it keeps the one it has.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from brevgen.errors import Refused
from brevgen.findings import FaultyInput, Finding
from brevgen.language import tr, untranslated
from brevgen.settings.series import Series

_WRITE_IT = untranslated("Write {reference}, or leave the cell empty.")
_WRITE_ANOTHER = untranslated("Write another, or leave the cell empty to get one from the series.")


@dataclass(frozen=True)
class Holder:
    """Whose a reference is: a letter.

    Args:
        round: the round's name.
        municipality: municipality number, 4 digits as text.
        is_current: whether it is the letter's reference now; False for one it has given up.
        is_fixed: whether the letter was ever approved, so that it keeps its reference.
    """

    round: str
    municipality: str
    is_current: bool = field(default=True, compare=False)
    is_fixed: bool = field(default=True, compare=False)


Used = Mapping[str, Holder]
"""Every reference ever given, in any round, and whose it is."""


@dataclass(frozen=True)
class NewReference:
    """A reference to be given.

    Args:
        municipality: municipality number, 4 digits as text.
        reference: the reference.
        how: whether it is the next of the series, or the caseworker's.
        replaces: the reference the letter gives up for it; empty if it has none yet.
    """

    municipality: str
    reference: str
    how: Literal["series", "allocation"]
    replaces: str = ""


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
    """The references the letters of a round have now, by municipality number in order."""
    return {
        holder.municipality: reference
        for reference, holder in sorted(used.items(), key=lambda item: item[1].municipality)
        if holder.round == round_name and holder.is_current
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
        has = own.get(municipality, reference)
        conflict = (
            _changes(letter, reference, has, used)
            or _was_given_up(letter, reference, has, used)
            or _is_used(letter, reference, used.get(reference, letter))
            or _is_there_twice(letter, reference, twin)
        )
        if conflict is not None:
            conflicts.append(conflict)
    return conflicts


def _stated(given: Mapping[str, str]) -> dict[str, str]:
    """Without empty cells, of which there may be many and which are no references."""
    return {municipality: reference for municipality, reference in given.items() if reference}


def _changes(letter: Holder, reference: str, own: str, used: Used) -> ReferenceConflict | None:
    if own == reference or not used[own].is_fixed:
        return None
    return ReferenceConflict(
        letter.municipality,
        tr(
            "Municipality {municipality} has the reference {own} in round {round}, and a reference"
            " never changes once its letter was approved; the allocation says {reference}.",
            municipality=letter.municipality,
            own=own,
            round=letter.round,
            reference=reference,
        ),
        tr(_WRITE_IT, reference=own),
    )


def _was_given_up(letter: Holder, reference: str, own: str, used: Used) -> ReferenceConflict | None:
    if own == reference or used.get(reference) != letter:
        return None
    return ReferenceConflict(
        letter.municipality,
        tr(
            "Municipality {municipality} gave up the reference {reference} for {own}, and a"
            " reference given up is never used again.",
            municipality=letter.municipality,
            reference=reference,
            own=own,
        ),
        tr(_WRITE_IT, reference=own),
    )


def _is_used(letter: Holder, reference: str, holder: Holder) -> ReferenceConflict | None:
    if holder == letter:
        return None
    return ReferenceConflict(
        letter.municipality,
        tr(
            "The reference {reference} of municipality {municipality} is already used, for"
            " municipality {other} in round {round}.",
            reference=reference,
            municipality=letter.municipality,
            other=holder.municipality,
            round=holder.round,
        ),
        tr(_WRITE_ANOTHER),
    )


def _is_there_twice(letter: Holder, reference: str, first: str) -> ReferenceConflict | None:
    if first == letter.municipality:
        return None
    return ReferenceConflict(
        letter.municipality,
        tr(
            "The reference {reference} of municipality {municipality} is also that of municipality"
            " {other}.",
            reference=reference,
            municipality=letter.municipality,
            other=first,
        ),
        tr(_WRITE_ANOTHER),
    )


def new_references(
    round_name: str,
    numbers: Iterable[str],
    series: Series,
    given: Mapping[str, str],
    used: Used,
    *,
    highest: Iterable[str] = (),
) -> list[NewReference]:
    """What to give to those of the municipalities that lack a reference, or get another.

    The allocation's word comes first. The others get, in order of municipality number, the lowest
    of the series that are neither used nor in the allocation, and above the highest that was used.

    Raises:
        FaultyInput: references in the allocation are in conflict; every one is listed.
        Refused: too few are left in the series.
    """
    given = _stated(given)
    conflicts = find_conflicts(round_name, given, used)
    if conflicts:
        raise FaultyInput(Finding("fault", each.what, each.remedy) for each in conflicts)
    own = references_of(round_name, used)
    wanted = sorted(set(numbers))
    lacking = [number for number in wanted if number not in own]
    from_series = [number for number in lacking if number not in given]
    taken = used.keys() | set(given.values())
    free = [reference for reference in series.above(highest) if reference not in taken]
    if len(free) < len(from_series):
        raise Refused(
            tr(
                "The series {series} is too short for round {round}: references needed: {needed},"
                " left: {left}. None was given. Extend the series, [references] in round.toml.",
                series=series,
                round=round_name,
                needed=len(from_series),
                left=len(free),
            )
        )
    return [
        *(
            NewReference(number, given[number], "allocation", replaces=own.get(number, ""))
            for number in wanted
            if number in given and own.get(number) != given[number]
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
    *,
    highest: Iterable[str] = (),
) -> dict[str, str]:
    """What giving references would answer now, by municipality number, in order of number.

    Ask for all the municipalities of the round even to show one: what one gets from the series
    depends on the others.

    Raises:
        FaultyInput: references in the allocation are in conflict; every one is listed.
        Refused: too few are left in the series.
    """
    numbers = list(numbers)
    new = new_references(round_name, numbers, series, given, used, highest=highest)
    return references_after(round_name, numbers, used, new)


def references_after(
    round_name: str,
    numbers: Iterable[str],
    used: Used,
    new: Iterable[NewReference],
) -> dict[str, str]:
    """The references of the municipalities once the new ones are given, in order of number."""
    known = references_of(round_name, used)
    known |= {each.municipality: each.reference for each in new}
    return {number: known[number] for number in sorted(set(numbers))}
