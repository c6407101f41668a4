"""The lock of a round: one at a time changes it, whichever process, thread or account that is.

The lock is a file beside the ledger and the operating system's, so it goes with whoever holds it,
however that ends. Reading never takes it.
"""

import fcntl
import hashlib
import json
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from brevgen.actor import Actor
from brevgen.characters import cleaned
from brevgen.errors import LedgerDiskError, LedgerUnusable, RoundLocked
from brevgen.files import os_reason
from brevgen.language import tr, when
from brevgen.ledger.file import share_with_group

WAIT_SECONDS: Final = 10.0
"""How long to wait for another who changes the round."""

_PAUSE: Final = 0.05
_MOST_BYTES: Final = 4096


@dataclass(frozen=True)
class LockHolder:
    """Who holds a round's lock, and since when.

    Args:
        account: the account; empty if it has not said so yet.
        since: aware UTC, whole seconds; None if it has not said so yet.
    """

    account: str
    since: datetime | None

    def __str__(self) -> str:
        account = self.account or tr("somebody")
        if self.since is None:
            return account
        return tr("{account} since {at}", account=account, at=when(self.since))


OnWait = Callable[[LockHolder], object]
"""Is told who holds a lock that has to be waited for."""


@contextmanager
def round_lock(
    ledger: Path,
    round_name: str,
    actor: Actor,
    clock: Callable[[], datetime],
    *,
    wait: float | None = None,
    on_wait: OnWait | None = None,
) -> Iterator[None]:
    """Keep everybody else from changing a round of a ledger.

    Not to be taken twice by one holder: the second time would wait for the first.

    Args:
        ledger: the ledger's file, there or not; its folder must be.
        wait: how long to wait for another holder, seconds; None for `WAIT_SECONDS`.
        on_wait: is told once who holds it, if that has to be waited for.

    Raises:
        RoundLocked: another still holds it; who, and since when.
        LedgerUnusable: the lock file cannot be made or is no ordinary file.
        LedgerDiskError: the disk is full.
    """
    path = lock_path(ledger, round_name)
    lock = _open(path)
    try:
        wait_for(lambda: _take(lock), lambda: _holder(lock), round_name, wait=wait, on_wait=on_wait)
        since = clock().astimezone(UTC).replace(microsecond=0).isoformat()
        try:
            _write(lock, json.dumps({"account": str(actor), "since": since}))
        except OSError as error:
            raise LedgerDiskError(
                tr(
                    "The lock {path} cannot be written ({reason}). Make room on the disk.",
                    path=path,
                    reason=os_reason(error),
                )
            ) from error
        try:
            yield
        finally:
            _write(lock, "")
    finally:
        os.close(lock)  # which lets go of it


def lock_holder(ledger: Path, round_name: str) -> LockHolder | None:
    """Who is changing a round of a ledger just now; None for nobody. Nobody is kept waiting."""
    try:
        lock = os.open(lock_path(ledger, round_name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:  # nobody ever took it
        return None
    try:
        holder = _holder(lock)
        if not holder.account:
            return None
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)  # it was left by one who was killed
    except BlockingIOError:
        return holder
    finally:
        os.close(lock)
    return None


def lock_path(ledger: Path, round_name: str) -> Path:
    """The lock's file; its name is of one length, whatever the round is called."""
    digest = hashlib.sha256(round_name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return ledger.with_name(f".{ledger.name}.{digest}.lock")


def wait_for(
    take: Callable[[], bool],
    holder_now: Callable[[], LockHolder],
    round_name: str,
    *,
    wait: float | None,
    on_wait: OnWait | None,
) -> None:
    """Try to take a lock until it is taken, or for as long as one waits.

    Args:
        take: tries once; whether it is taken.
        holder_now: tells who holds it.
        round_name: whose lock it is.
        wait: seconds; None for `WAIT_SECONDS`.
        on_wait: is told once who holds it, if that has to be waited for.

    Raises:
        RoundLocked: another still holds it; who, and since when.
    """
    until = time.monotonic() + (WAIT_SECONDS if wait is None else wait)
    told = on_wait is None
    while not take():
        holder = holder_now()
        if time.monotonic() >= until:
            raise RoundLocked(
                tr(
                    "The round {round} is being changed by {holder}. Nothing was done. Wait until"
                    " that is finished, then try again.",
                    round=round_name,
                    holder=holder,
                )
            )
        if not told and on_wait is not None and holder.account:
            told = True
            on_wait(holder)
        time.sleep(_PAUSE)


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(path: Path) -> int:
    """The lock file, made where there is none; what is no ordinary file is left as it is."""
    if not path.parent.is_dir():
        raise LedgerUnusable(
            tr("There is no folder {folder} for the ledger. Make it first.", folder=path.parent)
        )
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        lock = os.open(path, flags, 0o666)
    except OSError as error:
        raise LedgerUnusable(
            tr(
                "The lock {path} cannot be opened ({reason}). Check that it is no link, and that"
                " you may write the file and its folder.",
                path=path,
                reason=os_reason(error),
            )
        ) from error
    found = os.fstat(lock)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(lock)
        raise LedgerUnusable(
            tr("The lock {path} is no file of brevgen’s own. Remove it.", path=path)
        )
    share_with_group(path)
    return lock


def _write(lock: int, text: str) -> None:
    os.pwrite(lock, text.encode(), 0)
    os.ftruncate(lock, len(text.encode()))


def _holder(lock: int) -> LockHolder:
    try:
        told = json.loads(os.pread(lock, _MOST_BYTES, 0))
        return LockHolder(cleaned(str(told["account"])), datetime.fromisoformat(told["since"]))
    except (ValueError, KeyError, TypeError):  # it is just writing that down
        return LockHolder("", None)
