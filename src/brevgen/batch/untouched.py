"""Whether anything was touched since a round was made: if not, there is nothing to make.

What the file system tells of each file is compared with what it told then, as build tools do it:
identity, size, and the times at which content and file were changed. The last of them no program
can set back. Nothing is read, so it takes no time; at the least doubt everything is read as ever.
"""

import hashlib
import json
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from brevgen.root import MARKER, STATE_FOLDER


def letters_untouched(root: Path, round_name: str, *, final: bool = False) -> int | None:
    """How many letters there are if nothing was touched since all were made; else None.

    Args:
        root: the workspace's folder.
        round_name: the round's name.
        final: whether all of them must be final as well.
    """
    try:
        told = json.loads(_memory(root, round_name).read_text(encoding="utf-8"))
        if final and not told["final"]:
            return None
        if told["digest"] == _digest(root, round_name, told["ledger"]):
            return int(told["letters"])
    except (OSError, ValueError, KeyError, TypeError):  # none there, or not ours
        pass
    return None


def remember_untouched(
    root: Path, round_name: str, ledger: str, letters: int, *, final: bool
) -> None:
    """Remember how everything is now that all letters of a round are up to date.

    Args:
        root: the workspace's folder.
        round_name: the round's name.
        ledger: the ledger's file, relative to the workspace.
        letters: how many letters there are.
        final: whether all of them are final.
    """
    told = {
        "digest": _digest(root, round_name, ledger),
        "ledger": ledger,
        "letters": letters,
        "final": final,
    }
    memory = _memory(root, round_name)
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(json.dumps(told), encoding="utf-8")


def _memory(root: Path, round_name: str) -> Path:
    return root / STATE_FOLDER / f"{round_name}.untouched"


def _digest(root: Path, round_name: str, ledger: str) -> str:
    """Of what the file system tells of all that a round's letters rest on, and of themselves."""
    digest = hashlib.sha256()
    for path in _paths(root, round_name, ledger):
        try:
            file = path.stat()
        except FileNotFoundError:
            told: tuple[object, ...] = (path, "is not there")
        else:
            told = (path, file.st_ino, file.st_size, file.st_mtime_ns, file.st_ctime_ns)
        digest.update(f"{told}\n".encode())
    return digest.hexdigest()


def _paths(root: Path, round_name: str, ledger: str) -> Iterator[Path]:
    output = root / "output" / round_name
    yield from (root / MARKER, root / ledger, root / f"{ledger}-wal")
    yield from (root / "data" / "municipalities.csv", root / "data" / "contacts.csv")
    yield from (output / "report.csv", output / "report.html")
    yield Path(sysconfig.get_path("purelib"))  # another library is another folder in it
    for folder in (
        root / "data" / "rounds" / round_name,
        root / "templates",
        output / "drafts",
        output / "letters",
        Path(__file__).parents[1],
    ):
        yield folder
        yield from sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts)
