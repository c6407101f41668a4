"""What the tests of commands and journeys share: a workspace of their own, and commands in it."""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from brevgen.language import speak
from tests.support import made_rounds
from tests.support.running import Ran
from tests.support.samples import make_round, make_workspace
from tests.support.sending import send_round, server
from tests.support.sessions import ENDS, session


def pytest_configure() -> None:
    """Make all that is run the same on every machine: its language, its time zone, its signals."""
    os.environ["BREVGEN_LANGUAGE"] = "en"
    os.environ["TZ"] = "UTC"
    time.tzset()
    # hear of Ctrl-C even where a shell has started the tests in the background, deaf to it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # looking for garbage as often as Python does takes a fifth of the time of the tests
    gc.set_threshold(10_000, 20, 20)


def pytest_collection_finish() -> None:
    """Leave what stays until the end out of each look for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace as it is shipped, with a small round `trial` besides the two real ones."""
    place = make_workspace(tmp_path / "workspace")
    make_round(place)
    return place


@pytest.fixture
def brevgen(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Run a command as it is typed in the workspace, but in this process."""
    from brevgen.cli.main import main

    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(workspace)

    def run(*words: str | Path) -> Ran:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["brevgen", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        speak("en")  # for the test itself, whatever the command was told
        shown = capsys.readouterr()
        return Ran(int(ended.value.code or 0), shown.out, shown.err)

    return run


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes share that run the tests."""
    return _shared_by_all(tmp_path_factory, worker_id)


def _shared_by_all(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session", autouse=True)
def _ends(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """A folder for what was done to a workspace once, and need not be done again."""
    folder = _shared_by_all(tmp_path_factory, worker_id) / "ends"
    folder.mkdir(exist_ok=True)
    os.environ[ENDS] = str(folder)


@pytest.fixture(scope="session")
def sealed_trial(shared: Path) -> Path:
    """Six sealed letters, not to be changed."""
    return made_rounds.sealed_trial(shared)


@pytest.fixture(scope="session")
def all_sent(shared: Path, sealed_trial: Path) -> Path:
    """Six letters that anne has sent, not to be changed."""

    def make(place: Path) -> None:
        made_rounds.copied(sealed_trial, place)
        with session(place) as opened, server() as (_, way):
            send_round(opened, way)

    return made_rounds.made_once(shared, "all sent", make)
