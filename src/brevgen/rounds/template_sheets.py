"""Templates as sheets: which files are edited together, and what they say now."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from brevgen.errors import Refused, UnreadableFile, WrongUse
from brevgen.files import read_bytes
from brevgen.language import tr, untranslated
from brevgen.letter.contract import MAX_TEMPLATE
from brevgen.letter.templates import ENCODING, FORMS, LAYOUT, WORDS, kinds_in
from brevgen.pool.letter_files import STYLESHEET
from brevgen.rounds.kinds import shipped_kinds
from brevgen.settings.kind import KIND_FILE
from brevgen.workspace import Workspace

Part = Literal["letter", "message", "kind", "style", "layout", "message layout"]
PARTS: Mapping[Part, str] = {
    "letter": untranslated("The letter"),
    "message": untranslated("The e-mail it comes with"),
    "kind": untranslated("Columns and facts"),
    "style": untranslated("The look of all letters"),
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
