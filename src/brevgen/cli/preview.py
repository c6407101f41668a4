"""`brevgen preview`."""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brevgen.cli.options import Jobs, Region, RoundName, WorkspaceDir
from brevgen.errors import ExitCode, WrongUse
from brevgen.language import tr

if TYPE_CHECKING:
    from brevgen.rounds.preview_many import Which


class Format(str, Enum):  # noqa: UP042  Typer shows the values of a str Enum
    """What a preview can be written as."""

    pdf = "pdf"
    docx = "docx"
    html = "html"
    text = "text"
    eml = "eml"


def preview(
    round_name: RoundName,
    who: Annotated[str, typer.Argument(metavar="WHO", help="Municipality number or name.")] = "",
    every: Annotated[
        bool, typer.Option("--all", help="All letters in one PDF, and a sheet of all pages.")
    ] = False,
    changed: Annotated[
        bool,
        typer.Option(
            "--changed", help="The same, of those that changed since you saw or approved them."
        ),
    ] = False,
    variants: Annotated[
        bool,
        typer.Option("--variants", help="The same, of one of each variant, and how others differ."),
    ] = False,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            metavar="pdf|docx|html|text|eml",
            help="What to write; a PDF if nothing is said.",
        ),
    ] = Format.pdf,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write it; - for stdout. Of many: a folder."),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it when it is written.")] = False,
    region: Region = "",
    jobs: Jobs = 0,
    workspace: WorkspaceDir = None,
) -> None:
    """Show letters as they would be now, one or many; changes nothing.

    Example: brevgen preview 2018 Ås --open
    """

    chosen: list[Which] = []
    chosen += ["all"] if every else []
    chosen += ["changed"] if changed else []
    chosen += ["variants"] if variants else []
    if len(chosen) + bool(who) != 1:
        raise typer.BadParameter(
            tr("Name one municipality, or say one of --all, --changed and --variants.")
        )
    if not chosen:
        _one(workspace, round_name, who, form, output, show=show)
        return
    if form is not Format.pdf:
        raise typer.BadParameter(tr("Many letters can only be written as PDF: leave out --format."))
    _many(workspace, round_name, chosen[0], output, region=region, jobs=jobs, show=show)


def _one(
    workspace: Path | None,
    round_name: str,
    who: str,
    form: Format,
    output: Path | None,
    *,
    show: bool,
) -> None:
    """Write one letter."""
    from brevgen.cli import console
    from brevgen.cli.context import not_written, open_round
    from brevgen.files import write_whole
    from brevgen.rounds import preview as use_case

    with open_round(workspace, round_name) as session:
        shown = use_case.preview(session, who, form.value)
    if shown.note:
        console.note(shown.note)
    if output == Path("-") or (output is None and form is Format.text and not show):
        typer.echo(shown.data, nl=False)
        return
    ending = {"text": "txt"}.get(form.value, form.value)
    place = session.workspace
    path = output or place.output(session.name) / "previews" / f"{shown.letter.stem}.{ending}"
    if path.exists() and not path.is_file():
        raise WrongUse(tr("{path} is no ordinary file. Name another, or - for stdout.", path=path))
    try:
        write_whole(path, shown.data)
    except OSError as error:
        raise WrongUse(not_written(path, error)) from error
    console.say(place.shown(path.resolve()))
    if show:
        typer.launch(str(path))


def _many(
    workspace: Path | None,
    round_name: str,
    which: "Which",
    output: Path | None,
    *,
    region: str,
    jobs: int,
    show: bool,
) -> None:
    """Write many letters into one file."""
    from brevgen.cli import console, tables
    from brevgen.cli.context import open_round, processors
    from brevgen.files import os_reason
    from brevgen.pool.workers import Workers
    from brevgen.rounds.preview_many import preview_many
    from brevgen.rounds.variants import variant_rows

    with open_round(workspace, round_name) as session:
        place = session.workspace
        folder = output or place.output(session.name) / "previews"
        workers = Workers(place.templates, jobs or processors())
        chosen = session.choose((), region)
        try:
            with console.progress(tr("Making letters")) as progress:
                done = preview_many(
                    session, chosen, which, folder=folder, workers=workers, progress=progress
                )
        except OSError as error:
            raise WrongUse(
                tr(
                    "{path} cannot be written ({reason}).",
                    path=error.filename or folder,
                    reason=os_reason(error),
                )
            ) from error
    if done is None:
        console.say(tr("No letter has changed since you saw or approved it."))
        return
    if done.note:
        console.note(done.note)
    if done.variants:
        rows = variant_rows(done.variants)
        headers = {header: isinstance(cell, int) for header, cell in rows[0].items()}
        console.show_table(headers, [list(row.values()) for row in rows])
    tables.show_faults(done.faults)
    if len(done.faults) < len(done.letters):
        console.say(place.shown(done.booklet.resolve()))
        console.say(place.shown(done.sheet.resolve()))
        if show:
            typer.launch(str(done.booklet))
    if done.faults:
        raise SystemExit(ExitCode.PARTLY_DONE)
