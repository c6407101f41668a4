"""`brevgen approve`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brevgen.cli.options import Except, Jobs, Only, Region, RoundName, WorkspaceDir, Yes
from brevgen.errors import ExitCode, WrongUse
from brevgen.language import tr, tr_many

if TYPE_CHECKING:
    from brevgen.rounds.session import RoundSession


def approve(
    round_name: RoundName,
    only: Only = None,
    except_: Except = None,
    region: Region = "",
    in_name_of: Annotated[
        str,
        typer.Option(
            "--as", metavar="SIGNATORY", help="Refuse unless every letter is signed by them."
        ),
    ] = "",
    yes: Yes = False,
    list_to: Annotated[
        Path | None,
        typer.Option(
            "--list", metavar="FILE", help="Write what would be approved to a .pdf or .csv instead."
        ),
    ] = None,
    withdraw: Annotated[
        str | None, typer.Option(metavar="REASON", help="Take the approval back instead.")
    ] = None,
    jobs: Jobs = 0,
    workspace: WorkspaceDir = None,
) -> None:
    """Approve letters: show them, ask, record it, and seal them.

    Example: brevgen approve 2018 --region Øst --as "Hege Aspelund"
    """
    from brevgen.cli.context import open_round

    with open_round(workspace, round_name) as session:
        if withdraw is not None:
            if except_ or region:
                raise WrongUse(tr("Name the letters to take back with --only, or none for all."))
            _withdraw(session, only or [], withdraw, yes)
            return
        chosen = session.choose(only or (), region, except_ or ())
        if list_to is not None:
            _write_list(session, chosen, in_name_of, list_to)
        else:
            _approve(session, chosen, in_name_of, yes, jobs)


def _approve(
    session: "RoundSession", chosen: set[str], in_name_of: str, yes: bool, jobs: int
) -> None:
    from brevgen.cli import console, tables
    from brevgen.cli.context import agrees, processors
    from brevgen.rounds import approve as use_case
    from brevgen.rounds.finals import prepare_sealing
    from brevgen.rounds.lineup import Lineup
    from brevgen.rounds.receipt import mail_receipts

    sealing = prepare_sealing(session, jobs or processors())
    if sealing.key.notice:
        console.note(sealing.key.notice)

    def agree(lineup: Lineup) -> bool:
        sealing.workers.load_early()  # while the person reads and answers
        tables.show_lineup(lineup)
        return agrees(tables.question(lineup), yes)

    with console.progress(tr("Sealing letters")) as progress:
        done = use_case.approve(
            session,
            chosen,
            in_name_of=in_name_of,
            agree=agree,
            sealing=sealing,
            progress=progress,
        )
    tables.show_approved(session.workspace, session.name, done)
    mail_receipts(session, len(done.approved), os.environ)
    if done.faults:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _withdraw(session: "RoundSession", only: list[str], reason: str, yes: bool) -> None:
    from brevgen.characters import as_typed
    from brevgen.cli import console
    from brevgen.cli.context import agrees
    from brevgen.rounds.withdraw import withdraw

    def agree(count: int) -> bool:
        question = tr_many(
            "Take back the approval of {count} letter, the whole round?",
            "Take back the approval of {count} letters, the whole round?",
            count,
        )
        return agrees(question, yes)

    taken = withdraw(session, session.choose_known(only), reason, agree=agree)
    console.say(
        tr_many(
            "Approval taken back for {count} letter. Make a draft again with: {command}",
            "Approval taken back for {count} letters. Make drafts again with: {command}",
            len(taken.numbers),
            command=f"brevgen generate {as_typed(session.name)}",
        )
    )


def _write_list(session: "RoundSession", chosen: set[str], in_name_of: str, path: Path) -> None:
    from brevgen.cli import console
    from brevgen.cli.context import not_written
    from brevgen.files import write_whole
    from brevgen.rounds.approval_list import list_as_csv, list_as_pdf
    from brevgen.rounds.lineup import approver_for, line_up

    writer = {".pdf": list_as_pdf, ".csv": list_as_csv}.get(path.suffix.lower())
    if writer is None:
        raise WrongUse(
            tr("{file}: the list is written as .pdf or .csv. End its name so.", file=path.name)
        )
    lineup = line_up(session, chosen, approver_for(session, in_name_of))
    try:
        write_whole(path, writer(lineup, session.clock()))
    except OSError as error:
        raise WrongUse(not_written(path, error)) from error
    console.say(session.workspace.shown(path.resolve()))
