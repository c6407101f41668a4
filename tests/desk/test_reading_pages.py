"""Which letters to read, and who has read them."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.rounds.reading import mark_as_read
from tests.desk.conftest import FROM_HERE
from tests.desk.desk_work import field, words
from tests.support.made_rounds import copied
from tests.support.sessions import session

READING = "/rounds/trial/reading"


@pytest.fixture
def place(tmp_path: Path, sealed_trial: Path) -> Path:
    """A workspace where the six letters of the round `trial` are approved and sealed."""
    return copied(sealed_trial, tmp_path / "workspace")


def test_each_letter_that_is_proposed_has_its_reasons(browser: TestClient) -> None:
    text = browser.get(READING).text
    assert "Det er det lengste brevet på nynorsk." in text
    assert "Du har lest 0 av disse" in text
    assert 'href="/rounds/trial/letters/2011?read=list"' in text


def test_reading_goes_on_from_letter_to_letter_until_all_are_read(browser: TestClient) -> None:
    text = browser.get(READING).text
    numbers = [part[:4] for part in text.split('href="/rounds/trial/letters/')[2:]]
    assert f'href="/rounds/trial/letters/{numbers[0]}?read=list">Begynn å lese' in text
    for number in numbers:
        letter = f"/rounds/trial/letters/{number}"
        page = browser.get(f"{letter}?read=list").text
        form = {"shown": field(page, "shown")[0]}
        if number == numbers[-1]:
            assert "gå tilbake til listen" in page
            form["next"] = "reading"
        read = browser.post(f"{letter}/read", data=form, headers=FROM_HERE)
        assert read.headers["location"] == (READING if "next" in form else letter)
    text = browser.get(READING).text
    assert f"Du har lest {len(numbers)} av disse {len(numbers)}" in text
    assert "Begynn å lese" not in text
    assert 'class="ds-button" href="/rounds/trial/approve"' in text
    assert f"{len(numbers)} av de foreslåtte, {len(numbers)} av alle 6" in text


def test_the_caseworker_finds_all_notes_in_one_place(browser: TestClient, place: Path) -> None:
    with session(place, account="hege") as opened:
        mark_as_read(opened, "0214", "Navnet er <b>feil</b>")
        mark_as_read(opened, "0219")
    text = browser.get(READING).text
    notes = text.partition('id="notes"')[2].partition("</section>")[0]
    assert "0214 Ås hege: Navnet er <b>feil</b>" in words(notes)
    assert "<b>feil" not in notes
    assert "0219" not in notes
