"""One piece of long work, in a process of its own; see `work`."""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from brevgen.actor import Actor
from brevgen.errors import BrevgenError, ExitCode
from brevgen.files import os_reason
from brevgen.language import speak, telling_paths_in, tr
from brevgen.rounds.session import NotAsShown, RoundSession
from brevgen.workspace import find_workspace

if TYPE_CHECKING:
    from brevgen.rounds.way_out import Means

NICE = 5
"""By how much it stands back behind the server, which people wait for."""
BETWEEN = 0.25
"""Seconds from one word on how far it is to the next."""

_lock = Lock()
_ended = Event()
"""Set once stdin has ended: somebody has stopped the work, or the server is gone."""


def _now() -> datetime:
    return datetime.now(UTC)


def _say(what: str, **values: Any) -> None:
    with _lock:
        print(json.dumps({"what": what, **values}), flush=True)


class _Progress:
    """Says how far it is, not more often than anybody looks."""

    def __init__(self) -> None:
        self._said = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if not done or done == total or now - self._said >= BETWEEN:
            self._said = now
            _say("progress", done=done, total=total, at=_now().isoformat())


_progress = _Progress()


def _fault(number: str, rules: Sequence[str]) -> None:
    _say("fault", number=number, rules=list(rules))


def _tell(text: str) -> None:
    _say("tell", text=text)


def _processors() -> int:
    return len(os.sched_getaffinity(0))


def _generate(session: RoundSession, asked: dict[str, Any]) -> dict[str, Any]:
    from brevgen.pool.workers import Workers
    from brevgen.rounds.generate import generate

    workers = Workers(session.workspace.templates, _processors())
    chosen = session.choose(asked.get("only", ()))
    done = generate(session, chosen, workers=workers, progress=_progress, on_fault=_fault)
    return {
        "made": list(done.made),
        "kept": len(done.kept),
    }


def _approve(session: RoundSession, asked: dict[str, Any]) -> dict[str, Any]:
    """Approve exactly what was shown, and seal it."""
    from brevgen.ledger.approval_records import PasskeySignature
    from brevgen.rounds.approve import approve
    from brevgen.rounds.finals import prepare_sealing
    from brevgen.rounds.lineup import Lineup
    from brevgen.rounds.receipt import mail_receipts

    def agree(lineup: Lineup) -> bool:
        if lineup.digest != asked["shown"]:
            raise NotAsShown
        return True

    sealing = prepare_sealing(session, _processors())
    if sealing.key.notice:
        _tell(sealing.key.notice)
    chosen = session.choose(asked["only"])
    signed = PasskeySignature(**asked["signed"]) if asked.get("signed") else None
    done = approve(session, chosen, agree=agree, sealing=sealing, progress=_progress, signed=signed)
    mail_receipts(session, len(done.approved), os.environ)
    return {
        "approved": list(done.approved),
        "sealed": list(done.sealed),
        "faults": {number: list(rules) for number, rules in done.faults.items()},
        "witness": _shown(session, done.witness),
    }


def _shown(session: RoundSession, path: Path | None) -> str:
    return session.workspace.shown(path) if path is not None else ""


def _means() -> "Means":
    from brevgen.rounds.way_out import Means

    return Means(os.environ, time.monotonic, _now, time.sleep)


def _trial(session: RoundSession, asked: dict[str, Any]) -> dict[str, Any]:
    """The messages to the outbox folder, or to one reader of our own."""
    from brevgen.rounds.post import line_up_post
    from brevgen.rounds.rehearse import rehearse
    from brevgen.rounds.way_out import way_out

    to = asked.get("redirect_to", "")
    chosen = session.choose(asked.get("only", ()))
    post = line_up_post(
        session, chosen, limit=asked.get("limit", 0), redirect_to=to, for_real=False, named=False
    )
    channel = way_out(session, _means(), redirect_to=to) if to else None
    done = rehearse(session, post, channel=channel, redirect_to=to, progress=_progress)
    return {"handed_over": done.handed_over, "kept_back": dict(done.kept_back)}


def _send(session: RoundSession, asked: dict[str, Any]) -> dict[str, Any]:
    """Send for real exactly what was shown."""
    from brevgen.rounds.post import Post
    from brevgen.rounds.send import send
    from brevgen.rounds.way_out import way_out

    def agree(post: Post) -> bool:
        if post.digest != asked["shown"]:
            raise NotAsShown
        return True

    done = send(
        session,
        session.choose(asked["only"]),
        channel=way_out(session, _means()),
        agree=agree,
        sleep=time.sleep,
        progress=_progress,
    )
    return {
        "counts": dict(done.counts),
        "kept_back": dict(done.kept_back),
        "left": done.left,
        "is_done": done.is_done,
        "witness": _shown(session, done.witness),
    }


def _follow_up(session: RoundSession, asked: dict[str, Any]) -> dict[str, Any]:
    """Ask SvarUt what has become of the letters."""
    from brevgen.rounds.follow_up import follow_up
    from brevgen.rounds.way_out import svarut

    found = follow_up(session, svarut(session.workspace, session.name, _means()))
    return {
        "asked": found.asked,
        "news": [f"{each.letter}: {each.words}" for each in found.news],
        "open": found.open,
        "uncertain": found.uncertain,
        "is_done": not found.uncertain,
    }


def _archive(session: RoundSession, asked: dict[str, Any]) -> dict[str, Any]:
    from brevgen.rounds.archive import archive

    done = archive(session, progress=_progress)
    return {"letters": done.letters, "new": len(done.new), "changed": len(done.changed)}


TASKS: dict[str, Callable[[RoundSession, dict[str, Any]], dict[str, Any]]] = {
    "generate": _generate,
    "approve": _approve,
    "trial": _trial,
    "send": _send,
    "follow up": _follow_up,
    "archive": _archive,
}


def _stop_with_the_server() -> None:
    """Interrupt the work when stdin ends: somebody has stopped it, or the server is gone."""
    sys.stdin.read()
    _ended.set()
    os.kill(os.getpid(), signal.SIGINT)


def main() -> None:
    """Do what stdin orders."""
    os.nice(NICE)
    order = json.loads(sys.stdin.readline())
    speak(order["language"])
    Thread(target=_stop_with_the_server, daemon=True).start()
    root = Path(order["root"])
    with telling_paths_in(root):
        _work(root, order)


def _work(root: Path, order: dict[str, Any]) -> None:
    try:
        workspace = find_workspace(root)
        actor = TypeAdapter(Actor).validate_python(order["actor"])
        with RoundSession(workspace, order["round"], actor, _now, tell=_tell) as session:
            result = TASKS[order["task"]](session, order["asked"])
        _say("end", state="done", result=result)
    except KeyboardInterrupt:
        _say("end", state="stopped", result={})
    except BrevgenError as error:
        is_partly = error.exit_code == ExitCode.PARTLY_DONE
        state = "stopped" if is_partly and _ended.is_set() else "failed"
        _say("end", state=state, result={"error": str(error), "is_partly": is_partly})
    except OSError as error:
        traceback.print_exc()  # for whoever administers the desk
        said = tr("A file could not be read or written: {reason}.", reason=os_reason(error))
        _say("end", state="failed", result={"error": said, "is_partly": True})


if __name__ == "__main__":
    main()
