"""The plan of a round: for each letter what it says, and whether the files still say it.

Making, approving, previewing and the status all work from this one plan, so they cannot disagree
about where a letter stands.
"""

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from brevgen.facts.allocation import AllocationRow
from brevgen.facts.municipalities import Municipality
from brevgen.facts.round_facts import RoundFacts
from brevgen.files import sha256_of_file
from brevgen.ledger.records import Approval, Delivery, MadeDocument, SealedFile
from brevgen.letter.content import Content
from brevgen.letter.letter import Letter, letter_for, must_say
from brevgen.letter.templates import Templates
from brevgen.pool.letter_files import Task, look
from brevgen.rounds.addressees import Addressee, addressees_of
from brevgen.settings.round import Office
from brevgen.workspace import Workspace, file_stem

if TYPE_CHECKING:
    from brevgen.ledger.reader import LedgerReader

State = Literal[
    "no reference",  # it has no number yet
    "to make",  # it was never made as a draft
    "changed",  # it would say or look otherwise now than the draft that is there
    "damaged",  # a file of it is missing or not the one that was made
    "draft",  # it is there as a draft
    "approved",  # it is approved, but its final files are not made yet
    "final",  # its approved and sealed files are there
    "partly sent",  # somebody has it or may have it, and somebody has not
    "sent",  # all its recipients have it
    "sent, then changed",  # it went out, and would say something else now
]
"""Where a letter stands."""

HAS_LEFT: frozenset[State] = frozenset({"partly sent", "sent", "sent, then changed"})
"""The states of letters that somebody has or may have: these never change."""

UP_TO_DATE: frozenset[State] = HAS_LEFT | {"draft", "final"}

ADVICE: Mapping[State, str] = {
    "no reference": "generate",
    "to make": "generate",
    "changed": "generate again: the facts, the template or the look have changed",
    "damaged": "generate again: a file is missing or was changed",
    "draft": "read it, then approve",
    "approved": "approve again, to make and seal it",
    "final": "send",
    "partly sent": "send again, and see what became of each recipient",
    "sent": "",
    "sent, then changed": "what is sent is kept as it was sent: a new figure is a letter of a new"
    " round, or put the facts back as they were",
}
"""What a person is to do about a letter, by its state."""


@dataclass(frozen=True)
class Known:
    """What the ledger knows of a round, by municipality number."""

    references: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, MadeDocument] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    sealed: Mapping[tuple[str, str], SealedFile] = field(default_factory=dict)
    deliveries: Mapping[str, tuple[Delivery, ...]] = field(default_factory=dict)

    @classmethod
    def at(cls, path: Path, round_name: str) -> "Known":
        """Read it from a ledger's file; nothing is known where there is none."""
        if not os.path.lexists(path):  # what is no file is told when it is opened
            return cls()
        from brevgen.ledger.reader import LedgerReader  # takes long to load

        with LedgerReader(path) as ledger:
            return cls.of(ledger, round_name)

    @classmethod
    def of(cls, ledger: "LedgerReader", round_name: str) -> "Known":
        """Read it."""
        return cls(
            ledger.references(round_name),
            ledger.documents(round_name),
            ledger.approvals(round_name),
            ledger.sealed_files(round_name),
            ledger.deliveries(round_name),
        )

    def left(self, number: str) -> SealedFile | None:
        """The final files of a letter that somebody has or may have; None if it has not left."""
        for each in self.deliveries.get(number, ()):
            if each.has_left:
                return self.sealed[number, each.content_digest]
        return None


@dataclass(frozen=True)
class Planned:
    """One letter of the plan.

    Args:
        row: what is asked.
        municipality: of whom.
        office: who signs.
        letter: all its facts; the reference is empty where none was given yet.
        content: what it says; without UTKAST and with the approval line where it is approved.
        stem: the name of its files without ending.
        fingerprint: digest of all the draft is made from; empty where it is approved.
        state: where it stands.
        made: its draft as last made, if any.
        approval: its latest approval, if any, lapsed or withdrawn or not.
        sealed: its final files, if it is approved and they were made, or if it has been sent.
        is_intact: whether the files it should have lie there as they were made.
        addressees: whom it goes to, and where it stands with each of them.
    """

    row: AllocationRow
    municipality: Municipality
    office: Office
    letter: Letter
    content: Content
    stem: str
    fingerprint: str
    state: State
    made: MadeDocument | None = None
    approval: Approval | None = None
    sealed: SealedFile | None = None
    is_intact: bool = False
    addressees: tuple[Addressee, ...] = ()

    @property
    def has_left(self) -> bool:
        """Whether somebody has it or may have it."""
        return self.state in HAS_LEFT

    @property
    def sent_at(self) -> datetime | None:
        """When the last of those who have it got it; None if nobody has it."""
        times = [each.sent.sent_at for each in self.addressees if each.sent is not None]
        return max((at for at in times if at is not None), default=None)

    @property
    def number(self) -> str:
        """The municipality's number."""
        return self.municipality.number

    @property
    def is_approved(self) -> bool:
        """Whether exactly this letter is approved."""
        return self.letter.approved

    @property
    def has_lapsed(self) -> bool:
        """Whether it was approved, but says something else now."""
        approval = self.approval
        return approval is not None and approval.withdrawn is None and not self.is_approved

    @property
    def signatory(self) -> str:
        """In whose name it is: the signatory, or title and office where no name is known."""
        return self.office.signatory or f"{self.letter.office.title}, {self.office.name}"

    @property
    def pages(self) -> int | None:
        """How many pages it has, if it is there."""
        if self.sealed is not None:
            return self.sealed.pages
        return self.made.pages if self.made is not None and self.state == "draft" else None

    @property
    def advice(self) -> str:
        """What a person is to do about it."""
        return ADVICE[self.state]


