"""The one door to wherever a ledger lies: a SQLite file, or a PostgreSQL database.

What the two do differently stays behind it: in `file_store` and `sqlite`, in `database_store` and
`postgresql`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy import Connection

from brevgen.actor import Actor
from brevgen.ledger.file_store import FileStore
from brevgen.ledger.lock import LockHolder, OnWait
from brevgen.settings.ledger import LedgerPlace

LedgerState = Literal["missing", "empty", "no file", "no ledger", "older", "current", "newer"]
"""What lies at a ledger's place; `older` ones are brought up to date when they are opened."""


class OpenLedger(Protocol):
    """An open ledger; belongs to the process and thread that opened it."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one moment of the ledger and hinders nobody."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that writes all or nothing; others who want to write wait for its end.

        What it reads first is still true when it writes.
        """

    def round_lock(
        self,
        round_name: str,
        actor: Actor,
        clock: Callable[[], datetime],
        *,
        wait: float | None = None,
        on_wait: OnWait | None = None,
    ) -> AbstractContextManager[None]:
        """Keep everybody else from changing a round; see `lock.round_lock`."""

    def close(self) -> None:
        """Let go of it."""


class Store(Protocol):
    """Where a ledger lies, or may lie."""

    def state(self) -> LedgerState:
        """What lies there.

        Raises:
            LedgerError: it is out of reach, locked or damaged.
        """

    def is_missing(self) -> bool:
        """Whether nothing lies there."""

    def make(self, at: datetime, identity: str) -> None:
        """Make an empty ledger, which appears whole; where somebody else just did, theirs stays.

        Raises:
            LedgerError: it cannot be made there.
        """

    def open_for_writing(
        self, clock: Callable[[], datetime], actor: Actor, new_identity: Callable[[], str]
    ) -> OpenLedger:
        """Open a ledger that is there; an older one is brought up to date.

        Raises:
            LedgerError: there is none, or it is a newer one, or out of reach.
        """

    def open_for_reading(self) -> OpenLedger:
        """Open a ledger that is there without changing it.

        Raises:
            LedgerError: there is none, or it is a newer one, or out of reach.
        """

    def round_lock(
        self,
        round_name: str,
        actor: Actor,
        clock: Callable[[], datetime],
        *,
        wait: float | None = None,
        on_wait: OnWait | None = None,
    ) -> AbstractContextManager[None]:
        """Keep everybody else from changing a round of a ledger that is there or not."""

    def lock_holder(self, round_name: str) -> LockHolder | None:
        """Who is changing a round just now; None where nobody is."""

    def backup(self, to: Path) -> None:
        """Copy all that was ever written to it into one new SQLite file; also while in use.

        Raises:
            LedgerError: there is no ledger, it cannot be read wholly or is damaged, or there is a
                file at `to` already; nothing is left there.
        """

    def put_in_place(self, copy: Path, at: datetime) -> Path | None:
        """Put a copy where the ledger lies, while nobody uses that.

        Returns:
            where that lies now which lay there before; None where there was nothing.

        Raises:
            LedgerError: it cannot be read or put there; then all is as it was.
        """


def store_at(place: LedgerPlace) -> Store:
    """What knows how a ledger is kept at a place."""
    if isinstance(place, Path):
        return FileStore(place)
    from brevgen.ledger.database_store import DatabaseStore  # only where it is used

    return DatabaseStore(place)
