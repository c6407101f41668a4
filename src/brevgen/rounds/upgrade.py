"""A workspace brought up to this version's files: what nobody touched is replaced, no more."""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import brevgen
from brevgen.errors import Refused, UnreadableFile
from brevgen.files import read_bytes, sha256, write_whole
from brevgen.language import tr, untranslated
from brevgen.rounds.starter import (
    MAX_STARTER_FILE,
    ROUNDS,
    read_manifest,
    starter_files,
    write_manifest,
)

Outcome = Literal["added", "replaced", "laid beside", "as it was", "yours", "removed", "given up"]
"""What became of a file, in this order: it was missing; it was replaced, for nobody had touched it;
somebody had, so the new one lies beside it; nothing is new in it; it was changed by somebody, and
nothing is new in what brevgen ships; it was removed by somebody; brevgen ships it no more."""


@dataclass(frozen=True)
class UpgradedFile:
    """What became of one file.

    Args:
        name: its path in the workspace.
        outcome: what became of it.
        beside: where the new file lies, if the old one was touched.
        difference: the lines that differ then, from the workspace's to the new one; none for a
            file that is no text.
    """

    name: str
    outcome: Outcome
    beside: str = ""
    difference: tuple[str, ...] = ()


@dataclass(frozen=True)
class Upgraded:
    """What became of a workspace.

    Args:
        before: the version whose files it had; empty where that is not known.
        version: the version it has now.
        files: each of the files, in the order of their outcomes and names.
    """

    before: str
    version: str
    files: tuple[UpgradedFile, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anything was written."""
        return any(each.outcome in ("added", "replaced", "laid beside") for each in self.files)


def upgrade(root: Path) -> Upgraded:
    """Bring the files that brevgen gave a workspace up to this version.

    A file nobody touched is replaced. Beside one that somebody did, the new one is laid as
    `NAME.new`, once for each new version of it. Rounds are never touched. What a workspace was
    given is known from `.brevgen/starter.json`; without that, all that differs counts as touched.

    Args:
        root: the workspace.

    Raises:
        Refused: the workspace is the checkout that the files come from.
    """
    files = {name: path for name, path in starter_files().items() if not name.startswith(ROUNDS)}
    if any(path.resolve() == (root / name).resolve() for name, path in files.items()):
        raise Refused(
            tr(
                "{folder} is the checkout that the files come from: update it with git.",
                folder=root,
            )
        )
    manifest = read_manifest(root)
    shipped = {name: read_bytes(path, most=MAX_STARTER_FILE) for name, path in files.items()}
    done = [
        _upgraded(root, name, data, manifest.digests.get(name)) for name, data in shipped.items()
    ]
    kept = {n: d for n, d in manifest.digests.items() if n.startswith(ROUNDS)}
    gone = [n for n in manifest.digests if n not in shipped and n not in kept]
    done += [
        UpgradedFile(name, untranslated("given up")) for name in gone if (root / name).exists()
    ]
    write_manifest(root, {**kept, **{name: sha256(data) for name, data in shipped.items()}})
    order = get_args(Outcome).index
    done.sort(key=lambda each: (order(each.outcome), each.name))
    return Upgraded(manifest.version, brevgen.__version__, tuple(done))


def _upgraded(root: Path, name: str, new: bytes, given: str | None) -> UpgradedFile:
    """Bring one file up to date.

    Args:
        root: the workspace.
        name: the file's path in it.
        new: what this version ships.
        given: digest of what an earlier version gave; None where it gave none, or is not known.
    """
    path = root / name
    try:
        there = read_bytes(path, most=MAX_STARTER_FILE)
    except UnreadableFile:
        there = None
    if there is None and not path.exists():
        if given is not None:
            return UpgradedFile(name, untranslated("removed"))
        write_whole(path, new)
        return UpgradedFile(name, untranslated("added"))
    if there == new:
        return UpgradedFile(name, untranslated("as it was"))
    if sha256(new) == given:
        return UpgradedFile(name, untranslated("yours"))
    if there is not None and sha256(there) == given:
        write_whole(path, new)
        return UpgradedFile(name, untranslated("replaced"))
    beside = f"{name}.new"
    write_whole(root / beside, new)
    return UpgradedFile(
        name, untranslated("laid beside"), beside, _difference(there or b"", new, name, beside)
    )


def _difference(there: bytes, new: bytes, name: str, beside: str) -> tuple[str, ...]:
    try:
        before, after = (data.decode("utf-8-sig").splitlines() for data in (there, new))
    except UnicodeDecodeError:
        return ()
    return tuple(difflib.unified_diff(before, after, name, beside, n=1, lineterm=""))
