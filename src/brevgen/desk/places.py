"""Who is where in the desk just now, so that two people at one thing know of each other."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock

from brevgen.actor import Account, Actor
from brevgen.language import tr, untranslated

STAYS = timedelta(minutes=5)
"""How long somebody counts as being where the last page was asked for."""

TITLES: Mapping[str, str] = {
    "settings": untranslated("Settings"),
    "allocation": untranslated("Allocation"),
    "letters": untranslated("Letters"),
    "ask": untranslated("Ask for approval"),
    "approve": untranslated("Approve"),
    "send": untranslated("Send"),
    "answers": untranslated("Answers"),
    "archive": untranslated("Archive"),
}
"""What the pages of a round are called, by their address in it."""


class Places:
    """Where everybody is: at the page that was asked for last.

    Args:
        clock: tells the time, aware.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._there: dict[Account, tuple[str, datetime]] = {}
        self._lock = Lock()

    def come(self, actor: Actor, path: str) -> list[str]:
        """Note that somebody has a page open; who else is there.

        Args:
            path: the page's address.

        Returns:
            those at the same thing; on the overview of a round those anywhere in it, with where.
        """
        now, thing, me = self._clock(), thing_of(path), Account(actor.account, actor.login)
        with self._lock:
            there = {who: one for who, one in self._there.items() if now - one[1] < STAYS}
            there[me] = thing, now
            self._there = there
        others = sorted((str(who), at) for who, (at, _) in there.items() if who != me)
        if is_overview(path):
            return [_with_page(who, at) for who, at in others if f"{at}/".startswith(f"{path}/")]
        return [who for who, at in others if at == thing and thing]


def is_overview(path: str) -> bool:
    """Whether a page is the overview of a round."""
    return path.startswith("/rounds/") and path.count("/") == 2


def round_of(path: str) -> str:
    """The name of the round that a page is of; empty for none."""
    match path.split("/")[1:]:
        case ["rounds", name, *_]:
            return name
        case _:
            return ""


def thing_of(path: str) -> str:
    """What a page is of: a letter, a step of a round, a template; empty for what nobody works on.

    What belongs together is one thing, such as the settings as a form and as text.
    """
    match path.split("/")[1:]:
        case ["rounds", name, "letters", number, *_]:
            return f"/rounds/{name}/letters/{number}"
        case ["rounds", name, step, *_]:
            return f"/rounds/{name}/{step}"
        case ["rounds", name]:
            return f"/rounds/{name}"
        case ["templates", "edit" | "versions", *key]:
            return f"/templates/{'/'.join(key)}"
        case _:
            return ""


def _with_page(who: str, at: str) -> str:
    """Who is in a round, and at which page of it."""
    match at.split("/")[3:]:
        case ["letters", number]:
            return tr("{who} (letter {number})", who=who, number=number)
        case [step] if step in TITLES:
            return tr("{who} ({page})", who=who, page=tr(TITLES[step]))
        case _:
            return who
