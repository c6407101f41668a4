"""Checking a round: everything read, every fault listed, and the figures to hold it against."""

from dataclasses import dataclass
from datetime import date

from brevgen.errors import LedgerOutdated
from brevgen.facts.round_facts import RoundFacts
from brevgen.facts.sums import sum_of_all, sums_by_area
from brevgen.findings import Finding, Findings
from brevgen.language import tr
from brevgen.pool.letter_files import STYLESHEET, WORD_STYLES, check_look
from brevgen.rounds.opening import check_series
from brevgen.rounds.session import RoundSession


@dataclass(frozen=True)
class ControlFigures:
    """What is asked for in one area: a region or a county, or all of them.

    Args:
        area: its name.
        municipalities: how many are asked.
        refugees: persons, minors included.
        minors: unaccompanied minors among them; persons.
    """

    area: str
    municipalities: int
    refugees: int
    minors: int


@dataclass(frozen=True)
class Checked:
    """What a check has found.

    Args:
        findings: every fault and warning.
        figures: by area, then all together; empty where there are faults.
        letter_date: the date on the letters; None where there are faults.
        deadline: the last day to answer; None where there are faults.
    """

    findings: tuple[Finding, ...]
    figures: tuple[ControlFigures, ...] = ()
    letter_date: date | None = None
    deadline: date | None = None

    @property
    def has_faults(self) -> bool:
        """Whether anything must be mended before a letter is made."""
        return any(each.severity == "fault" for each in self.findings)


def check(session: RoundSession) -> Checked:
    """Everything found wrong in a round, and its control figures. Nothing is written."""
    findings = Findings(list(session.findings.items))
    if not {STYLESHEET, WORD_STYLES} & {fault.place.file for fault in findings.faults}:
        check_look(session.workspace.templates, findings)  # else they could not be read at all
    try:
        session.check_ledger()
    except LedgerOutdated as outdated:
        findings.fault(str(outdated), tr("Nothing can be made before that."))
    if not findings.faults:
        check_series(session.workspace, session.facts, findings)
    if findings.faults:
        return Checked(tuple(findings.items))
    round_ = session.facts.round
    return Checked(
        tuple(findings.items), control_figures(session.facts), round_.letter_date, round_.last_day
    )


def control_figures(facts: RoundFacts) -> tuple[ControlFigures, ...]:
    """What is asked for by area, then all together."""
    return tuple(
        ControlFigures(each.area or tr("All"), each.municipalities, each.asked, each.minors)
        for each in (*sums_by_area(facts), sum_of_all(facts))
    )
