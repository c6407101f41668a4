"""A second process for one letter: what it does comes out as if it were done here."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from brevgen.batch.ahead import ahead, here
from brevgen.document.pdf import LayoutFault, laid_out
from samples import DATED, REFERENCE, ROOT, TEMPLATES, content

MODULES = ("brevgen.document.pdf",)
STYLESHEET = TEMPLATES / "letter.css"


def who() -> bytes:
    return b"%d" % os.getpid()


def gives_up() -> bytes:
    if os.getpid() != PARENT:
        os.kill(os.getpid(), signal.SIGKILL)
    return b"done here"


PARENT = os.getpid()

forks = pytest.mark.skipif(
    sys.platform != "linux" or threading.active_count() > 1, reason="cannot fork here"
)


@forks
def test_another_process_does_it_and_it_is_gone_afterwards() -> None:
    with ahead(MODULES) as do:
        process = int(do(who))
        assert int(do(who)) == process != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_without_modules_and_beside_threads_it_is_done_here() -> None:
    with ahead(()) as do:
        assert int(do(who)) == os.getpid()
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with ahead(MODULES) as do:
            assert do is here
    finally:
        done.set()
        thread.join()


@forks
def test_a_process_that_is_ended_from_outside_costs_nothing_but_time() -> None:
    with ahead(MODULES) as do:
        assert do(gives_up) == b"done here"


def test_the_letter_is_the_same_byte_for_byte() -> None:
    asked = laid_out, STYLESHEET, content(), REFERENCE, DATED
    with ahead(MODULES) as do:
        assert do(*asked) == here(*asked)


def test_a_fault_in_the_stylesheet_comes_back(tmp_path: Path) -> None:
    (tmp_path / "letter.css").write_text("p { colour: red }")
    with ahead(MODULES) as do, pytest.raises(LayoutFault, match="colour"):
        do(laid_out, tmp_path / "letter.css", content(), REFERENCE, DATED)


PROGRAM = """
import os, signal, sys
from brevgen.batch.ahead import ahead
from test_ahead import MODULES, who

with ahead(MODULES) as do:
    print(int(do(who)), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs a fork")
def test_it_goes_when_its_parent_is_killed(tmp_path: Path) -> None:
    path = os.pathsep.join((str(ROOT / "tests"), str(Path(__file__).parent)))
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        timeout=60,  # the output is not at its end while the other process is there
    )
    assert ran.returncode == -signal.SIGKILL
    assert int(ran.stdout) > 0
