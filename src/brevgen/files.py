"""Files read whole and bounded, and written whole: a reader never sees half a letter."""

import errno
import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from brevgen.errors import UnreadableFile
from brevgen.language import tr, untranslated

MEGABYTE = 1024 * 1024
MAX_DIGESTED = 200 * MEGABYTE
"""Bytes of a file that is held to its digest; no letter comes near it."""

REASONS = (
    untranslated("Device or resource busy"),
    untranslated("Directory not empty"),
    untranslated("Disk quota exceeded"),
    untranslated("File exists"),
    untranslated("File name too long"),
    untranslated("Input/output error"),
    untranslated("Is a directory"),
    untranslated("No space left on device"),
    untranslated("No such file or directory"),
    untranslated("Not a directory"),
    untranslated("Operation not permitted"),
    untranslated("Permission denied"),
    untranslated("Read-only file system"),
    untranslated("Text file busy"),
    untranslated("Too many levels of symbolic links"),
    untranslated("Too many open files"),
)
"""What the system mostly says of files, in its own words."""

_WRITTEN_ASIDE = re.compile(r"\.[a-z0-9_]{8}\.part")
_FORGOTTEN = 3600
"""Seconds after which nobody is still writing a file."""


def open_file(path: Path, *, most: int) -> BinaryIO:
    """Open an ordinary file to read from it: a pipe or a device might never end.

    Args:
        most: as many bytes as it may have.

    Raises:
        UnreadableFile: there is no such file, or it may not be read, or it is too large.
    """
    with _told():
        # without waiting, since a pipe that nobody writes to would be waited for until then
        file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115
    try:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise _no_file()
        if status.st_size > most:
            raise _too_large(most)
    except BaseException:
        file.close()
        raise
    return file


def read_bytes(path: Path, *, most: int) -> bytes:
    """The bytes of an ordinary file that has no more of them than `most`.

    Raises:
        UnreadableFile: there is no such file, or it cannot be read, or it is too large.
    """
    with _told(), open_file(path, most=most) as file:
        data = file.read(most + 1)
    if len(data) > most:  # it has grown
        raise _too_large(most)
    return data


def os_reason(error: OSError) -> str:
    """Why the system did not do it, in the reader's language where that is among the usual."""
    return tr(error.strerror) if error.strerror else str(error)


@contextmanager
def _told() -> Iterator[None]:
    """Say of a file that cannot be opened or read why, and what to do."""
    try:
        yield
    except PermissionError as error:
        raise UnreadableFile(
            tr("The file may not be read."),
            tr("Close it in other programs, or ask for access to it."),
        ) from error
    except IsADirectoryError as error:
        raise UnreadableFile(
            tr("This is a folder, not a file."), tr("Name the file in it.")
        ) from error
    except (OSError, ValueError) as error:
        number = getattr(error, "errno", None)  # without one: a name that there cannot be
        if number in (None, errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            raise UnreadableFile(
                tr("There is no such file."),
                tr("Put it there, or see whether the name is spelt right."),
            ) from error
        if number == errno.ENXIO:  # a socket
            raise _no_file() from error
        reason = errno.errorcode.get(number, str(number))
        raise UnreadableFile(
            tr("The file cannot be read ({reason}).", reason=reason),
            tr("Copy it to your own computer and try again."),
        ) from error


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def _no_file() -> UnreadableFile:
    return UnreadableFile(tr("This is no ordinary file."), tr("Put a file in its place."))


def _too_large(most: int) -> UnreadableFile:
    units = ((MEGABYTE, "MB"), (1024, "kB"), (1, "bytes"))
    size = next(f"{most // unit} {name}" for unit, name in units if most >= unit)
    return UnreadableFile(
        tr("The file is larger than {size}.", size=size),
        tr("Copy what is needed of it to a new file."),
    )


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there wholly or not at all; the folder is made where needed.

    It can be read and written by whoever can read and write its folder. What a write that was
    killed has left in the folder is removed.
    """
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        share_like_folder(aside)
        _remove_forgotten(path.parent, aside.stat().st_mtime)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each with the group and the rights of the one above."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        _share(folder, own=0o700, shared=0o2075)


def share_like_folder(path: Path) -> None:
    """Give a file the group of its folder, and its rights to read and, for the group, to write."""
    _share(path, own=0o600, shared=0o064)


def _share(path: Path, *, own: int, shared: int) -> None:
    folder = path.parent.stat()
    if path.stat().st_gid != folder.st_gid:
        with suppress(PermissionError):  # who is not in the group cannot give it anything
            os.chown(path, -1, folder.st_gid)
    path.chmod(own | folder.st_mode & shared)


def _remove_forgotten(folder: Path, now: float) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if _WRITTEN_ASIDE.fullmatch(entry.name):
                with suppress(FileNotFoundError, PermissionError):
                    if now - entry.stat(follow_symlinks=False).st_mtime > _FORGOTTEN:
                        Path(entry.path).unlink()


def sha256(data: bytes) -> str:
    """The digest of some bytes, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """The digest of a file; empty if it is not there, or is nothing that can be a letter."""
    try:
        return sha256(read_bytes(path, most=MAX_DIGESTED))
    except UnreadableFile:
        return ""
