"""Where every letter of a round stands: what it says now, and whether the files still say it.

Making, approving, previewing, sending and the status all ask here, so they cannot disagree.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from brevgen.facts.allocation import AllocationRow
from brevgen.facts.municipalities import Municipality
from brevgen.facts.offices import office_of
from brevgen.facts.round_facts import RoundFacts
from brevgen.files import sha256_of_file
from brevgen.language import tr, untranslated
from brevgen.ledger.records import (
    Answer,
    Approval,
    ArchiveNumber,
    Delivery,
    LetterFiles,
    MadeDocument,
    SealedFile,
)
from brevgen.letter.content import Content
from brevgen.letter.letter import Letter, letter_for, must_say
from brevgen.letter.templates import Templates
from brevgen.pool.letter_files import Task
from brevgen.render.file_approval import FileApproval
from brevgen.rounds.addressees import Addressee, addressees_of
from brevgen.settings.kind import Kind
from brevgen.settings.round import Office
from brevgen.workspace import Workspace, file_stem

if TYPE_CHECKING:
    from brevgen.ledger.reader import LedgerReader

LetterState = Literal[
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

HAS_LEFT: frozenset[LetterState] = frozenset({"partly sent", "sent", "sent, then changed"})
"""The states of letters that somebody has or may have: these never change."""

UP_TO_DATE: frozenset[LetterState] = HAS_LEFT | {"draft", "final"}

ADVICE: Mapping[LetterState, str] = {
    untranslated("no reference"): untranslated("generate"),
    untranslated("to make"): untranslated("generate"),
    untranslated("changed"): untranslated(
        "generate again: the facts, the template, the look or the program have changed"
    ),
    untranslated("damaged"): untranslated("generate again: a file is missing or was changed"),
    untranslated("draft"): untranslated("read it, then approve"),
    untranslated("approved"): untranslated("approve again, to make and seal it"),
    untranslated("final"): untranslated("send"),
    untranslated("partly sent"): untranslated("send again, and see what became of each recipient"),
    untranslated("sent"): "",
    untranslated("sent, then changed"): untranslated(
        "what is sent is kept as it was sent: a new figure is a letter of a new round, or put the"
        " facts back as they were"
    ),
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
    answers: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    archive_numbers: Mapping[str, Sequence[ArchiveNumber]] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: "LedgerReader | None", round_name: str) -> "Known":
        """Read it; nothing is known where there is no ledger yet."""
        if ledger is None:
            return cls()
        return cls(
            ledger.references(round_name),
            ledger.documents(round_name),
            ledger.approvals(round_name),
            ledger.sealed_files(round_name),
            ledger.deliveries(round_name),
            ledger.answers(round_name),
            ledger.archive_numbers(round_name),
        )

    @property
    def messages(self) -> list[Delivery]:
        """Every delivery of the round."""
        return [each for those in self.deliveries.values() for each in those]

    def left(self, number: str) -> SealedFile | None:
        """The final files of a letter that somebody has or may have; None if it has not left."""
        for each in self.deliveries.get(number, ()):
            if each.has_left:
                return self.sealed[number, each.content_digest]
        return None

    def final(self, number: str) -> SealedFile | None:
        """The final files of a letter that has left or whose approval stands; None if none are."""
        approval = self.approval(number)
        standing = self.sealed.get((number, approval.content_digest)) if approval else None
        return self.left(number) or standing

    def archived(self, number: str) -> ArchiveNumber | None:
        """What the archive calls a letter; None while that is not known."""
        reference = self.references.get(number)
        kept = [e for e in self.archive_numbers.get(number, ()) if e.reference == reference]
        return kept[-1] if kept else None

    def approval(self, number: str) -> Approval | None:
        """The latest approval of a letter that was not taken back."""
        approval = self.approvals.get(number)
        return approval if approval is not None and approval.withdrawn is None else None


@dataclass(frozen=True)
class LetterStatus:
    """One letter of a round: what it says now, and where it stands.

    Args:
        row: what is asked.
        municipality: of whom.
        kind: which letter it is.
        office: who signs.
        letter: all its facts; the reference is empty where none was given yet.
        says: tells what a letter says, through its template.
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
    kind: Kind
    office: Office
    letter: Letter
    says: Callable[[Letter], Content] = field(repr=False, compare=False)
    stem: str
    fingerprint: str
    state: LetterState
    made: MadeDocument | None = None
    approval: Approval | None = None
    sealed: SealedFile | None = None
    is_intact: bool = False
    addressees: tuple[Addressee, ...] = ()

    @property
    def content(self) -> Content:
        """What it says; without UTKAST and with the approval line where it is approved."""
        return self.says(self.letter)

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
    def label(self) -> str:
        """Number and name of the municipality."""
        return self.municipality.label

    @property
    def letter_as_approved(self) -> Letter:
        """What it states once it is approved; an approval is of exactly this."""
        return replace(self.letter, approved=True)

    @property
    def is_approved(self) -> bool:
        """Whether exactly this letter is approved."""
        return self.letter.approved

    @property
    def has_lapsed(self) -> bool:
        """Whether it was approved, but says or looks otherwise now."""
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
        return tr(ADVICE[self.state])


