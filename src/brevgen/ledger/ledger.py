"""The ledger as those see it who change a round: give references, make, approve, seal, send.

Each method is one transaction: it happens wholly or not at all, whatever becomes of the process.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import uuid4

from brevgen.actor import Actor
from brevgen.ledger.answers import AnswersWriter
from brevgen.ledger.approval_requests import ApprovalRequestsWriter
from brevgen.ledger.approvals import ApprovalsWriter
from brevgen.ledger.archive_numbers import ArchiveNumbersWriter
from brevgen.ledger.deliveries import DeliveriesWriter
from brevgen.ledger.engine import store_at
from brevgen.ledger.giving import ReferencesWriter
from brevgen.ledger.history import HistoryWriter
from brevgen.ledger.letters import LettersWriter
from brevgen.ledger.lock import OnWait
from brevgen.ledger.passkeys import PasskeysWriter
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.readings import ReadingsWriter
from brevgen.settings.ledger import LedgerPlace


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
        place: the ledger's file, whose folder must be there, or its database.
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
        place: LedgerPlace,
        clock: Callable[[], datetime],
        actor: Actor,
        *,
        new: bool = False,
        new_identity: Callable[[], str] = random_identity,
    ) -> None:
        self.place = place
        self._clock = clock
        self._actor = actor
        store = store_at(place)
        if new and store.is_missing():
            store.make(clock(), new_identity())
        self._file = store.open_for_writing(clock, actor, new_identity)

    def round_lock(
        self,
        round_name: str,
        *,
        wait: float | None = None,
        on_wait: OnWait | None = None,
    ) -> AbstractContextManager[None]:
        """Keep everybody else from changing a round; see `lock.round_lock`."""
        return self._file.round_lock(
            round_name, self._actor, self._clock, wait=wait, on_wait=on_wait
        )
