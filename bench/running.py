"""A command run and measured from start to end: the time and memory of all its processes."""

import ctypes
import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.2
"""Seconds between two looks at the memory."""

HOW_MEMORY_IS_MEASURED = (
    f"Every {EVERY} s the proportional set sizes (Pss of /proc/PID/smaps_rollup) of all the"
    " processes of a command are added up; the peak is the largest sum. Of one process it is VmHWM."
)


class Failed(Exception):
    """A measured command failed."""


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Args:
        seconds: from start to end.
        cpu_seconds: processor time of all its processes.
        memory_mb: the peak of all its processes together.
        parent_mb: the peak of the command's own process.
        worker_mb: the peak of the largest of its worker processes; 0 where it has none.
        output: what it printed.
    """

    seconds: float
    cpu_seconds: float
    memory_mb: float
    parent_mb: float
    worker_mb: float
    output: str


def run(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    watch: bool = True,
) -> Measured:
    """Run a command to its end and measure it.

    Args:
        command: the words of it.
        environment: all its environment variables; those of this process if it is missing.
        watch: whether to look at the memory, which takes a little time.

    Raises:
        Failed: it ended with an error; with the end of what it said.
    """
    _adopt_orphans()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        own = _children()
        before = _cpu_seconds()
        started = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)), stdout=said, stderr=complained, env=environment
        )
        memory = _Watch(process.pid)
        if watch:
            memory.start()
        code = process.wait()
        seconds = time.perf_counter() - started
        if watch:
            memory.end()
        for orphan in _children() - own:  # only who has been waited for has its time told
            os.waitpid(orphan, 0)
        said.seek(0)
        output = said.read().decode(errors="replace")
        if code:
            complained.seek(0)
            words = " ".join(map(str, command))
            end = complained.read().decode(errors="replace")[-2000:]
            raise Failed(f"{words[:300]} ended with {code}: {end}")
    return Measured(
        seconds,
        _cpu_seconds() - before,
        memory.memory_kb / 1024,
        memory.parent_kb / 1024,
        memory.worker_kb / 1024,
        output,
    )


def together(measured: Iterable[Measured]) -> Measured:
    """Commands that ran one after the other, as one."""
    every = list(measured)
    return Measured(
        sum(each.seconds for each in every),
        sum(each.cpu_seconds for each in every),
        max(each.memory_mb for each in every),
        max(each.parent_mb for each in every),
        max(each.worker_mb for each in every),
        "".join(each.output for each in every),
    )


def _adopt_orphans() -> None:
    """Become the parent of processes whose own parent ends first (PR_SET_CHILD_SUBREAPER)."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def _children() -> set[int]:
    """The processes of which this one is the parent."""
    threads = Path("/proc/self/task").glob("*/children")
    return {int(pid) for thread in threads for pid in _text(thread).split()}


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Watch(threading.Thread):
    """Looks at the memory of a process and all it started, again and again."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.memory_kb = self.parent_kb = self.worker_kb = 0
        self._pid, self._over = pid, threading.Event()

    def run(self) -> None:
        while not self._over.wait(EVERY):
            self._look()

    def end(self) -> None:
        self._over.set()
        self.join()

    def _look(self) -> None:
        tree = processes(self._pid)
        self.memory_kb = max(self.memory_kb, sum(map(_pss_kb, tree)))
        for pid in tree:
            if pid == self._pid:
                self.parent_kb = max(self.parent_kb, _peak_kb(pid))
            elif _is_worker(pid):
                self.worker_kb = max(self.worker_kb, _peak_kb(pid))


def processes(pid: int) -> list[int]:
    """A process and all that it or its children started."""
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        for thread in Path(f"/proc/{found[-1]}/task").glob("*/children"):
            todo.extend(map(int, _text(thread).split()))
    return found


def _pss_kb(pid: int) -> int:
    return _figure(_text(Path(f"/proc/{pid}/smaps_rollup")), "Pss:")


def _peak_kb(pid: int) -> int:
    return _figure(_text(Path(f"/proc/{pid}/status")), "VmHWM:")


def _figure(text: str, label: str) -> int:
    line = next((line for line in text.splitlines() if line.startswith(label)), "")
    return int(line.split()[1]) if line else 0


def _is_worker(pid: int) -> bool:
    """Whether a process is one that makes letters, and not one that only tidies up."""
    return "forkserver" in _text(Path(f"/proc/{pid}/cmdline"))


def _text(path: Path) -> str:
    """The text of a file under /proc; empty once the process is gone."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def cores() -> int:
    """How many processors may be used."""
    return len(os.sched_getaffinity(0))
