"""The desk's own log: who came in, who left, what was refused; one line of JSON each, in English.

No code, key, secret or letter stands in it.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

from starlette.requests import Request

LOGGER = "brevgen.desk"
MOST = 300
"""Signs of a value: what comes from outside may be of any length."""


class DeskLog:
    """Writes what happens at the door.

    Args:
        clock: tells the time, aware.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock, self._logger = clock, logging.getLogger(LOGGER)

    def info(self, event: str, request: Request, **particulars: str) -> None:
        """Log what is as it should be."""
        self._write(logging.INFO, event, request, particulars)

    def warning(self, event: str, request: Request, **particulars: str) -> None:
        """Log what was refused, or what went wrong."""
        self._write(logging.WARNING, event, request, particulars)

    def _write(self, level: int, event: str, request: Request, particulars: dict[str, str]) -> None:
        visit = getattr(request.state, "visit", None)
        line = {
            "at": self._clock().isoformat(timespec="seconds"),
            "event": event,
            "account": visit.actor.account if visit is not None else "",
            "peer": getattr(request.state, "peer", ""),
            "method": request.method,
            "path": request.url.path,
            **particulars,
        }
        short = {key: value[:MOST] if key != "traceback" else value for key, value in line.items()}
        self._logger.log(level, json.dumps(short, ensure_ascii=True))


def write_log_to(stream: TextIO, level: int) -> None:
    """Let the lines go to a stream, those of a level and above."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger(LOGGER)
    logger.handlers = [handler]
    logger.setLevel(level)
    logger.propagate = False
