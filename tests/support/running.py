"""Running commands: how one ended, and commands in processes of their own."""

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pikepdf

PATIENCE = 600  # seconds a command may take on a busy machine


def wait_until(true: Callable[[], object], what: str, *, patience: float = PATIENCE) -> None:
    """Look again and again, until something is true.

    Args:
        true: whether it is.
        what: what is waited for, said where it never comes.
        patience: seconds.
    """
    until = time.monotonic() + patience
    while not true():
        assert time.monotonic() < until, what
        time.sleep(0.002)


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code, and what it said on stdout and stderr."""

    code: int
    out: str
    err: str


def start(workspace: Path, *words: str) -> subprocess.Popen[str]:
    """Start a command as a terminal does: in a group of processes of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "brevgen", *words],
        cwd=workspace,
        env={**os.environ, "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(running: subprocess.Popen[str]) -> Ran:
    """Wait until a command has ended; no user ever meets a traceback."""
    out, err = running.communicate(timeout=PATIENCE)
    assert "Traceback" not in err, err
    return Ran(running.returncode, out, err)


def seen_whole(files: Iterable[Path]) -> list[str]:
    """Open every PDF and DOCX and see that it is whole; their names in order."""
    names = []
    for file in sorted(files):
        if file.suffix == ".pdf":
            with pikepdf.open(file) as document:
                assert document.check_pdf_syntax() == [], file
        else:
            with zipfile.ZipFile(file) as package:
                assert package.testzip() is None, file
        names.append(file.name)
    return names
