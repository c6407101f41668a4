"""Debian's Chromium, and a desk whose rounds stand at every stage."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from brevgen.actor import Role
from tests.desk.browser.stages import make_stages
from tests.support.browser import started_chromium
from tests.support.made_rounds import copied, made_once
from tests.support.served_desk import Enter, served_desk


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def place(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose rounds stand at every stage."""
    with ThreadPoolExecutor(1) as other:  # in this thread runs Playwright's event loop
        made = other.submit(made_once, shared, "stages of the desk", make_stages).result()
    return copied(made, tmp_path_factory.mktemp("stages") / "workspace")


@pytest.fixture(scope="module")
def enter(place: Path) -> Iterator[Enter]:
    with served_desk(place) as enter:
        yield enter


Opened = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, enter: Enter) -> Iterator[Opened]:
    """Opens the desk as an account with some roles, or with all, in a language."""
    contexts: list[BrowserContext] = []

    def open_it(account: str, *roles: Role, language: str = "nb") -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(enter(account, *roles))
        if language == "en":
            page.get_by_role("button", name="English").click()
        return page

    yield open_it
    for each in contexts:
        each.close()
