"""What is changed in the files of a workspace, written down with who did it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from brevgen.actor import Actor
from brevgen.files import write_whole
from brevgen.workspace import Workspace

Note = Callable[[str, str, str], None]
"""Writes down an event: the round's name, empty for what all have; the act; the particulars."""


@contextmanager
def noting(workspace: Workspace, clock: Callable[[], datetime], actor: Actor) -> Iterator[Note]:
    """What writes down that files were changed, where there is a ledger already.

    The ledger is opened before anything is changed, so nothing is that could not be written down.

    Args:
        clock: tells the time, aware.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    from brevgen.ledger.engine import store_at
    from brevgen.ledger.ledger import Ledger

    if not workspace.has_ledger or store_at(workspace.ledger).is_missing():
        yield _nowhere
        return
    with Ledger(workspace.ledger, clock, actor) as ledger:
        yield lambda round_name, act, what: ledger.note(round_name, "", act, what)


@contextmanager
def all_or_nothing(files: Iterable[Path]) -> Iterator[None]:
    """Let files be written and that be written down; where one fails they are as they were.

    Args:
        files: those that may be written or removed, there or not.
    """
    before = {file: file.read_bytes() if file.exists() else None for file in files}
    try:
        yield
    except BaseException:
        for file, data in before.items():
            if data is None:
                file.unlink(missing_ok=True)
            elif not file.exists() or file.read_bytes() != data:
                write_whole(file, data)
        raise


def _nowhere(round_name: str, act: str, what: str) -> None:
    """Nothing has been written down here yet, and this alone begins no ledger."""
