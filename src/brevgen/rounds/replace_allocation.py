"""Another spreadsheet in place of a round's allocation: laid aside, looked at, then used.

What was laid aside is found by its digest. It is looked at within a workspace of its own that is
this one but for the allocation, so everything is told that `check` would tell. The spreadsheet that
was there before stays in the folder `earlier` beside it, with a number; the last of them are kept.
"""

import json
import re
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath

from brevgen.errors import Refused, UnreadableFile
from brevgen.files import (
    MEGABYTE,
    make_folder,
    read_bytes,
    sha256,
    sha256_of_file,
    write_whole,
)
from brevgen.language import tr
from brevgen.rounds.allocation_look import (
    AllocationLook,
    Changed,
    differences,
    look_at_allocation,
    read_file,
    read_present,
)
from brevgen.rounds.edit_round import held
from brevgen.rounds.file_events import all_or_nothing
from brevgen.rounds.session import RoundSession
from brevgen.tables.file_kinds import OTHER_SPREADSHEETS, READ_KINDS
from brevgen.tables.limits import MAX_FILE
from brevgen.workspace import Workspace

NAME = "allocation"
EARLIER = "earlier"
MOST_EARLIER = 20
"""Spreadsheets of a round that are kept of those that were used; the oldest goes first."""
MOST_ASIDE = 10
"""Spreadsheets of a round that are kept aside; the oldest goes first."""


@dataclass(frozen=True)
class NewLook:
    """A spreadsheet that is not used yet.

    Args:
        look: what there is to see of it.
        changes: where it differs from the allocation there is, the largest change first.
        is_first: whether there is none yet that asks anybody.
    """

    look: AllocationLook
    changes: tuple[Changed, ...]
    is_first: bool


class ReplacedMeanwhile(Refused):
    """Somebody else has put another allocation there since this one was looked at."""

    def __init__(self) -> None:
        super().__init__(
            tr("Somebody else has replaced the allocation meanwhile. Nothing was done; look again.")
        )


