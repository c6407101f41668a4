"""Reading the ledger without touching it, as checks, previews and the status do."""

from pathlib import Path
from typing import Literal

from brevgen.errors import LedgerTooNew, NoLedger
from brevgen.ledger.answers import AnswersReader
from brevgen.ledger.approvals import ApprovalsReader
from brevgen.ledger.deliveries import DeliveriesReader
from brevgen.ledger.engine import LedgerFile, copy_to
from brevgen.ledger.file import file_state
from brevgen.ledger.giving import ReferencesReader
from brevgen.ledger.history import HistoryReader
from brevgen.ledger.letters import LettersReader
from brevgen.ledger.migrations import empty_in_memory, migrated_in_memory
from brevgen.ledger.proof import ProofReader
from brevgen.ledger.schema import VERSION


class LedgerReader(
    ReferencesReader,
    LettersReader,
    ApprovalsReader,
    DeliveriesReader,
    AnswersReader,
    HistoryReader,
    ProofReader,
):
    """The ledger, to read only: never makes the file nor changes what it says.

    Where there is no file it reads as an empty ledger; one of an older version is read from a copy
    in memory that is brought up to date. Close it, or use it in a `with`; it belongs to the process
    and thread that opened it.

    Args:
        path: the ledger's file.
        must_exist: refuse to read where there is none.

    Raises:
        LedgerError: the file is empty, no ledger, one of a newer brevgen, or out of reach.
    """

    def __init__(self, path: Path, *, must_exist: bool = False) -> None:
        if file_state(path) == "missing" and not must_exist:
            self._file = empty_in_memory(path)
        else:
            self._file = migrated_in_memory(path, LedgerFile.for_reading(path))


LedgerState = Literal["missing", "empty", "no file", "no ledger", "older", "current", "newer"]
"""What lies at a ledger's path; `older` ones are brought up to date when they are opened."""


def ledger_state(path: Path) -> LedgerState:
    """What lies at a ledger's path, for one who wants to know before opening it.

    Raises:
        LedgerError: it is out of reach, locked or damaged.
    """
    state = file_state(path)
    if state != "file":
        return state
    try:
        file = LedgerFile.for_reading(path)
    except NoLedger:
        return "no ledger"
    except LedgerTooNew:
        return "newer"
    try:
        version = file.version
    finally:
        file.close()
    if version == VERSION:
        return "current"
    return "older" if version else "empty"


def backup(path: Path, to: Path) -> None:
    """Copy the ledger, with all that was ever written to it, into one new file; also while in use.

    Raises:
        LedgerError: there is no ledger, it cannot be read wholly or is damaged, or there is a file
            at `to` already; nothing is left there.
    """
    file = LedgerFile.for_reading(path)
    try:
        copy_to(file, to)
    finally:
        file.close()
