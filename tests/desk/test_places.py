"""Two people at one thing know of each other."""

import html
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.places import STAYS, Places, thing_of
from brevgen.desk.visitors import Visits
from brevgen.language import speaking
from brevgen.ledger.lock import round_lock
from tests.desk.conftest import ADDRESS, KARI, Clock
from tests.support.samples import make_round

OLA = Actor("ola")


@pytest.fixture
def other(browser: TestClient, visits: Visits) -> TestClient:
    """A second browser, in which Ola is logged in."""
    other = TestClient(browser.app, base_url=ADDRESS, follow_redirects=False)
    other.get("/enter", params={"code": visits.new_code(OLA)})
    return other


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/rounds/trial/letters/0214", " (brev 0214)"),
        ("/rounds/trial/allocation", " (Fordeling)"),
        ("/rounds/trial/settings", " (Innstillinger)"),
        ("/rounds/trial/approve", " (Godkjenn)"),
        ("/templates/edit/request/letter", None),
    ],
)
def test_who_else_is_at_a_thing_is_told_there_and_on_the_overview_of_the_round(
    browser: TestClient, other: TestClient, clock: Clock, path: str, where: str | None
) -> None:
    assert "Også her" not in browser.get(path).text
    assert f"Også her nå: {KARI}<" in other.get(path).text
    assert f"Også her nå: {OLA}<" in browser.get(f"/beside?of={path}").text
    overview = browser.get("/rounds/trial").text
    assert (f"Også i runden nå: {OLA}{where}<" in overview) == (where is not None)
    clock.goes_on(STAYS)
    assert "Også" not in browser.get(path).text


def test_who_asks_for_another_page_is_not_where_she_was(
    browser: TestClient, other: TestClient
) -> None:
    browser.get("/rounds/trial/settings")
    browser.get("/log")
    assert "Også" not in other.get("/rounds/trial/settings").text
    assert "Også" not in browser.get("/log").text


def test_what_belongs_together_is_one_thing() -> None:
    assert thing_of("/rounds/2018/settings/text") == thing_of("/rounds/2018/settings")
    assert thing_of("/templates/versions/request/mail") == thing_of("/templates/edit/request/mail")
    assert thing_of("/rounds/2018/letters/0301/compare") == "/rounds/2018/letters/0301"
    assert thing_of("/rounds/2018/letters/0301") != thing_of("/rounds/2018/letters")
    assert thing_of("/rounds") == thing_of("/log") == thing_of("/") == ""


def test_a_round_whose_name_begins_alike_is_another() -> None:
    clock = Clock()
    places = Places(clock)
    places.come(OLA, "/rounds/2018-reminder/settings")
    assert places.come(KARI, "/rounds/2018") == []
    clock.goes_on(timedelta(minutes=1))
    assert places.come(KARI, "/rounds/2018-reminder") == ["ola (Settings)"]


@pytest.mark.parametrize(
    "of", ["", "/", "/rounds/../../etc", "/rounds/%00/x", "/nothing", "x" * 900]
)
def test_beside_a_page_that_there_is_not_there_is_nothing(browser: TestClient, of: str) -> None:
    answer = browser.get("/beside", params={"of": of})
    assert answer.status_code == 200
    assert "ds-alert" not in answer.text
    assert "Også" not in answer.text


def test_the_name_of_a_round_may_have_any_sign(
    browser: TestClient, place: Path, clock: Clock
) -> None:
    make_round(place, name="20#1 & Å?")
    page = browser.get(f"/rounds/{quote('20#1 & Å?', safe='')}/settings").text
    found = re.search('hx-get="(/beside[^"]*)"', page)
    assert found
    with round_lock(place / "data/ledger.sqlite3", "20#1 & Å?", OLA, clock):
        assert "Runden blir endret av ola" in browser.get(html.unescape(found[1])).text


def test_who_changes_the_language_is_nobody_else() -> None:
    places, kari = Places(Clock()), Actor("kari", "root")
    with speaking("nb"):
        places.come(kari, "/rounds/2018/settings")
    assert places.come(kari, "/rounds/2018/settings") == []
    with speaking("nb"):
        assert places.come(OLA, "/rounds/2018/settings") == [str(kari)]
