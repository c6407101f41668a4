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
        str, typer.Argument(metavar="ROUND", help="Only what happened in this round.")
    ] = "",
    as_json: AsJson = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Show what has happened to a municipality’s letters, by whom.

    Example: brevgen history Ås 2018
    """
    from brevgen.cli import console, tables_letters
    from brevgen.cli.context import workspace_of
    from brevgen.rounds import history as use_case

    events = use_case.history(workspace_of(workspace), who, round_name)
    if as_json:
        console.show_json(events)
    else:
        tables_letters.show_history(events)
