"""A command run and measured from start to end: the time and memory of all its processes."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from select import select
from typing import NamedTuple


class Measured(NamedTuple):
    """What a command took, and what it printed.

    Seconds of processor time and the peak of memory are those of all its processes together; no
    memory is known of what ended before the first look.
    """

    seconds: float
    cpu: float
    memory_mb: float = 0
    output: str = ""


def run(
    command: Sequence[str | Path], *, folder: Path | None = None, variables: Mapping[str, str]
) -> Measured:
    """Run a command to its end and measure it, with some environment variables besides ours.

    Raises:
        SystemExit: it ended with an error; with the end of what it said.
    """
    words, environment = list(map(str, command)), {**os.environ, **variables}
    cpu = memory = 0.0
    texts = partial(tempfile.TemporaryFile, "w+", encoding="utf-8", errors="replace")
    with texts() as out, texts() as err:
        started = time.perf_counter()
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=out, stderr=err)
        end = os.pidfd_open(process.pid)
        while not select([end], [], [], 0.2)[0]:
            seen = [use_of(pid, and_ended=True) for pid in processes(process.pid)]
            cpu = max(cpu, sum(seconds for seconds, _ in seen))
            memory = max(memory, sum(mb for _, mb in seen))
        seconds = time.perf_counter() - started
        os.close(end)
        _, status, own = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        if process.returncode:
            told = f"{' '.join(words)[:300]} ended with {process.returncode}"
            raise SystemExit(f"{told}: {err.read()[-2000:]}")
        cpu = max(cpu, own.ru_utime + own.ru_stime)  # which lacks processes it did not wait for
        return Measured(seconds, cpu, memory, out.read())


def processes(pid: int) -> list[int]:
    """A process and all that it or its children started."""
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        for thread in Path(f"/proc/{found[-1]}/task").glob("*/children"):
            todo.extend(map(int, _text(thread).split()))
    return found


def use_of(pid: int, *, and_ended: bool = False) -> tuple[float, float]:
    """Seconds of processor time and MB of memory of a process; 0 for what is gone.

    Of memory that several processes share each has its part (Pss). The time can be together with
    that of its children that have ended.
    """
    folder = Path(f"/proc/{pid}")
    times = _text(folder / "stat").rpartition(")")[2].split()[11 : 15 if and_ended else 13]
    memory = re.findall(r"^Pss: +(\d+)", _text(folder / "smaps_rollup"), re.MULTILINE)
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK"), sum(map(int, memory)) / 1024


def _text(path: Path) -> str:
    with suppress(OSError):  # the process is gone
        return path.read_text(errors="replace")
    return ""
