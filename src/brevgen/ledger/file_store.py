"""A ledger in a SQLite file: made, opened, copied, and put back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Literal

from brevgen.actor import Actor
from brevgen.errors import LedgerTooNew, LedgerUnusable, NoLedger
from brevgen.files import os_reason
from brevgen.language import tr
from brevgen.ledger import lock, migrations
from brevgen.ledger.file import file_state, free_name
from brevgen.ledger.lock import LockHolder, OnWait, round_lock
from brevgen.ledger.schema import VERSION
from brevgen.ledger.sqlite import LedgerFile, copy_to

_BESIDE = ("", "-wal", "-shm")
"""What SQLite keeps beside a file belongs to it, and goes where it goes."""


class FileStore:
    """A ledger in a file; see `engine.Store`.

    Args:
        path: the ledger's file, there or not.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def state(
        self,
    ) -> Literal["missing", "empty", "no file", "no ledger", "older", "current", "newer"]:
        """What lies there; see `engine.Store`."""
        state = file_state(self._path)
        if state != "file":
            return state
        try:
            file = LedgerFile.for_reading(self._path)
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

    def is_missing(self) -> bool:
        """Whether nothing lies there."""
        return file_state(self._path) == "missing"

    def make(self, at: datetime, identity: str) -> None:
        """Make an empty ledger; see `engine.Store`."""
        migrations.make(self._path, at, identity)

    def open_for_writing(
        self, clock: Callable[[], datetime], actor: Actor, new_identity: Callable[[], str]
    ) -> LedgerFile:
        """Open it to read and write; one of an older version is copied and brought up to date."""
        file = LedgerFile.for_writing(self._path)
        try:
            migrations.bring_up_to_date(self._path, file, clock, actor, new_identity)
        except BaseException:
            file.close()
            raise
        return file

    def open_for_reading(self) -> LedgerFile:
        """Open it to read; one of an older version is read from a copy in memory."""
        return migrations.migrated_in_memory(self._path, LedgerFile.for_reading(self._path))

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
        return round_lock(self._path, round_name, actor, clock, wait=wait, on_wait=on_wait)

    def lock_holder(self, round_name: str) -> LockHolder | None:
        """Who is changing a round just now; None where nobody is."""
        return lock.lock_holder(self._path, round_name)

    def backup(self, to: Path) -> None:
        """Copy it into a new file; see `engine.Store`."""
        file = LedgerFile.for_reading(self._path)
        try:
            copy_to(file, to)
        finally:
            file.close()

    def put_in_place(self, copy: Path, at: datetime) -> Path | None:
        """Put a copy in its place; what lay there is kept beside it, whatever it is."""
        fresh = free_name(self._path, "restoring", at, "part")
        FileStore(copy).backup(fresh)
        try:
            aside = self._put_aside(at)
            fresh.rename(self._path)
        except OSError as error:
            raise LedgerUnusable(
                tr(
                    "{path} cannot be made ({reason}). Check that you may write the file and its"
                    " folder.",
                    path=self._path,
                    reason=os_reason(error),
                )
            ) from error
        finally:
            fresh.unlink(missing_ok=True)
        return aside

    def _put_aside(self, at: datetime) -> Path | None:
        if self.is_missing():
            return None
        aside = free_name(self._path, "before-restore", at)
        for ending in reversed(_BESIDE):  # the file itself last: until then it is the ledger
            own = self._path.with_name(self._path.name + ending)
            if file_state(own) != "missing":
                own.rename(aside.with_name(aside.name + ending))
        return aside
