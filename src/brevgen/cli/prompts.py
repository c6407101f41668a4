"""Under what circumstances a command runs: where, when, by whom, and what the person says."""

from datetime import UTC, datetime
from pathlib import Path

from brevgen.errors import Refused
from brevgen.workspace import Workspace, find_workspace


def workspace_of(folder: Path | None) -> Workspace:
    """The workspace that was named, or the one the command was typed in."""
    return find_workspace(folder or Path.cwd())


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def account() -> str:
    """Who runs the command: the name the user is logged in with."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container a user may have a number and no name
        return f"user {os.getuid()}"


def processors() -> int:
    """How many processors there are for us."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ask(question: str, yes: bool, *, otherwise: str) -> None:
    """Go on only if a person says so.

    Raises:
        Refused: the person says no, or nobody is there.
    """
    import typer

    _see_that_somebody_is_there(yes)
    if not yes and not typer.confirm(question):
        raise Refused(otherwise)


def ask_for(word: str, question: str, yes: bool, *, otherwise: str) -> None:
    """Go on only if a person types a word.

    Raises:
        Refused: the person types something else, or nobody is there.
    """
    import typer

    _see_that_somebody_is_there(yes)
    if not yes and typer.prompt(question, default="", show_default=False).strip() != word:
        raise Refused(otherwise)


def _see_that_somebody_is_there(yes: bool) -> None:
    import sys

    if not yes and not sys.stdin.isatty():
        raise Refused("Nobody is there to be asked. Run it in a terminal, or say --yes.")
