"""Long work, each piece in a process of its own: begun, watched, found again, and stopped.

The server starts `python -m brevgen.desk.worker`, tells it on its stdin what to do, and reads from
its stdout how far it is. When the server ends, stdin ends, and the worker stops as it would for
Ctrl-C: what is done is kept and recorded.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Literal

from brevgen.actor import Actor
from brevgen.language import Language, tr, untranslated

Task = Literal["generate", "approve", "trial", "send"]
TITLES: dict[Task, str] = {
    "generate": untranslated("Make drafts"),
    "approve": untranslated("Approve and seal"),
    "trial": untranslated("Try sending"),
    "send": untranslated("Send"),
}
MOST_KEPT = 100
"""Pieces of work that are remembered once they are over."""


@dataclass
class Work:
    """One piece of work, and how far it is.

    Args:
        key: what it is found by.
        task: what is done.
        round: in which round.
        actor: who began it.
        began: when, aware.
        done: letters or messages done.
        total: letters or messages there are to do; 0 before that is known.
        told: what a person should know, in sentences.
        state: where it stands.
        result: what came of it.
    """

    key: str
    task: Task
    round: str
    actor: Actor
    began: datetime
    done: int = 0
    total: int = 0
    told: list[str] = field(default_factory=list)
    state: Literal["running", "done", "failed", "stopped"] = "running"
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What is done, in a word or two."""
        return TITLES[self.task]

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state != "running"


class WorkOfAll:
    """The work that was begun since the server started.

    Args:
        root: the workspace's folder.
        clock: tells the time, aware.
    """

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        self._root, self._clock = root, clock
        self._work: dict[str, Work] = {}
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._followers: dict[str, Thread] = {}
        self._lock = Lock()

    def begin(
        self,
        task: Task,
        round_name: str,
        actor: Actor,
        language: Language,
        asked: Mapping[str, Any],
    ) -> Work:
        """Begin a piece of work.

        Args:
            task: what to do.
            round_name: in which round.
            actor: who asked for it.
            language: what is told in.
            asked: particulars of the task, as JSON can hold them.
        """
        work = Work(secrets.token_urlsafe(12), task, round_name, actor, self._clock())
        process = subprocess.Popen(
            [sys.executable, "-m", "brevgen.desk.worker"],
            cwd=self._root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C in the server's terminal is told by the server
        )
        order = {
            "root": str(self._root),
            "task": task,
            "round": round_name,
            "actor": asdict(actor),
            "language": language,
            "asked": dict(asked),
        }
        assert process.stdin is not None, "it is a pipe"
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        with self._lock:
            over = [key for key, each in self._work.items() if each.is_over]
            for key in over[: max(0, len(over) - MOST_KEPT)]:
                del self._work[key]
            self._work[work.key], self._processes[work.key] = work, process
        follower = Thread(target=self._follow, args=(work, process), daemon=True)
        with self._lock:
            self._followers[work.key] = follower
        follower.start()
        return work

    def _follow(self, work: Work, process: subprocess.Popen[str]) -> None:
        """Take down what a worker tells, until it ends."""
        assert process.stdout is not None, "it is a pipe"
        with process:
            for line in process.stdout:
                told = json.loads(line)
                match told["what"]:
                    case "progress":
                        work.done, work.total = told["done"], told["total"]
                    case "tell":
                        work.told.append(told["text"])
                    case "end":
                        work.result = told["result"]
                        work.state = told["state"]
        if not work.is_over:
            work.state = "failed"
            work.result = {
                "error": tr("It ended without a word. What was done is kept; begin it again.")
            }
        with self._lock:
            self._processes.pop(work.key, None)
            self._followers.pop(work.key, None)

    def find(self, key: str) -> Work | None:
        """A piece of work by its key."""
        return self._work.get(key)

    def of_round(self, round_name: str) -> list[Work]:
        """The work of a round, the last begun first."""
        with self._lock:
            return [each for each in reversed(self._work.values()) if each.round == round_name]

    def wait(self, key: str, seconds: float) -> None:
        """Wait for the end of a piece of work, or for some time."""
        with self._lock:
            thread = self._followers.get(key)
        if thread is not None:
            thread.join(seconds)

    def stop(self, key: str) -> None:
        """Let a piece of work stop; what is done is kept."""
        with self._lock:
            process = self._processes.get(key)
        if process is not None and process.stdin is not None and not process.stdin.closed:
            process.stdin.close()

    def close(self, seconds: float = 2) -> None:
        """Stop all work, and end what has not stopped after some seconds; what was done is kept."""
        with self._lock:
            processes = list(self._processes.items())
        for key, _ in processes:
            self.stop(key)
        until = time.monotonic() + seconds
        for _, process in processes:
            try:
                process.wait(max(0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own
                process.wait()
