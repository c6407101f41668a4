"""`brevgen status`."""

from typing import Annotated

import typer

from brevgen.cli.options import AsJson, Region, WorkspaceDir
from brevgen.errors import WrongUse
from brevgen.language import speak, tr


def _in_bokmaal(value: bool) -> bool:
    """CSV goes to spreadsheets, which have one language."""
    if value:
        speak("nb")
    return value


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
    unanswered: Annotated[
        bool, typer.Option("--unanswered", help="Only letters that nobody has answered yet.")
    ] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only letters whose answer is overdue.")
    ] = False,
    as_json: AsJson = False,
    as_csv: Annotated[
        bool,
        typer.Option(
            "--csv",
            help="Print a line per letter and recipient as CSV, in bokmål.",
            callback=_in_bokmaal,
        ),
    ] = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Show where every letter stands, and what needs a person.

    Example: brevgen status 2018 Ås
    """
    from brevgen.cli import console, tables_letters
    from brevgen.cli.context import open_round, workspace_of
    from brevgen.rounds import status as use_case
    from brevgen.rounds.answer_status import OVERDUE, UNANSWERED

    if not round_name:
        rounds = use_case.rounds(workspace_of(workspace))
        if as_json:
            console.show_json(rounds)
        else:
            tables_letters.show_rounds(rounds)
        return
    # in either language: in English they stand in JSON and scripts, and the reader's are shown
    codes = {tr(each): each for each in use_case.STATES} | {each: each for each in use_case.STATES}
    if unknown := [each for each in state or () if each not in codes]:
        known = ", ".join(map(tr, use_case.STATES))
        raise WrongUse(
            tr("There is no state “{state}”. There are: {known}.", state=unknown[0], known=known)
        )
    states = [codes[each] for each in state or ()]
    answers = OVERDUE if overdue else UNANSWERED if unanswered else ()
    with open_round(workspace, round_name) as session:
        found = use_case.status(
            session, only=who or (), region=region, states=states, answers=answers
        )
    if as_csv:
        console.show_csv(tables_letters.recipient_lines(found))
    elif as_json:
        console.show_json(found)
    else:
        if not found.compared:
            console.show_findings(session.findings.faults)
        tables_letters.show_status(found)
