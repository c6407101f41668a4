"""Where things lie, and the settings of the workspace.

A workspace is the folder that holds `brevgen.toml`; commands find it from any folder below.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from brevgen.errors import WrongUse
from brevgen.findings import FaultyInput, Findings
from brevgen.marker import MARKER, STATE_FOLDER, find_root
from brevgen.settings.toml_file import note_key_faults, read_toml
from brevgen.settings.workspace import Settings


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
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.root / self.settings.ledger.file

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

    def round_folder(self, name: str) -> Path:
        """The folder of a round's data.

        Raises:
            WrongUse: there is no such round.
        """
        if name not in self.rounds():
            there = ", ".join(self.rounds()) or "none yet"
            raise WrongUse(f"There is no round “{name}” under data/rounds. There are: {there}.")
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

    def shown(self, path: Path) -> str:
        """A path as a person would type it from the workspace."""
        return (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        )


def find_workspace(start: Path) -> Workspace:
    """Open the workspace a folder belongs to.

    Args:
        start: the workspace or any folder below it.

    Raises:
        WrongUse: no folder above is a workspace.
        FaultyInput: `brevgen.toml` has faults.
    """
    root = find_root(start)
    return Workspace(root, _read_settings(root / MARKER))


def _read_settings(path: Path) -> Settings:
    findings = Findings()
    keys = read_toml(path, findings, shown_as=MARKER)
    if keys is not None:
        try:
            return Settings.model_validate(keys)
        except ValidationError as error:
            note_key_faults(error, findings, MARKER)
    raise FaultyInput(findings.items)


def file_stem(number: str, name: str, reference: str) -> str:
    """The name of a letter's files without ending: `0214-Ås-17-09235`.

    Only letters and digits of the name are kept, so that no name can become a path.
    """
    tidy = re.sub(r"[\W_]+", "-", name)[:60].strip("-")
    return "-".join(part for part in (number, tidy, reference) if part)
