"""What a command runs in: the workspace, the round, the time, and the person at the terminal."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.errors import Refused, WrongUse
from brevgen.language import tr
from brevgen.marker import find_root
from brevgen.workspace import Workspace, find_workspace

if TYPE_CHECKING:
    from brevgen.rounds.session import RoundSession


def workspace_of(folder: Path | None) -> Workspace:
    """The workspace that was named, or the one the command was typed in."""
    return find_workspace(folder or Path.cwd())


def workspace_if_any(folder: Path | None) -> Workspace | None:
    """The workspace, if there is one: a seal can be verified without."""
    try:
        find_root(folder or Path.cwd())
    except WrongUse:
        if folder is not None:
            raise
        return None
    return workspace_of(folder)


def open_round(folder: Path | None, round_name: str, *, new_ledger: bool = False) -> "RoundSession":
    """Open a round as the account that runs the command; for use in a `with` statement."""
    from brevgen.actor import process_actor
    from brevgen.cli import console
    from brevgen.rounds.session import RoundSession

    return RoundSession(
        workspace_of(folder),
        round_name,
        process_actor(),
        now,
        tell=console.note,
        new_ledger=new_ledger,
    )


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def processors() -> int:
    """How many processors there are for us."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def agrees(question: str, yes: bool) -> bool:
    """Whether the person says yes.

    Args:
        question: to be answered with yes or no, in the reader's language.
        yes: whether the answer was given with the command already.

    Raises:
        Refused: nobody is there to be asked.
    """
    import typer

    require_terminal(yes)
    while not yes:
        asked = tr("{question} [y/N]", question=question)
        answer = typer.prompt(asked, default="", show_default=False).strip().lower()
        if answer in ("", "n", "no", "nei"):
            return False
        yes = answer in ("y", "yes", "j", "ja")
    return yes


def types(word: str, question: str, yes: bool) -> bool:
    """Whether the person types a word, as a sign that it is meant; see `agrees`."""
    import typer

    require_terminal(yes)
    return yes or typer.prompt(question, default="", show_default=False).strip() == word


def require_terminal(yes: bool) -> None:
    """See to it that somebody is there to be asked, or has said yes already."""
    if not yes and not (sys.stdin and not sys.stdin.closed and sys.stdin.isatty()):
        raise Refused(tr("Nobody is there to be asked. Run it in a terminal, or say --yes."))


def not_written(path: Path, error: OSError) -> str:
    """Why a file that was named on the command line is not there."""
    from brevgen.files import os_reason

    return tr("{path} cannot be written ({why}). Name another.", path=path, why=os_reason(error))
