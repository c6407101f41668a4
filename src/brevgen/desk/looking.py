"""What was seen of spreadsheets from outside, kept; each is read aside."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from brevgen.actor import Actor
from brevgen.desk.aside import read_aside
from brevgen.language import language
from brevgen.rounds.replace_allocation import NewLook

MOST_KEPT = 20
"""Looks that are kept."""

_LOOK = TypeAdapter(NewLook)


class Looks:
    """What was seen of spreadsheets that are laid aside, kept as long as nothing is another.

    Args:
        root: the workspace's folder.
        clock: tells the time, aware.
    """

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        self._root, self._clock = root, clock
        self._kept: OrderedDict[tuple[object, ...], NewLook] = OrderedDict()

    def look(self, name: str, actor: Actor, digest: str, of: object) -> NewLook:
        """What there is to see of a spreadsheet that is laid aside for a round.

        Args:
            digest: of the spreadsheet.
            of: what tells whether anything else of the round is another by now.

        Raises:
            Refused: it takes too long or too much memory to read, or is not there any more.
        """
        key = (name, digest, language(), of)
        if key not in self._kept:
            at = self._clock().isoformat()
            told = read_aside(self._root, "look", [], actor, round=name, digest=digest, at=at)
            self._kept[key] = _LOOK.validate_python(told)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]
