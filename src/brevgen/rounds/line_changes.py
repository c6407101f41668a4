"""Where two texts differ, line by line and word by word."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

MOST_COMPARED = 2_000
"""Lines of a text, or words of a line, that are compared one by one."""

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
Pieces = tuple[tuple[Literal["same", "old", "new"], str], ...]
"""A line in pieces: what both have, what only the old one has, what only the new one has."""


@dataclass(frozen=True)
class LineChange:
    """One line that is another.

    Args:
        line: its number in the new text, from 1; of a line that is gone, where it was.
        pieces: its words, old and new.
    """

    line: int
    pieces: Pieces


def line_changes(old: str, new: str) -> list[LineChange]:
    """The lines in which two texts differ, each word by word."""
    before, after = old.split("\n"), new.split("\n")
    found = []
    for change, i, j, k, m in _steps(before, after):
        if change == "equal":
            continue
        for at in range(max(j - i, m - k)):
            one = before[i + at] if i + at < j else ""
            other = after[k + at] if k + at < m else ""
            if one or other:
                found.append(LineChange(min(k + at, m) + 1, _pieces(one, other)))
    return found


def _steps(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """How one becomes the other; all at once where it would take too long to find out."""
    if max(len(old), len(new)) > MOST_COMPARED:
        return [("equal" if old == new else "replace", 0, len(old), 0, len(new))]
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _pieces(old: str, new: str) -> Pieces:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    found: list[tuple[Literal["same", "old", "new"], str]] = []
    for change, i, j, k, m in _steps(before, after):
        if change == "equal":
            found.append(("same", "".join(before[i:j])))
            continue
        if i < j:
            found.append(("old", "".join(before[i:j])))
        if k < m:
            found.append(("new", "".join(after[k:m])))
    return tuple(found)
