"""`brevgen status`."""

from typing import Annotated

import typer

from brevgen.cli.options import AsJson, Region, WorkspaceDir
from brevgen.errors import WrongUse


def status(
    round_name: Annotated[
        str, typer.Argument(metavar="ROUND", help="The round; without it, all rounds are listed.")
    ] = "",
    who: Annotated[
        list[str] | None,
        typer.Argument(metavar="WHO", help="Only these municipalities: numbers or names."),
    ] = None,
    region: Region = "",
    state: Annotated[
        list[str] | None,
        typer.Option(metavar="STATE", help="Only letters in this state; may be repeated."),
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print a line per letter and recipient as CSV.")
    ] = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Show where every letter stands, and what needs a person.

    Example: brevgen status 2018 Ås
    """
    from brevgen.cli import console, tables
    from brevgen.cli.context import open_round, workspace_of
    from brevgen.rounds import status as use_case

    if not round_name:
        rounds = use_case.rounds(workspace_of(workspace))
        if as_json:
            console.show_json(rounds)
        else:
            tables.show_rounds(rounds)
        return
    known_states = use_case.STATES
    if unknown := [each for each in state or () if each not in known_states]:
        raise WrongUse(f"There is no state “{unknown[0]}”. There are: {', '.join(known_states)}.")
    with open_round(workspace, round_name) as session:
        found = use_case.status(session, only=who or (), region=region, states=state or ())
    if as_csv:
        console.show_csv(tables.recipient_lines(found))
    elif as_json:
        console.show_json(found)
    else:
        if not found.compared:
            console.show_findings(session.findings.faults)
        tables.show_status(found)
