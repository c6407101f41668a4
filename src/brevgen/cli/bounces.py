"""`brevgen bounces`."""

from pathlib import Path
from typing import Annotated

import typer

from brevgen.cli.options import AsJson, WorkspaceDir
from brevgen.errors import ExitCode


def bounces(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER|FILE…",
            help="Saved mail: .eml, .emlx, .msg, mbox, Maildir, or folders of them.",
        ),
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
    from brevgen.cli.context import now, workspace_of
    from brevgen.rounds.bounces import take_in

    place = workspace_of(workspace)
    found = take_in(place, read_reports(files), process_actor(), now, tell=console.note)
    if as_json:
        console.show_json(found)
    else:
        tables_sending.show_bounces(found)
    if not found.is_all_understood:
        raise SystemExit(ExitCode.PARTLY_DONE)
