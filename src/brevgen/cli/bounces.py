"""`brevgen bounces`."""

from pathlib import Path
from typing import Annotated

import typer

from brevgen.cli.options import AsJson, WorkspaceDir
from brevgen.errors import ExitCode


def bounces(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FOLDER|FILE…", help="Saved mail: .eml, mbox, or folders of them."),
    ],
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Read delivery reports, and mark the recipients they speak of.

    Example: brevgen bounces ~/returned-mail
    """
    from brevgen.channels.mail.bounces import read_reports
    from brevgen.cli import console, tables_sending
    from brevgen.cli.context import open_ledger, open_round
    from brevgen.rounds.bounces import rounds_told_of, take_in

    reading = read_reports(files)
    with open_ledger(workspace) as ledger:
        found = take_in(ledger, reading)
    if as_json:
        console.show_json(found)
    else:
        tables_sending.show_bounces(found)
    for round_name in rounds_told_of(found.matched):
        with open_round(workspace, round_name) as session:
            session.write_report()
    if not found.is_all_understood:
        raise SystemExit(ExitCode.PARTLY_DONE)
