"""`brevgen preview`."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from brevgen.cli.options import RoundName, WorkspaceDir
from brevgen.errors import WrongUse
from brevgen.language import tr


class Format(str, Enum):  # noqa: UP042  Typer shows the values of a str Enum
    """What a preview can be written as."""

    pdf = "pdf"
    docx = "docx"
    html = "html"
    text = "text"
    eml = "eml"


def preview(
    round_name: RoundName,
    who: Annotated[str, typer.Argument(metavar="WHO", help="Municipality number or name.")],
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            metavar="pdf|docx|html|text|eml",
            help="What to write; a PDF if nothing is said.",
        ),
    ] = Format.pdf,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; - for stdout.")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it when it is written.")] = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Show one letter as it would be now; changes nothing.

    Example: brevgen preview 2018 Ås --open
    """
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
