"""Where a round is on its way: which of its pages comes next."""

from collections.abc import Collection, Mapping
from typing import Literal

from brevgen.errors import BrevgenError
from brevgen.findings import Finding
from brevgen.rounds.next_step import Step, next_step, standing
from brevgen.rounds.session import RoundSession
from brevgen.settings.round import ROUND_FILE

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
    files = {fault.place.file for fault in faults}
    if ROUND_FILE in files:
        return "settings"
    if any(file.casefold().startswith("allocation") or file == name for file in files):
        return "allocation"
    return ""


def stage_of(session: RoundSession) -> Stage:
    """The page that comes next in a round; empty where that cannot be told."""
    try:
        step = next_step(standing(session)).step
    except BrevgenError:  # it is told where it is looked at
        return ""
    return STAGES[step] if step != "mend" else page_to_mend(session.name, session.findings.faults)
