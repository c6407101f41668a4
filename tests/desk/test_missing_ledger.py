"""A ledger that is gone, or older than the letters that lie there, is told before anything else."""

import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.desk.desk_work import begun, words
from tests.support.sessions import approved, generated

LEDGER = "data/ledger.sqlite3"
GONE = "Det finnes ingen protokoll på data/ledger.sqlite3"
OLDER = "eller den er en eldre kopi"
MAKES = ('/generate"', 'value="generate"')
"""What a button has by which drafts are made, and with them numbers given."""
PAGES = ("/rounds", "/rounds/trial", "/rounds/trial/letters", "/rounds/trial/letters/0214")


@pytest.fixture
def place(place: Path) -> Path:
    """A workspace with six drafts, one of which is to be made again."""
    generated(place)
    next((place / "output/trial/drafts").glob("0214*.pdf")).unlink()
    return place


def remove(place: Path) -> None:
    for file in place.glob(f"{LEDGER}*"):
        file.unlink()


def test_with_its_ledger_a_round_is_gone_on_with(browser: TestClient) -> None:
    for path in PAGES:
        text = browser.get(path).text
        assert any(each in text for each in MAKES), path
        assert "protokoll på" not in text


@pytest.mark.parametrize("is_warm", [False, True])
def test_a_ledger_that_is_gone_is_told_and_nothing_is_offered_that_gives_numbers_anew(
    browser: TestClient, place: Path, is_warm: bool
) -> None:
    if is_warm:
        for path in PAGES:
            browser.get(path)
    remove(place)
    for path in PAGES:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert answer.text.count(GONE) == 1, path
        assert "Legg protokollen eller sikkerhetskopien tilbake" in answer.text
        assert not any(each in answer.text for each in MAKES), path
        assert "Lag 1 utkast" not in answer.text
        assert "Lag 6 utkast" not in answer.text


def test_a_ledger_that_is_older_than_the_files_is_told_too(
    browser: TestClient, place: Path
) -> None:
    browser.get("/rounds/trial")
    before = (place / LEDGER).read_bytes()
    approved(place, only=["0219"])
    (place / LEDGER).write_bytes(before)
    for path in PAGES:
        text = browser.get(path).text
        assert OLDER in words(text), path
        assert not any(each in text for each in MAKES), path


def test_work_that_was_broken_off_is_not_offered_again_without_its_ledger(
    browser: TestClient, place: Path
) -> None:
    remove(place)
    assert begun(browser, "/rounds/trial/generate").count(GONE) == 1
    (record,) = (place / ".brevgen/work/trial").glob("*.jsonl")
    page = browser.get(f"/work/{record.stem}").text
    assert "Lag utkast</button>" not in page
    assert not (place / LEDGER).exists()


def test_a_new_workspace_lacks_no_ledger(browser: TestClient, place: Path) -> None:
    remove(place)
    shutil.rmtree(place / "output")
    text = browser.get("/rounds").text
    assert "Lag 6 utkast" in text
    assert GONE not in text
