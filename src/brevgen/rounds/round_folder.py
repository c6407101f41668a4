"""The folder of a new round: what it may be called, and its files written with who began it."""

import shutil
import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePath

from brevgen.actor import Actor
from brevgen.errors import PartlyDone, WrongUse
from brevgen.files import os_reason, write_whole
from brevgen.findings import shortened
from brevgen.language import tr
from brevgen.ledger import told
from brevgen.rounds.file_events import noting
from brevgen.workspace import MAX_ROUND_NAME, Workspace


def name_faults(workspace: Workspace, typed: str) -> list[str]:
    """Everything that is wrong with the name of a new round; none where it can be used."""
    name, faults = _normal(typed), []
    if (
        name in ("", "..")
        or PurePath(name).name != name
        or name[0] == "."
        or not name.isprintable()
    ):
        faults.append(
            tr(
                "“{name}” cannot be the name of a round. Write a name such as 2028, without a"
                " path.",
                name=shortened(typed, 60),
            )
        )
    if len(name.encode()) > MAX_ROUND_NAME:
        faults.append(
            tr(
                "The name “{name}” is too long. Use {most} letters at most.",
                name=shortened(name, 60),
                most=MAX_ROUND_NAME // 2,
            )
        )
    there = {unicodedata.normalize("NFC", each).casefold() for each in workspace.rounds()}
    if name.casefold() in there:
        faults.append(
            tr("There is a round “{name}” already. Give the new one another name.", name=name)
        )
    elif workspace.has_ledger:
        from brevgen.ledger.reader import LedgerReader  # takes long to load

        with LedgerReader(workspace.ledger) as ledger:
            if name in ledger.rounds():
                faults.append(
                    tr(
                        "The ledger knows letters of a round “{name}”. Give the new one another"
                        " name.",
                        name=name,
                    )
                )
    return faults


def _normal(typed: str) -> str:
    return unicodedata.normalize("NFC", typed.rstrip("/"))


def checked_name(workspace: Workspace, typed: str) -> str:
    """The name of the new round, as its folder is called.

    Raises:
        WrongUse: it cannot be used.
    """
    if faults := name_faults(workspace, typed):
        raise WrongUse("\n".join(faults))
    return _normal(typed)


def begun_folder(
    workspace: Workspace,
    clock: Callable[[], datetime],
    actor: Actor,
    name: str,
    files: dict[str, bytes],
    how: str,
) -> Path:
    """Write all files of a round or none, and into the ledger how it was begun; its folder.

    Args:
        clock: tells the time, aware.
        name: its name, which can be used.
        files: its files by their names.
        how: how it was begun, as the ledger keeps that; may be empty.

    Raises:
        WrongUse: something lies there already.
        PartlyDone: it cannot be written.
        LedgerError: the ledger cannot be used.
    """
    folder = workspace.data / "rounds" / name
    with noting(workspace, clock, actor) as note:
        _write(folder, files)
        note(name, told.ROUND_BEGUN, how)
    return folder


def _write(folder: Path, files: dict[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise WrongUse(
            tr("There is something at {folder} already. Choose another name.", folder=folder)
        ) from None
    try:
        for name, data in files.items():
            write_whole(folder / name, data)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise PartlyDone(
            tr(
                "The round cannot be written ({reason}). Nothing was left behind. Free some space"
                " or see to the folder {folder}, then try again.",
                reason=os_reason(error),
                folder=folder.parent,
            )
        ) from error
