"""The tree that is measured: its commands, each in a workspace of its own, with nothing reused."""

import os
import shutil
import sys
from pathlib import Path

from bench.running import Measured, run

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results"
COMMAND = Path(__file__).resolve().parent / "command.py"


def environment() -> dict[str, str]:
    """Environment variables with which Python finds this tree, whatever else is installed."""
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}


def new_workspace(root: Path, key: Path | None = None) -> Path:
    """A fresh workspace, with the data and templates that come along, without ledger and output.

    Args:
        root: the folder to make.
        key: a workspace whose TEST key it gets, so that none has to be made first.
    """
    root.mkdir(parents=True)
    shutil.copy(ROOT / "brevgen.toml", root)
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns("ledger*"))
    shutil.copytree(ROOT / "templates", root / "templates")
    if key is not None:
        shutil.copytree(key / ".brevgen", root / ".brevgen")
    return root


def brevgen(root: Path, *words: str) -> Measured:
    """Run a command of brevgen in a workspace, as a user does, and measure it."""
    return run(
        [sys.executable, "-P", COMMAND, *words, "--workspace", root], environment=environment()
    )


def script(module: str, *words: str | Path) -> Measured:
    """Run one of the scripts in this folder as a program of its own, and measure it."""
    return run([sys.executable, "-m", f"bench.{module}", *words], environment=environment())
