"""What all the ledger's subjects work through: an open file, and who writes when."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from brevgen.actor import Actor
from brevgen.ledger.chain import Act
from brevgen.ledger.engine import OpenLedger


class ReadingDoor:
    """An open ledger, to read; it belongs to the process and thread that opened it."""

    _file: OpenLedger

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class WritingDoor(ReadingDoor):
    """An open ledger, to read and to write: each act wholly or not at all."""

    _clock: Callable[[], datetime]
    _actor: Actor

    @contextmanager
    def _act(self) -> Iterator[Act]:
        """A transaction and its events, written together when it ends well."""
        with self._file.writing() as connection:
            act = Act(connection, self._clock(), self._actor)
            yield act
            act.finish()
