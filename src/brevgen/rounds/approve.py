"""Approving letters: lined up and shown, judged by the rules, recorded, taken back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from brevgen.errors import Refused
from brevgen.facts.round_facts import RoundFacts
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.manifests import manifest_digest
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import ManifestLetter
from brevgen.letter.content import Content
from brevgen.letter.differences import differences, lines
from brevgen.letter.templates import Templates
from brevgen.rounds.approval_rules import (
    Approver,
    Candidate,
    account_must_be_allowed,
    reasons_against,
)
from brevgen.rounds.finals import remove_stale_finals
from brevgen.rounds.status import Known, Planned, as_approved, plan
from brevgen.workspace import Workspace


@dataclass(frozen=True)
class LinedUp:
    """A letter about to be approved: as it stands, and what it will say."""

    letter: Planned
    content: Content
    changed: tuple[tuple[str, str], ...]
    """Old and new lines where it says otherwise than when it was last shown or approved."""

    @property
    def entry(self) -> ManifestLetter:
        """What the ledger records of it."""
        text = self.content.as_json()
        return ManifestLetter(
            self.letter.number,
            self.letter.letter.reference,
            self.content.digest(),
            text,
            self.letter.signatory,
        )


@dataclass(frozen=True)
class Lineup:
    """What one act would approve.

    Args:
        letters: those that need approval.
        approved: how many of the chosen ones are approved already.
    """

    letters: tuple[LinedUp, ...]
    approved: int

    @property
    def entries(self) -> list[ManifestLetter]:
        """What the ledger records of them."""
        return [each.entry for each in self.letters]

    @property
    def manifest(self) -> str:
        """The digest that stands for the whole set."""
        return manifest_digest(self.entries)

    @property
    def signatories(self) -> dict[str, int]:
        """In whose names, with the number of letters for each."""
        names = [each.letter.signatory for each in self.letters]
        return {name: names.count(name) for name in sorted(set(names))}


def line_up(
    workspace: Workspace,
    facts: RoundFacts,
    templates: Templates,
    ledger: LedgerReader,
    *,
    only: Collection[str],
    approver: Approver,
) -> Lineup:
    """The letters that are to be approved, if every rule agrees.

    Args:
        workspace: where things lie.
        facts: the round, without faults.
        templates: the letter templates.
        ledger: open for reading.
        only: municipality numbers.
        approver: who wants to approve.

    Raises:
        Refused: a rule speaks against it; every reason, with the letters it holds for.
    """
    known = Known.of(ledger, facts.name)
    chosen = list(plan(workspace, facts, templates, known, only=only))
    against = reasons_against([_candidate(each) for each in chosen], approver)
    if against:
        raise Refused(
            "These cannot be approved:\n"
            + "\n".join(f"- {_some(labels)}: {reason}." for reason, labels in against.items())
            + "\nNothing was approved. Choose others with --only or --region, or do as it says."
        )
    last = ledger.last_shown(facts.name, approver.account)
    letters = []
    for each in chosen:
        if each.is_approved:
            continue
        content = as_approved(each.letter, templates)
        before = last.get(each.number)
        changed: list[tuple[str, str]] = []
        if before is not None and before != content.digest():
            changed = differences(lines(ledger.content(before)), lines(content.as_json()))
        letters.append(LinedUp(each, content, tuple(changed)))
    return Lineup(tuple(letters), len(chosen) - len(letters))


def _candidate(each: Planned) -> Candidate:
    return Candidate(
        label=each.municipality.label,
        is_draft=each.state == "draft",
        made_by=each.made.account if each.made is not None else "",
        is_approved=each.is_approved,
        is_sent=each.has_left,
        signatory=each.signatory,
        accounts=each.office.accounts,
    )


def _some(labels: Sequence[str]) -> str:
    """Names of letters, not more than a person reads."""
    shown = ", ".join(labels[:5])
    return shown if len(labels) <= 5 else f"{shown} and {len(labels) - 5} others"


def withdraw(
    workspace: Workspace,
    facts: RoundFacts,
    templates: Templates,
    ledger: Ledger,
    *,
    only: Collection[str],
    reason: str,
    account: str,
) -> list[Planned]:
    """Take approvals back; the final files go, but the ledger keeps them.

    Args:
        workspace: where things lie.
        facts: the round, without faults.
        templates: the letter templates.
        ledger: open for writing.
        only: municipality numbers; those of them that are not approved are passed over.
        reason: why, in the person's own words.
        account: who does it.

    Returns:
        the letters whose approval was taken back.

    Raises:
        Refused: none of them is approved, the account may not, or no reason is given.
    """
    if not reason.strip():
        raise Refused("An approval is taken back with a reason: --withdraw “why”.")
    known = Known.of(ledger, facts.name)
    chosen = list(plan(workspace, facts, templates, known, only=only))
    approved = [e for e in chosen if e.approval is not None and e.approval.withdrawn is None]
    if not approved:
        labels = [each.municipality.label for each in chosen]
        raise Refused(f"Not approved, so there is nothing to take back: {_some(labels)}.")
    if sent := [e.municipality.label for e in approved if e.has_left]:
        raise Refused(f"Sent already, so the approval stays: {_some(sent)}.")
    approver = Approver(account, "", four_eyes=False)
    for each in approved:
        if reason_against := account_must_be_allowed(_candidate(each), approver):
            raise Refused(f"{each.municipality.label}: {reason_against}.")
    ledger.withdraw(facts.name, [each.number for each in approved], reason)
    known = Known.of(ledger, facts.name)
    letters = {e.number: e for e in plan(workspace, facts, templates, known)}
    remove_stale_finals(workspace, facts.name, known, letters)
    return approved
