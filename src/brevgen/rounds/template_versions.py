"""The versions of templates: what was saved, when and by whom, as far back as is kept."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from brevgen.errors import UnreadableFile, WrongUse
from brevgen.files import MEGABYTE, make_folder, read_bytes, write_whole
from brevgen.language import tr
from brevgen.rounds.template_sheets import Sheet, Texts, digest_of
from brevgen.workspace import Workspace

MOST_VERSIONS = 30
"""Versions kept of a sheet; the oldest go first."""


@dataclass(frozen=True)
class Version:
    """The files of a sheet as somebody has saved them.

    Args:
        key: what it is found by.
        at: when, aware.
        account: who; empty for what was there before anything was saved here.
        texts: what they said.
    """

    key: str
    at: datetime
    account: str
    texts: Texts


def versions(workspace: Workspace, sheet: Sheet) -> list[Version]:
    """The versions that are kept of a sheet, the last saved first."""
    folder = _versions_folder(workspace, sheet)
    found = []
    for path in sorted(folder.glob("*.json"), reverse=True) if folder.is_dir() else []:
        try:
            told = json.loads(read_bytes(path, most=MEGABYTE))
            texts = {file: str(told["texts"].get(file, "")) for file in sheet.files}
            at = datetime.fromisoformat(told["at"])
            found.append(Version(path.stem, at, str(told["account"]), texts))
        except (UnreadableFile, ValueError, KeyError, TypeError, AttributeError):
            continue  # somebody else's file
    return found


def find_version(workspace: Workspace, sheet: Sheet, key: str) -> Version:
    """One version of a sheet.

    Raises:
        WrongUse: there is none of this key.
    """
    for each in versions(workspace, sheet):
        if each.key == key:
            return each
    raise WrongUse(
        tr("There is no such version; only the last {most} are kept.", most=MOST_VERSIONS)
    )


def _versions_folder(workspace: Workspace, sheet: Sheet) -> Path:
    return workspace.state / "versions" / sheet.key


def keep_version(
    workspace: Workspace, sheet: Sheet, texts: Texts, *, at: datetime, account: str
) -> Path:
    """Keep a version, and no more of them than so many; its file."""
    folder = _versions_folder(workspace, sheet)
    make_folder(folder)
    at = at.astimezone(UTC)
    there = sorted(folder.glob("*.json"))
    number = int(there[-1].stem.partition("-")[0]) + 1 if there else 1
    told = {"at": at.isoformat(), "account": account, "texts": dict(texts)}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    path = folder / f"{number:06}-{digest_of(texts)[:8]}.json"
    write_whole(path, text.encode())
    for old in there[: max(0, len(there) + 1 - MOST_VERSIONS)]:
        old.unlink()
    return path
