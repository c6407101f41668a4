"""Who is meant: municipalities of a round by number, name or area, as people type them."""

from collections.abc import Iterable

from brevgen.errors import WrongUse
from brevgen.facts.round_facts import RoundFacts
from brevgen.facts.sums import alphabetical
from brevgen.language import tr


def means_nobody(who: str) -> WrongUse:
    """The error of a number or name that no municipality bears or bore."""
    return WrongUse(tr("There is no municipality “{who}”. Give its number.", who=who))


def means_several(who: str, municipalities: Iterable[str]) -> WrongUse:
    """The error of a name that several municipalities bear."""
    return WrongUse(
        tr(
            "“{who}” means several municipalities: {municipalities}. Give the number.",
            who=who,
            municipalities=", ".join(municipalities),
        )
    )


def municipality_meant(facts: RoundFacts, who: str) -> str:
    """The number of the one municipality of the round that is meant.

    Args:
        who: a number or a name, in any case.

    Raises:
        WrongUse: nobody or several are meant, or the one meant is not asked in this round.
    """
    asked = {row.number for row in facts.allocation.rows}
    found = facts.register.find(who, facts.round.register_day)
    meant = [m for m in found if m.number in asked]
    if len(meant) == 1 and len(found) == 1:
        return meant[0].number
    if len(found) > 1:
        raise means_several(who, (f"{m.label} ({m.county})" for m in found))
    if found:
        raise WrongUse(
            tr(
                "{municipality} is not asked in the round {name}.",
                municipality=found[0].label,
                name=facts.name,
            )
        )
    raise WrongUse(
        tr(
            "There is no municipality “{who}” on {day}. Give its number, or its name as in the"
            " register.",
            who=who,
            day=facts.round.register_day,
        )
    )


def select(
    facts: RoundFacts, only: Iterable[str] = (), region: str = "", except_: Iterable[str] = ()
) -> set[str]:
    """The numbers of the municipalities to work on; all of the round where nothing is said.

    Args:
        only: numbers or names of those to work on.
        region: a region, with or without `IMDi` before it, a county, or the key of an office.
        except_: numbers or names of those to leave out.

    Raises:
        WrongUse: a name or region means nobody, a name means several, or nobody is left.
    """
    asked = {row.number: m for row, m in facts.asked()}
    chosen = {municipality_meant(facts, who) for who in only} or set(asked)
    if region:
        inside = {number for number, m in asked.items() if facts.is_in(m, region)}
        if not inside:
            areas = sorted({facts.area(m) for m in asked.values()}, key=alphabetical)
            raise WrongUse(
                tr(
                    "No municipality asked is in “{area}”. There are: {areas}.",
                    area=region,
                    areas=", ".join(areas),
                )
            )
        chosen &= inside
    chosen -= {municipality_meant(facts, who) for who in except_}
    if not chosen and asked:  # where all have answered, there is nobody and nothing to do
        raise WrongUse(tr("Nobody is left of those who were chosen. Choose others."))
    return chosen