@dataclass(frozen=True)
class StatusReader:
    """Finds out where letters stand.

    Args:
        workspace: the folder with settings and output.
        facts: the round, without faults.
        known: what the ledger knows.
        look: digest of all that decides how a letter looks.
        templates: what letters say.
        says: what a letter says, through its template; worked out once for each.
        channel: the way letters go.
        digest_of: the digest of a file; empty where there is none.
    """

    workspace: Workspace
    facts: RoundFacts
    known: Known
    look: str
    templates: Templates
    says: Callable[[Letter], Content]
    channel: str = "mail"
    digest_of: Callable[[Path], str] = sha256_of_file

    def letters(self, only: Collection[str] | None = None) -> list[LetterStatus]:
        """The letters of some municipality numbers, or of the whole round, in their order."""
        return [
            self._status(row, municipality)
            for row, municipality in self.facts.asked()
            if only is None or municipality.number in only
        ]

    def _status(self, row: AllocationRow, municipality: Municipality) -> LetterStatus:
        facts, known, number = self.facts, self.known, municipality.number
        office = office_of(municipality, facts.round)
        agency = self.workspace.settings.agency
        letter = letter_for(
            row,
            municipality,
            facts.round,
            kind=facts.kind,
            earlier=facts.earlier(number),
            reference=known.references.get(number, ""),
            agency=agency,
        )
        left = known.left(number)
        letter, sealed = self._as_it_is_approved(letter, left)
        stem = file_stem(number, municipality.name, letter.reference)
        fingerprint = hashlib.sha256(
            f"{self.look} {self.templates.digest(letter)} {letter.as_record()} {stem}".encode()
        ).hexdigest()
        made, kept = known.made.get(number), left or sealed
        is_intact = self._is_intact(kept if left or letter.approved else made)
        deliveries = [
            each
            for each in known.deliveries.get(number, ())
            if kept is None or each.pdf_sha256 == kept.pdf_sha256
        ]
        addressees = addressees_of(
            letter,
            facts.contacts[number],
            facts.round,
            deliveries,
            facts.copies(municipality),
            channel=self.channel,
            organisation_number=municipality.organisation_number,
        )
        if left is not None:
            state = _state_sent(left, sealed, addressees)
        elif letter.approved:
            state = _state_approved(sealed, is_intact)
        else:
            state = _state_unapproved(letter, fingerprint, made, is_intact)
        return LetterStatus(
            row=row,
            municipality=municipality,
            kind=facts.kind,
            office=office,
            letter=letter,
            says=self.says,
            stem=stem,
            fingerprint="" if letter.approved else fingerprint,
            state=state,
            made=made,
            approval=known.approvals.get(number),
            sealed=kept,
            is_intact=is_intact,
            addressees=addressees,
        )

    def _as_it_is_approved(
        self, letter: Letter, left: SealedFile | None
    ) -> tuple[Letter, SealedFile | None]:
        """The letter, marked as approved if exactly it is, and its final files, if any.

        What is sealed already is held to its words only. What is still to be sealed is held to its
        look as well, for nobody has seen it in another.
        """
        number = letter.municipality.number
        approval = self.known.approval(number)
        if approval is None:
            return letter, None
        approved = replace(letter, approved=True)
        if not approval.covers(self.says(approved).digest()):
            return letter, None
        sealed = self.known.sealed.get((number, approval.content_digest))
        if sealed is not None and sealed.is_test and self.workspace.settings.seal.has_key:
            sealed = left  # it is to have the agency's own seal, unless it is too late
        if sealed is None and approval.look != self.look:
            return letter, None
        return approved, sealed

    def _is_intact(self, files: LetterFiles | None) -> bool:
        """Whether the files of a letter lie in their folder exactly as they were made."""
        if files is None:
            return False
        folder = folder_of(files, self.workspace)
        return (
            self.digest_of(folder / files.pdf_name) == files.pdf_sha256
            and self.digest_of(folder / files.docx_name) == files.docx_sha256
        )


def folder_of(files: LetterFiles, workspace: Workspace) -> Path:
    """Where the files of a letter lie: the final ones apart from the drafts."""
    is_final = isinstance(files, SealedFile)
    return workspace.finals(files.round) if is_final else workspace.drafts(files.round)


def task_for(
    each: LetterStatus, folder: Path, *, look: str, seal_at: datetime | None = None
) -> Task:
    """What a worker needs to know to make a letter as it stands.

    Args:
        folder: where its files go.
        look: digest of all that decides how it is to look.
        seal_at: the time that goes into the seal; None for a draft.
    """
    return Task(
        number=each.number,
        reference=each.letter.reference,
        dated=each.letter.date,
        content=each.content,
        must_say=must_say(each.letter, each.kind),
        folder=folder,
        stem=each.stem,
        seal_at=seal_at,
        look=look,
        approval=FileApproval.of(each.approval) if seal_at and each.approval else None,
    )


def _state_unapproved(
    letter: Letter, fingerprint: str, made: MadeDocument | None, is_intact: bool
) -> LetterState:
    if not letter.reference:
        return "no reference"
    if made is None:
        return "to make"
    if made.fingerprint != fingerprint:
        return "changed"
    return "draft" if is_intact else "damaged"


def _state_approved(sealed: SealedFile | None, is_intact: bool) -> LetterState:
    if sealed is None:
        return "approved"
    return "final" if is_intact else "damaged"


def _state_sent(
    left: SealedFile, sealed: SealedFile | None, addressees: Sequence[Addressee]
) -> LetterState:
    if sealed is None or sealed.content_digest != left.content_digest:
        return "sent, then changed"
    return "sent" if all(each.has_it for each in addressees) else "partly sent"
