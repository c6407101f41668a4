"""Files read whole and bounded, and written whole: a reader never sees half a letter."""

import errno
import hashlib
import os
import tempfile
from pathlib import Path

from brevgen.errors import UnreadableFile

MEGABYTE = 1024 * 1024


def read_bytes(path: Path, *, most: int) -> bytes:
    """The bytes of a file.

    Args:
        path: the file; what is no ordinary one, such as a pipe or a device, might never end.
        most: as many bytes as it may have.

    Raises:
        UnreadableFile: there is no such file, or it cannot be read, or it is too large.
    """
    try:
        if path.is_dir():
            raise UnreadableFile("This is a folder, not a file.", "Name the file in it.")
        if not path.exists():
            raise UnreadableFile(
                "There is no such file.", "Put it there, or see whether the name is spelt right."
            )
        if not path.is_file():
            raise UnreadableFile("This is no ordinary file.", "Put a file in its place.")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except PermissionError as error:
        raise UnreadableFile(
            "The file may not be read.", "Close it in other programs, or ask for access to it."
        ) from error
    except (OSError, ValueError) as error:
        reason = errno.errorcode.get(getattr(error, "errno", None) or 0, "unknown error")
        raise UnreadableFile(
            f"The file cannot be read ({reason}).", "Copy it to your own computer and try again."
        ) from error
    if len(data) > most:
        size = f"{most // MEGABYTE} MB" if most >= MEGABYTE else f"{most // 1024} kB"
        raise UnreadableFile(
            f"The file is larger than {size}.", "Copy what is needed of it to a new file."
        )
    return data


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there wholly or not at all; the folder is made where needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(aside).chmod(0o644)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def sha256(data: bytes) -> str:
    """The digest of some bytes, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """The digest of a file; empty if it is not there."""
    try:
        return sha256(path.read_bytes())
    except FileNotFoundError:
        return ""
