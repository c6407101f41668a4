"""Connections that are closed where a request does not come: who is slow on purpose holds none."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS_OF_HEAD = 15.0
"""Until the head of a request is there, from the connection's begin or the answer before."""
SECONDS_OF_BODY = 120.0
"""Until its body is there: the largest takes a quarter of that on a slow line."""
WAITING = (h11.IDLE, h11.SEND_BODY)
"""Where whoever asks stands while a request is not whole."""


class TimedConnection(H11Protocol):
    """A connection of uvicorn's, which waits for so long and no longer."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait(SECONDS_OF_HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Wait for what is still missing of a request."""
        before = self.conn.their_state
        super().data_received(data)
        now = self.conn.their_state
        if now is h11.SEND_BODY and before is not now:
            self._wait(SECONDS_OF_BODY)
        elif now not in WAITING:
            self._wait(None)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._wait(SECONDS_OF_HEAD)
        super().on_response_complete()

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if seconds is not None and not self.transport.is_closing():
            self._timer = self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        if self.conn.their_state in WAITING:  # else all of it came along with the one before
            self.transport.close()
