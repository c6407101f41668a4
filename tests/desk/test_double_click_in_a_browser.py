"""A button that is clicked twice, as people do, acts once, and tells of that one time."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import started_chromium
from tests.support.samples import make_round, make_workspace
from tests.support.served_desk import served_desk

pytestmark = pytest.mark.slow


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """A browser that is logged in, in a workspace with the round `trial`."""
    place = make_workspace(tmp_path / "workspace", ())
    make_round(place)
    with started_chromium() as browser, served_desk(place) as enter:
        page = browser.new_page()
        page.goto(enter("kari"))
        yield page


GAPS = (10, 60, 120)
"""Milliseconds between two clicks that are one to who makes them."""


@pytest.mark.parametrize("gap", GAPS)
def test_a_round_is_begun_once_and_shown(page: Page, gap: int) -> None:
    base = page.url.partition("/rounds")[0]
    posts: list[str] = []
    page.on("request", lambda each: posts.append(each.url) if each.method == "POST" else None)
    fill(page, "2019")
    button = page.locator("main form button.ds-button").last
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 9, box["y"] + 9)
    time.sleep(gap / 1000)  # Playwright itself would wait for the answer
    page.mouse.click(box["x"] + 9, box["y"] + 9)
    page.wait_for_url(f"{base}/rounds/2019")
    assert len(posts) == 1


def test_a_form_that_was_answered_can_be_sent_again_at_once(page: Page) -> None:
    base = page.url.partition("/rounds")[0]
    fill(page, "2018/19")  # which no folder can be called
    page.locator("main form button.ds-button").last.click()
    expect(page.locator("#name[aria-invalid=true]")).to_be_visible()
    page.locator("#name").fill("2019")
    page.locator("main form button.ds-button").last.click()
    page.wait_for_url(f"{base}/rounds/2019")


def fill(page: Page, name: str) -> None:
    """Fill in the form of a new round."""
    base = page.url.partition("/rounds")[0]
    page.goto(f"{base}/new-round?way=empty")
    page.locator("#name").fill(name)
    page.locator("select[name=empty-kind]").select_option("request")
