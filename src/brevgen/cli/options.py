"""The arguments and options that several commands share. Only Typer is imported here, so that help
is instant."""

from pathlib import Path
from typing import Annotated

import typer

RoundName = Annotated[
    str, typer.Argument(metavar="ROUND", help="The round: a folder under data/rounds.")
]
WorkspaceDir = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="The workspace; else the one you are in."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
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
