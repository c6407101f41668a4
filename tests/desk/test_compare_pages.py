"""Letters compared on a page."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.made_rounds import copied
from tests.support.samples import ROWS, make_round

AAS = "/rounds/trial/letters/0214/compare"


@pytest.fixture
def place(tmp_path: Path, sealed_trial: Path) -> Path:
    """A workspace where the six letters of the round `trial` are approved and sealed."""
    return copied(sealed_trial, tmp_path / "workspace")


def test_a_change_is_marked_and_said(browser: TestClient, place: Path) -> None:
    assert "De sier det samme, ord for ord." in browser.get(f"{AAS}?with=approved").text
    make_round(place, [ROWS[0].replace(";10;", ";11;"), *ROWS[1:]])
    text = browser.get(f"{AAS}?with=approved").text
    assert '<del><span class="ds-sr-only" lang="nb"> fjernet: </span>10</del>' in text
    assert '<ins><span class="ds-sr-only" lang="nb"> lagt til: </span>11</ins>' in text
    assert "style=" not in text


def test_the_two_forms_are_named_by_their_names(browser: TestClient) -> None:
    text = browser.get(f"{AAS}?with=form").text
    assert "på nynorsk: </span>Oppmoding</del>" in text
    assert "på bokmål: </span>Anmodning</ins>" in text


@pytest.mark.parametrize(
    ("against", "why"),
    [
        ("shown", "Du har verken merket"),
        ("earlier", "Protokollen kjenner ikke noe tidligere"),
    ],
)
def test_that_there_is_nothing_to_compare_with_is_said(
    browser: TestClient, against: str, why: str
) -> None:
    answer = browser.get(AAS, params={"with": against})
    assert (answer.status_code, why in answer.text) == (200, True)


@pytest.mark.parametrize("against", ["nothing", "<b>", ""])
def test_what_nobody_can_be_compared_with_is_not_there(browser: TestClient, against: str) -> None:
    assert browser.get(AAS, params={"with": against}).status_code == 404
    assert browser.get(AAS.replace("0214", "9999")).status_code == 404


def test_the_way_back_keeps_what_was_asked_for(browser: TestClient) -> None:
    text = browser.get(AAS, params={"with": "form", "form": "nb", "q": "ås"}).text
    assert 'href="/rounds/trial/letters/0214?q=%C3%A5s&amp;form=nb"' in text
    assert 'compare?q=%C3%A5s&amp;form=nb&amp;with=approved"' in text
