"""One piece of long work, in a process of its own; see `work`."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from brevgen.actor import Actor
from brevgen.errors import BrevgenError, ExitCode, Refused
from brevgen.language import speak, tr
from brevgen.rounds.session import RoundSession
from brevgen.workspace import find_workspace

if TYPE_CHECKING:
    from brevgen.rounds.way_out import Means

_lock = Lock()


def _now() -> datetime:
    return datetime.now(UTC)


def _say(what: str, **values: Any) -> None:
    with _lock:
        print(json.dumps({"what": what, **values}), flush=True)


def _progress(done: int, total: int) -> None:
    _say("progress", done=done, total=total)


def _tell(text: str) -> None:
    _say("tell", text=text)


def _processors() -> int:
    return len(os.sched_getaffinity(0))


def _generate(session: RoundSession, asked: dict[str, Any]) -> dict[str, Any]:
    from brevgen.pool.workers import Workers
    from brevgen.rounds.generate import generate

    workers = Workers(session.workspace.templates, _processors())
    chosen = session.choose(asked.get("only", ()))
    done = generate(session, chosen, workers=workers, progress=_progress)
    return {
        "made": list(done.made),
        "kept": len(done.kept),
        "faults": {number: list(rules) for number, rules in done.faults.items()},
    }


def _approve(session: RoundSession, asked: dict[str, Any]) -> dict[str, Any]:
    """Approve exactly what was shown, and seal it."""
    from brevgen.rounds.approve import Lineup, approve
    from brevgen.rounds.finals import prepare_sealing

    def agree(lineup: Lineup) -> bool:
        if lineup.digest != asked["shown"]:
            raise Refused(
                tr("Something has changed since the page was shown. Look at it once more.")
            )
        return True

    sealing = prepare_sealing(session, _processors())
    if sealing.key.notice:
        _tell(sealing.key.notice)
    chosen = session.choose(asked["only"])
    done = approve(session, chosen, agree=agree, sealing=sealing, progress=_progress)
    return {
        "approved": list(done.approved),
        "sealed": list(done.sealed),
        "faults": {number: list(rules) for number, rules in done.faults.items()},
    }


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
            raise Refused(
                tr("Something has changed since the page was shown. Look at it once more.")
            )
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
    }


TASKS: dict[str, Callable[[RoundSession, dict[str, Any]], dict[str, Any]]] = {
    "generate": _generate,
    "approve": _approve,
    "trial": _trial,
    "send": _send,
}


def _stop_with_the_server() -> None:
    """Interrupt the work when stdin ends: somebody has stopped it, or the server is gone."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGINT)


def main() -> None:
    """Do what stdin orders."""
    order = json.loads(sys.stdin.readline())
    speak(order["language"])
    Thread(target=_stop_with_the_server, daemon=True).start()
    try:
        workspace = find_workspace(Path(order["root"]))
        told = order["actor"]
        actor = Actor(told["account"], told["login"], tuple(told["roles"]))
        with RoundSession(workspace, order["round"], actor, _now, tell=_tell) as session:
            result = TASKS[order["task"]](session, order["asked"])
        _say("end", state="done", result=result)
    except KeyboardInterrupt:
        _say("end", state="stopped", result={})
    except BrevgenError as error:
        is_partly = error.exit_code == ExitCode.PARTLY_DONE
        _say("end", state="stopped" if is_partly else "failed", result={"error": str(error)})


if __name__ == "__main__":
    main()
