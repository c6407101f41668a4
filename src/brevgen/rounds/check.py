"""Checking a round: everything read, every fault listed, and the figures to hold it against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from brevgen.errors import LedgerOutdated
from brevgen.facts.changes import check_changes
from brevgen.facts.round_facts import RoundFacts
from brevgen.facts.sums import AreaSums, sum_of_all, sums_by_area
from brevgen.findings import Finding, Findings
from brevgen.language import Language, language, tr
from brevgen.pool.letter_files import STYLESHEET, WORD_STYLES, look
from brevgen.pool.workers import Workers
from brevgen.rounds.last_year import ASKED, LastYear, last_known_year
from brevgen.rounds.opening import check_series
from brevgen.rounds.session import RoundSession


@dataclass(frozen=True)
class ControlFigures:
    """What the counts add up to in one area: a region or a county, or all of them.

    Args:
        area: its name.
        municipalities: how many get a letter.
        counts: the sum of each count by the name of its fact, such as `asked`.
        before: what the same municipalities were asked for in the last year that is known; persons,
            None where nothing is known of any of them.
        change: how many more are asked for now; below 0 for fewer, None where `before` is.
    """

    area: str
    municipalities: int
    counts: Mapping[str, int]
    before: int | None = None
    change: int | None = None


@dataclass(frozen=True)
class Checked:
    """What a check has found.

    Args:
        findings: every fault and warning.
        figures: by area, then all together; empty where there are faults.
        letter_date: the date on the letters; None where there are faults.
        deadline: the last day to answer; None where there are faults, or no answer is wanted.
        called: what each count is called, by the name of its fact.
        year_before: the last year of which it is known what was asked; None where none is.
    """

    findings: tuple[Finding, ...]
    figures: tuple[ControlFigures, ...] = ()
    letter_date: date | None = None
    deadline: date | None = None
    called: Mapping[str, str] = field(default_factory=dict)
    year_before: int | None = None

    @property
    def has_faults(self) -> bool:
        """Whether anything must be mended before a letter is made."""
        return any(each.severity == "fault" for each in self.findings)


def check(session: RoundSession) -> Checked:
    """Everything found wrong in a round, and its control figures. Nothing is written."""
    findings = Findings(list(session.findings.items))
    if not {STYLESHEET, WORD_STYLES} & {fault.place.file for fault in findings.faults}:
        # else they could not be read at all
        templates = session.workspace.templates
        findings.items.extend(_look_findings(templates, look(templates), language()))
    try:
        session.check_ledger()
    except LedgerOutdated as outdated:
        findings.fault(str(outdated), tr("Nothing can be made before that."))
    if not findings.faults:
        check_series(session.workspace, session.facts, findings)
    before = check_against_last_year(session, findings)
    if findings.faults:
        return Checked(tuple(findings.items))
    round_ = session.facts.round
    counts = session.facts.kind.main_counts
    return Checked(
        tuple(findings.items),
        control_figures(session.facts, before),
        round_.letter_date,
        round_.last_day,
        {name: column.title for name, column in counts.items()},
        before.year if before is not None else None,
    )


@lru_cache(maxsize=16)
def _look_findings(templates: Path, digest: str, spoken: Language) -> tuple[Finding, ...]:
    """What is wrong with the stylesheet and the Word styles, as a sample letter shows.

    A process of its own makes that letter, for what this takes is heavy and stays in memory.

    Args:
        templates: the folder they lie in.
        digest: of how letters look; what was found is kept by it.
        spoken: the language of what is found.
    """
    return tuple(Workers(templates, 2).check_look()())


def check_against_last_year(session: RoundSession, findings: Findings) -> LastYear | None:
    """Hold the numbers against those of the last year that is known, which is returned.

    Where sums do not fit, this often tells which row is wrong; so it is asked whatever the faults.
    """
    facts = session.readable_facts
    if facts is None:
        return None
    before = last_known_year(facts, session.workspace.data, session.ledger)
    if before is not None:
        largest = facts.round.checks.largest_change
        check_changes(facts.allocation, ASKED, before.asked, before.year, largest, findings)
    return before


def control_figures(facts: RoundFacts, before: LastYear | None) -> tuple[ControlFigures, ...]:
    """What the counts of tables add up to by area, then all together.

    Args:
        before: what was asked in an earlier year, where that is known.
    """
    asked_before: dict[str, list[int]] = {}
    for row, municipality in facts.asked():
        if before is not None and row.number in before.asked:
            for area in (facts.area(municipality), ""):
                asked_before.setdefault(area, []).append(before.asked[row.number])
    return tuple(
        _figures(each, facts, asked_before.get(each.area))
        for each in (*sums_by_area(facts), sum_of_all(facts))
    )


def _figures(sums: AreaSums, facts: RoundFacts, asked_before: list[int] | None) -> ControlFigures:
    before = sum(asked_before) if asked_before is not None else None
    return ControlFigures(
        sums.area or tr("All"),
        sums.municipalities,
        {name: sums.counts[name] for name in facts.kind.main_counts},
        before,
        None if before is None else sums.counts[ASKED] - before,
    )
