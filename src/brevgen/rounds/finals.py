"""Final letters: made, sealed once, kept in the ledger, and put back where they are missing."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from brevgen.errors import LedgerDamaged
from brevgen.files import make_folder, share_like_folder, write_whole
from brevgen.language import tr
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import SealedFile, SealedLetter
from brevgen.pool.letter_files import Outcome, SealAccess
from brevgen.pool.workers import BATCH, Workers
from brevgen.rounds.letter_status import LetterStatus, task_for
from brevgen.rounds.report import load_what_writes_reports
from brevgen.rounds.seal_check import SealCheck
from brevgen.rounds.session import RoundSession
from brevgen.seal.key import SealKey, open_key


@dataclass(frozen=True)
class Sealing:
    """What letters are sealed with: the agency's key, and the workers that can reach it.

    Args:
        key: the key, open, so that it is known to work before anybody is asked anything.
        workers: who make and seal the letters.
        at: the time that goes into the seals, aware.
    """

    key: SealKey
    workers: Workers
    at: datetime


def prepare_sealing(session: RoundSession, jobs: int) -> Sealing:
    """Open the agency's key.

    Raises:
        FaultyInput: letters cannot be sealed with it.
    """
    workspace, at = session.workspace, session.clock()
    settings = workspace.settings.seal
    key = open_key(settings, workspace.root, at)
    access = SealAccess(settings, workspace.root, at)
    return Sealing(key, Workers(workspace.templates, jobs, access), at)


def seal_approved(
    session: RoundSession,
    ledger: Ledger,
    approved: Mapping[str, LetterStatus],
    sealing: Sealing,
    progress: Callable[[int, int], None],
) -> dict[str, tuple[str, ...]]:
    """Make and seal letters that are approved but have no final files yet.

    The sealed bytes are in the ledger before the files appear: what a reader can see is kept.

    Args:
        session: the round, held for changing.
        ledger: its ledger, open for writing.
        approved: the letters, in state `approved`, by municipality number.
        sealing: what they are sealed with.
        progress: called with letters done and letters to do.

    Returns:
        municipality number to the rules its letter broke; these were not made.
    """
    staging = session.workspace.state / "sealing" / session.name
    faults: dict[str, tuple[str, ...]] = {}
    pending: list[Outcome] = []

    def keep() -> None:
        sealed = [_sealed(session.name, approved[o.number], o, staging, sealing) for o in pending]
        ledger.record_sealed(sealed)
        for each in sealed:
            _publish(session, approved[each.file.municipality], each.file, staging)
        pending.clear()

    progress(0, len(approved))
    tasks = [
        task_for(each, staging, look=session.look, seal_at=sealing.at) for each in approved.values()
    ]
    try:
        with closing(sealing.workers.make(tasks, load_what_writes_reports)) as outcomes:
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
    round_name: str, each: LetterStatus, made: Outcome, staging: Path, sealing: Sealing
) -> SealedLetter:
    file = SealedFile(
        round=round_name,
        municipality=each.number,
        reference=each.letter.reference,
        content_digest=each.content.digest(),
        pdf_name=f"{each.stem}.pdf",
        pdf_sha256=made.pdf_sha256,
        unsealed_sha256=made.unsealed_sha256,
        docx_name=f"{each.stem}.docx",
        docx_sha256=made.docx_sha256,
        pages=made.pages,
        sealed_at=sealing.at,
        sealed_by=sealing.key.owner.subject,
        is_test=sealing.key.is_test,
    )
    return SealedLetter(
        file,
        (staging / file.pdf_name).read_bytes(),
        (staging / file.docx_name).read_bytes(),
    )


def _publish(session: RoundSession, each: LetterStatus, file: SealedFile, staging: Path) -> None:
    """Let the final files appear, and remove the draft they take the place of."""
    finals = session.workspace.finals(session.name)
    make_folder(finals)
    for name in (file.docx_name, file.pdf_name):
        (staging / name).replace(finals / name)
        share_like_folder(finals / name)
    if each.made is not None:
        for name in each.made.names:
            (session.workspace.drafts(session.name) / name).unlink(missing_ok=True)


def restore_finals(session: RoundSession, letters: Iterable[LetterStatus]) -> list[str]:
    """Put back final files that are missing or were changed, from what the ledger keeps.

    A draft that still lies beside its final letter goes.

    Returns:
        the municipality numbers of the letters put back.

    Raises:
        LedgerDamaged: what the ledger keeps does not hold to its seal.
    """
    seals = SealCheck(session.workspace)
    finals = session.workspace.finals(session.name)
    drafts = session.workspace.drafts(session.name)
    restored = []
    for each in letters:
        file = each.sealed
        if file is None:
            continue
        for name in file.names:
            (drafts / name).unlink(missing_ok=True)
        if not each.is_intact:
            pdf = session.ledger.sealed_pdf(file.reference, file.content_digest)
            docx = session.ledger.sealed_docx(file.reference, file.content_digest)
            if against := seals.against(file, pdf):
                raise LedgerDamaged(
                    tr(
                        "{file} is not put back, for the ledger keeps another file than was sealed:"
                        " {reason} Put the ledger back from a backup.",
                        file=file.pdf_name,
                        reason=against,
                    )
                )
            write_whole(finals / file.docx_name, docx)
            write_whole(finals / file.pdf_name, pdf)
            restored.append(each.number)
    if restored:
        session.forget()
    return restored


def remove_finals_except(session: RoundSession, standing: Iterable[SealedFile]) -> tuple[str, ...]:
    """Remove final files that no longer count; the ledger keeps them, and what was sent stays.

    Args:
        standing: the final files that count.

    Returns:
        the names of the files removed.
    """
    finals, known = session.workspace.finals(session.name), session.known
    sent = [known.left(number) for number in known.deliveries]
    valid = {name for file in (*standing, *sent) if file for name in file.names}
    removed = []
    for file in known.sealed.values():
        for name in file.names:
            if name not in valid and (finals / name).exists():
                (finals / name).unlink()
                removed.append(name)
    return tuple(removed)
