"""Checking a round: everything read, every fault listed, and the figures to hold it against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """What the counts add up to in one area: a region or a county, or all of them.

    Args:
        area: its name.
        municipalities: how many get a letter.
        counts: the sum of each count by the name of its fact, such as `asked`.
    """

    area: str
    municipalities: int
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Checked:
    """What a check has found.

    Args:
        findings: every fault and warning.
        figures: by area, then all together; empty where there are faults.
        letter_date: the date on the letters; None where there are faults.
        deadline: the last day to answer; None where there are faults, or no answer is wanted.
        called: what each count is called, by the name of its fact.
    """

    findings: tuple[Finding, ...]
    figures: tuple[ControlFigures, ...] = ()
    letter_date: date | None = None
    deadline: date | None = None
    called: Mapping[str, str] = field(default_factory=dict)

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
    counts = session.facts.kind.main_counts
    return Checked(
        tuple(findings.items),
        control_figures(session.facts),
        round_.letter_date,
        round_.last_day,
        {name: column.title for name, column in counts.items()},
    )


def control_figures(facts: RoundFacts) -> tuple[ControlFigures, ...]:
    """What the counts of tables add up to by area, then all together."""
    return tuple(
        ControlFigures(
            each.area or tr("All"),
            each.municipalities,
            {name: each.counts[name] for name in facts.kind.main_counts},
        )
        for each in (*sums_by_area(facts), sum_of_all(facts))
    )
