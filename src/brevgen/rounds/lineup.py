"""What would be approved: the letters that need it, and what is otherwise than it was."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from brevgen.errors import Refused
from brevgen.findings import Finding
from brevgen.language import tr, tr_many, untranslated
from brevgen.ledger.manifests import manifest_digest
from brevgen.ledger.records import ManifestLetter
from brevgen.letter.content import Content
from brevgen.letter.differences import Change, Changes, in_common
from brevgen.rounds.approval_rules import (
    Approver,
    Candidate,
    account_must_be_allowed,
    reason_against,
    reasons_against,
)
from brevgen.rounds.letter_requests import sent_back_as_now
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.session import RoundSession
from brevgen.rounds.status import changes, dropped_from
from brevgen.settings.kind import KindColumn

LOOKS_OTHERWISE: Change = ("", untranslated("It looks otherwise: see the draft."))
"""Told where the stylesheet, the Word styles or the program is another than at the approval."""


@dataclass(frozen=True)
class LinedUp:
    """A letter about to be approved.

    Args:
        letter: as it stands.
        content: what it will say.
        look: digest of all that decides how it looks.
        asked_before: what its leading count was when it was last approved; None if not known.
        since_approved: what it says otherwise than when it was last approved, or that it looks so.
        since_shown: what it says otherwise than when this account was last shown it; empty where
            that is the same as `since_approved`.
    """

    letter: LetterStatus
    content: Content
    look: str
    asked_before: int | None
    since_approved: tuple[Change, ...]
    since_shown: tuple[Change, ...]

    @property
    def entry(self) -> ManifestLetter:
        """What the ledger records of it."""
        return entry_of(self.letter, self.content, self.look)


def entry_of(letter: LetterStatus, content: Content, look: str) -> ManifestLetter:
    """What the ledger records of a letter that is shown, read or approved.

    Args:
        content: what it says once it is approved.
        look: digest of all that decides how it looks.
    """
    return ManifestLetter(
        letter.number,
        letter.letter.reference,
        content.digest(),
        content.as_json(),
        letter.signatory,
        look=look,
        facts=letter.letter.as_record(),
    )


@dataclass(frozen=True)
class Lineup:
    """What one act would approve, as it is shown to the person who is asked.

    Args:
        round: the round's name.
        account: who would approve.
        letters: those that need approval.
        look: digest of how they look.
        approved: labels of the chosen ones that are approved already.
        sent: labels of the chosen ones that have been sent, and are passed over.
        to_seal: labels of those that were approved before and are still to be sealed.
        dropped: labels of letters that were approved, to municipalities not asked any more.
        warnings: what a person should look at in the round's files.
    """

    round: str
    account: str
    letters: tuple[LinedUp, ...]
    look: str
    approved: tuple[str, ...]
    sent: tuple[str, ...]
    to_seal: tuple[str, ...]
    dropped: tuple[str, ...]
    warnings: tuple[Finding, ...]

    @property
    def counts(self) -> Mapping[str, KindColumn]:
        """The counts that tables of the letters show, by the name of the fact."""
        return self.letters[0].letter.kind.main_counts if self.letters else {}

    @cached_property
    def entries(self) -> list[ManifestLetter]:
        """What the ledger records of the letters."""
        return [each.entry for each in self.letters]

    @cached_property
    def manifest(self) -> str:
        """The digest that stands for the words of the whole set."""
        return manifest_digest(self.entries)

    @property
    def digest(self) -> str:
        """What stands for all that is shown: the words, the look, and what is still to be sealed.

        Who comes back with it, later and from elsewhere, has seen this lineup.
        """
        shown = f"{self.manifest} {self.look} {sorted(self.to_seal)}"
        return hashlib.sha256(shown.encode()).hexdigest()

    def shows_the_same_as(self, other: "Lineup") -> bool:
        """Whether somebody who has seen the other one has seen this one."""
        mine, theirs = (self.manifest, self.look), (other.manifest, other.look)
        return mine == theirs and set(self.to_seal) <= set(other.to_seal)

    @property
    def since_approved(self) -> Changes:
        """What is otherwise than when the letters were last approved."""
        return in_common({each.letter.label: each.since_approved for each in self.letters})

    @property
    def since_shown(self) -> Changes:
        """What is otherwise than when the account was last shown the letters."""
        return in_common({each.letter.label: each.since_shown for each in self.letters})


def approver_for(session: RoundSession, in_name_of: str = "") -> Approver:
    """The session's actor as one who wants to approve.

    Args:
        in_name_of: refuse unless every letter is signed by this name; empty for any.
    """
    four_eyes = session.workspace.settings.approval.four_eyes
    actor = session.actor
    return Approver(actor.account, in_name_of, four_eyes, actor.also)


def approvable(
    session: RoundSession, chosen: Collection[str], approver: Approver
) -> tuple[set[str], dict[str, list[str]]]:
    """Those of the chosen letters that no rule keeps the account from.

    Args:
        chosen: municipality numbers.

    Returns:
        their municipality numbers, and the labels of the others by reason.

    Raises:
        FaultyInput: the round has faults.
    """
    allowed, against = set(), dict[str, list[str]]()
    sent_back = sent_back_as_now(session)
    for each in session.letters():
        if each.number not in chosen:
            continue
        reason = ""
        if each.state == "approved":
            reason = account_must_be_allowed(candidate(each), approver)
        elif not (each.has_left or each.is_approved):
            reason = reason_against(candidate(each, each.number in sent_back), approver)
        if reason:
            against.setdefault(reason, []).append(each.label)
        else:
            allowed.add(each.number)
    return allowed, against


def line_up(session: RoundSession, chosen: Collection[str], approver: Approver) -> Lineup:
    """The letters that are to be approved, if every rule agrees; nothing is written.

    Args:
        chosen: municipality numbers.

    Raises:
        FaultyInput: the round has faults.
        Refused: a rule speaks against it; every reason, with the letters it holds for.
    """
    letters = [each for each in session.letters() if each.number in chosen]
    open_ones = [each for each in letters if not (each.has_left or each.is_approved)]
    sent_back = sent_back_as_now(session)
    candidates = [candidate(each, each.number in sent_back) for each in open_ones]
    against = reasons_against(candidates, approver)
    if against:
        raise Refused(
            "\n".join(
                [
                    tr("These cannot be approved:"),
                    *(f"- {_some(labels)}: {reason}." for reason, labels in against.items()),
                    tr(
                        "Nothing was approved. Choose others with --only, --except or --region, or"
                        " do what is said above."
                    ),
                ]
            )
        )
    approved = session.known.approvals
    shown = session.ledger.last_shown(session.name, session.actor.account)
    lined_up = []
    for each in open_ones:
        content = session.content(each.letter_as_approved)
        last = approved.get(each.number)
        before = last.content_digest if last is not None else None
        since_approved = _changes(session, before, content)
        if last is not None and last.look not in ("", session.look):
            since_approved += (("", tr(LOOKS_OTHERWISE[1])),)
        since_shown: tuple[Change, ...] = ()
        if shown.get(each.number) != before:
            since_shown = _changes(session, shown.get(each.number), content)
        asked = (last.facts or {}).get(each.kind.lead) if last is not None else None
        lined_up.append(LinedUp(each, content, session.look, asked, since_approved, since_shown))
    return Lineup(
        round=session.name,
        account=session.actor.account,
        letters=tuple(lined_up),
        look=session.look,
        approved=tuple(e.label for e in letters if e.is_approved and not e.has_left),
        sent=tuple(each.label for each in letters if each.has_left),
        to_seal=tuple(each.label for each in letters if each.state == "approved"),
        dropped=tuple(e.label for e in dropped_from(session) if e.was == "approved"),
        warnings=tuple(session.findings.warnings),
    )


def _changes(session: RoundSession, before: str | None, now: Content) -> tuple[Change, ...]:
    """What a content says otherwise than the one with a digest, if there is such a one."""
    if before is None or before == now.digest():
        return ()
    return changes(session.ledger.content(before), now.as_json())


def candidate(each: LetterStatus, is_sent_back: bool = False) -> Candidate:
    """What the rules need to know of a letter."""
    return Candidate(
        label=each.label,
        is_draft=each.state == "draft",
        made_by=each.made.account if each.made is not None else "",
        signatory=each.signatory,
        accounts=each.office.accounts,
        is_sent_back=is_sent_back,
    )


def _some(labels: Sequence[str]) -> str:
    """Names of letters, not more than a person reads."""
    shown = ", ".join(labels[:5])
    if len(labels) <= 5:
        return shown
    return tr_many(
        "{letters} and {count} other",
        "{letters} and {count} others",
        len(labels) - 5,
        letters=shown,
    )
