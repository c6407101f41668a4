"""What saving templates would do to the letters of each round, told before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from brevgen.findings import Findings
from brevgen.letter.templates import read_templates
from brevgen.pool.letter_files import look
from brevgen.rounds.kinds import kinds_of, rounds_of
from brevgen.rounds.letter_status import Known, LetterStatus, StatusReader
from brevgen.rounds.template_letter import Trial
from brevgen.rounds.template_sheets import Sheet
from brevgen.workspace import Workspace


@dataclass(frozen=True)
class Effect:
    """What saving would do to the letters of a round.

    Args:
        round: its name.
        lapsed: how many letters that are approved would not be any more.
        drafts: how many drafts would have to be made again.
        sent: how many letters have left, and would say something else now.
        problem: the first fault that the round would have; empty where it has none.
    """

    round: str
    lapsed: int = 0
    drafts: int = 0
    sent: int = 0
    problem: str = ""


def effects(trial: Trial, workspace: Workspace, tried: Workspace, sheet: Sheet) -> list[Effect]:
    """What saving would do to the letters of each round; nothing of rounds without any.

    Args:
        trial: knows the facts of the rounds.
        workspace: as it is.
        tried: with the texts of the sheet.
        sheet: which files.
    """
    if sheet.is_of_messages or not workspace.has_ledger:
        return []
    from brevgen.ledger.reader import LedgerReader  # takes long to load

    found = []
    # rounds of other kinds may follow one of this kind, and state its facts
    kind = "" if sheet.part == "kind" else sheet.kind
    for name in rounds_of(workspace, kind):
        with LedgerReader(workspace.ledger) as ledger:
            known = Known.of(ledger, name)
        if not known.made and not known.approvals:
            continue
        before = _standing(trial, workspace, name, known)
        after = _standing(trial, tried, name, known)
        if isinstance(before, str):
            continue  # it has faults already, and nothing can be told
        found.append(
            Effect(name, problem=after) if isinstance(after, str) else _effect(name, before, after)
        )
    return [each for each in found if each != Effect(each.round)]


def _standing(
    trial: Trial, workspace: Workspace, name: str, known: Known
) -> dict[str, LetterStatus] | str:
    """Where the letters of a round stand, or why that cannot be told."""
    facts, problem = trial.facts.of(workspace, name, kinds_of(workspace, Findings()))
    templates = read_templates(workspace.templates, Findings(), shown_as="letters")
    if facts is None or templates is None:
        return problem
    reader = StatusReader(
        workspace, facts, known, look(workspace.templates), templates, templates.content
    )
    return {each.number: each for each in reader.letters()}


def _effect(
    name: str, before: Mapping[str, LetterStatus], after: Mapping[str, LetterStatus]
) -> Effect:
    pairs = [(each, after[number]) for number, each in before.items() if number in after]
    return Effect(
        name,
        lapsed=sum(a.is_approved and not a.has_left and not b.is_approved for a, b in pairs),
        drafts=sum(a.state == "draft" and b.state == "changed" for a, b in pairs),
        sent=_count(pairs, {"sent", "partly sent"}),
    )


def _count(pairs: Collection[tuple[LetterStatus, LetterStatus]], states: Collection[str]) -> int:
    return sum(a.state in states and b.state == "sent, then changed" for a, b in pairs)
