"""Final letters: made, sealed once, kept in the ledger, and put back where they are missing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from brevgen.files import write_whole
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import SealedFile, SealedLetter
from brevgen.pool.letter_files import Outcome
from brevgen.pool.workers import BATCH, Workers
from brevgen.rounds.status import Known, Planned, task_for
from brevgen.seal.key import SealKey
from brevgen.workspace import Workspace


def seal_approved(
    workspace: Workspace,
    round_name: str,
    ledger: Ledger,
    approved: Sequence[Planned],
    *,
    key: SealKey,
    workers: Workers,
    now: datetime,
    progress: Callable[[int, int], None],
) -> dict[str, tuple[str, ...]]:
    """Make and seal letters that are approved but have no final files yet.

    The sealed bytes are in the ledger before the files appear: what a reader can see is kept.

    Args:
        workspace: where things lie.
        round_name: the round's name.
        ledger: open for writing.
        approved: the letters, in state `approved`.
        key: the agency's key.
        workers: who make them, and get at the key.
        now: the time that goes into the seals.
        progress: called with letters done and letters to do.

    Returns:
        municipality number to the rules its letter broke; these were not made.
    """
    letters = {each.number: each for each in approved}
    staging = workspace.state / "sealing" / round_name
    faults: dict[str, tuple[str, ...]] = {}
    pending: list[Outcome] = []

    def keep() -> None:
        sealed = [_sealed(round_name, letters[o.number], o, staging, key, now) for o in pending]
        ledger.record_sealed(sealed)
        for each, outcome in zip(sealed, pending, strict=True):
            _publish(workspace, round_name, letters[outcome.number], each, staging)
        pending.clear()

    progress(0, len(approved))
    tasks = [task_for(each, staging, seal_at=now) for each in approved]
    try:
        with closing(workers.make(tasks)) as outcomes:
            for done, outcome in enumerate(outcomes, start=1):
                if outcome.faults:
                    faults[outcome.number] = outcome.faults
                else:
                    pending.append(outcome)
                if len(pending) >= BATCH:
                    keep()
                progress(done, len(approved))
    finally:
        keep()
    return faults


def _sealed(
    round_name: str, each: Planned, outcome: Outcome, staging: Path, key: SealKey, now: datetime
) -> SealedLetter:
    file = SealedFile(
        round=round_name,
        municipality=each.number,
        reference=each.letter.reference,
        content_digest=each.content.digest(),
        pdf_name=f"{each.stem}.pdf",
        pdf_sha256=outcome.pdf_sha256,
        unsealed_sha256=outcome.unsealed_sha256,
        docx_name=f"{each.stem}.docx",
        docx_sha256=outcome.docx_sha256,
        pages=outcome.pages,
        sealed_at=now,
        sealed_by=key.owner.subject,
        is_test=key.is_test,
    )
    return SealedLetter(
        file,
        (staging / file.pdf_name).read_bytes(),
        (staging / file.docx_name).read_bytes(),
    )


def _publish(
    workspace: Workspace, round_name: str, each: Planned, sealed: SealedLetter, staging: Path
) -> None:
    """Let the final files appear, and remove the draft they take the place of."""
    finals = workspace.finals(round_name)
    finals.mkdir(parents=True, exist_ok=True)
    drafts = workspace.drafts(round_name)
    for name in (sealed.file.docx_name, sealed.file.pdf_name):
        (staging / name).replace(finals / name)
    if each.made is not None:
        for name in (each.made.pdf_name, each.made.docx_name):
            (drafts / name).unlink(missing_ok=True)


def restore_finals(
    workspace: Workspace, round_name: str, ledger: LedgerReader, letters: Iterable[Planned]
) -> list[str]:
    """Put back final files that are missing or were changed, from what the ledger keeps.

    A draft that still lies beside its final letter goes.

    Returns:
        the municipality numbers of the letters put back.
    """
    finals = workspace.finals(round_name)
    drafts = workspace.drafts(round_name)
    restored = []
    for each in letters:
        file = each.sealed
        if file is None:
            continue
        for name in (file.pdf_name, file.docx_name):
            (drafts / name).unlink(missing_ok=True)
        if not each.is_intact:
            pdf = ledger.sealed_pdf(file.reference, file.content_digest)
            docx = ledger.sealed_docx(file.reference, file.content_digest)
            write_whole(finals / file.docx_name, docx)
            write_whole(finals / file.pdf_name, pdf)
            restored.append(each.number)
    return restored


def remove_stale_finals(
    workspace: Workspace, round_name: str, known: Known, letters: Mapping[str, Planned]
) -> tuple[str, ...]:
    """Remove final files of letters that are not approved any more, or not asked; the ledger keeps
    them.

    Returns:
        the names of the files removed.
    """
    finals = workspace.finals(round_name)
    valid = {
        name
        for each in letters.values()
        if each.sealed is not None
        for name in (each.sealed.pdf_name, each.sealed.docx_name)
    }
    # what is sent is kept, whoever is asked now
    sent = [known.left(number) for number in known.deliveries]
    valid |= {name for file in sent if file for name in (file.pdf_name, file.docx_name)}
    removed = []
    for file in known.sealed.values():
        for name in (file.pdf_name, file.docx_name):
            if name not in valid and (finals / name).exists():
                (finals / name).unlink()
                removed.append(name)
    return tuple(removed)
