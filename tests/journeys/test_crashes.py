"""Killed at many moments nobody chose, and run again: nothing lost, doubled or half made."""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from brevgen.files import sha256_of_file
from brevgen.ledger.reader import LedgerReader
from tests.support.running import PATIENCE, Ran, seen_whole, start
from tests.support.samples import ROOT, make_round

Run = Callable[..., Ran]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="needs process groups"),
]

LETTERS = 36
KILLS = 10


@pytest.fixture
def output(workspace: Path) -> Path:
    """The output of a round long enough to be killed in."""
    source = ROOT / "data" / "rounds" / "2018" / "allocation.csv"
    rows = source.read_text(encoding="utf-8").splitlines()[1 : LETTERS + 1]
    make_round(workspace, rows, name="many")
    return workspace / "output" / "many"


def kill_many_times(
    workspace: Path,
    words: tuple[str, ...],
    see: Callable[[], int],
    undo: Callable[[], object],
    *,
    seed: int,
) -> None:
    """Start a command over and over, and kill it with all its processes, time and again.

    Args:
        workspace: where.
        words: the command.
        see: looks at what there is after each kill, and says how many letters are done.
        undo: makes all letters wait again, when all are done.
        seed: of the moments.
    """
    moments = random.Random(seed)
    kills = 0
    while kills < KILLS:
        running = start(workspace, *words)
        time.sleep(moments.uniform(0.1, 2.5))
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            kills += 1
        running.communicate(timeout=PATIENCE)
        seen_whole(files(workspace))
        if see() == LETTERS:
            undo()


def files(workspace: Path, *folders: str) -> list[Path]:
    """The letters a person sees in a folder, or in all."""
    output = workspace / "output" / "many"
    return [
        file
        for name in folders or ("drafts", "letters")
        if (output / name).exists()
        for file in (output / name).iterdir()
        if not file.name.startswith(".")
    ]


def ledger_is_whole(workspace: Path) -> bool:
    """See that the ledger's file is sound; whether there is one yet."""
    ledger = workspace / "data" / "ledger.sqlite3"
    if not ledger.exists():
        return False
    with closing(sqlite3.connect(ledger)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        return bool(raw.execute("PRAGMA user_version").fetchone() != (0,))


def given(workspace: Path) -> dict[str, str]:
    with LedgerReader(workspace / "data" / "ledger.sqlite3") as ledger:
        return ledger.references("many")


def test_generate_killed_at_many_moments_loses_and_doubles_no_reference(
    workspace: Path, brevgen: Run, output: Path
) -> None:
    seen: dict[str, str] = {}

    def see() -> int:
        if not ledger_is_whole(workspace):
            return 0
        now = given(workspace)
        assert len(now) in (0, LETTERS), "all of them are given at once"
        assert seen in ({}, now), "none is given anew"
        seen.update(now)
        with LedgerReader(workspace / "data" / "ledger.sqlite3") as ledger:
            documents = ledger.documents("many")
        for document in documents.values():
            assert sha256_of_file(output / "drafts" / document.pdf_name) == document.pdf_sha256
            assert sha256_of_file(output / "drafts" / document.docx_name) == document.docx_sha256
        return len(documents)

    def undo() -> None:
        with (workspace / "templates" / "letters" / "letter.css").open("a") as stylesheet:
            stylesheet.write("/* another look */")

    kill_many_times(workspace, ("generate", "many", "--jobs", "2"), see, undo, seed=2018)

    ran = brevgen("generate", "many", "--jobs", "2")
    assert ran.code == 0, ran.err
    assert see() == LETTERS
    assert len(set(seen.values())) == LETTERS
    numbers = sorted(int(reference[-5:]) for reference in seen.values() if reference != "17-09235")
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "none is skipped"
    assert len(files(workspace)) == 2 * LETTERS


def test_approve_killed_at_many_moments_leaves_no_unsealed_final(
    workspace: Path, brevgen: Run, output: Path
) -> None:
    assert brevgen("generate", "many", "--jobs", "2").code == 0

    def see() -> int:
        assert ledger_is_whole(workspace)
        with LedgerReader(workspace / "data" / "ledger.sqlite3") as ledger:
            approved = ledger.approvals("many")
            sealed = {file.pdf_name: file for file in ledger.sealed_files("many").values()}
            assert len(approved) in (0, LETTERS), "all of them are approved at once"
            finals = files(workspace, "letters")
            for file in finals:
                if file.suffix == ".pdf":
                    assert sha256_of_file(file) == sealed[file.name].pdf_sha256
                else:
                    assert sha256_of_file(file) == sealed[f"{file.stem}.pdf"].docx_sha256
        return 0 if not finals else len(finals) // 2

    command = ("approve", "many", "--yes", "--jobs", "2")

    def undo() -> None:
        assert brevgen("approve", "many", "--withdraw", "once more", "--yes").code == 0
        assert brevgen("generate", "many", "--jobs", "2").code == 0

    kill_many_times(workspace, command, see, undo, seed=2024)
    ran = brevgen(*command)
    assert ran.code == 0, ran.err
    assert see() == LETTERS
    assert {file.parent.name for file in files(workspace)} == {"letters"}
    with LedgerReader(workspace / "data" / "ledger.sqlite3") as ledger:
        assert len(ledger.sealed_files("many")) == LETTERS
        events = [event.act for event in ledger.events("many")]
    assert events.count("sealed") == LETTERS, "no letter is sealed twice"
    assert events.count("approved") - events.count("approval withdrawn") == LETTERS
