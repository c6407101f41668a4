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
    from brevgen.actor import process_actor
    from brevgen.cli import console, tables_letters
    from brevgen.cli.context import now, workspace_if_any
    from brevgen.rounds import verify as use_case

    answers = use_case.verify(files, workspace_if_any(workspace), process_actor(), now)
    if as_json:
        console.show_json(use_case.as_json(answers))
    else:
        for answer in answers:
            console.show_pairs(str(answer.file), tables_letters.verification_lines(answer))
            console.say(answer.conclusion)
    if not all(answer.holds for answer in answers):
        raise SystemExit(ExitCode.FAULTY_INPUT)
