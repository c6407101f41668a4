"""A command run and measured from start to end: the time and memory of all its processes."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.2
"""Seconds between two looks at the memory."""


class Failed(Exception):
    """A measured command failed."""


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Args:
        seconds: from start to end.
        memory_mb: the peak of all its processes together; 0 if it ended before the first look.
        output: what it printed.
    """

    seconds: float
    memory_mb: float
    output: str = ""


def run(
    command: Sequence[str | Path], *, folder: Path | None = None, variables: Mapping[str, str]
) -> Measured:
    """Run a command to its end and measure it.

    Args:
        command: its words.
        folder: where it runs; here if none is given.
        variables: environment variables besides those of this process.

    Raises:
        Failed: it ended with an error; with the end of what it said.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=folder,
            env={**os.environ, **variables},
            stdout=out,
            stderr=err,
        )
        memory = _MemoryWatch(process.pid)
        memory.start()
        code = process.wait()
        seconds = time.perf_counter() - started
        memory.end()
        if code:
            err.seek(0)
            end = err.read().decode(errors="replace")[-2000:]
            raise Failed(f"{' '.join(map(str, command))[:300]} ended with {code}: {end}")
        out.seek(0)
        output = out.read().decode(errors="replace")
    return Measured(seconds, memory.peak_kb / 1024, output)


class _MemoryWatch(threading.Thread):
    """Adds up the memory of a process and all it started, again and again.

    It is the proportional set size (Pss), which counts what several processes share once.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_kb = 0
        self._pid, self._over = pid, threading.Event()

    def run(self) -> None:
        while not self._over.wait(EVERY):
            self.peak_kb = max(self.peak_kb, sum(map(_pss_kb, processes(self._pid))))

    def end(self) -> None:
        self._over.set()
        self.join()


def processes(pid: int) -> list[int]:
    """A process and all that it or its children started."""
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        for thread in Path(f"/proc/{found[-1]}/task").glob("*/children"):
            todo.extend(map(int, _text(thread).split()))
    return found


def _pss_kb(pid: int) -> int:
    lines = _text(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _text(path: Path) -> str:
    """The text of a file under /proc; empty once the process is gone."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def cores() -> int:
    """How many processors may be used."""
    return len(os.sched_getaffinity(0))
