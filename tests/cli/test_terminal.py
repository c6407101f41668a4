"""Whatever terminal a command is typed in, it ends with a sentence and never with a traceback."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.made_rounds import copied, made_once, make_drafts
from tests.support.samples import ROOT

KAUTOKEINO = "2011-Guovdageaidnu-Kautokeino-17-09104"


@pytest.fixture
def workspace(shared: Path, tmp_path: Path) -> Path:
    """Six drafts."""
    return copied(made_once(shared, "drafted trial", make_drafts), tmp_path / "workspace")


def typed(
    words: Sequence[str], folder: Path, *, shell: str = "", **settings: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own.

    Args:
        words: what is typed after `python -m brevgen`.
        folder: where.
        shell: what the shell is told besides.
        settings: environment variables.
    """
    command = 'exec "$0" -m brevgen "$@"'
    return subprocess.run(
        ["bash", "-c", f"{shell} {command}", sys.executable, *words],
        cwd=folder,
        env={**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT / "src"), **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_python_runs_it_as_a_module(tmp_path: Path) -> None:
    ran = typed(["--help"], tmp_path)
    assert ran.returncode == 0
    assert b"Usage: brevgen [OPTIONS] COMMAND" in ran.stdout


@pytest.mark.parametrize(
    "encoding",
    [*(pytest.param(each, marks=pytest.mark.slow) for each in ("latin-1", "cp850")), "ascii"],
)
def test_a_terminal_of_another_encoding_is_told_all_in_what_it_has(
    workspace: Path, encoding: str
) -> None:
    letter = f"output/trial/letters/{KAUTOKEINO}.pdf"
    commands = (
        ["check", "trial"],
        ["status", "trial", "2011"],
        ["approve", "trial", "--only", "2011", "--yes", "--jobs", "1"],
        ["verify", letter],
    )
    for words in commands:
        ran = typed(words, workspace, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert ran.returncode == 0, ran.stderr.decode(encoding)
        assert b"Traceback" not in ran.stderr
        told = ran.stdout.decode(encoding)
        assert {"check": "No faults", "status": "Guovdageaidnu \\u2013", "verify": "Good:"}.get(
            words[0], "1 letter approved, 1 sealed."
        ) in " ".join(told.replace("\\u2502", " ").split()), told


def test_a_question_that_nobody_can_answer_is_refused(workspace: Path) -> None:
    for shell in ("", "exec <&-;"):
        ran = typed(["approve", "trial", "--jobs", "1"], workspace, shell=shell)
        assert ran.returncode == 3
        assert b"Nobody is there to be asked. Run it in a terminal, or say --yes." in ran.stderr
        assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("shell", ["exec >&-;", "exec 2>&-;", "exec >&- 2>&-;"])
def test_closed_output_is_no_traceback(workspace: Path, shell: str) -> None:
    for words in (["status", "trial"], ["status", "trial", "--json"], ["status", "2019"]):
        ran = typed(words, workspace, shell=shell)
        assert b"Traceback" not in ran.stdout + ran.stderr
        assert ran.returncode == (2 if words[-1] == "2019" else 0)


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    ran = typed(["status", "trial"], tmp_path, shell=f"cd '{folder}'; rmdir '{folder}';")
    assert ran.returncode in (1, 2)
    assert b"The folder you are in is gone." in ran.stderr
    assert b"Traceback" not in ran.stderr
