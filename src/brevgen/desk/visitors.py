"""Who is logged in: one-time codes, and sessions that the server keeps and can end."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Literal

from brevgen.actor import Actor
from brevgen.language import Language

MOST_VISITS = 1_000
"""Sessions kept at a time; the one idle for the longest goes first."""
WARNED = timedelta(minutes=3)
"""How long before a session ends the person is told so."""
CODE_LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class Visit:
    """One log-in in one browser.

    Args:
        actor: who it is.
        language: what the person reads.
        began: when the person logged in, aware.
        seen: when the last page was asked for, aware.
    """

    actor: Actor
    language: Language
    began: datetime
    seen: datetime


class Visits:
    """The sessions of a server; a cookie holds no more than a key that nobody can guess.

    Args:
        clock: tells the time, aware.
        idle: how long a session lasts without a page.
        longest: how long it lasts in all.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        idle: timedelta = timedelta(minutes=30),
        longest: timedelta = timedelta(hours=24),
    ) -> None:
        self._clock, self.idle, self._longest = clock, idle, longest
        self._visits: dict[str, Visit] = {}
        self._codes: dict[str, tuple[Actor, datetime]] = {}
        self._lock = Lock()

    def new_code(self, actor: Actor) -> str:
        """A code that lets a browser in once, as an actor."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[code] = actor, self._clock()
        return code

    def enter_by_code(self, code: str, language: Language) -> str | None:
        """Begin a session by a code, which is used up; None where there is no such code."""
        with self._lock:
            told = code.encode("utf-8", "replace")  # of text it compares ASCII alone
            known = next(
                (each for each in self._codes if secrets.compare_digest(each.encode(), told)), ""
            )
            actor, given = self._codes.pop(known, (None, self._clock()))
        if actor is None or self._clock() - given > CODE_LASTS:
            return None
        return self.enter(actor, language)

    def enter(self, actor: Actor, language: Language) -> str:
        """Begin a session; returns its key."""
        now = self._clock()
        key = secrets.token_urlsafe(32)
        with self._lock:
            self._visits[key] = Visit(actor, language, now, now)
            for old in sorted(self._visits, key=lambda one: self._visits[one].seen)[:-MOST_VISITS]:
                del self._visits[old]
        return key

    def visit(self, key: str, *, is_used: bool = True) -> Visit | None:
        """The session of a key; None where it has ended or never was.

        Args:
            key: the session's.
            is_used: whether a person has asked, so that it goes on, and not a page by itself.
        """
        now = self._clock()
        with self._lock:
            visit = self._visits.get(key)
            if visit is None:
                return None
            if now - visit.seen > self.idle or now - visit.began > self._longest:
                del self._visits[key]
                return None
            if is_used:
                self._visits[key] = visit = replace(visit, seen=now)
            return visit

    def ends_soon(self, visit: Visit) -> Literal["", "idle", "longest"]:
        """Why a session ends within the next minutes; empty where it does not."""
        now = self._clock()
        idle, longest = self.idle - (now - visit.seen), self._longest - (now - visit.began)
        if min(idle, longest) > min(WARNED, self.idle / 2):
            return ""
        return "idle" if idle < longest else "longest"

    def speak(self, key: str, language: Language) -> None:
        """Let a session go on in another language."""
        with self._lock:
            if key in self._visits:
                self._visits[key] = replace(self._visits[key], language=language)

    def leave(self, key: str) -> None:
        """End a session."""
        with self._lock:
            self._visits.pop(key, None)
