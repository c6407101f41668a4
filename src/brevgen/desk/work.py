"""Long work, each piece in a process of its own: begun, watched, found again, and stopped.

The server starts `python -m brevgen.desk.worker` and tells it on its stdin what to do. The worker
writes how far it is, a line of JSON at a time, into the record of the work, a file under
`.brevgen/work`, which its stdout is: so the record outlives the server, and the next one reads on.
A lock on the open file goes with the worker, however that ends, and tells whether it still works.
When the server ends, stdin ends, and the worker stops as it would for Ctrl-C: what is done is kept.
"""

import fcntl
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from brevgen.actor import Actor
from brevgen.errors import Refused
from brevgen.files import make_folder
from brevgen.language import Language, tr, untranslated, when
from brevgen.marker import STATE_FOLDER

Task = Literal["generate", "approve", "trial", "send", "follow up", "archive"]
TITLES: dict[Task, str] = {
    "generate": untranslated("Make drafts"),
    "approve": untranslated("Approve and seal"),
    "trial": untranslated("Try sending"),
    "send": untranslated("Send"),
    "follow up": untranslated("Ask SvarUt"),
    "archive": untranslated("Hand over to the archive"),
}
State = Literal["running", "done", "failed", "stopped", "broken off"]

MOST_KEPT = 20
"""Pieces of work of a round that are remembered."""
ENOUGH = 10
"""So many letters or messages must be done before it can be told how long the rest takes."""

_KEY = re.compile(r"[0-9]{6}-[A-Za-z0-9_-]{16}")


