"""`brevgen ledger`: what concerns the ledger as a whole."""

from pathlib import Path
from typing import Annotated

import typer

from brevgen.cli.help import Command, Group
from brevgen.cli.options import WorkspaceDir
from brevgen.language import tr

app = typer.Typer(name="ledger", cls=Group, no_args_is_help=True)


@app.callback()
def ledger() -> None:
    """Look after the ledger as a whole.

    Example: brevgen ledger backup /backup/ledger.sqlite3
    """


@app.command(cls=Command)
def backup(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    workspace: WorkspaceDir = None,
) -> None:
    """Copy the ledger while others go on working; nothing that was written is left out.

    Example: brevgen ledger backup /backup/ledger-2026-11-25.sqlite3
    """
    from brevgen.cli import console
    from brevgen.cli.context import workspace_of
    from brevgen.ledger.reader import backup as copy

    place = workspace_of(workspace)
    copy(place.ledger, to)
    console.say(
        tr("The ledger {ledger} was copied to {copy}.", ledger=place.shown(place.ledger), copy=to)
    )
