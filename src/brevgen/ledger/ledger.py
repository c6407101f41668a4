"""The ledger as those see it who change a round: give references, make, approve, seal, send.

Each method is one transaction: it happens wholly or not at all, whatever becomes of the process.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from brevgen.actor import Actor
from brevgen.errors import LedgerUnusable
from brevgen.language import tr
from brevgen.ledger import lock
from brevgen.ledger.answers import AnswersWriter
from brevgen.ledger.approval_requests import ApprovalRequestsWriter
from brevgen.ledger.approvals import ApprovalsWriter
from brevgen.ledger.archive_numbers import ArchiveNumbersWriter
from brevgen.ledger.deliveries import DeliveriesWriter
from brevgen.ledger.engine import LedgerFile
from brevgen.ledger.file import file_state
from brevgen.ledger.giving import ReferencesWriter
from brevgen.ledger.history import HistoryWriter
from brevgen.ledger.letters import LettersWriter
from brevgen.ledger.lock import LockHolder
from brevgen.ledger.migrations import bring_up_to_date, make
from brevgen.ledger.passkeys import PasskeysWriter
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.readings import ReadingsWriter


def random_identity() -> str:
    """A name no other ledger has."""
    return uuid4().hex


class Ledger(
    ReferencesWriter,
    LettersWriter,
    ApprovalsWriter,
    DeliveriesWriter,
    AnswersWriter,
    ApprovalRequestsWriter,
    ReadingsWriter,
    PasskeysWriter,
    ArchiveNumbersWriter,
    HistoryWriter,
    LedgerReader,
):
    """The ledger, to read and to write.

    One of an older version is brought up to date, after a copy of it was put beside it.

    Args:
        path: the ledger's file; its folder must be there.
        clock: tells the time, aware.
        actor: who does what is written down.
        new: whether to make a ledger where there is none.
        new_identity: gives a ledger that is made the name it keeps.

    Raises:
        LedgerError: there is no ledger, or the file is empty, no ledger, one of a newer brevgen, or
            out of reach.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime],
        actor: Actor,
        *,
        new: bool = False,
        new_identity: Callable[[], str] = random_identity,
    ) -> None:
        self.path = path
        self._clock = clock
        self._actor = actor
        if not path.parent.is_dir():
            raise LedgerUnusable(
                tr(
                    "There is no folder {folder} for the ledger. Make it first.",
                    folder=path.parent,
                )
            )
        if new and file_state(path) == "missing":
            make(path, clock(), new_identity())
        self._file = LedgerFile.for_writing(path)
        try:
            bring_up_to_date(path, self._file, clock, actor, new_identity)
        except BaseException:
            self._file.close()
            raise

    def round_lock(
        self,
        round_name: str,
        *,
        wait: float | None = None,
        on_wait: Callable[[LockHolder], object] | None = None,
    ) -> AbstractContextManager[None]:
        """Keep everybody else from changing a round; see `lock.round_lock`."""
        return lock.round_lock(
            self.path, round_name, self._actor, self._clock, wait=wait, on_wait=on_wait
        )
