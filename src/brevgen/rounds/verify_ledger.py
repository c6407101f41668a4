"""Is the ledger what it was: walked from the first event, and held against files and marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from brevgen.errors import LedgerOutdated
from brevgen.files import sha256_of_file
from brevgen.language import tr, untranslated
from brevgen.ledger.proof import FaultCode, LedgerFault, Proof
from brevgen.ledger.reader import LedgerReader
from brevgen.rounds.letter_status import Known
from brevgen.rounds.traces import MARK, last_mark, missing_ledger
from brevgen.workspace import Workspace

_SENTENCES: dict[FaultCode, str] = {
    "event missing": untranslated("Event {event} is missing."),
    "event changed": untranslated(
        "Event {event}, or a row that belongs to it, is not what was written."
    ),
    "words changed": untranslated(
        "Event {event}: the words of a letter ({table}, {row}) are not those it was digested with."
    ),
    "manifest changed": untranslated(
        "Event {event}: the letters that were shown or approved together ({table}, {row}) are not"
        " those of the digest."
    ),
    "file changed": untranslated(
        "Event {event}: a file the ledger keeps of {row} ({table}) is not the one that was sealed."
    ),
    "ends too early": untranslated(
        "{seen_in} has seen event {event}, and the ledger ends before it."
    ),
    "another story": untranslated("{seen_in} has seen another event {event}."),
    "another ledger": untranslated("{seen_in} is of another ledger."),
}


@dataclass(frozen=True)
class FilesOnDisk:
    """What became of the sealed files in the output folders; paths as a person would type them.

    Args:
        right: how many are the ones that were sealed.
        missing: those that are not there; the ledger keeps them.
        changed: those that are other files than were sealed.
    """

    right: int = 0
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class LedgerVerification:
    """All that can be said of a ledger.

    Args:
        ledger: its place, as a person would type it.
        identity: which ledger it is.
        events: how many events it has.
        last_event: the number of the last one.
        hash: the hash of the last one, which covers all before it.
        approvals: how many sets of letters were approved together.
        sealed: how many sealed letters it keeps.
        faults: what in it does not hold, the earliest first.
        files: what became of the sealed files on the disk.
        holds: whether everything holds that there is to look at.
    """

    ledger: str
    identity: str
    events: int
    last_event: int
    hash: str
    approvals: int
    sealed: int
    faults: tuple[LedgerFault, ...]
    files: FilesOnDisk
    holds: bool


def verify_ledger(workspace: Workspace) -> LedgerVerification:
    """Walk the ledger from the first event to the last, and hold the files on the disk against it.

    Raises:
        LedgerError: there is none, or it cannot be read at all.
    """
    if missing := missing_ledger(workspace):
        raise LedgerOutdated(missing)
    with LedgerReader(workspace.ledger, must_exist=True) as ledger:
        proof = ledger.prove()
        faults = [*proof.faults, *_against_marks(workspace, ledger)]
        # where the ledger itself does not hold, its word on files is worth nothing
        files = FilesOnDisk() if faults else _files_on_disk(workspace, ledger)
    return _verification(workspace, proof, faults, files)


def sentence_of(fault: LedgerFault) -> str:
    """What does not hold, in the reader's language."""
    return tr(
        _SENTENCES[fault.code],
        event=fault.event,
        table=fault.table,
        row=fault.row,
        seen_in=fault.seen_in,
    )


def _against_marks(workspace: Workspace, ledger: LedgerReader) -> list[LedgerFault]:
    """What was last seen of the ledger from this workspace."""
    mark = last_mark(workspace)
    if mark is None or not mark.identity:
        return []
    fault = ledger.contradiction(mark, workspace.shown(workspace.state / MARK))
    return [fault] if fault is not None else []


def _files_on_disk(workspace: Workspace, ledger: LedgerReader) -> FilesOnDisk:
    """The final files that should lie there: of letters whose approval stands, or that left."""
    right, missing, changed = 0, [], []
    for round_name in ledger.rounds():
        known = Known.of(ledger, round_name)
        finals = workspace.finals(round_name)
        for file in filter(None, map(known.final, known.references)):
            for name, digest in (
                (file.pdf_name, file.pdf_sha256),
                (file.docx_name, file.docx_sha256),
            ):
                found = sha256_of_file(finals / name)
                right += found == digest
                if not found:
                    missing.append(workspace.shown(finals / name))
                elif found != digest:
                    changed.append(workspace.shown(finals / name))
    return FilesOnDisk(right, tuple(missing), tuple(changed))


def _verification(
    workspace: Workspace, proof: Proof, faults: Sequence[LedgerFault], files: FilesOnDisk
) -> LedgerVerification:
    return LedgerVerification(
        ledger=workspace.shown(workspace.ledger),
        identity=proof.mark.identity,
        events=proof.events,
        last_event=proof.mark.sequence,
        hash=proof.mark.hash,
        approvals=proof.approvals,
        sealed=proof.sealed,
        faults=tuple(faults),
        files=files,
        holds=not faults and not files.changed,
    )
