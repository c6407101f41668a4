"""Where the ledger's file lies: what is there, how a new one appears, and who may write it."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Literal

from brevgen.errors import LedgerUnusable
from brevgen.files import os_reason
from brevgen.language import tr, untranslated

FileState = Literal["missing", "empty", "no file", "file"]
"""What lies at a path: nothing; a file of 0 bytes; a link, folder, pipe or device; or a file."""

_NO_LEDGER: dict[FileState, str] = {
    "missing": untranslated(
        "There is no ledger {path}. Check its path in brevgen.toml, or put the ledger back there"
        " from a backup."
    ),
    "empty": untranslated(
        "The ledger {path} is an empty file, as a copy that failed leaves it. Put the ledger back"
        " from a backup; delete the file only if nothing was ever made."
    ),
    "no file": untranslated(
        "The ledger {path} cannot be opened: it is a link, a folder, a pipe or a device, and no"
        " ordinary file. Put the ledger itself there, or name its true path in brevgen.toml."
    ),
}


def file_state(path: Path) -> FileState:
    """What lies at a path; links are not followed."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        raise LedgerUnusable(
            tr(
                "The ledger {path} cannot be opened ({reason}). Check that you may write the file"
                " and its folder.",
                path=path,
                reason=os_reason(error),
            )
        ) from error
    if not stat.S_ISREG(found.st_mode):
        return "no file"
    return "file" if found.st_size else "empty"


def check_is_file(path: Path) -> None:
    """See to it that an ordinary file with something in it lies at the ledger's path.

    Raises:
        LedgerUnusable: there is none; what lies there instead, and what to do.
    """
    if reason := _NO_LEDGER.get(file_state(path)):
        raise LedgerUnusable(tr(reason, path=path))


def create_file(path: Path) -> Path:
    """An empty file beside a path, with the rights a ledger has; to be filled and published."""
    if not path.parent.is_dir():
        raise LedgerUnusable(
            tr(
                "There is no folder {folder} for {file}. Make it first.",
                folder=path.parent,
                file=path.name,
            )
        )
    aside = path.with_name(f".{path.name}.{token_hex(8)}.part")
    try:
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        raise LedgerUnusable(
            tr(
                "{path} cannot be made ({reason}). Check that you may write the file and its"
                " folder.",
                path=path,
                reason=os_reason(error),
            )
        ) from error
    share_with_group(aside)
    return aside


def free_name(path: Path, what: str, at: datetime, ending: str = "bak") -> Path:
    """`ledger.sqlite3.version-2-2026-11-25.bak` beside the ledger, or the next that is free."""
    name = f"{path.name}.{what}-{at.astimezone(UTC):%Y-%m-%d}"
    names = (f"{name}{more}.{ending}" for more in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(free for each in names if file_state(free := path.with_name(each)) == "missing")


def publish(aside: Path, path: Path) -> bool:
    """Let a file appear whole under its name; False where there is one already."""
    try:
        os.link(aside, path)
    except FileExistsError:
        return False
    except OSError:  # a disk without hard links
        if os.path.lexists(path):
            return False
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # so that its name outlives a power cut
    finally:
        os.close(folder)
    return True


def share_with_group(path: Path) -> None:
    """Let the group of a shared folder write a file in it; what cannot be changed stays."""
    folder = path.parent.stat()
    if not folder.st_mode & stat.S_IWGRP:
        return
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        each = path.with_name(name)
        try:
            found = each.lstat()
            if found.st_gid != folder.st_gid:
                os.chown(each, -1, folder.st_gid, follow_symlinks=False)
            if stat.S_ISREG(found.st_mode) and found.st_mode & 0o060 != 0o060:
                each.chmod(stat.S_IMODE(found.st_mode) | 0o060)
        except OSError:  # it is not there, or another's
            continue


def check_nothing_is_beside(path: Path) -> None:
    """See to it that all is in the one file, for one who cannot read what lies beside it.

    Raises:
        LedgerUnusable: part of the ledger lies beside it.
    """
    beside = path.with_name(f"{path.name}-wal")
    if beside.exists() and beside.stat().st_size:
        raise LedgerUnusable(
            tr(
                "The ledger {path} cannot be read: its latest entries lie in {beside}, and whoever"
                " reads them must be able to write to the folder. Let somebody who may write there"
                " run brevgen status, then try again.",
                path=path,
                beside=beside.name,
            )
        )
