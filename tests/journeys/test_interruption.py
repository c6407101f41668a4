"""Interrupted or killed at any moment: nothing half made, and the next run finishes."""

import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from brevgen.files import sha256_of_file
from brevgen.ledger.reader import LedgerReader
from brevgen.pool.workers import BATCH
from tests.support.running import PATIENCE, Ran, finish, seen_whole, start, wait_until
from tests.support.samples import ROOT, make_round

Run = Callable[..., Ran]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="needs process groups")]

LETTERS = 50


@pytest.fixture
def round_of_many(workspace: Path) -> Path:
    """A round long enough to be interrupted in; the folder of its drafts."""
    source = ROOT / "data" / "rounds" / "2018" / "allocation.csv"
    rows = source.read_text(encoding="utf-8").splitlines()[1 : LETTERS + 1]
    make_round(workspace, rows, name="many")
    return workspace / "output" / "many" / "drafts"


def visible(drafts: Path) -> list[Path]:
    """What a person sees in the folder."""
    files = drafts.iterdir() if drafts.exists() else ()
    return [file for file in files if not file.name.startswith(".")]


def wait_for_letters(drafts: Path, count: int) -> None:
    wait_until(lambda: len(visible(drafts)) >= count, "letters")


def see_that_the_ledger_is_right(workspace: Path, drafts: Path) -> int:
    """The ledger is whole, and every document in it is there as it was made; how many there are."""
    ledger = workspace / "data" / "ledger.sqlite3"
    with closing(sqlite3.connect(ledger)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    with LedgerReader(ledger) as reader:
        assert len(set(reader.references("many").values())) == LETTERS
        documents = reader.documents("many")
    for document in documents.values():
        assert sha256_of_file(drafts / document.pdf_name) == document.pdf_sha256
        assert sha256_of_file(drafts / document.docx_name) == document.docx_sha256
    return len(documents)


def go_on(workspace: Path, brevgen: Run, drafts: Path, kept: int) -> None:
    """Run again, and see that what was kept is not made anew and all is there."""
    ran = brevgen("generate", "many", "--jobs", "1")
    assert ran.code == 0, ran.err
    assert f"{LETTERS - kept} letters made, {kept} up to date." in ran.out
    assert len(seen_whole(visible(drafts))) == 2 * LETTERS
    assert see_that_the_ledger_is_right(workspace, drafts) == LETTERS


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_ctrl_c_keeps_what_was_made_and_the_next_run_goes_on(
    workspace: Path, brevgen: Run, round_of_many: Path, jobs: str
) -> None:
    running = start(workspace, "generate", "many", "--jobs", jobs)
    wait_for_letters(round_of_many, 12)
    os.killpg(running.pid, signal.SIGINT)
    ran = finish(running)
    assert ran.code == 4
    assert "Interrupted; what was made is kept. Go on with: brevgen generate many" in ran.err
    seen_whole(visible(round_of_many))
    kept = see_that_the_ledger_is_right(workspace, round_of_many)
    assert 0 < kept < LETTERS
    report = (workspace / "output" / "many" / "report.csv").read_text(encoding="utf-8-sig")
    assert report.count(";utkast;") == kept
    assert report.count(";skal lages;") == LETTERS - kept
    assert not [file for file in round_of_many.iterdir() if file.name.startswith(".")]
    go_on(workspace, brevgen, round_of_many, kept)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.slow
@pytest.mark.parametrize("milliseconds", [0, 150])
def test_ctrl_c_while_the_processes_are_starting_ends_without_a_traceback(
    workspace: Path, brevgen: Run, round_of_many: Path, milliseconds: int
) -> None:
    running = start(workspace, "generate", "many", "--jobs", "2")
    wait_until(lambda: len(makers_of(running.pid)) >= 2, "two that make letters")
    time.sleep(milliseconds / 1000)
    os.killpg(running.pid, signal.SIGINT)
    ran = finish(running)
    assert ran.code == 4
    assert ran.err.rstrip().endswith("Go on with: brevgen generate many")
    seen_whole(visible(round_of_many))
    kept = see_that_the_ledger_is_right(workspace, round_of_many)
    told = json.loads(brevgen("status", "many", "--json").out)["letters"]
    assert sum(line["state"] == "draft" for line in told) == kept


def makers_of(parent: int) -> list[int]:
    """The processes that make letters for another: forks of the one that has loaded for all."""
    return [maker for server in servers_of(parent) for maker in servers_of(server)]


def servers_of(parent: int) -> list[int]:
    """The children of a process that load what letters are made with, or are forks of such."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(status[1]) == parent and b"forkserver" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.slow
@pytest.mark.parametrize("milliseconds", [0, 200])
def test_ctrl_c_before_there_is_anything_to_make_ends_without_a_traceback(
    workspace: Path, brevgen: Run, round_of_many: Path, milliseconds: int
) -> None:
    running = start(workspace, "generate", "many", "--jobs", "2")
    wait_until(lambda: servers_of(running.pid), "what loads for them")
    (server,) = servers_of(running.pid)
    time.sleep(milliseconds / 1000)
    os.killpg(running.pid, signal.SIGINT)
    ran = finish(running)
    # Python ends itself by the signal where it came in the middle of making a class
    assert ran.code in (130, 4, -signal.SIGINT)
    assert "Traceback" not in ran.err
    wait_until(lambda: not Path(f"/proc/{server}").exists(), "what loads goes too")
    assert brevgen("generate", "many").code == 0


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_whole_letters_and_the_next_run_goes_on(
    workspace: Path, brevgen: Run, round_of_many: Path
) -> None:
    running = start(workspace, "generate", "many", "--jobs", "2")
    wait_for_letters(round_of_many, 2 * BATCH + 4)
    running.kill()
    running.communicate(timeout=PATIENCE)
    assert running.returncode == -signal.SIGKILL
    seen_whole(visible(round_of_many))
    kept = see_that_the_ledger_is_right(workspace, round_of_many)
    assert kept % BATCH == 0, "as many as are written into the ledger at a time"
    go_on(workspace, brevgen, round_of_many, kept)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.slow
def test_a_process_that_is_killed_ends_the_run_with_advice_and_what_was_made_is_kept(
    workspace: Path, brevgen: Run, round_of_many: Path
) -> None:
    running = start(workspace, "generate", "many", "--jobs", "2")
    wait_for_letters(round_of_many, 20)
    os.kill(makers_of(running.pid)[0], signal.SIGKILL)
    ran = finish(running)
    assert ran.code == 4
    assert "--jobs 1" in ran.err
    kept = see_that_the_ledger_is_right(workspace, round_of_many)
    assert kept > 0
    report = (workspace / "output" / "many" / "report.csv").read_text(encoding="utf-8-sig")
    assert report.count(";utkast;") == kept
    go_on(workspace, brevgen, round_of_many, kept)
