"""The end of a session is told in time, and nothing that is typed is lost by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.desk.browser.barriers import found_in
from tests.support.samples import make_round, make_workspace
from tests.support.served_desk import Enter, served_desk

pytestmark = pytest.mark.slow

FIELD = "main textarea"


class Clock:
    """A clock that is moved on."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def enter(tmp_path: Path, clock: Clock) -> Iterator[Enter]:
    place = make_workspace(tmp_path / "workspace", ())
    make_round(place)
    with served_desk(place, clock, longest=timedelta(hours=2)) as enter:
        yield enter


@pytest.fixture
def page(chromium: Browser, enter: Enter) -> Iterator[Page]:
    """A page on which somebody has typed something, and whose own clock can be moved on."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(enter("hege"))
    page.clock.install()
    page.goto(page.url.removesuffix("/rounds") + "/rounds/trial/settings/text")
    page.fill(FIELD, "half typed")
    yield page
    context.close()


def goes_on(page: Page, clock: Clock, time: timedelta) -> None:
    """Let time go on in the server, then in the page until it has asked how it stands."""
    clock.moved += time
    with page.expect_response(lambda answer: "/beside?" in answer.url):
        page.clock.run_for(31_000)


def test_who_was_away_is_warned_before_the_log_out_and_can_stay(page: Page, clock: Clock) -> None:
    warning = page.get_by_role("alert").filter(has_text="logget ut")
    goes_on(page, clock, timedelta(minutes=25))
    expect(warning).to_be_hidden()
    goes_on(page, clock, timedelta(minutes=2))
    expect(warning).to_be_visible()
    expect(page.locator(FIELD)).to_be_focused()
    assert not (found := found_in(page)), "\n".join(found)
    warning.get_by_role("button", name="Bli innlogget").press("Enter")
    expect(warning).to_be_hidden()
    goes_on(page, clock, timedelta(minutes=28))
    expect(warning).to_be_visible()
    page.context.clear_cookies()  # the session has ended
    warning.get_by_role("button", name="Bli innlogget").press("Enter")
    expect(page.get_by_text("Du er logget ut")).to_be_focused()


def test_a_page_whose_session_has_ended_asks_no_more_until_somebody_logs_in_anew(
    page: Page, clock: Clock, enter: Enter
) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    out = page.get_by_text("Du er logget ut")
    goes_on(page, clock, timedelta(minutes=31))
    expect(out).to_be_visible()
    expect(page.locator(FIELD)).to_be_focused()
    assert not (found := found_in(page)), "\n".join(found)
    asked.clear()
    page.clock.run_for(120_000)
    assert asked == []

    other = page.context.new_page()
    other.goto(enter("hege"))
    with page.expect_response(lambda answer: "/beside?" in answer.url):
        page.evaluate("dispatchEvent(new Event('focus'))")  # as when the tab is come back to
    expect(out).to_be_hidden()
    expect(page.locator(FIELD)).to_have_value("half typed")
    goes_on(page, clock, timedelta(minutes=1))


def test_what_ends_however_it_is_used_is_told_too(page: Page, clock: Clock) -> None:
    told = page.get_by_text("lenge siden du logget inn")
    for _ in range(4):
        clock.moved += timedelta(minutes=29)
        page.evaluate("fetch('/account').then((answer) => answer.ok)")
        expect(told).to_be_hidden()
    goes_on(page, clock, timedelta(minutes=2))
    expect(told).to_be_visible()
    expect(page.get_by_role("button", name="Bli innlogget")).to_be_hidden()
    expect(page.locator(FIELD)).to_have_value("half typed")


def test_who_comes_to_where_another_is_becomes_known_without_losing_the_focus(
    page: Page, chromium: Browser, enter: Enter, clock: Clock
) -> None:
    context = chromium.new_context()
    other = context.new_page()
    other.goto(enter("ola"))
    other.goto(page.url)
    expect(other.get_by_text("Også her nå: hege")).to_be_visible()
    told = page.get_by_text("Også her nå: ola")
    expect(told).to_be_hidden()
    goes_on(page, clock, timedelta())
    expect(told).to_be_visible()
    expect(page.locator(FIELD)).to_be_focused()
    assert not (found := found_in(page)), "\n".join(found)
    other.goto(page.url.removesuffix("/text"))  # the same file as a form
    goes_on(page, clock, timedelta())
    expect(told).to_be_visible()
    context.close()
    goes_on(page, clock, timedelta(minutes=5))
    expect(told).to_be_hidden()
