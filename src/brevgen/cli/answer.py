"""`brevgen answer`."""

from typing import Annotated

import typer

from brevgen.cli.options import AsJson, RoundName, WorkspaceDir


def answer(
    round_name: RoundName,
    who: Annotated[
        str, typer.Argument(metavar="WHO", help="The municipality: its number or name.")
    ],
    decided: Annotated[
        str,
        typer.Option(metavar="N", help="How many it will settle, minors included; 0 is a no."),
    ] = "",
    minors: Annotated[
        str, typer.Option(metavar="N", help="How many of them are unaccompanied minors.")
    ] = "",
    on: Annotated[str, typer.Option(metavar="DATE", help="The day it was decided.")] = "",
    body: Annotated[
        str, typer.Option(metavar="TEXT", help="Who decided, such as kommunestyret.")
    ] = "",
    conditions: Annotated[
        str, typer.Option(metavar="TEXT", help="What it made conditions of.")
    ] = "",
    late_until: Annotated[
        str,
        typer.Option(metavar="DATE", help="It has not decided, and has more time until this day."),
    ] = "",
    journal: Annotated[
        str, typer.Option(metavar="REF", help="The answer’s number in the archive.")
    ] = "",
    as_json: AsJson = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Register what a municipality has answered to its letter.

    A later answer takes the place of an earlier one, and both stay in the history.

    Example: brevgen answer 2018 Ås --decided 10 --on 2018-01-04 --body kommunestyret
    """
    from brevgen.cli import console, tables_answers
    from brevgen.cli.context import open_round
    from brevgen.facts import answers as columns
    from brevgen.rounds.answer import answer as register

    options = {
        columns.DECIDED: ("--decided", decided),
        columns.MINORS: ("--minors", minors),
        columns.DECIDED_ON: ("--on", on),
        columns.BODY: ("--body", body),
        columns.CONDITIONS: ("--conditions", conditions),
        columns.LATE_UNTIL: ("--late-until", late_until),
        columns.JOURNAL: ("--journal", journal),
    }
    with open_round(workspace, round_name) as session:
        done = register(
            session,
            who,
            {column: typed for column, (_, typed) in options.items()},
            names={column: name for column, (name, _) in options.items()},
        )
    if as_json:
        console.show_json(done)
    else:
        tables_answers.show_registered(done)
