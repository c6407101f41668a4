"""Processes that try templates: warm, few, each held to a time, and begun anew after it.

What a person is typing can hold a process for ever or eat its memory. So the server only hands it
over, waits for so long, and ends the process that does not answer.
"""

import json
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, LifoQueue, Queue
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from time import monotonic
from typing import Any

from brevgen.language import language, tr

SECONDS = 8.0
"""How long a letter may take; it takes a fifth of one."""
SECONDS_TO_BEGIN = 20.0
"""How long a process may take besides to load what it needs; it takes two."""
SECONDS_OF_EFFECTS = 30.0
MOST_MAILS = 50
"""E-mails kept for the frames that show them; a few kB each."""


class NoAnswer(Exception):
    """There is no preview; the text tells why."""


class Outdated(NoAnswer):
    """The same person has typed on meanwhile, so nobody waits for it."""


class _Process:
    """One process, with its folder."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="brevgen-")
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [
                *(sys.executable, "-P", "-m", "brevgen.desk.preview_worker"),
                f"{self._folder.name}/tried",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            start_new_session=True,
        )
        self._answers: Queue[str] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None, "it is a pipe"
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")

    def ask(self, order: Mapping[str, Any], seconds: float) -> dict[str, Any] | None:
        """What it answers; None where it does not in time, or has ended."""
        assert self._process.stdin is not None, "it is a pipe"
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            line = self._answers.get(timeout=max(0.0, seconds))
        except (BrokenPipeError, Empty):
            return None
        answer: dict[str, Any] | None = json.loads(line) if line else None
        return answer

    @property
    def has_ended(self) -> bool:
        """Whether it is there no more."""
        return self._process.poll() is not None

    @property
    def number(self) -> int:
        """What the system knows it by."""
        return self._process.pid

    def end(self) -> None:
        """End it, whatever it is at."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        self._folder.cleanup()


class Previews:
    """Tries templates in processes of their own.

    Args:
        root: the workspace's folder.
        processes: how many.
        seconds: how long an order may take.
    """

    def __init__(self, root: Path, *, processes: int = 2, seconds: float = SECONDS) -> None:
        self._root, self._seconds = root, seconds
        self._free: LifoQueue[_Process | None] = LifoQueue()
        for _ in range(processes):
            self._free.put(None)  # begun when it is first needed
        self._processes, self._is_closed = set[_Process](), False
        self._last: dict[str, int] = {}
        self._lock = Lock()
        self._is_warm = False
        self._mails: dict[str, str] = {}

    def warm_up(self) -> None:
        """Begin a process, and let it load all that a letter needs; nobody waits for it."""
        with self._lock:
            if self._is_warm:
                return
            self._is_warm = True
        Thread(target=self._warm, daemon=True).start()

    def _warm(self) -> None:
        try:
            self.ask("warm up", seconds=60)
        except NoAnswer:
            self._is_warm = False

    def ask(
        self, task: str, *, of: str = "", seconds: float | None = None, **asked: object
    ) -> dict[str, Any]:
        """What comes of an order.

        Args:
            of: who asks; an older order of the same one that still waits is dropped.
            seconds: how long it may take, waiting not counted.
            asked: particulars of the task.

        Raises:
            NoAnswer: it took too long, or all processes are busy.
            Outdated: a newer order of the same one came meanwhile.
        """
        seconds = self._seconds if seconds is None else seconds
        turn = self._turn(of)
        until = monotonic() + self._seconds
        while True:
            try:
                process = self._free.get(timeout=max(0.01, min(0.25, until - monotonic())))
                break
            except Empty:
                self._must_be_last(of, turn)
                if monotonic() > until:
                    raise NoAnswer(tr("Others are looking at letters. Try again.")) from None
        try:
            self._must_be_last(of, turn)
            order = {"task": task, "root": str(self._root), "language": language(), **asked}
            if process is not None and process.has_ended:
                self._end(process)
                process = None
            if process is None:
                process, seconds = self._begin(), seconds + SECONDS_TO_BEGIN
            answer = process.ask(order, seconds)
            if answer is None:
                self._end(process)
                process = None
                raise NoAnswer(tr("It takes too long to make a letter of this. Make it simpler."))
            return answer
        finally:
            self._free.put(process)

    def keep(self, mail: str) -> str:
        """Keep an e-mail for the frame that shows it; what it is found by."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._mails[key] = mail
            while len(self._mails) > MOST_MAILS:
                del self._mails[next(iter(self._mails))]
        return key

    def kept(self, key: str) -> str | None:
        """An e-mail that was kept; None where it is gone."""
        return self._mails.get(key)

    def _begin(self) -> _Process:
        with self._lock:
            if self._is_closed:
                raise NoAnswer(tr("The desk is ending."))
            process = _Process()
            self._processes.add(process)
            return process

    def _end(self, process: _Process) -> None:
        with self._lock:
            is_ours = process in self._processes
            self._processes.discard(process)
        if is_ours:
            process.end()

    def _turn(self, of: str) -> int:
        with self._lock:
            self._last[of] = self._last.get(of, 0) + 1
            while len(self._last) > 1_000:
                del self._last[next(iter(self._last))]
            return self._last[of]

    def _must_be_last(self, of: str, turn: int) -> None:
        if of and self._last.get(of, turn) != turn:
            raise Outdated

    @property
    def numbers(self) -> list[int]:
        """What the system knows the processes by that there are now."""
        with self._lock:
            return [each.number for each in self._processes]

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._is_closed = True
            processes = list(self._processes)
        for process in processes:
            self._end(process)
