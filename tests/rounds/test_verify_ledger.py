"""A ledger is verified: against itself, the files on the disk and what was seen of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ledger.hands import by_another_hand
from tests.support.made_rounds import copied
from tests.support.running import Ran

Run = Callable[..., Ran]
AAS = "output/trial/letters/0214-Ås-17-09235.pdf"


@pytest.fixture
def workspace(sealed_trial: Path, tmp_path: Path) -> Path:
    return copied(sealed_trial, tmp_path / "workspace")


@pytest.fixture
def ledger(workspace: Path) -> Path:
    return workspace / "data" / "ledger.sqlite3"


def test_a_ledger_that_holds_is_told_in_a_line(brevgen: Run) -> None:
    ran = brevgen("verify", "--ledger")
    told = json.loads(brevgen("verify", "--ledger", "--json").out)

    assert (ran.code, ran.err) == (0, "")
    assert "The ledger holds: every row is as it was written." in ran.out
    assert (told["holds"], told["faults"], told["sealed"]) == (True, [], 6)
    assert told["files"] == {"right": 12, "missing": [], "changed": []}


def test_final_files_are_held_against_it_and_missing_ones_told(
    brevgen: Run, workspace: Path
) -> None:
    (workspace / AAS).unlink()
    ran = brevgen("verify", "--ledger")
    assert ran.code == 0
    assert f"Missing: {AAS}." in ran.out

    shutil.copy(next((workspace / "output/trial/letters").glob("0219*.pdf")), workspace / AAS)
    ran = brevgen("verify", "--ledger")
    assert ran.code == 3
    assert f"- {AAS} is not the file that was sealed." in ran.out


def test_the_first_row_that_does_not_hold_is_named(brevgen: Run, ledger: Path) -> None:
    by_another_hand(ledger, "UPDATE manifests SET account = 'hasp' WHERE act = 'approved'")

    ran = brevgen("verify", "--ledger")
    told = json.loads(brevgen("verify", "--ledger", "--json").out)

    assert ran.code == 3
    first = told["faults"][0]
    assert (first["code"], first["table"]) == ("event changed", "events")
    assert f"- Event {first['event']}, or a row that belongs to it, is not what" in ran.out
    assert "THE LEDGER DOES NOT HOLD" in ran.out


def test_a_tail_cut_off_is_found_by_what_the_workspace_has_seen(brevgen: Run, ledger: Path) -> None:
    last = json.loads(brevgen("verify", "--ledger", "--json").out)["last_event"]
    by_another_hand(
        ledger,
        f"DELETE FROM sealed WHERE event = {last}",
        f"DELETE FROM events WHERE id = {last}",
    )

    ran = brevgen("verify", "--ledger")

    assert ran.code == 3
    assert f"- .brevgen/ledger.json has seen event {last}, and the ledger ends" in ran.out


def test_without_a_ledger_or_files_it_says_so(brevgen: Run, ledger: Path, workspace: Path) -> None:
    ledger.unlink()
    ran = brevgen("verify", "--ledger")
    assert ran.code == 3
    assert "letters were made here before" in ran.err
    shutil.rmtree(workspace / "output")
    ran = brevgen("verify", "--ledger")
    assert ran.code == 2
    assert "There is no ledger" in ran.err
    ran = brevgen("verify")
    assert ran.code == 2
    assert "Name the files to check, or say --ledger" in ran.err
