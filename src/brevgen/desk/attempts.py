"""Attempts to log in, counted, so that nobody can go on guessing."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock


class Attempts:
    """Attempts of the last minutes; after too many no more are taken until some are forgotten.

    Args:
        clock: tells the time, aware.
        of_one: how many one peer has.
        of_all: how many all have together, wherever they come from.
        within: how long an attempt counts.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        of_one: int = 10,
        of_all: int = 100,
        within: timedelta = timedelta(minutes=5),
    ) -> None:
        self._clock, self._of_one, self._of_all, self._within = clock, of_one, of_all, within
        self._noted: deque[tuple[datetime, str]] = deque()
        self._lock = Lock()

    def note(self, peer: str) -> None:
        """Count an attempt of a peer."""
        with self._lock:
            self._noted.append((self._clock(), peer))

    def are_too_many(self, peer: str) -> bool:
        """Whether a peer must wait."""
        with self._lock:
            while self._noted and self._clock() - self._noted[0][0] > self._within:
                self._noted.popleft()
            its = sum(each == peer for _, each in self._noted)
            return its >= self._of_one or len(self._noted) >= self._of_all
