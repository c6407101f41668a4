"""Templates edited: which files belong together, saved only without faults, with their versions.

The two written forms of a letter must fit each other, so they are read, checked and saved as one
sheet. Who saves says what was loaded: nothing that somebody else saved meanwhile is overwritten.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from brevgen.actor import Actor
from brevgen.errors import PartlyDone, Refused, UnreadableFile, WrongUse
from brevgen.files import MEGABYTE, make_folder, os_reason, read_bytes, write_whole
from brevgen.findings import FaultyInput, Finding
from brevgen.language import tr, untranslated
from brevgen.letter.contract import MAX_TEMPLATE
from brevgen.letter.templates import ENCODING, FORMS, LAYOUT, WORDS, kinds_in
from brevgen.pool.letter_files import STYLESHEET
from brevgen.rounds.kinds import shipped_kinds
from brevgen.settings.kind import KIND_FILE
from brevgen.workspace import Workspace

MOST_VERSIONS = 30
"""Versions kept of a sheet; the oldest go first."""

Part = Literal["letter", "message", "kind", "style", "layout", "message layout"]
PARTS: Mapping[Part, str] = {
    "letter": untranslated("The letter"),
    "message": untranslated("The e-mail it comes with"),
    "kind": untranslated("Columns and facts (kind.toml)"),
    "style": untranslated("The look of all letters (letter.css)"),
    "layout": untranslated("What is around every letter"),
    "message layout": untranslated("What is around every e-mail"),
}
"""What a sheet is, as a person calls it."""


@dataclass(frozen=True)
class Sheet:
    """Files that are edited and saved together.

    Args:
        part: what they are.
        kind: the kind of letter they are of; empty for what all have in common.
        files: their paths below `templates`.
    """

    part: Part
    kind: str
    files: tuple[str, ...]

    @property
    def key(self) -> str:
        """What it is found by."""
        part = self.part.replace(" ", "-")
        return f"{self.kind}/{part}" if self.kind else part

    @property
    def is_of_messages(self) -> bool:
        """Whether it is of the e-mails, and not of the letters."""
        return self.files[0].startswith("messages/")


def sheets(workspace: Workspace) -> list[Sheet]:
    """All that can be edited: of each kind, and of all."""
    found = []
    letters, messages = kinds_in(workspace.templates), kinds_in(workspace.messages)
    for kind in sorted({*letters, *messages}):
        if kind in letters:
            found.append(Sheet("letter", kind, _forms("letters", kind)))
        if kind in messages:
            found.append(Sheet("message", kind, _forms("messages", kind)))
        if kind in letters:
            found.append(Sheet("kind", kind, (f"letters/{kind}/{KIND_FILE}",)))
    return [
        *found,
        Sheet("layout", "", (f"letters/{LAYOUT}", f"letters/{WORDS}")),
        Sheet("style", "", (f"letters/{STYLESHEET}",)),
        Sheet("message layout", "", (f"messages/{LAYOUT}", f"messages/{WORDS}")),
    ]


def _forms(folder: str, kind: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{kind}/{form}.html" for form in FORMS)


def find_sheet(workspace: Workspace, key: str) -> Sheet:
    """The sheet of a key.

    Raises:
        WrongUse: there is none.
    """
    for sheet in sheets(workspace):
        if sheet.key == key:
            return sheet
    raise WrongUse(tr("There are no templates “{key}”.", key=key[:60]))


Texts = Mapping[str, str]
"""The text of each file of a sheet, by its path below `templates`; lines end in a newline."""


def texts_of(workspace: Workspace, sheet: Sheet) -> dict[str, str]:
    """The files of a sheet as they are now; empty for one that is not there.

    Raises:
        Refused: a file cannot be read as text.
    """
    return {file: _text(workspace, file) for file in sheet.files}


def _text(workspace: Workspace, file: str) -> str:
    path = workspace.templates.parent / file
    if not path.exists() and path.name == KIND_FILE:  # as earlier versions had none
        path = shipped_kinds().get(path.parent.name, path)
    if not path.exists():
        return ""
    try:
        return tidy(read_bytes(path, most=MAX_TEMPLATE).decode(ENCODING))
    except UnreadableFile as reason:
        raise Refused(f"{file}: {reason.what} {reason.remedy}") from reason
    except UnicodeDecodeError as error:
        raise Refused(
            tr("{file}: The file is not UTF-8 text. Save it as UTF-8 elsewhere.", file=file)
        ) from error


def tidy(text: str) -> str:
    """A text as it is saved: lines end in a newline alone, the last one too."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    return f"{text}\n" if text else ""


