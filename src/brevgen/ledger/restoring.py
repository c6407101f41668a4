"""Putting a copy in the ledger's place; what lay there is kept beside it, whatever it is."""

from datetime import datetime
from pathlib import Path

from brevgen.errors import LedgerDamaged, LedgerUnusable
from brevgen.files import os_reason
from brevgen.language import tr
from brevgen.ledger.engine import LedgerFile, copy_to
from brevgen.ledger.file import file_state, free_name
from brevgen.ledger.proof import Proof
from brevgen.ledger.reader import LedgerReader

_BESIDE = ("", "-wal", "-shm")
"""What SQLite keeps beside a file belongs to it, and goes where it goes."""


def prove_copy(copy: Path) -> Proof:
    """Look at a copy before it is put anywhere.

    Raises:
        LedgerError: it is no ledger, or not one as it was written.
    """
    with LedgerReader(copy, must_exist=True) as reader:
        proof = reader.prove()
    if proof.faults:
        raise LedgerDamaged(
            tr(
                "The copy {copy} does not hold: event {event} is not what was written. Nothing was"
                " restored. Choose another copy.",
                copy=copy,
                event=proof.faults[0].event,
            )
        )
    return proof


def put_in_place(copy: Path, ledger: Path, at: datetime) -> Path | None:
    """Put a copy where the ledger lies, while nobody uses that.

    Returns:
        where that lies now which lay there before; None where there was nothing.

    Raises:
        LedgerError: it cannot be read or put there; then all is as it was.
    """
    fresh = free_name(ledger, "restoring", at, "part")
    file = LedgerFile.for_reading(copy)
    try:
        copy_to(file, fresh)
    finally:
        file.close()
    try:
        aside = None
        if file_state(ledger) != "missing":
            aside = free_name(ledger, "before-restore", at)
            for ending in reversed(_BESIDE):  # the file itself last: until then it is the ledger
                own = ledger.with_name(ledger.name + ending)
                if file_state(own) != "missing":
                    own.rename(aside.with_name(aside.name + ending))
        fresh.rename(ledger)
    except OSError as error:
        raise LedgerUnusable(
            tr(
                "{path} cannot be made ({reason}). Check that you may write the file and its"
                " folder.",
                path=ledger,
                reason=os_reason(error),
            )
        ) from error
    finally:
        fresh.unlink(missing_ok=True)
    return aside
