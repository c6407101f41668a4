"""No page bars anybody, in whatever state, width, colours and language it is shown."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from brevgen.actor import Role
from tests.desk.browser.addresses import addresses, of_round, pages
from tests.desk.browser.barriers import COLOURS, barriers, seen_at
from tests.desk.browser.stages import ROUNDS
from tests.support.served_desk import Enter

pytestmark = pytest.mark.slow

Opened = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, enter: Enter) -> Iterator[Opened]:
    """Opens the desk as an account with some roles, in a language."""
    contexts: list[BrowserContext] = []

    def open_it(account: str, *roles: Role, language: str = "nb") -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(60_000)
        contexts.append(context)
        address = enter(account, *roles)
        page = context.new_page()
        page.goto(address)
        page.set_default_navigation_timeout(60_000)
        if language == "en":
            page.get_by_role("button", name="English").click()
        return page

    yield open_it
    for each in contexts:
        each.close()


def found_in(page: Page, address: str) -> list[str]:
    """What bars somebody from the page that is shown: wide and light, narrow and dark."""
    found = barriers(page)
    found += seen_at(page, 320)
    found += seen_at(page, 400, dark=True)
    found += barriers(page, rules=COLOURS)
    page.set_viewport_size({"width": 1280, "height": 900})
    return [f"{address}: {each}" for each in found]


def looked_through(page: Page, those: list[str]) -> tuple[list[str], dict[str, str]]:
    """What bars somebody from these pages, and what they are titled; files are passed over."""
    base = page.url.split("/rounds")[0]
    found: list[str] = []
    titles: dict[str, str] = {}
    for address in those:
        answer = page.goto(base + address)
        assert answer is not None
        if answer.status == 404:  # there is nothing of that kind in this round
            continue
        assert answer.status in (200, 409, 422), address
        if answer.ok:
            titles[address] = page.title()
        found += found_in(page, address)
    return found, titles


@pytest.mark.parametrize("name", ROUNDS)
def test_no_page_of_a_round_bars_anybody(opened: Opened, place: Path, name: str) -> None:
    page = opened("hege")
    those = [each for path in pages(place) if of_round(path) for each in addresses(place, path, name)]
    found, titles = looked_through(page, those)
    assert not found, "\n".join(found)
    plain = [title for address, title in titles.items() if "?" not in address]
    assert sorted(set(plain)) == sorted(plain)


def test_no_other_page_bars_anybody(opened: Opened, place: Path) -> None:
    page = opened("hege")
    those = [each for path in pages(place) if not of_round(path) for each in addresses(place, path)]
    found, titles = looked_through(page, those)
    assert not found, "\n".join(found)
