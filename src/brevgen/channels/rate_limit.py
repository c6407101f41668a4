"""Waiting, so that no server is flooded."""

from collections.abc import Callable

Clock = Callable[[], float]
"""Tells seconds that only grow."""

Sleep = Callable[[float], object]
"""Waits so many seconds."""


class RateLimiter:
    """Lets letters through one by one, evenly spaced.

    Args:
        per_minute: how many; 0 for no limit.
        clock: tells the time.
        sleep: waits.
    """

    def __init__(self, per_minute: int, clock: Clock, sleep: Sleep) -> None:
        self._gap = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self) -> None:
        """Wait until the next letter may go."""
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        # time that was not used is not saved up: a pause is followed by no burst
        self._next = max(now, self._next) + self._gap
