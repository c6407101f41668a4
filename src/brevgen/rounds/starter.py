"""What a workspace begins with: the files that come with brevgen, and which of them it was given.

The wheel carries them in `brevgen/starter`. In a checkout they lie at its top, and the table in
`pyproject.toml` that tells the wheel what to carry tells which they are.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import brevgen
from brevgen.errors import UnreadableFile, WrongUse
from brevgen.files import MEGABYTE, read_bytes, write_whole
from brevgen.language import tr
from brevgen.marker import STATE_FOLDER

MANIFEST = "starter.json"
MAX_STARTER_FILE = 20 * MEGABYTE
ROUNDS = "data/rounds/"
"""Where the trial round lies; rounds are a workspace's own from the beginning."""


def starter_files() -> dict[str, Path]:
    """The files that a workspace begins with: path in the workspace to where it lies here.

    Raises:
        WrongUse: brevgen was installed without them.
    """
    package = Path(brevgen.__file__).parent
    carried = {"": package / "starter"}
    checkout = package.parents[1]
    if not carried[""].is_dir() and (checkout / "pyproject.toml").is_file():
        table = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
        included = table["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
        carried = {
            target.removeprefix("brevgen/starter/"): checkout / source
            for source, target in included.items()
        }
    found: dict[str, Path] = {}
    for name, path in carried.items():
        if path.is_file():
            found[name] = path
        for file in sorted(path.rglob("*")):
            if file.is_file():
                found[f"{name}/{file.relative_to(path).as_posix()}".lstrip("/")] = file
    if not found:
        raise WrongUse(
            tr(
                "This brevgen, in {folder}, came without the files that a workspace begins with."
                " Install it from its wheel.",
                folder=package,
            )
        )
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Manifest:
    """Which files brevgen has given a workspace.

    Args:
        version: of the brevgen that gave them; empty where that is not known.
        digests: path in the workspace to SHA-256 of what was given.
    """

    version: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)


def read_manifest(root: Path) -> Manifest:
    """What a workspace was given; nothing where that was never written down."""
    try:
        told = json.loads(read_bytes(root / STATE_FOLDER / MANIFEST, most=MEGABYTE))
        return Manifest(str(told["version"]), {str(k): str(v) for k, v in told["files"].items()})
    except (UnreadableFile, ValueError, KeyError, TypeError, AttributeError):
        return Manifest()


def write_manifest(root: Path, digests: Mapping[str, str]) -> None:
    """Write down what this brevgen has given a workspace."""
    told = {"version": brevgen.__version__, "files": dict(sorted(digests.items()))}
    text = json.dumps(told, indent=1, ensure_ascii=False)
    write_whole(root / STATE_FOLDER / MANIFEST, f"{text}\n".encode())
