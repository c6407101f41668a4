"""Reading the ledger without touching it, as checks, previews and the status do."""

from pathlib import Path

from brevgen.ledger.answers import AnswersReader
from brevgen.ledger.approval_requests import ApprovalRequestsReader
from brevgen.ledger.approvals import ApprovalsReader
from brevgen.ledger.archive_numbers import ArchiveNumbersReader
from brevgen.ledger.deliveries import DeliveriesReader
from brevgen.ledger.engine import store_at
from brevgen.ledger.giving import ReferencesReader
from brevgen.ledger.history import HistoryReader
from brevgen.ledger.letters import LettersReader
from brevgen.ledger.migrations import empty_in_memory
from brevgen.ledger.passkeys import PasskeysReader
from brevgen.ledger.proof import ProofReader
from brevgen.ledger.readings import ReadingsReader
from brevgen.settings.ledger import LedgerPlace


class LedgerReader(
    ReferencesReader,
    LettersReader,
    ApprovalsReader,
    DeliveriesReader,
    AnswersReader,
    ApprovalRequestsReader,
    ReadingsReader,
    PasskeysReader,
    ArchiveNumbersReader,
    HistoryReader,
    ProofReader,
):
    """The ledger, to read only: never makes the file nor changes what it says.

    Where there is none it reads as an empty ledger; one of an older version is read from a copy
    in memory that is brought up to date. Close it, or use it in a `with`; it belongs to the process
    and thread that opened it.

    Args:
        place: the ledger's file, or its database.
        must_exist: refuse to read where there is none.

    Raises:
        LedgerError: the file is empty, no ledger, one of a newer brevgen, or out of reach.
    """

    def __init__(self, place: LedgerPlace, *, must_exist: bool = False) -> None:
        store = store_at(place)
        if store.is_missing() and not must_exist:
            self._file = empty_in_memory()
        else:
            self._file = store.open_for_reading()


def backup(place: LedgerPlace, to: Path) -> None:
    """Copy the ledger, with all that was ever written to it, into one new file; also while in use.

    Raises:
        LedgerError: there is no ledger, it cannot be read wholly or is damaged, or there is a file
            at `to` already; nothing is left there.
    """
    store_at(place).backup(to)
