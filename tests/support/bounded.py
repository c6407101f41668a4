"""Work that may take only so much: what takes too long or too much memory is stopped, and fails."""

import os
import pickle
import resource
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

MEMORY = 1_500_000_000
"""Bytes, beside what the process that runs the tests has taken already."""
SECONDS = 20

Found = TypeVar("Found")


def within_bounds(work: Callable[[], Found], *, seconds: int = SECONDS) -> Found:
    """What some work comes to, done in a child process within bounds of time and memory."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer")
        child = os.fork()
        if child == 0:
            code = 1
            try:
                most = _taken() + MEMORY
                resource.setrlimit(resource.RLIMIT_AS, (most, most))
                resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                answer.write_bytes(pickle.dumps(work()))
                code = 0
            except BaseException:
                answer.write_bytes(pickle.dumps(traceback.format_exc()))
            finally:
                os._exit(code)
        _, status, used = os.wait4(child, 0)
        left = pickle.loads(answer.read_bytes()) if answer.exists() else "it was stopped"
        took = f"{used.ru_utime + used.ru_stime:.1f} s, {used.ru_maxrss // 1024} MB"
        assert os.waitstatus_to_exitcode(status) == 0, f"{left} ({took})"
        return cast(Found, left)


def _taken() -> int:
    """Bytes of address space that this process has taken."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
