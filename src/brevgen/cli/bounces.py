"""`brevgen bounces`."""

from pathlib import Path
from typing import Annotated

import typer

from brevgen.cli.options import AsJson, WorkspaceDir


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
    from brevgen.actor import process_actor
    from brevgen.channels.mail.bounces import read_reports
    from brevgen.cli import console, tables_sending
    from brevgen.cli.context import now, open_round, workspace_of
    from brevgen.errors import BrevgenError
    from brevgen.ledger.ledger import Ledger
    from brevgen.rounds.bounces import take_in

    place = workspace_of(workspace)
    readings = [read_reports(file) for file in files]
    reports = [report for reading in readings for report in reading.reports]
    place.ledger.parent.mkdir(parents=True, exist_ok=True)
    with Ledger(place.ledger, now, process_actor()) as ledger:
        matched, unknown = take_in(ledger, reports)
    others = sum(reading.others for reading in readings)
    if as_json:
        console.show_json({"matched": matched, "unknown": unknown, "others": others})
    else:
        tables_sending.show_matched(matched, unknown, others)
    for round_name in sorted({each.round for each in matched if each.is_new}):
        try:
            with open_round(workspace, round_name) as session:
                session.write_report()
        except BrevgenError as error:
            console.note(f"{round_name}: the report stays as it was: {error}")
