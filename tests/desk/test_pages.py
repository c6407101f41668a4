"""What the pages of a round show."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.desk.conftest import FROM_HERE
from tests.desk.desk_work import begun, field
from tests.support.samples import ROWS, make_round


def test_the_rounds_are_listed_with_where_they_stand(browser: TestClient) -> None:
    text = browser.get("/rounds").text
    assert 'href="/rounds/trial"' in text
    assert "svarfrist 6. januar 2018" in text
    assert '<html lang="nb"' in text


def test_every_fault_of_the_allocation_is_told(browser: TestClient, place: Path) -> None:
    file = place / "data/rounds/trial/allocation.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("0214;Ås;10", "0214;Ås;ti"), encoding="utf-8")
    shown = browser.get("/rounds/trial/allocation").text
    assert "«ti» er ikke et tall." in shown
    assert "1 feil" in browser.get("/rounds").text
    assert browser.get("/rounds/trial/letters").status_code == 422


def test_letters_are_found_by_their_names_and_forms(browser: TestClient) -> None:
    every = browser.get("/rounds/trial/letters").text
    assert "6 av 6 brev" in every
    assert "1 av 6 brev" in browser.get("/rounds/trial/letters", params={"q": "ås"}).text
    assert "2 av 6 brev" in browser.get("/rounds/trial/letters", params={"form": "nn"}).text
    assert "0 av 6 brev" in browser.get("/rounds/trial/letters", params={"q": "<b>"}).text


def test_what_is_typed_is_never_markup(browser: TestClient) -> None:
    text = browser.get("/rounds/trial/letters", params={"q": '"><script>x</script>'}).text
    assert "<script>x" not in text


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("/rounds/nothing", 404),
        ("/rounds/nothing/letters", 404),
        ("/rounds/trial/letters/9999", 404),
        ("/rounds/trial/letters/0214/pdf", 404),
        ("/rounds/trial/letters/0214/page/1", 404),
        ("/rounds/..%2f..%2fetc", 404),
        ("/work/nothing", 404),
    ],
)
def test_what_is_not_there_is_told(browser: TestClient, page: str, status: int) -> None:
    answer = browser.get(page)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


def test_a_round_is_made_and_approved_as_it_was_shown(browser: TestClient, place: Path) -> None:
    make_round(place, ROWS[:1])
    assert "1 brev laget" in begun(browser, "/rounds/trial/generate")
    image = browser.get("/rounds/trial/letters/0214/page/1")
    assert image.content.startswith(b"\x89PNG")
    assert browser.get("/rounds/trial/letters/0214/page/2").status_code == 404
    assert browser.get("/rounds/trial/letters/0214/pdf").content.startswith(b"%PDF")

    shown = browser.get("/rounds/trial/approve").text
    assert "Godkjenn 1 brev" in shown
    form = {name: field(shown, name) for name in ("shown", "look", "only")}
    assert "1 brev godkjent" in begun(browser, "/rounds/trial/approve", **form)
    letter = browser.get("/rounds/trial/letters/0214").text
    assert "kari" in letter
    assert "forseglet" in letter


def test_nothing_is_sent_before_the_name_of_the_round_is_typed(browser: TestClient) -> None:
    answer = browser.post("/rounds/trial/send", headers=FROM_HERE, data={"typed": "trail"})
    assert (answer.status_code, "trial" in answer.text) == (409, True)
