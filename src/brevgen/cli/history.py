"""`brevgen history`."""

from typing import Annotated

import typer

from brevgen.cli.options import AsJson, WorkspaceDir


def history(
    who: Annotated[
        str,
        typer.Argument(metavar="WHO", help="Municipality number or name, or a letter’s reference."),
    ],
    round_name: Annotated[
        str,
        typer.Argument(metavar="ROUND", help="Only what happened in this round, without figures."),
    ] = "",
    as_json: AsJson = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Show what a municipality was asked for year by year, and what has happened to its letters.

    Example: brevgen history Ås 2018
    """
    from brevgen.cli import console, tables_history
    from brevgen.cli.context import workspace_of
    from brevgen.rounds import history as use_case

    found = use_case.history(workspace_of(workspace), who, round_name)
    if as_json:
        console.show_json(found)
    else:
        tables_history.show_history(found)
