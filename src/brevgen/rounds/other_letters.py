"""The letters that a municipality has had in other rounds, as they were approved or sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from brevgen.facts.municipalities import MOST_REFORMS
from brevgen.facts.round_facts import RoundFacts
from brevgen.rounds.following import standing
from brevgen.rounds.session import RoundSession


@dataclass(frozen=True)
class OtherLetter:
    """A letter of another round to the same municipality.

    Args:
        round: the round's name.
        number: the number that the municipality bore there.
        reference: the letter's reference.
        kind: its kind; empty where that was not recorded.
        dated: the date on it; that of the approval where it was not recorded.
        content_digest: digest of what it says.
        facts: what it states, as JSON holds it; empty where that was not recorded.
        has_left: whether somebody has it or may have it, and it is not only approved.
    """

    round: str
    number: str
    reference: str
    kind: str
    dated: date
    content_digest: str
    facts: Mapping[str, Any]
    has_left: bool


def other_letters(session: RoundSession, number: str) -> list[OtherLetter]:
    """The letters of other rounds to a municipality of this one, the latest first.

    What it was made of, and what has become of it since, is the same municipality here.

    Raises:
        FaultyInput: the round has faults.
    """
    numbers, found = _numbers(session.facts, number), []
    for name in session.ledger.rounds():
        if name == session.name:
            continue
        for other, (approval, left) in standing(session.ledger, name).items():
            if other in numbers:
                facts = approval.facts or {}
                dated = facts.get("date")
                found.append(
                    OtherLetter(
                        round=name,
                        number=other,
                        reference=approval.reference,
                        kind=str(facts.get("kind", "")),
                        dated=date.fromisoformat(dated) if dated else approval.at.date(),
                        content_digest=approval.content_digest,
                        facts=facts,
                        has_left=left,
                    )
                )
    return sorted(found, key=lambda each: (each.dated, each.reference), reverse=True)


def _numbers(facts: RoundFacts, number: str) -> set[str]:
    """The numbers of a municipality of the round, of what it was made of and of what it became."""
    register, day = facts.register, facts.round.register_day
    before = {
        each.number
        for each in register
        if [heir.number for heir in register.heirs(each.number, day)] == [number]
    }
    after: list[str] = []
    bearer = facts.municipalities[number]
    while len(bearer.successors) == 1 and len(after) < MOST_REFORMS:
        after += bearer.successors
        heir = register.ever(after[-1])
        if heir is None:
            break
        bearer = heir
    return {number} | before | set(after)
