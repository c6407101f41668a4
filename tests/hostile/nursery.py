"""Runs commands on request, each in a process of its own that may take only so much.

A child of this process has everything imported already, so that many commands take little time.
Requests and answers are lines of JSON on stdin and stdout.
"""

import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx  # noqa: F401  so that the children need not load it, as those below
import holidays  # noqa: F401
import pandas as pd  # noqa: F401
import weasyprint  # noqa: F401

from brevgen.cli.main import main

NOT_BY_ITSELF = 99
"""The exit code of a command that raised what no user should ever see."""


def run(words: Sequence[str], folder: str, *, memory: int, seconds: int) -> dict[str, Any]:
    """Run a command in a child: how it ended, what it said, and what it took."""
    out, err = Path(folder, ".out"), Path(folder, ".err")
    child = os.fork()
    if child == 0:
        try:
            _become(words, folder, out, err, memory=memory, seconds=seconds)
        finally:
            os._exit(NOT_BY_ITSELF)
    patience = time.monotonic() + 3 * seconds  # for what waits, and so takes no seconds at all
    while True:
        ended, status, used = os.wait4(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > patience:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "out": out.read_text(encoding="utf-8"),
        "err": err.read_text(encoding="utf-8"),
        "seconds": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss * 1024,
    }


def _become(
    words: Sequence[str], folder: str, out: Path, err: Path, *, memory: int, seconds: int
) -> None:
    """Become the command: only its exit code and what it says come back."""
    os.chdir(folder)
    for path, number in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.argv = ["brevgen", *words]
    code: Any = NOT_BY_ITSELF
    try:
        main()
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(code))


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(**json.loads(line))), flush=True)