def plan(
    workspace: Workspace,
    facts: RoundFacts,
    templates: Templates,
    known: Known,
    only: Collection[str] | None = None,
) -> Iterator[Planned]:
    """What every letter says now, and where it stands, in order of municipality number.

    Args:
        workspace: where things lie.
        facts: the round, without faults.
        templates: the letter templates.
        known: what the ledger knows; a letter without a reference is planned without.
        only: the municipality numbers of the letters that are asked for; None for the whole round.
    """
    looks = look(workspace.templates)
    drafts = workspace.drafts(facts.name)
    finals = workspace.finals(facts.name)
    for row, municipality in facts.asked():
        number = municipality.number
        if only is not None and number not in only:
            continue
        office = facts.round.office(municipality.region)
        assert office is not None, "the checks have found an office for every municipality"
        approval = known.approvals.get(number)
        letter = letter_for(
            row,
            municipality,
            facts.round,
            reference=known.references.get(number, ""),
            agency_short_name=workspace.settings.agency.short_name,
            agency_name=workspace.settings.agency.name,
        )
        left = known.left(number)
        content, sealed = None, None
        if approval is not None and approval.withdrawn is None:
            content = as_approved(letter, templates)
            if approval.covers(content.digest()):
                letter = replace(letter, approved=True)
                sealed = known.sealed.get((number, approval.content_digest))
                if sealed is not None and sealed.is_test and workspace.settings.seal.has_key:
                    sealed = left  # it is to have the agency's own seal, unless it is too late
        if content is None or not letter.approved:
            content = templates.content(letter)
        stem = file_stem(number, municipality.name, letter.reference)
        fingerprint = hashlib.sha256(
            f"{looks} {content.digest()} {stem} {letter.date}".encode()
        ).hexdigest()
        made = known.made.get(number)
        kept = left or sealed
        files: MadeDocument | SealedFile | None = kept if left or letter.approved else made
        is_intact = files is not None and _are_there(finals if files is not made else drafts, files)
        dispatched = [
            each
            for each in known.deliveries.get(number, ())
            if kept is None or each.pdf_sha256 == kept.pdf_sha256
        ]
        addressees = addressees_of(letter, facts.contacts[number], facts.round, dispatched)
        state: State
        if left is not None:
            state = _state_sent(left, sealed, addressees)
        elif letter.approved:
            state = _state_approved(sealed, is_intact)
        else:
            state = _state_unapproved(letter, fingerprint, made, is_intact)
        yield Planned(
            row,
            municipality,
            office,
            letter,
            content,
            stem,
            "" if letter.approved else fingerprint,
            state,
            made,
            approval,
            kept,
            is_intact,
            addressees,
        )


def as_approved(letter: Letter, templates: Templates) -> Content:
    """What a letter says once it is approved; an approval is of exactly this."""
    return templates.content(replace(letter, approved=True))


def task_for(each: Planned, folder: Path, *, seal_at: datetime | None = None) -> Task:
    """What a worker needs to know to make a letter as it stands.

    Args:
        each: the letter.
        folder: where its files go.
        seal_at: the time that goes into the seal; None for a draft.
    """
    return Task(
        number=each.number,
        reference=each.letter.reference,
        dated=each.letter.date,
        content=each.content,
        must_say=must_say(each.letter),
        folder=folder,
        stem=each.stem,
        seal_at=seal_at,
    )


def _state_unapproved(
    letter: Letter, fingerprint: str, made: MadeDocument | None, is_intact: bool
) -> State:
    if not letter.reference:
        return "no reference"
    if made is None:
        return "to make"
    if made.fingerprint != fingerprint:
        return "changed"
    return "draft" if is_intact else "damaged"


def _state_approved(sealed: SealedFile | None, is_intact: bool) -> State:
    if sealed is None:
        return "approved"
    return "final" if is_intact else "damaged"


def _state_sent(
    left: SealedFile, sealed: SealedFile | None, addressees: Sequence[Addressee]
) -> State:
    if sealed is None or sealed.content_digest != left.content_digest:
        return "sent, then changed"
    return "sent" if all(each.state == "sent" for each in addressees) else "partly sent"


def _are_there(folder: Path, files: MadeDocument | SealedFile) -> bool:
    """Whether files lie in a folder exactly as they were made."""
    return (
        sha256_of_file(folder / files.pdf_name) == files.pdf_sha256
        and sha256_of_file(folder / files.docx_name) == files.docx_sha256
    )


def stand(workspace: Workspace, facts: RoundFacts, templates: Templates) -> list[Planned]:
    """The whole round as it stands, for status and report; nothing is written."""
    return list(plan(workspace, facts, templates, Known.at(workspace.ledger, facts.name)))
