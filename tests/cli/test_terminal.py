"""Whatever terminal a command is typed in, it ends with a sentence and never with a traceback."""

import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.made_rounds import copied, made_once, make_drafts
from tests.support.samples import ROOT

pytestmark = pytest.mark.slow

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


def at_a_terminal(
    words: Sequence[str],
    folder: Path,
    *,
    columns: int = 80,
    answer: str = "",
    settings: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run a command in a terminal of its own, and tell how it ended and all that stood there.

    Args:
        words: what is typed after `python -m brevgen`.
        folder: where.
        columns: how wide the terminal says it is.
        answer: what the person types.
        settings: environment variables.
    """
    keyboard, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    told = {"PYTHONPATH": str(ROOT / "src"), "TERM": "xterm-256color", **(settings or {})}
    os.write(keyboard, answer.encode())
    running = subprocess.Popen(
        [sys.executable, "-m", "brevgen", *words],
        cwd=folder,
        env=environment | told,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    shown = b""
    with contextlib.suppress(OSError):  # which is how a terminal ends
        while part := os.read(keyboard, 65536):
            shown += part
    os.close(keyboard)
    return running.wait(timeout=120), shown.decode().replace("\r\n", "\n")


def without_style(shown: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


@pytest.mark.parametrize(("columns", "most"), [(0, 80), (40, 40)])
def test_in_any_width_lines_end_at_blanks_and_nothing_is_lost(
    workspace: Path, columns: int, most: int
) -> None:
    for words in (["check", "trial"], ["check", "nope"], ["status", "trial"], ["send", "-h"]):
        narrow = without_style(at_a_terminal(words, workspace, columns=columns)[1])
        wide = without_style(at_a_terminal(words, workspace, columns=300)[1])
        long = [line for line in narrow.splitlines() if len(line) > most]
        assert [line for line in long if "brevgen " not in line] == [], "only commands stay whole"
        missing = set(re.findall(r"[\w.-]+", wide)) - set(re.findall(r"[\w.-]+", narrow))
        assert missing == set()


@pytest.mark.parametrize(
    ("setting", "value", "styles"), [("NO_COLOR", "1", "1"), ("TERM", "dumb", "")]
)
def test_colours_are_left_out_where_they_are_not_wanted(
    workspace: Path, setting: str, value: str, styles: str
) -> None:
    coloured = at_a_terminal(["check", "trial"], workspace)[1]
    plain = at_a_terminal(["check", "trial"], workspace, settings={setting: value})[1]
    assert "\x1b[1;33m" in coloured
    assert set(re.findall(r"\x1b\[([0-9;]*)m", plain)) <= {"0", styles}
    assert without_style(plain) == without_style(coloured)


@pytest.mark.parametrize(
    ("language", "answer", "code", "told"),
    [
        ("nb", "kanskje\nja\n", 0, "1 brev godkjent, 1 forseglet."),
        ("nb", "j\n", 0, "1 brev godkjent, 1 forseglet."),
        ("nb", "\x04", 1, "Avbrutt."),
        ("en", "y\n", 0, "1 letter approved, 1 sealed."),
        ("en", "\x04", 1, "Broken off."),
    ],
)
def test_a_question_is_asked_and_answered_in_the_readers_language(
    workspace: Path, language: str, answer: str, code: int, told: str
) -> None:
    words = ["approve", "trial", "--only", "Ås", "--jobs", "1", "--language", language]
    ended, shown = at_a_terminal(words, workspace, answer=answer)
    asked = {"nb": "Godkjenne 1 brev? [j/N]: ", "en": "Approve 1 letter? [y/N]: "}[language]
    assert shown.count(asked) == answer.count("\n") or (shown.count(asked) == 1 and code == 1)
    assert (ended, told in shown) == (code, True), shown


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_figures_of_years_fit_a_narrow_terminal_without_blocks_or_colours(
    language: str, tmp_path: Path
) -> None:
    for name in ("data", "brevgen.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    ran = typed(
        ["history", "3203", "--language", language],
        tmp_path,
        COLUMNS="40",
        PYTHONIOENCODING="ascii",
        FORCE_COLOR="1",
    )
    assert ran.returncode == 0
    figures, _, bars = ran.stdout.decode("ascii").partition("#")
    assert "\x1b" not in figures + bars
    rows = [line for line in (figures + bars).splitlines() if re.match("20[12][0-9] ", line)]
    assert len(rows) == 13 * 2
    assert max(map(len, rows)) <= 40
    assert re.fullmatch(r"2017  #+\.+", rows[13 + 5])
    assert max(map(len, rows[13:])) == 40
