"""A new round begun in one of three ways, with everything wrong about it told at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from brevgen.actor import Actor
from brevgen.errors import WrongUse
from brevgen.language import tr
from brevgen.rounds.new_round import new_empty_round, new_following_round, new_round
from brevgen.rounds.round_folder import name_faults
from brevgen.workspace import Workspace

Way = Literal["from", "follows", "empty"]
"""From an earlier round, following another, or with nothing filled in."""


@dataclass(frozen=True)
class WantedRound:
    """What a person wants begun.

    Args:
        name: what the round is to be called.
        way: how it is begun.
        earlier: the round it is begun from, or that it follows.
        kind: its kind, where it is not that of the earlier round.
    """

    name: str
    way: Way = "from"
    earlier: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Begun:
    """What came of it.

    Args:
        name: the round's name, if it was begun.
        faults: what is wrong, by what of the wish: `name`, `way`, `earlier` or `kind`.
    """

    name: str = ""
    faults: Mapping[str, list[str]] = field(default_factory=dict)


def begin_round(
    workspace: Workspace, clock: Callable[[], datetime], actor: Actor, wanted: WantedRound
) -> Begun:
    """Begin a round, or tell everything that is wrong with what was asked for.

    Raises:
        Refused: the actor may not.
        FaultyInput: the earlier round, a kind or the register has faults.
        PartlyDone: the disk is full, or fails.
        LedgerError: the ledger cannot be used.
    """
    actor.must_have("make")
    faults: dict[str, list[str]] = {}
    name = wanted.name.strip()
    if not name:
        faults["name"] = [tr("Write what the round is to be called, such as 2028.")]
    elif wrong := name_faults(workspace, name):
        faults["name"] = wrong
    if wanted.way in ("from", "follows") and wanted.earlier not in workspace.rounds():
        faults["earlier"] = [tr("Choose a round.")]
    if wanted.way in ("follows", "empty") and not wanted.kind:
        faults["kind"] = [tr("Choose a kind of letter.")]
    if faults:
        return Begun(faults=faults)
    try:
        match wanted.way:
            case "from":
                begun = new_round(workspace, clock, actor, name, wanted.earlier).name
            case "follows":
                kind, earlier = wanted.kind, wanted.earlier
                begun = new_following_round(workspace, clock, actor, name, kind, earlier).name
            case "empty":
                begun = new_empty_round(workspace, clock, actor, name, wanted.kind).name
    except WrongUse as error:
        return Begun(faults={"way": [str(error)]})
    return Begun(begun)
