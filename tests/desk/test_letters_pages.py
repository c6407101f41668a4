"""All letters in one table: asked for, put in order, walked through, and chosen."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.visitors import Visits
from tests.desk.conftest import FROM_HERE
from tests.desk.desk_work import begun
from tests.support.made_rounds import copied
from tests.support.samples import ROWS, make_round

LETTERS = "/rounds/trial/letters"


@pytest.fixture
def place(tmp_path: Path, sealed_trial: Path) -> Path:
    """A workspace where the six letters of the round `trial` are approved and sealed."""
    return copied(sealed_trial, tmp_path / "workspace")


def numbers(text: str) -> list[str]:
    """The letters of the table, from top to bottom."""
    return [part[:4] for part in text.split('name="only" value="')[1:]]


def shown(browser: TestClient, **asked: str) -> list[str]:
    return numbers(browser.get(LETTERS, params=asked).text)


def test_letters_are_found_by_what_stands_above_the_table(browser: TestClient) -> None:
    every = shown(browser)
    assert every == ["0214", "0219", "0834", "1515", "1940", "2011"]
    assert shown(browser, q="ås") == ["0214"]
    assert shown(browser, q="17-09235") == ["0214"]
    assert shown(browser, form="nn") == ["0834", "1515"]
    assert shown(browser, state="final") == every
    assert shown(browser, state="draft") == []
    assert set(shown(browser, area="IMDi Nord")) == {"1940", "2011"}
    assert shown(browser, q="nobody") == []


def test_letters_are_put_in_order_by_every_column(browser: TestClient) -> None:
    assert shown(browser, sort="-asked")[0] == "0219"
    assert shown(browser, sort="asked")[-1] == "0219"
    assert shown(browser, sort="name")[0] == "0219"
    assert shown(browser, sort="-name")[0] == "0214"
    assert shown(browser, sort="nothing") == shown(browser)
    text = browser.get(LETTERS, params={"sort": "asked"}).text
    assert 'aria-sort="ascending"' in text
    assert "sort=-asked" in text


def test_what_else_can_be_asked_for_is_counted(browser: TestClient, place: Path) -> None:
    text = browser.get(LETTERS).text
    assert "forseglet <strong>6</strong>" in text
    assert "endret siden" not in text

    make_round(place, [ROWS[0].replace(";10;", ";11;"), *ROWS[1:]])
    text = browser.get(LETTERS, params={"form": "nn"}).text
    assert "endret siden godkjenningen <strong>2</strong>" in text
    assert len(shown(browser, since="approved")) == 6
    assert shown(browser, since="shown") == []  # Kari has never been shown any


def test_the_way_to_a_letter_and_beyond_it_keeps_what_was_asked_for(browser: TestClient) -> None:
    assert f'href="{LETTERS}/0834?form=nn&amp;sort=-asked"' in (
        browser.get(LETTERS, params={"form": "nn", "sort": "-asked"}).text
    )
    letter = browser.get(f"{LETTERS}/1515", params={"form": "nn", "sort": "-asked"}).text
    assert f'rel="next" accesskey="j" href="{LETTERS}/0834?form=nn&amp;sort=-asked"' in letter
    assert 'rel="prev"' not in letter
    outside = browser.get(f"{LETTERS}/0214", params={"form": "nn"}).text
    assert f'href="{LETTERS}/0834?form=nn"' in outside


def test_those_chosen_are_approved_or_made_and_none_is_nothing(browser: TestClient) -> None:
    form = {"only": ["0214", "2011"], "do": "approve"}
    answer = browser.post(LETTERS, headers=FROM_HERE, data=form)
    onward = urlsplit(answer.headers["location"])
    assert (answer.status_code, onward.path) == (303, "/rounds/trial/approve")
    assert parse_qs(onward.query)["only"] == ["0214", "2011"]

    form = {"do": "generate", "asked": "?form=nn&next=//elsewhere.example"}
    answer = browser.post(LETTERS, headers=FROM_HERE, data=form)
    assert answer.headers["location"] == f"{LETTERS}?form=nn&none=1"
    assert "Ingen brev var valgt" in browser.get(answer.headers["location"]).text


def test_drafts_of_those_chosen_alone_are_made_and_asked_for(
    browser: TestClient, place: Path
) -> None:
    make_round(place, [ROWS[0].replace(";10;", ";11;"), *ROWS[1:]])
    begun(browser, LETTERS, only=["0214"], do="generate")
    assert 'value="ask"' not in browser.get(LETTERS, params={"state": "final"}).text
    assert shown(browser, state="draft") == ["0214"]
    assert 'value="ask"' in browser.get(LETTERS, params={"state": "draft"}).text
    answer = browser.post(LETTERS, headers=FROM_HERE, data={"only": "0214", "do": "ask"})
    assert answer.headers["location"] == "/rounds/trial/ask?only=0214"
    assert "Be om godkjenning av 1 brev" in browser.get(answer.headers["location"]).text


def test_only_what_can_be_done_with_the_letters_is_offered(
    browser: TestClient, place: Path
) -> None:
    def offered(**asked: str) -> list[str]:
        return re.findall('name="do" value="([a-z]+)"', browser.get(LETTERS, params=asked).text)

    assert offered() == ["send"]
    make_round(place, [ROWS[0].replace(";10;", ";11;"), *ROWS[1:]])
    assert offered() == ["generate"]


def test_all_that_are_shown_can_be_chosen_at_once(browser: TestClient) -> None:
    text = browser.get(LETTERS, params={"form": "nn", "choose": "1"}).text
    assert text.count("checked") == 2


def test_who_may_only_look_chooses_nothing(stranger: TestClient, visits: Visits) -> None:
    stranger.get("/enter", params={"code": visits.new_code(Actor("ola", roles=()))})
    text = stranger.get(LETTERS).text
    assert "0214 Ås" in text
    assert 'name="do"' not in text


def test_nothing_is_needed_that_only_scripts_do(browser: TestClient) -> None:
    text = browser.get(LETTERS).text
    assert 'data-shows="keys" hidden' in text
    assert "onclick" not in text
    assert "style=" not in text
