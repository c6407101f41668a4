"""The rows as they are measured, and what all of them share: workspaces, key, the same words."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import allocation, here, running
from bench.plain import pkcs12_of_test_key
from bench.results import Aim, Row
from bench.words import letters_of, same_words
from brevgen.seal.key import open_key
from brevgen.workspace import find_workspace

TURNS = 3
"""How often the plain loop and brevgen take turns, for the machine is not the same all the time."""

PLAIN = "plain loop"
PLAIN_SEALED = "plain loop, sealed"
GENERATE = "brevgen generate, {} worker{}"
APPROVE = "brevgen approve, {} worker{}: everything on"
OFFICE = "docxtpl, then LibreOffice"
LIBRE = "LibreOffice alone, 200 letters a call"
LIBRE_ARCHIVE = "LibreOffice alone, PDF/A-2b with tags"
LIBRE_EACH = "LibreOffice alone, one call per letter"
IN_A_CALL = 200
"""LibreOffice takes 255 words a call, and leaves out the files behind them without a word."""
FEW = 5
"""Letters that LibreOffice is called for one by one."""

NO_CHECK = "no seal, no reading back, no ledger"
PDF_ALONE = "PDF alone: no DOCX, no seal, no reading back, no ledger"


class Bench:
    """The rows as they come, and what there is to say besides.

    Args:
        scratch: a folder for all that is made.
        letters: how many of the round's letters; 0 for all.
    """

    def __init__(self, scratch: Path, letters: int) -> None:
        self.scratch, self._shortened = scratch, letters
        self.rows: list[Row] = []
        self.skipped: list[str] = []
        self.aims: list[Aim] = []
        self.changed: dict[str, Any] = {}
        self._key = self._workspace_with_key()
        self.words = self.workspace("words")
        self.letters = len(self._stems(self.words))

    def _workspace_with_key(self) -> Path:
        """A workspace in which a TEST key was made."""
        root = here.new_workspace(self.scratch / "key")
        open_key(find_workspace(root).settings.seal, root, datetime.now(UTC))
        pkcs12_of_test_key(root, self.scratch / "key.p12")
        return root

    def _stems(self, root: Path) -> list[str]:
        return [stem for stem, _ in letters_of(root, allocation.NAME, approved=False)[2]]

    def workspace(self, name: str) -> Path:
        """A fresh workspace."""
        root = here.new_workspace(self.scratch / name, self._key)
        if self._shortened:
            allocation.shorten(root, self._shortened)
        return root

    def add(self, name: str, measured: running.Measured, letters: int = 0, **more: str) -> Row:
        """Note a row, and say that it is there."""
        row = Row.of(name, letters or self.letters, measured, **more)
        self.rows.append(row)
        print(f"  {name}: {row.seconds:.1f} s", file=sys.stderr, flush=True)
        return row

    def hold(self, made: Path, *endings: str, approved: bool = False) -> None:
        """See that the letters made in another way say the same.

        Raises:
            AssertionError: one of them does not.
        """
        wrong = same_words(self.words, allocation.NAME, made, endings, approved=approved)
        assert not wrong, wrong[:3]
