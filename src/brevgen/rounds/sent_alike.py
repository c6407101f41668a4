"""Letters that have left already in another round, word for word: renamed since, or copied."""

from collections.abc import Mapping
from typing import Any

from brevgen.language import tr
from brevgen.rounds.session import RoundSession

_ITS_OWN = ("reference", "your_reference", "approved")
"""The facts in which a letter differs from the same one of another round."""


def sent_alike(session: RoundSession) -> dict[str, str]:
    """Why letters of a round may not leave that say what others have said already.

    Returns:
        municipality number to the reason, in a few words.

    Raises:
        FaultyInput: the round has faults.
    """
    ledger = session.ledger
    if ledger is None:
        return {}
    waiting = {
        each.number: _said(each.letter.as_record())
        for each in session.letters()
        if each.is_approved and not each.has_left
    }
    found = {}
    for other in ledger.rounds() if waiting else ():
        if other == session.name:
            continue
        deliveries = ledger.deliveries(other)
        left = {number for number, own in deliveries.items() if any(e.has_left for e in own)}
        if not left & waiting.keys():
            continue
        approvals = ledger.approvals(other)
        for number in left & waiting.keys() & approvals.keys():
            facts = approvals[number].facts
            if facts is not None and _said(facts) == waiting[number]:
                found[number] = tr(
                    "the same letter has left in the round {round}: if its folder was renamed, give"
                    " it its name back; if it is to leave once more, change letter_date",
                    round=other,
                )
    return found


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in _ITS_OWN}
