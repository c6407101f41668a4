"""Is the ledger what it was: walked from the first event, and held against files and marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from brevgen.errors import LedgerOutdated
from brevgen.files import sha256_of_file
from brevgen.language import tr, tr_many
from brevgen.ledger.proof import LedgerFault, Proof
from brevgen.ledger.reader import LedgerReader
from brevgen.rounds.ledger_faults import sentence_of
from brevgen.rounds.letter_status import Known
from brevgen.rounds.traces import MARK, last_mark, missing_ledger
from brevgen.rounds.witness import Witness, hear, witness_files
from brevgen.seal.roots import read_roots
from brevgen.workspace import Workspace


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
        signed: how many of these approvals are signed with a passkey.
        sealed: how many sealed letters it keeps.
        faults: what in it does not hold, the earliest first.
        files: what became of the sealed files on the disk.
        witnesses: what each witness of it says.
        holds: whether everything holds that there is to look at.
    """

    ledger: str
    identity: str
    events: int
    last_event: int
    hash: str
    approvals: int
    signed: int
    sealed: int
    faults: tuple[LedgerFault, ...]
    files: FilesOnDisk
    witnesses: tuple[Witness, ...]
    holds: bool

    @property
    def does_not_hold(self) -> list[str]:
        """What does not hold, in sentences: rows, the earliest first, files and witnesses."""
        return [
            *map(sentence_of, self.faults),
            *(
                tr("{file} is not the file that was sealed.", file=each)
                for each in self.files.changed
            ),
            *(f"{each.file}: {each.problem}" for each in self.witnesses if each.problem),
        ]

    @property
    def conclusion(self) -> str:
        """What comes of it, and what to do."""
        if self.holds:
            return tr("The ledger holds: every row is as it was written.")
        if self.faults or any(each.problem for each in self.witnesses):
            return tr(
                "THE LEDGER DOES NOT HOLD: another hand or a broken disk has changed it. Change"
                " nothing, keep a copy of it as it is, and compare it with the latest backup."
            )
        return tr_many(
            "The ledger holds, but {count} file on the disk is another than was sealed:"
            " brevgen generate ROUND puts back the right one.",
            "The ledger holds, but {count} files on the disk are others than were sealed:"
            " brevgen generate ROUND puts back the right ones.",
            len(self.files.changed),
        )


def verify_ledger(workspace: Workspace, named: Sequence[Path] = ()) -> LedgerVerification:
    """Walk the ledger from the first event to the last, and hold the files on the disk against it.

    Args:
        named: witnesses, or folders of them; none for those of the workspace.

    Raises:
        WrongUse: a witness is not there.
        LedgerError: there is none, or it cannot be read at all.
    """
    if missing := missing_ledger(workspace):
        raise LedgerOutdated(missing)
    files = witness_files(workspace, named)
    roots = read_roots(workspace.settings.seal, workspace.root)
    with LedgerReader(workspace.ledger, must_exist=True) as ledger:
        proof = ledger.prove()
        faults = [*proof.faults, *_against_marks(workspace, ledger)]
        # where the ledger itself does not hold, its word on files is worth nothing
        on_disk = FilesOnDisk() if faults else _files_on_disk(workspace, ledger)
        witnesses = tuple(hear(workspace, each, ledger, roots) for each in files)
    return _verification(workspace, proof, faults, on_disk, witnesses)


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
    workspace: Workspace,
    proof: Proof,
    faults: Sequence[LedgerFault],
    files: FilesOnDisk,
    witnesses: tuple[Witness, ...],
) -> LedgerVerification:
    return LedgerVerification(
        ledger=workspace.shown(workspace.ledger),
        identity=proof.mark.identity,
        events=proof.events,
        last_event=proof.mark.sequence,
        hash=proof.mark.hash,
        approvals=proof.approvals,
        signed=proof.signed,
        sealed=proof.sealed,
        faults=tuple(faults),
        files=files,
        witnesses=witnesses,
        holds=not (faults or files.changed or any(each.problem for each in witnesses)),
    )
