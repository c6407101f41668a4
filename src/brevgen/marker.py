"""Where a workspace begins; imports nothing heavy, so that a command can ask it first."""

from pathlib import Path

from brevgen.errors import WrongUse
from brevgen.language import tr

MARKER = "brevgen.toml"
STATE_FOLDER = ".brevgen"
"""What brevgen keeps for itself: a test key, locks, files on their way; never committed."""


def find_root(start: Path) -> Path:
    """The workspace's folder.

    Args:
        start: the workspace or any folder below it.

    Raises:
        WrongUse: no folder above is a workspace.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file():
            return folder
    raise WrongUse(
        tr(
            "{folder} is not in a workspace: there is no {file} there or above. Go to the workspace"
            " first, or name it with --workspace DIR.",
            folder=start,
            file=MARKER,
        )
    )