def lay_aside(session: RoundSession, data: bytes, called: str) -> str:
    """Keep a spreadsheet that is to be looked at; its digest.

    Args:
        called: its name where it came from, of which no more than the ending is used.

    Raises:
        Refused: the actor may not, or it is larger than any allocation.
    """
    session.actor.must_have("make")
    if len(data) > MAX_FILE:
        raise Refused(tr("The file is larger than {most} MB.", most=MAX_FILE // 1024 // 1024))
    ending = PurePath(called.replace("\\", "/")).suffix.lower()
    known = ending if ending in (*READ_KINDS, *OTHER_SPREADSHEETS) else ""
    digest, folder = sha256(data), _folder(session.workspace, session.name)
    write_whole(folder / f"{digest}{known}", data)
    older = [
        each for each in folder.glob(f"{digest}*") if each.suffix != known
    ]  # its name was put right
    for old in (*older, *_aside(folder)[MOST_ASIDE:]):
        old.unlink(missing_ok=True)
    return digest


def aside(workspace: Workspace, name: str) -> dict[str, datetime]:
    """The spreadsheets that are laid aside for a round by digest, and when they came (UTC).

    The last one is the first.
    """
    return {
        file.stem: datetime.fromtimestamp(file.stat().st_mtime, UTC)
        for file in _aside(_folder(workspace, name))
    }


def find_aside(workspace: Workspace, name: str, digest: str) -> Path | None:
    """The spreadsheet of a digest; None where it is not there any more."""
    if not re.fullmatch("[0-9a-f]{64}", digest):
        return None
    return next(iter(_folder(workspace, name).glob(f"{digest}*")), None)


def discard(session: RoundSession, digest: str) -> None:
    """Throw a spreadsheet away that was laid aside.

    Raises:
        Refused: the actor may not.
    """
    session.actor.must_have("make")
    if file := find_aside(session.workspace, session.name, digest):
        file.unlink(missing_ok=True)


def look_at_new(session: RoundSession, digest: str) -> NewLook:
    """What there is to see of a spreadsheet that is laid aside, as if it were the allocation.

    A hostile file takes a while: this belongs into a process of its own.

    Raises:
        Refused: it is not there any more.
    """
    file = find_aside(session.workspace, session.name, digest)
    if file is None:
        raise _gone()
    with (
        _as_if(session.workspace, session.name, file) as place,
        RoundSession(place, session.name, session.actor, session.clock) as there,
    ):
        look = look_at_allocation(there)
        new = read_file(there, place.round_folder(there.name) / look.file)
    present = read_present(session)
    is_first = present is None or not present.rows
    changes = [] if new is None or present is None or is_first else differences(new, present)
    return NewLook(look, tuple(changes), is_first)


def present_digest(workspace: Workspace, name: str) -> str:
    """What the allocation of a round is known by; that of no bytes where there is none."""
    parts = [
        f"{file.name}\0".encode() + read_bytes(file, most=MAX_FILE)
        for file in _present(workspace, name)
    ]
    return sha256(b"\0".join(parts))


def replace_allocation(session: RoundSession, digest: str, shown: str, look: NewLook) -> Path:
    """Use a spreadsheet that was laid aside and looked at; the allocation's file.

    Args:
        digest: of the spreadsheet.
        shown: the digest of the allocation that it was held against.
        look: what was seen of it.

    Raises:
        Refused: the actor may not, it has faults, or is gone; `ReplacedMeanwhile` where there is
            another allocation by now.
        RoundLocked: somebody is changing the round.
    """
    session.actor.must_have("make")
    if look.look.blocking:
        raise Refused(tr("This allocation has faults. Mend them in the spreadsheet first."))
    with held(session) as note:
        new = find_aside(session.workspace, session.name, digest)
        if new is None:
            raise _gone()
        if present_digest(session.workspace, session.name) != shown:
            raise ReplacedMeanwhile
        folder = session.workspace.round_folder(session.name)
        present = _present(session.workspace, session.name)
        for file in present:
            _keep_earlier(session.workspace, session.name, file)
        stem = present[0].stem if present else NAME
        to = folder / f"{stem}{new.suffix}"
        with all_or_nothing([to, *present]):
            write_whole(to, read_bytes(new, most=MAX_FILE))
            for file in present:
                if file != to:
                    file.unlink()
            note(session.name, "allocation replaced", digest)
        new.unlink(missing_ok=True)
    return to


def _gone() -> Refused:
    return Refused(tr("This spreadsheet is not there any more. Upload it again."))


def _folder(workspace: Workspace, name: str) -> Path:
    return workspace.state / "uploads" / sha256(name.encode())[:16]


def _aside(folder: Path) -> list[Path]:
    files = [file for file in folder.glob("*") if len(file.stem) == 64] if folder.is_dir() else []
    return sorted(files, key=lambda file: (-file.stat().st_mtime_ns, file.name))


def _present(workspace: Workspace, name: str) -> list[Path]:
    """The files that are, or might be, the allocation; more than one is a fault."""
    files = sorted(workspace.round_folder(name).iterdir())
    return [each for each in files if each.name.casefold().startswith(NAME) and each.is_file()]


def _keep_earlier(workspace: Workspace, name: str, file: Path) -> None:
    """Keep a copy with a number that none has had, `allocation-3.xlsx`, and only so many of them.

    A list of these copies is kept. What is not in it, or is another by now, is somebody's own,
    whatever it is called, and is left alone.
    """
    folder = workspace.round_folder(name) / EARLIER
    make_folder(folder)
    stems = [each.stem for each in folder.iterdir()]
    found = (re.fullmatch(rf"{NAME}.*-([0-9]{{1,6}})", each, re.IGNORECASE) for each in stems)
    number = max((int(each[1]) for each in found if each), default=0) + 1
    copy, data = folder / f"{file.stem}-{number}{file.suffix}", read_bytes(file, most=MAX_FILE)
    kept = [*_kept_earlier(workspace, name), (copy.name, sha256(data))]
    old, kept = kept[:-MOST_EARLIER], kept[-MOST_EARLIER:]
    write_whole(_list_of_earlier(workspace, name), json.dumps(kept).encode())
    write_whole(copy, data)
    for called, digest in old:
        if sha256_of_file(folder / called) == digest:
            (folder / called).unlink()


def _kept_earlier(workspace: Workspace, name: str) -> list[tuple[str, str]]:
    """The copies that were kept, the first first, each with its digest; none if that is unknown."""
    try:
        told = json.loads(read_bytes(_list_of_earlier(workspace, name), most=MEGABYTE))
        return [(PurePath(called).name, str(digest)) for called, digest in told]
    except (UnreadableFile, ValueError, TypeError):
        return []


def _list_of_earlier(workspace: Workspace, name: str) -> Path:
    return _folder(workspace, name) / "earlier.json"


@contextmanager
def _as_if(workspace: Workspace, name: str, allocation: Path) -> Iterator[Workspace]:
    """The workspace with another allocation in one of its rounds: all else is linked to."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        there = root / "data" / "rounds" / name
        there.mkdir(parents=True)
        _link(workspace.root, root, except_=("data", "output"))
        _link(workspace.data, root / "data", except_=("rounds",))
        _link(workspace.data / "rounds", root / "data" / "rounds", except_=(name,))
        present = {file.name for file in _present(workspace, name)}
        _link(workspace.round_folder(name), there, except_=present)
        (there / f"{NAME}{allocation.suffix}").symlink_to(allocation)
        ledger = workspace.settings.ledger.model_copy(update={"file": f"{workspace.ledger}"})
        yield Workspace(root, workspace.settings.model_copy(update={"ledger": ledger}))


def _link(folder: Path, to: Path, *, except_: Collection[str]) -> None:
    for each in folder.iterdir():
        if each.name not in except_:
            (to / each.name).symlink_to(each)
