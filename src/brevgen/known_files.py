"""Files that are not read twice where there was nothing to find in them."""

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Generic, TypeVar

from brevgen.files import sha256_of_file
from brevgen.findings import Findings

Read = TypeVar("Read")


class KnownFiles(Generic[Read]):
    """What files without a finding said, for as long as the process lasts.

    Args:
        most: how many are kept; before one more, all are forgotten.
    """

    def __init__(self, most: int = 1) -> None:
        self._known: dict[tuple[Hashable, ...], Read] = {}
        self._most = most

    def read(
        self,
        path: Path,
        findings: Findings,
        read: Callable[[Findings], Read | None],
        *held_to: Hashable,
    ) -> Read | None:
        """What a file says; None where it cannot be read.

        Args:
            read: reads it, and puts what there is to find into `Findings`.
            held_to: what else decides what is found; the same file held to other things is read.
        """
        key = (sha256_of_file(path), *held_to)
        if (known := self._known.get(key)) is not None:
            return known
        found = Findings()
        said = read(found)
        if said is not None and not found.items and key[0] == sha256_of_file(path):
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[key] = said  # and not saved anew meanwhile
        findings.take(found)
        return said
