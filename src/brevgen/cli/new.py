"""`brevgen new`."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from brevgen.cli.options import Only, WorkspaceDir
from brevgen.errors import WrongUse
from brevgen.language import tr, tr_many, when


def new(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A new folder; with --from or --follows, the new round's name."
        ),
    ],
    earlier: Annotated[
        str, typer.Option("--from", metavar="ROUND", help="Begin a round from this earlier one.")
    ] = "",
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="Begin a round of this kind of letter.")
    ] = "",
    follows: Annotated[
        str,
        typer.Option(
            "--follows",
            metavar="ROUND",
            help="The round that it follows; its letters decide who gets one.",
        ),
    ] = "",
    only: Only = None,
    workspace: WorkspaceDir = None,
) -> None:
    """Make a workspace in a new folder; or begin next year's round, or one that follows another.

    Example: brevgen new letters; brevgen new 2028 --from 2027;
    brevgen new 2028-reminder --kind reminder --follows 2028
    """
    if bool(kind) != bool(follows) or (kind and earlier):
        raise WrongUse(tr("--kind and --follows go together, and without --from."))
    if only and not kind:
        raise WrongUse(tr("--only goes with --kind and --follows."))
    if earlier:
        _begin_round(workspace, name, earlier)
    elif kind:
        _begin_following(workspace, name, kind, follows, only or [])
    elif workspace is not None:
        raise WrongUse(
            tr("--workspace goes with --from: a new workspace is made in the folder named.")
        )
    else:
        _make_workspace(Path(name))


def _make_workspace(folder: Path) -> None:
    from brevgen.characters import as_typed
    from brevgen.cli import console
    from brevgen.cli.context import now
    from brevgen.rounds import new as use_case

    made = use_case.new_workspace(folder)
    trial = as_typed(made.trial)
    console.say(
        tr(
            "The workspace was made: {count} files in {folder}.",
            count=len(made.files),
            folder=made.root,
        )
    )
    console.say(tr("Try it on the round that came along; its letters go to nobody:"))
    console.say(f"  cd {as_typed(str(folder))}")
    console.say(f"  brevgen check {trial}")
    console.say(f"  brevgen generate {trial}")
    if find_spec("uvicorn"):  # of the extra that the desk needs
        console.say(tr("Or in the browser:"))
        console.say("  brevgen desk")
    console.say(
        tr(
            "Before a round of your own, write your agency into brevgen.toml and the true addresses"
            " into data/contacts.csv. Then: {command}",
            command=f"brevgen new {now().year + 1} --from {trial}",
        )
    )


def _begin_round(workspace: Path | None, name: str, earlier: str) -> None:
    from brevgen.actor import process_actor
    from brevgen.characters import as_typed
    from brevgen.cli import console
    from brevgen.cli.context import now, workspace_of
    from brevgen.rounds import new_round as use_case
    from brevgen.settings.round import ROUND_FILE

    place = workspace_of(workspace)
    begun = use_case.new_round(place, now, process_actor(), name, earlier)
    folder, dates = place.shown(begun.folder), begun.dates
    console.say(
        tr(
            "The round {round} was begun from {earlier}: settlement in {year}, letters of"
            " {letter_date}, answers by {deadline}. Municipalities carried over: {count}.",
            round=begun.name,
            earlier=earlier,
            year=dates.settlement_year,
            letter_date=when(dates.letter_date),
            deadline=when(dates.deadline),
            count=len(begun.carried),
        )
    )
    for each in begun.carried:
        if each.is_reformed:
            console.say(f"  {each.municipality.label}: {each.remark}")
    for label in begun.lost:
        console.say(
            "  " + tr("{label} was left out: the register knows no successor.", label=label)
        )
    console.say(tr("Go on:"))
    file, allocation = f"{folder}/{ROUND_FILE}", f"{folder}/{use_case.ALLOCATION}"
    console.say("  " + tr("fill in and look over what is marked in {file}", file=file))
    console.say("  " + tr("fill in the figures in {file}", file=allocation))
    console.say(f"  brevgen check {as_typed(begun.name)}")


def _begin_following(
    workspace: Path | None, name: str, kind: str, follows: str, only: list[str]
) -> None:
    from brevgen.actor import process_actor
    from brevgen.characters import as_typed
    from brevgen.cli import console
    from brevgen.cli.context import now, workspace_of
    from brevgen.rounds import new_round as use_case
    from brevgen.settings.round import ROUND_FILE

    place = workspace_of(workspace)
    begun = use_case.new_following_round(place, now, process_actor(), name, kind, follows, only)
    folder = place.shown(begun.folder)
    console.say(
        tr_many(
            "The round {round} was begun; it follows {follows}, and is for {count} municipality.",
            "The round {round} was begun; it follows {follows}, and is for {count} municipalities.",
            len(begun.municipalities),
            round=begun.name,
            follows=begun.follows,
        )
    )
    console.say(tr("Go on:"))
    file, allocation = f"{folder}/{ROUND_FILE}", f"{folder}/{use_case.ALLOCATION}"
    console.say("  " + tr("fill in and look over what is marked in {file}", file=file))
    console.say("  " + tr("look over the municipalities and figures in {file}", file=allocation))
    console.say(f"  brevgen check {as_typed(begun.name)}")