@dataclass(frozen=True)
class Work:
    """One piece of work, and how far it is.

    Args:
        key: what it is found by; those of later work are higher.
        task: what is done.
        round: in which round.
        actor: who began it.
        began: when, aware.
        done: letters or messages done.
        total: letters or messages there are to do; 0 before that is known.
        since: when the first progress was told, aware; None before that.
        last: when the last word was told, aware; None before that.
        told: what a person should know, in sentences.
        faults: municipality number to the rules that its letter broke.
        stopped_by: who stopped it; empty where nobody did.
        state: where it stands; `broken off`: neither it itself nor a person has ended it.
        result: what came of it.
    """

    key: str
    task: Task
    round: str
    actor: str
    began: datetime
    done: int = 0
    total: int = 0
    since: datetime | None = None
    last: datetime | None = None
    told: tuple[str, ...] = ()
    faults: Mapping[str, list[str]] = field(default_factory=dict)
    stopped_by: str = ""
    state: State = "running"
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What is done, in a word or two."""
        return TITLES[self.task]

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state != "running"

    @property
    def left(self) -> timedelta | None:
        """How long it takes still, by its speed so far; None where that cannot be told yet."""
        if self.is_over or self.since is None or self.last is None:
            return None
        if self.done < ENOUGH or self.done >= self.total:
            return None
        return (self.last - self.since) / self.done * (self.total - self.done)


class WorkOfAll:
    """The work of a workspace, that of earlier servers too.

    Args:
        root: the workspace's folder.
        clock: tells the time, aware.
    """

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        self._root, self._clock = root, clock
        self._records = root / STATE_FOLDER / "work"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
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
            language: what is told in.
            asked: particulars of the task, as JSON can hold them.

        Raises:
            Refused: other work is done in the round; what, and by whom.
        """
        with self._lock:
            if (other := self.running(round_name)) is not None:
                raise Refused(_busy(other))
            began = self._clock().astimezone(UTC)
            before = _records(self._records / round_name)
            number = int(before[0].name.partition("-")[0]) + 1 if before else 1
            key = f"{number:06}-{secrets.token_urlsafe(12)}"
            record = self._records / round_name / f"{key}.jsonl"
            make_folder(record.parent)
            head = {"what": "begin", "task": task, "actor": str(actor), "at": began.isoformat()}
            order = {
                "root": str(self._root),
                "task": task,
                "round": round_name,
                "actor": asdict(actor),
                "language": language,
                "asked": dict(asked),
            }
            self._processes[key] = _begun(record, head, self._root, order)
            self._forget(round_name)
            begun = _read(record, round_name)
            assert begun is not None, "its first line is written"
            return begun

    def _forget(self, round_name: str) -> None:
        """Remove the oldest records of a round, and what is known of processes that have ended."""
        for old in _records(self._records / round_name)[MOST_KEPT:]:
            old.unlink(missing_ok=True)
        for key in [key for key, each in self._processes.items() if each.poll() is not None]:
            stdin = self._processes.pop(key).stdin
            assert stdin is not None, "it is a pipe"
            stdin.close()

    def find(self, key: str) -> Work | None:
        """A piece of work by its key."""
        if not _KEY.fullmatch(key):
            return None
        found = next(self._records.glob(f"*/{key}.jsonl"), None)
        return _read(found, found.parent.name) if found is not None else None

    def _of(self, round_name: str) -> list[Path]:
        """The records of a round; none where there is no such round, whatever its name says."""
        folders = self._records.iterdir() if self._records.is_dir() else ()
        found = next((each for each in folders if each.name == round_name), None)
        return _records(found) if found is not None else []

    def last(self, round_name: str) -> Work | None:
        """The work of a round that was begun last; None where there was none."""
        every = (_read(record, round_name) for record in self._of(round_name))
        return next((each for each in every if each is not None), None)

    def running(self, round_name: str) -> Work | None:
        """What is done in a round now; None for nothing."""
        last = self.last(round_name)
        return last if last is not None and not last.is_over else None

    def wait(self, key: str, seconds: float) -> None:
        """Wait for the end of a piece of work, or for some time."""
        process = self._processes.get(key)
        if process is not None:
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                return

    def stop(self, key: str, actor: Actor) -> None:
        """Let a piece of work stop, if this server began it; what is done is kept."""
        process = self._processes.get(key)
        work = self.find(key)
        if process is None or work is None or work.is_over:
            return
        told = json.dumps({"what": "stop", "by": str(actor)}).encode() + b"\n"
        with (self._records / work.round / f"{key}.jsonl").open("ab") as record:
            record.write(told)
        self._end(process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None, "it is a pipe"
        with self._lock:
            if not process.stdin.closed:
                process.stdin.close()

    def close(self, seconds: float = 2) -> None:
        """Stop all work, and end what has not stopped after some seconds; what was done is kept."""
        for process in self._processes.values():
            self._end(process)
        until = time.monotonic() + seconds
        for process in self._processes.values():
            try:
                process.wait(max(0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own
                process.wait()


def _busy(work: Work) -> str:
    return tr(
        "{actor} began this in the round {round} at {at}, and it is not over: {what}. Wait for its"
        " end, or stop it.",
        actor=work.actor,
        round=work.round,
        at=when(work.began),
        what=tr(work.title),
    )


def _begun(
    record: Path, head: Mapping[str, Any], root: Path, order: Mapping[str, Any]
) -> subprocess.Popen[bytes]:
    """Begin a record, and the process that goes on with it; neither where the disk is full."""
    try:
        with record.open("ab") as open_record:
            fcntl.flock(open_record, fcntl.LOCK_EX)
            open_record.write(json.dumps(head).encode() + b"\n")
            open_record.flush()
            return _started(root, order, open_record.fileno())
    except OSError:
        record.unlink(missing_ok=True)
        raise


def _started(root: Path, order: Mapping[str, Any], record: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        # -P: no file of the workspace is taken for a module
        [sys.executable, "-P", "-m", "brevgen.desk.worker"],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=record,
        start_new_session=True,  # Ctrl-C in the server's terminal is told by the server
    )
    assert process.stdin is not None, "it is a pipe"
    process.stdin.write(json.dumps(order).encode() + b"\n")
    process.stdin.flush()
    return process


def _records(folder: Path) -> list[Path]:
    """The records of a round, the last begun first."""
    return sorted(folder.glob("*.jsonl"), key=lambda each: each.name, reverse=True)


def _read(record: Path, round_name: str) -> Work | None:
    """What a record says; None where its first line is not whole: yet, or for ever."""
    is_held = _is_held(record)  # before it is read: what lets go of it has written its end
    said: dict[str, Any] = {"told": (), "faults": {}, "state": "running" if is_held else ""}
    for each in _lines(record):
        match each.get("what"):
            case "begin":
                began = datetime.fromisoformat(each["at"])
                said |= {"task": each["task"], "actor": each["actor"], "began": began}
            case "progress":
                at = datetime.fromisoformat(each["at"])
                said |= {"done": each["done"], "total": each["total"], "last": at}
                said.setdefault("since", at)
            case "tell":
                said["told"] = (*said["told"], each["text"])
            case "fault":
                said["faults"] |= {each["number"]: each["rules"]}
            case "stop":
                said["stopped_by"] = each["by"]
            case "end":
                said |= {"state": each["state"], "result": each["result"]}
    if "task" not in said:
        return None
    # it stopped, or is gone, and nobody has wanted that: the server was ended
    if not said["state"] or (said["state"] == "stopped" and "stopped_by" not in said):
        said["state"] = "stopped" if "stopped_by" in said else "broken off"
    return Work(key=record.stem, round=round_name, **said)


def _lines(record: Path) -> list[dict[str, Any]]:
    """What a record says; a line that is not whole yet says nothing."""
    found = []
    for line in record.read_bytes().splitlines():
        try:
            each = json.loads(line)
        except ValueError:
            continue
        if isinstance(each, dict):
            found.append(each)
    return found


def _is_held(record: Path) -> bool:
    """Whether a worker still writes a record."""
    handle = os.open(record, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
