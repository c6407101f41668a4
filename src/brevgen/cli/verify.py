"""`brevgen verify`."""

from pathlib import Path
from typing import Annotated

import typer

from brevgen.cli.options import AsJson, WorkspaceDir
from brevgen.errors import ExitCode


def verify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="PDF files.")],
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Check the seal of PDF files, and which letters they are.

    Example: brevgen verify output/2018/letters/0214-Ås-17-09235.pdf
    """
    from brevgen.cli import console
    from brevgen.cli.context import workspace_if_any
    from brevgen.rounds.verify import verify_file

    place = workspace_if_any(workspace)
    answers = [verify_file(file, place) for file in files]
    if as_json:
        console.show_json([answer.as_json() for answer in answers])
    else:
        for answer in answers:
            console.show_pairs(str(answer.file), answer.lines())
            console.say(answer.verdict)
    if not all(answer.holds for answer in answers):
        raise SystemExit(ExitCode.FAULTY_INPUT)
