"""`brevgen verify`."""

from pathlib import Path
from typing import Annotated

import typer

from brevgen.cli.options import AsJson, WorkspaceDir
from brevgen.errors import ExitCode, WrongUse
from brevgen.language import tr


def verify(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE…", help="PDF files; with --ledger, witnesses of the ledger."),
    ] = None,
    ledger: Annotated[
        bool,
        typer.Option("--ledger", help="Check the ledger itself, from its first event to its last."),
    ] = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Check the seal of PDF files, and which letters they are; or the ledger as a whole.

    Example: brevgen verify output/2018/letters/0214-Ås-17-09235.pdf
    """
    from brevgen.actor import process_actor
    from brevgen.cli import console, tables_letters
    from brevgen.cli.context import now, workspace_if_any
    from brevgen.rounds import verify as use_case
    from brevgen.rounds.verification import as_json as verified_json

    if ledger:
        _verify_ledger(workspace, files or [], as_json)
        return
    if not files:
        raise WrongUse(tr("Name the files to check, or say --ledger to check the ledger."))
    answers = use_case.verify(files, workspace_if_any(workspace), process_actor(), now)
    if as_json:
        console.show_json(verified_json(answers))
    else:
        for answer in answers:
            console.show_pairs(str(answer.file), tables_letters.verification_lines(answer))
            console.say(answer.conclusion)
    if not all(answer.holds for answer in answers):
        raise SystemExit(ExitCode.FAULTY_INPUT)


def _verify_ledger(workspace: Path | None, witnesses: list[Path], as_json: bool) -> None:
    from brevgen.cli import console, tables_ledger
    from brevgen.cli.context import workspace_of
    from brevgen.rounds.verify_ledger import verify_ledger

    found = verify_ledger(workspace_of(workspace), witnesses)
    if as_json:
        console.show_json(found)
    else:
        tables_ledger.show_verification(found)
    if not found.holds:
        raise SystemExit(ExitCode.REFUSED)
