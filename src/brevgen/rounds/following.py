"""The round that another follows: what its letters really said, read from the ledger."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from brevgen.facts.allocation import read_allocation
from brevgen.facts.allocation_file import find_allocation
from brevgen.facts.earlier import EarlierAnswer, EarlierLetter, Followed
from brevgen.facts.round_facts import Follow
from brevgen.findings import Findings, Place
from brevgen.language import tr
from brevgen.ledger.records import Answer, Approval, last_decision, more_time_until
from brevgen.letter.letter import BLANK
from brevgen.settings.kind import Fact, Kind, Kinds
from brevgen.settings.round import ROUND_FILE, Round
from brevgen.workspace import Workspace

if TYPE_CHECKING:
    from brevgen.ledger.reader import LedgerReader


def follow_in(workspace: Workspace, kinds: Kinds) -> Follow:
    """What tells of the rounds of a workspace: by the ledger, and by their allocations."""

    def follow(name: str, round_: Round, findings: Findings) -> Followed:
        kind = kinds[round_.kind]
        assert kind is not None, "a round of a faulty kind is not read"
        rows = _rows(workspace, name, round_, kind)
        if not workspace.has_ledger:
            return Followed(name, rows=rows)
        from brevgen.ledger.reader import LedgerReader  # takes long to load

        with LedgerReader(workspace.ledger) as ledger:
            letters = earlier_letters(ledger, name, kind, findings)
            return Followed(name, letters, rows, frozenset(ledger.references(name)))

    return follow


def earlier_letters(
    ledger: "LedgerReader", name: str, kind: Kind, findings: Findings
) -> dict[str, EarlierLetter]:
    """The letters of a round that somebody has, or else whose approval stands, by municipality.

    Args:
        kind: the kind of its letters.
        findings: gets a fault for each letter of which the ledger does not know what it stated.
    """
    answers = ledger.answers(name)
    found = {}
    for number, (approval, left) in standing(ledger, name).items():
        letter = _letter(approval, kind, answers.get(number, ()), has_left=left)
        if letter is None:
            findings.fault(
                tr(
                    "The ledger does not know what the letter {reference} of the round {name}"
                    " stated: it was approved by an earlier brevgen.",
                    reference=approval.reference,
                    name=name,
                ),
                tr("Approve it again with this one, or delete its municipality here."),
                Place(ROUND_FILE, column="follows"),
            )
        else:
            found[number] = letter
    return found


def standing(ledger: "LedgerReader", name: str) -> dict[str, tuple[Approval, bool]]:
    """The approval that tells what a letter says, by municipality number; whether it has left.

    That is the last of those whose letter somebody has; else the last, if it was not taken back.
    """
    deliveries = ledger.deliveries(name)
    found = {}
    for number, history in ledger.approval_history(name).items():
        left = {each.content_digest for each in deliveries.get(number, ()) if each.has_left}
        approvals = [each for each in history if each.content_digest in left] or [
            each for each in history[-1:] if each.withdrawn is None
        ]
        if approvals:
            found[number] = approvals[-1], bool(left)
    return found


def _letter(
    approval: Approval, kind: Kind, answers: Sequence[Answer], *, has_left: bool
) -> EarlierLetter | None:
    """A letter as its approval keeps it; None where that does not hold all its facts."""
    record = approval.facts or {}
    try:
        deadline = record.get("deadline")
        return EarlierLetter(
            reference=approval.reference,
            date=date.fromisoformat(record["date"]),
            deadline=date.fromisoformat(deadline) if deadline else None,
            facts=_facts(record, kind),
            answer=_as_earlier(last_decision(answers)),
            late_until=more_time_until(answers),
            has_left=has_left,
        )
    except (KeyError, TypeError, ValueError):
        return None


def _as_earlier(decision: Answer | None) -> EarlierAnswer | None:
    """A decision as letters of the next round state it."""
    if decision is None:
        return None
    assert decision.decided is not None, "it is a decision"
    assert decision.decided_on is not None, "the ledger keeps no decision without its day"
    return EarlierAnswer(
        decided=decision.decided,
        minors=decision.minors or 0,
        on=decision.decided_on,
        body=decision.body,
        conditions=decision.conditions,
        journal=decision.journal,
    )


def _facts(record: Mapping[str, Any], kind: Kind) -> dict[str, Fact]:
    """The facts of its kind; one that may be blank, and was not known yet, as if it were blank."""
    facts: dict[str, Fact] = {}
    for name, type_ in kind.facts.items():
        is_new = name not in record and not kind.columns[name].required
        value: Any = BLANK[type_] if is_new else record[name]
        if value is not None:
            facts[name] = date.fromisoformat(value) if type_ == "date" else value
    return facts


def _rows(
    workspace: Workspace, name: str, round_: Round, kind: Kind
) -> dict[str, Mapping[str, Fact]]:
    """What the allocation of a round says now; its own faults are told where it is checked."""
    findings = Findings(only_faults=True)
    file = find_allocation(workspace.data / "rounds" / name, findings)
    if file is None:
        return {}
    year = round_.settlement_year
    allocation = read_allocation(file, kind, findings, shown_as=file.name, year=year)
    return {row.number: row.facts for row in allocation.rows} if allocation is not None else {}
