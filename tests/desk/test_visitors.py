"""How long a session lasts, and that its end is told in time."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from brevgen.desk.visitors import WARNED, Visits
from tests.desk.conftest import KARI, Clock


def test_what_a_page_asks_by_itself_is_no_use_of_the_session(
    browser: TestClient, clock: Clock
) -> None:
    beside = {"HX-Request": "true"}
    for _ in range(3):
        clock.goes_on(timedelta(minutes=10))
        assert browser.get("/beside?of=/rounds/trial", headers=beside).status_code == 200
    clock.goes_on(timedelta(minutes=1))
    answer = browser.get("/beside?of=/rounds/trial", headers=beside)
    assert (answer.status_code, answer.text) == (401, "")
    assert "hx-refresh" not in answer.headers


@pytest.mark.parametrize("page", ["/beside?of=/rounds/trial", "/beside?of=/log"])
def test_a_page_is_told_when_its_session_ends_soon_for_want_of_use(
    browser: TestClient, clock: Clock, page: str
) -> None:
    assert 'data-ends=""' in browser.get("/rounds").text
    clock.goes_on(timedelta(minutes=26))
    assert 'data-ends=""' in browser.get(page).text
    clock.goes_on(timedelta(minutes=1))
    assert 'data-ends="idle"' in browser.get(page).text
    assert 'data-ends=""' in browser.get("/log").text


def test_a_page_is_told_when_its_session_ends_soon_however_it_is_used(clock: Clock) -> None:
    visits = Visits(clock, longest=timedelta(hours=1))
    key = visits.enter(KARI, "nb")
    told = []
    for _ in range(60):
        visit = visits.visit(key)
        assert visit is not None
        told.append(visits.ends_soon(visit))
        clock.goes_on(timedelta(minutes=1))
    assert told == [""] * 57 + ["longest"] * 3
    clock.goes_on(timedelta(seconds=1))
    assert visits.visit(key) is None


def test_of_a_short_session_not_the_whole_is_warned_of(clock: Clock) -> None:
    visits = Visits(clock, idle=WARNED)
    visit = visits.visit(visits.enter(KARI, "nb"))
    assert visit is not None
    assert visits.ends_soon(visit) == ""
    clock.goes_on(WARNED / 2)
    assert visits.ends_soon(visit) == "idle"
