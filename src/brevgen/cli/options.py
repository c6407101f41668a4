"""The arguments and options that several commands share. Nothing heavy is imported here, so
that help is instant."""

from pathlib import Path
from typing import Annotated

import typer

from brevgen.errors import WrongUse
from brevgen.language import speak
from brevgen.marker import find_root


def _named_before(context: typer.Context, value: Path | None) -> Path | None:
    """The workspace that was named, be it before the command."""
    return value or context.find_root().params.get("workspace")


def _in_english(value: bool) -> bool:
    """JSON is English, whoever reads."""
    if value:
        speak("en")
    return value


def rounds_that_begin(context: typer.Context, incomplete: str) -> list[str]:
    """The rounds of the workspace that a shell may complete what is typed to."""
    try:
        root = find_root(context.find_root().params.get("workspace") or Path.cwd())
    except WrongUse:
        return []
    found = sorted(path.name for path in (root / "data" / "rounds").glob("*/"))
    return [name for name in found if name.startswith(incomplete)]


RoundName = Annotated[
    str,
    typer.Argument(
        metavar="ROUND",
        help="The round: a folder under data/rounds.",
        autocompletion=rounds_that_begin,
    ),
]
WorkspaceDir = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        metavar="DIR",
        help="The workspace; else the one you are in.",
        callback=_named_before,
    ),
]
AsJson = Annotated[
    bool,
    typer.Option("--json", help="Print JSON for programs, in English.", callback=_in_english),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="WHO", help="Only this municipality; may be repeated."),
]
Except = Annotated[
    list[str] | None,
    typer.Option("--except", metavar="WHO", help="All but this municipality; may be repeated."),
]
Jobs = Annotated[
    int, typer.Option("--jobs", metavar="N", min=0, help="Processes; 0: one per processor.")
]
Region = Annotated[
    str, typer.Option("--region", metavar="REGION", help="Only this region (or county).")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
NewLedger = Annotated[
    bool,
    typer.Option("--new-ledger", help="Begin a new ledger although letters were made here before."),
]
