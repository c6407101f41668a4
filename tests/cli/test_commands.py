"""What commands show of rounds, of what has happened, and of what is to be approved."""

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.made_rounds import copied, made_once, make_drafts
from tests.support.reading import columns, page_texts, tidy
from tests.support.running import Ran

Run = Callable[..., Ran]


@pytest.fixture
def workspace(shared: Path, tmp_path: Path) -> Path:
    """Six drafts."""
    return copied(made_once(shared, "drafted trial", make_drafts), tmp_path / "workspace")


def test_the_list_for_the_signatory_is_written_and_nothing_is_approved(
    brevgen: Run, workspace: Path
) -> None:
    for name in ("list.csv", "list.PDF"):
        ran = brevgen("approve", "trial", "--except", "Bærum", "--list", name)
        assert (ran.code, ran.out, ran.err) == (0, f"{name}\n", "")
    text = (workspace / "list.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert [row["kommunenummer"] for row in rows] == ["0214", "0834", "1515", "1940", "2011"]
    assert "0834 Vinje" in " ".join(page_texts((workspace / "list.PDF").read_bytes()))
    assert {e["state"] for e in letters(brevgen)} == {"draft"}


def letters(brevgen: Run, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(brevgen("status", "trial", *words, "--json").out)[
        "letters"
    ]
    return found


@pytest.mark.parametrize(
    ("name", "told"), [("list.docx", "as .pdf or .csv"), ("data", "as .pdf or .csv")]
)
def test_a_list_is_a_pdf_or_a_csv(brevgen: Run, name: str, told: str) -> None:
    ran = brevgen("approve", "trial", "--list", name)
    assert ran.code == 2
    assert told in ran.err


def test_the_status_without_a_round_lists_the_rounds(brevgen: Run) -> None:
    rounds, references, drafts, *_ = columns(brevgen("status").out)
    assert (rounds, references, drafts) == ("2018 2024 trial", "0 0 6", "0 0 6")
    told = json.loads(brevgen("status", "--json").out)
    assert told[2] == {"round": "trial", "references": 6, "drafts": 6, "approved": 0, "sent": 0}


def test_the_status_of_some_letters_only(brevgen: Run) -> None:
    brevgen("approve", "trial", "--only", "Ås", "--yes", "--jobs", "1")
    assert [e["number"] for e in letters(brevgen, "Ås", "0219")] == ["0214", "0219"]
    assert [e["number"] for e in letters(brevgen, "--region", "Nord")] == ["1940", "2011"]
    assert [e["number"] for e in letters(brevgen, "--state", "final")] == ["0214"]
    ran = brevgen("status", "trial", "--state", "finished")
    assert ran.code == 2
    assert "There is no state “finished”. There are: no reference, to make" in ran.err


def test_the_history_is_told_to_people_and_programs(brevgen: Run) -> None:
    shown = columns(brevgen("history", "Ås", "trial").out)
    assert shown[2] == "reference given draft made"
    told = json.loads(brevgen("history", "Ås", "--json").out)
    assert told["municipality"] == "3218 Ås"
    assert [each["act"] for each in told["events"]] == ["reference given", "draft made"]
    assert told["events"][0]["reference"] == "17-09235"
    assert told["events"][0]["at"].endswith("Z")
    figures = {"year": 2017, "asked": 30, "decided": 30, "settled": 28, "minors": None}
    assert figures in told["years"]


def test_the_history_shows_what_was_asked_year_by_year(brevgen: Run) -> None:
    lines = brevgen("history", "Ås").out.splitlines()
    assert lines[0] == "3218 Ås, refugees by year (history.csv)"
    assert lines[1].split() == ["Year", "Asked", "Decided", "Settled"]  # no minors are known
    assert ["2017", "30", "30", "28"] in [line.split() for line in lines]
    assert "█ settled, ░ asked for and not settled" in lines
    (bar,) = (line.split() for line in lines if line.startswith("2017  █"))
    assert bar[1][-1] == "░"
    assert any("draft made" in line for line in lines)
    lines = brevgen("history", "Bærum").out.splitlines()
    assert lines[1].split() == ["Year", "Asked", "Decided", "Settled", "UM"]
    assert ["2024", "400", "400", "316", "10"] in [line.split() for line in lines]
    assert "UM: unaccompanied minors among those asked for." in lines


def test_the_ledger_is_copied_whole_and_never_over_another_file(
    brevgen: Run, workspace: Path
) -> None:
    ran = brevgen("ledger", "backup", "copy.sqlite3")
    assert (ran.code, ran.err) == (0, "")
    assert "The ledger data/ledger.sqlite3 was copied to copy.sqlite3." in tidy(ran.out)
    with closing(sqlite3.connect(workspace / "copy.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM letters").fetchone() == (6,)
    before = (workspace / "copy.sqlite3").read_bytes()
    ran = brevgen("ledger", "backup", "copy.sqlite3")
    assert ran.code in (2, 3)
    assert "copy.sqlite3" in ran.err
    assert (workspace / "copy.sqlite3").read_bytes() == before
