"""`brevgen archive`."""

from pathlib import Path
from typing import Annotated

import typer

from brevgen.cli.options import AsJson, RoundName, WorkspaceDir
from brevgen.errors import WrongUse
from brevgen.language import tr


def archive(
    round_name: RoundName,
    schemas: Annotated[
        Path | None,
        typer.Option(
            "--schemas",
            metavar="DIR",
            help="Folder with the official arkivmelding.xsd, to hold the messages to.",
        ),
    ] = None,
    numbers: Annotated[
        Path | None,
        typer.Option(
            "--numbers",
            metavar="FILE",
            help="Keep the numbers the archive gave, from a spreadsheet: .xlsx or .csv.",
        ),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="With --numbers: numbers may take the place of others."),
    ] = False,
    as_json: AsJson = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Hand sealed letters over to the archive: a folder, and the same as a zip file.

    Example: brevgen archive 2018 --schemas skjema
    """
    if replace and numbers is None:
        raise WrongUse(tr("--replace goes with --numbers FILE."))
    if schemas is not None and numbers is not None:
        raise WrongUse(tr("Say either --schemas or --numbers: one of them at a time."))
    from brevgen.cli import console, tables_archive
    from brevgen.cli.context import open_round
    from brevgen.rounds.archive import archive as hand_over
    from brevgen.rounds.archive_numbers import keep_numbers

    with open_round(workspace, round_name) as session:
        if numbers is not None:
            kept = keep_numbers(session, numbers, replace=replace)
            if as_json:
                console.show_json(kept)
            else:
                tables_archive.show_numbers(kept)
            return
        with console.progress(tr("Handing over")) as progress:
            done = hand_over(session, schemas=schemas, progress=progress)
    if as_json:
        console.show_json(done)
    else:
        tables_archive.show_archived(done)
