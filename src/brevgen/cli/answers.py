"""`brevgen answers`."""

from pathlib import Path
from typing import Annotated

import typer

from brevgen.cli.options import AsJson, RoundName, WorkspaceDir


def answers(
    round_name: RoundName,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The spreadsheet: .xlsx or .csv.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be registered.")
    ] = False,
    as_json: AsJson = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Register what municipalities have answered, from a spreadsheet; all of it or nothing.

    Example: brevgen answers 2018 svar.xlsx --dry-run
    """
    from brevgen.cli import console, tables_answers
    from brevgen.cli.context import open_round
    from brevgen.rounds.answer import answers as register

    with open_round(workspace, round_name) as session:
        done = register(session, file, dry_run=dry_run)
    if as_json:
        console.show_json(done)
    else:
        tables_answers.show_registered(done)