def digest_of(texts: Texts) -> str:
    """What stands for some texts."""
    return hashlib.sha256(json.dumps(dict(texts), sort_keys=True).encode()).hexdigest()


# -- saving ----------------------------------------------------------------------------------------


class SavedMeanwhile(Refused):
    """Somebody else has saved since the texts were loaded; nothing was overwritten."""


Check = Callable[[Sheet, Texts], Sequence[Finding]]
"""Tells every fault there would be with some texts."""


def save(
    workspace: Workspace,
    actor: Actor,
    clock: Callable[[], datetime],
    sheet: Sheet,
    texts: Texts,
    *,
    loaded: str,
    check: Check,
) -> None:
    """Save all files of a sheet, if none has a fault; what was there before is kept as a version.

    Args:
        workspace: where things lie.
        actor: who saves.
        clock: tells the time, aware.
        sheet: which files.
        texts: what they are to say.
        loaded: digest of the texts that were loaded and changed.
        check: tells every fault.

    Raises:
        Refused: the actor may not.
        SavedMeanwhile: the files are not those that were loaded.
        FaultyInput: there are faults; all of them.
        PartlyDone: a file cannot be written; those that were are as before.
    """
    actor.must_have("make")
    texts = {file: tidy(texts[file]) for file in sheet.files}
    check_sizes(texts)
    findings = list(check(sheet, texts))
    if any(each.severity == "fault" for each in findings):
        raise FaultyInput(findings)
    with _told_of_the_disk(), _one_at_a_time(workspace):
        before = texts_of(workspace, sheet)
        if digest_of(before) != loaded:
            raise SavedMeanwhile(tr("Somebody else has saved since you began."))
        if before == texts:
            return
        kept = versions(workspace, sheet)
        if not kept or digest_of(kept[0].texts) != digest_of(before):
            _keep(workspace, sheet, before, at=clock(), account="")
        version = _keep(workspace, sheet, texts, at=clock(), account=str(actor))
        try:
            _write(workspace, texts, before)
        except BaseException:
            version.unlink()
            raise


def check_sizes(texts: Texts) -> None:
    """Refuse texts beyond measure.

    Raises:
        Refused: one is longer than a template may be.
    """
    for file, text in texts.items():
        if len(text.encode("utf-8", "replace")) > MAX_TEMPLATE:
            raise Refused(
                tr("{file} is longer than {most} kB.", file=file, most=MAX_TEMPLATE // 1024)
            )


def _write(workspace: Workspace, texts: Texts, before: Texts) -> None:
    """Write all files, or leave all as they were."""
    folder, written = workspace.templates.parent, list[str]()
    try:
        for file, text in texts.items():
            if text != before[file]:
                write_whole(folder / file, text.encode())
                written.append(file)
    except BaseException:
        for each in written:
            write_whole(folder / each, before[each].encode())
        raise


@contextmanager
def _told_of_the_disk() -> Iterator[None]:
    """Say of files that cannot be written that nothing was saved."""
    try:
        yield
    except OSError as error:
        raise PartlyDone(
            tr(
                "The templates cannot be written ({reason}). Nothing was saved.",
                reason=os_reason(error),
            )
        ) from error


@contextmanager
def _one_at_a_time(workspace: Workspace) -> Iterator[None]:
    """Hold everybody else's saving of templates off."""
    make_folder(workspace.state)
    # to be read only, so that the next account need not be the one that made it
    lock = os.open(workspace.state / "templates.lock", os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


# -- versions --------------------------------------------------------------------------------------


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


def _keep(workspace: Workspace, sheet: Sheet, texts: Texts, *, at: datetime, account: str) -> Path:
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
