"""`brevgen ledger`: what concerns the ledger as a whole."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brevgen.cli.help import Command, Group
from brevgen.cli.options import WorkspaceDir, Yes
from brevgen.errors import Refused
from brevgen.language import tr, tr_many

if TYPE_CHECKING:
    from brevgen.rounds.restore import Restored, Restoring

app = typer.Typer(name="ledger", cls=Group, no_args_is_help=True)


@app.callback()
def ledger() -> None:
    """Look after the ledger as a whole.

    Example: brevgen ledger backup /backup/ledger.sqlite3
    """


@app.command(cls=Command)
def backup(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    workspace: WorkspaceDir = None,
) -> None:
    """Copy the ledger while others go on working; nothing that was written is left out.

    Example: brevgen ledger backup /backup/ledger-2026-11-25.sqlite3
    """
    from brevgen.cli import console
    from brevgen.cli.context import workspace_of
    from brevgen.ledger.reader import backup as copy

    place = workspace_of(workspace)
    copy(place.ledger, to)
    console.say(
        tr("The ledger {ledger} was copied to {copy}.", ledger=place.shown(place.ledger), copy=to)
    )


@app.command(cls=Command)
def make(workspace: WorkspaceDir = None) -> None:
    """Make the ledger where there is none, or bring it up to date; for the owner of a database.

    Example: brevgen ledger make
    """
    from brevgen.actor import process_actor
    from brevgen.cli import console
    from brevgen.cli.context import now, workspace_of
    from brevgen.rounds.shared_ledger import make_ledger

    place = workspace_of(workspace)
    make_ledger(place, process_actor(), now)
    console.say(
        tr("The ledger {ledger} is there, and up to date.", ledger=place.shown(place.ledger))
    )


@app.command(cls=Command)
def grants(
    role: Annotated[str, typer.Argument(metavar="USER", help="The user brevgen works as.")],
) -> None:
    """Print the SQL that lets a user of PostgreSQL work with the ledger, but change nothing in it.

    Example: brevgen ledger grants brevgen
    """
    from brevgen.cli import console
    from brevgen.ledger.postgresql_tables import grants as sql

    console.say(sql(role))


@app.command(name="copy", cls=Command)
def carry_over(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The ledger's file.")],
    workspace: WorkspaceDir = None,
) -> None:
    """Carry a ledger's file over to the database that brevgen.toml names, and compare the two.

    Example: brevgen ledger copy data/ledger.sqlite3
    """
    from brevgen.actor import process_actor
    from brevgen.cli import console
    from brevgen.cli.context import now, workspace_of
    from brevgen.rounds.shared_ledger import carry_over as use_case

    place = workspace_of(workspace)
    events = use_case(place, file, process_actor(), now)
    console.say(
        tr_many(
            "The ledger with its {count} event is in {ledger}; row by row and hash by hash it is"
            " the same. Keep {file} as it is, and use it no more.",
            "The ledger with its {count} events is in {ledger}; row by row and hash by hash it is"
            " the same. Keep {file} as it is, and use it no more.",
            events,
            ledger=place.shown(place.ledger),
            file=file,
        )
    )


@app.command(cls=Command)
def restore(
    copy: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that backup has made.")],
    highest: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REFERENCE",
            help="The highest reference ever used, so that none is given twice; empty where only"
            " those on the disk count. May be repeated, one for each year.",
        ),
    ] = None,
    yes: Yes = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Put a backup in the place of a ledger that is lost; what lies there is kept beside it.

    Letters on the disk that the backup does not know get their references back.

    Example: brevgen ledger restore /backup/ledger-2026-11-25.sqlite3 --highest 26-04512
    """
    from brevgen.actor import process_actor
    from brevgen.cli import console
    from brevgen.cli.context import agrees, now, workspace_of
    from brevgen.rounds import restore as use_case

    place = workspace_of(workspace)
    wanted = [each.strip() for each in (_asked(yes) if highest is None else highest)]

    def agree(restoring: "Restoring") -> bool:
        for line in _meaning(restoring):
            console.say(line)
        return agrees(tr("Put the copy in the ledger’s place?"), yes)

    done = use_case.restore(
        place,
        copy,
        [each for each in wanted if each],
        actor=process_actor(),
        clock=now,
        agree=agree,
    )
    if done is None:
        raise Refused(tr("Nothing was restored."))
    for line in _outcome(done):
        console.say(line)


def _asked(yes: bool) -> list[str]:
    """The highest reference ever used, as a person at the terminal knows it."""
    from brevgen.cli.context import require_terminal

    if yes:
        raise Refused(
            tr(
                "Say with --highest which reference is the highest that was ever used; --highest ''"
                " where only those on the disk count."
            )
        )
    require_terminal(yes)
    question = tr("The highest reference ever used (empty: only those on the disk count)")
    return [typer.prompt(question, default="", show_default=False)]


def _meaning(restoring: "Restoring") -> list[str]:
    lines = [tr("The copy ends with event {event}.", event=restoring.copy.sequence)]
    if restoring.now is None:
        lines.append(tr("There is no ledger in its place that can be read."))
    else:
        lines.append(
            tr(
                "The ledger there ends with event {event}; it is put aside, and what came after the"
                " copy counts no more.",
                event=restoring.now.sequence,
            )
        )
    if restoring.count:
        lines.append(
            tr_many(
                "{count} letter lies on the disk that the copy does not know. It gets its reference"
                " back; approval and sending are not known any more.",
                "{count} letters lie on the disk that the copy does not know. They get their"
                " references back; approval and sending are not known any more.",
                restoring.count,
            )
        )
    return lines


def _outcome(done: "Restored") -> list[str]:
    lines = [tr("The copy is the ledger now.")]
    if done.aside is not None:
        lines.append(tr("What was the ledger lies in {file}.", file=done.aside.name))
    if done.taken:
        lines.append(tr("References given back: {references}.", references=", ".join(done.taken)))
    if done.conflicting:
        lines.append(
            tr(
                "These references on the disk did not go back to their letters, which have others"
                " in the copy; nobody gets them: {references}.",
                references=", ".join(done.conflicting),
            )
        )
    return lines
