"""A new workspace, anywhere, made of the files that come with brevgen."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from brevgen.characters import as_typed
from brevgen.errors import Refused, WrongUse
from brevgen.files import make_folder, read_bytes, sha256, write_whole
from brevgen.language import tr, tr_many
from brevgen.marker import MARKER, find_root
from brevgen.rounds.starter import MAX_STARTER_FILE, ROUNDS, starter_files, write_manifest


@dataclass(frozen=True)
class NewWorkspace:
    """A workspace that was made.

    Args:
        root: its folder.
        files: the files in it, as paths below the folder.
        trial: the name of the round in it to try things on.
    """

    root: Path
    files: tuple[str, ...]
    trial: str


def new_workspace(folder: Path) -> NewWorkspace:
    """Make a workspace in a folder that is not there yet, or is empty; all of it, or nothing.

    Raises:
        Refused: there is something in the folder, or it lies in another workspace.
        WrongUse: it is no folder, or brevgen came without the files for a workspace.
    """
    root = folder.resolve()
    _check_free(root)
    files = starter_files()
    was_there = root.is_dir()
    digests: dict[str, str] = {}
    try:
        make_folder(root)
        # the settings last, for they make a workspace of the folder
        for name in sorted(files, key=lambda name: name == MARKER):
            data = read_bytes(files[name], most=MAX_STARTER_FILE)
            write_whole(root / name, data)
            digests[name] = sha256(data)
        write_manifest(root, digests)
    except BaseException:
        _remove(root, keep=was_there)
        raise
    trial = next(name for name in files if name.startswith(ROUNDS)).removeprefix(ROUNDS)
    return NewWorkspace(root, tuple(files), trial.partition("/")[0])


def _check_free(root: Path) -> None:
    if root.is_dir():
        there = sorted(path.name for path in root.iterdir())
        if there:
            raise Refused(
                tr_many(
                    "There is something in {folder} already: “{first}”. Name a new folder, or an"
                    " empty one.",
                    "There is something in {folder} already: “{first}”, one of {count}. Name a new"
                    " folder, or an empty one.",
                    len(there),
                    folder=root,
                    first=there[0],
                )
            )
    elif root.exists():
        raise WrongUse(tr("{path} is a file. Name a new folder, or an empty one.", path=root))
    try:
        around = find_root(root)
    except WrongUse:
        return
    raise Refused(
        tr(
            "{folder} would lie in the workspace {workspace}. Name a folder outside of it; a new"
            " round is made with “brevgen new {name} --from” and the name of an earlier one.",
            folder=root,
            workspace=around,
            name=as_typed(root.name),
        )
    )


def _remove(root: Path, *, keep: bool) -> None:
    """Remove what was begun; the folder itself stays where it was there before."""
    if not keep:
        shutil.rmtree(root, ignore_errors=True)
        return
    for path in root.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
