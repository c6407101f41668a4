"""Where a round is on its way: which of its pages comes next."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from brevgen.desk.place_words import page_of
from brevgen.errors import BrevgenError
from brevgen.findings import Finding
from brevgen.rounds.next_step import Step, next_step, standing
from brevgen.rounds.session import RoundSession

Stage = Literal["", "settings", "allocation", "letters", "approve", "send", "answers", "over"]
"""A page of a round; `over` where all is done, empty where none of them comes next."""

STAGES: Mapping[Step, Stage] = {
    "make": "letters",
    "read": "letters",
    "ask": "approve",
    "approve": "approve",
    "settle": "send",
    "send": "send",
    "follow up": "answers",
    "wait": "answers",
    "done": "over",
}
"""Which page a step belongs to; faults belong to where they are mended."""


def page_to_mend(name: str, faults: Collection[Finding]) -> Stage:
    """The page on which faults of a round are mended: its settings first, else its allocation."""
    pages = {page_of(fault.place) for fault in faults}
    if "settings" in pages:
        return "settings"
    if "allocation" in pages or any(fault.place.file == name for fault in faults):
        return "allocation"
    return ""


@dataclass(frozen=True)
class OnItsWay:
    """How far a round is.

    Args:
        next: the page that comes next; empty where that cannot be told.
        reached: the page before which all is done.
    """

    next: Stage = ""
    reached: Stage = ""


def on_its_way(session: RoundSession) -> OnItsWay:
    """How far a round is; what is to be settled comes next while others are not even approved."""
    try:
        at = standing(session)
        comes_next, reached = next_step(at).step, next_step(replace(at, uncertain=0)).step
    except BrevgenError:  # it is told where it is looked at
        return OnItsWay()
    if comes_next == "mend":
        page = page_to_mend(session.name, session.findings.faults)
        return OnItsWay(page, page)
    return OnItsWay(STAGES[comes_next], STAGES[reached])
