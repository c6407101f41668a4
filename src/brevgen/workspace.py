"""Where things lie, and the settings of the workspace.

A workspace is the folder that holds `brevgen.toml`; commands find it from any folder below.
"""

import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePath

from brevgen.errors import WrongUse
from brevgen.findings import FaultyInput, Findings, shortened
from brevgen.language import path_as_told, tr
from brevgen.marker import MARKER, STATE_FOLDER, find_root
from brevgen.settings.ledger import LedgerPlace
from brevgen.settings.toml_file import read_settings
from brevgen.settings.workspace import Settings

MAX_ROUND_NAME = 200
"""Bytes of a round's name, which begins the names of files; these have 255 at most."""


@dataclass(frozen=True)
class Workspace:
    """A folder with data, templates, output and settings."""

    root: Path
    settings: Settings

    @property
    def data(self) -> Path:
        """Register, contacts and rounds."""
        return self.root / "data"

    @property
    def templates(self) -> Path:
        """The letter templates."""
        return self.root / "templates" / "letters"

    @property
    def messages(self) -> Path:
        """The templates of the messages that carry letters."""
        return self.root / "templates" / "messages"

    @property
    def ledger(self) -> LedgerPlace:
        """The ledger's file, or the database it is in."""
        return self.settings.ledger.place(self.root)

    @property
    def ledger_folder(self) -> Path:
        """The folder for the ledger's file; that of the data where it is in a database."""
        return self.ledger.parent if isinstance(self.ledger, Path) else self.data

    @property
    def witnesses(self) -> Path:
        """The folder with the witnesses of the ledger."""
        return self.data / "witness"

    @property
    def has_ledger(self) -> bool:
        """Whether anything lies at the ledger's path, be it a link that leads nowhere.

        A database that is named is one, also if nothing was ever written into it.
        """
        return not isinstance(self.ledger, Path) or os.path.lexists(self.ledger)

    @property
    def state(self) -> Path:
        """What brevgen keeps for itself: a test key, locks, files on their way; never committed."""
        return self.root / STATE_FOLDER

    def rounds(self) -> list[str]:
        """The names of the rounds there are."""
        folder = self.data / "rounds"
        return (
            sorted(path.name for path in folder.iterdir() if path.is_dir())
            if folder.is_dir()
            else []
        )

    def round_name(self, typed: str) -> str:
        """The name of the round that is meant; everything of a round is kept under this name.

        Args:
            typed: its name, or the path of its folder, as a shell completes it: `2018/`,
                `data/rounds/2018`.

        Raises:
            WrongUse: there is no such round, or its name cannot be used.
        """
        path, folder = PurePath(typed), (self.data / "rounds").parts
        above = path.parent.parts
        is_round = path.name and above == folder[max(0, len(folder) - len(above)) :]
        name = unicodedata.normalize("NFC", path.name) if is_round else ""
        known = {unicodedata.normalize("NFC", each): each for each in self.rounds()}
        if name not in known:
            raise WrongUse(
                tr(
                    "There is no round “{name}” under data/rounds. There are: {rounds}.",
                    name=typed,
                    rounds=", ".join(known) or tr("none yet"),
                )
            )
        if len(known[name].encode()) > MAX_ROUND_NAME or not name.isprintable():
            raise WrongUse(
                tr(
                    "The name of the round “{name}” is too long, or has characters that cannot be"
                    " shown. Rename its folder under data/rounds, to at most {most} characters.",
                    name=shortened(name, 60),
                    most=MAX_ROUND_NAME // 2,
                )
            )
        return known[name]

    def round_folder(self, name: str) -> Path:
        """The folder of a round's data.

        Raises:
            WrongUse: there is no such round, or this is a path and not its name.
        """
        if self.round_name(name) != name:
            raise WrongUse(tr("Write only the round's name: {name}.", name=self.round_name(name)))
        return self.data / "rounds" / name

    def output(self, round_name: str) -> Path:
        """The folder brevgen writes a round's files into."""
        return self.root / "output" / round_name

    def drafts(self, round_name: str) -> Path:
        """Where drafts lie."""
        return self.output(round_name) / "drafts"

    def finals(self, round_name: str) -> Path:
        """Where approved and sealed letters lie."""
        return self.output(round_name) / "letters"

    def archive(self, round_name: str) -> Path:
        """Where what the archive gets lies; the same as a zip file lies beside it."""
        return self.output(round_name) / "archive"

    def shown(self, path: LedgerPlace) -> str:
        """A path as a person would type it from the workspace; a database by its address."""
        if isinstance(path, Path) and path.is_relative_to(self.root):
            return path.relative_to(self.root).as_posix()
        return path_as_told(path) if isinstance(path, Path) else str(path)


def find_workspace(start: Path) -> Workspace:
    """Open the workspace a folder belongs to.

    Args:
        start: the workspace or any folder below it.

    Raises:
        WrongUse: no folder above is a workspace.
        FaultyInput: `brevgen.toml` has faults.
    """
    root = find_root(start)
    findings = Findings()
    settings = read_settings(Settings, root / MARKER, findings, shown_as=MARKER)
    if settings is None:
        raise FaultyInput(findings.items)
    return Workspace(root, settings)


def file_stem(number: str, name: str, reference: str) -> str:
    """The name of a letter's files without ending: `0214-Ås-17-09235`.

    Only letters and digits are kept, of the reference too, so that nothing can become a path.
    """
    parts = (number, _letters_and_digits(name)[:60].strip("-"), _letters_and_digits(reference))
    return "-".join(part for part in parts if part)


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[\W_]+", "-", text).strip("-")
