"""No page bars anybody, in whatever state, width, colours and language it is shown."""

from itertools import filterfalse
from pathlib import Path

import pytest
from playwright.sync_api import Page
from starlette.testclient import TestClient

from brevgen.actor import ROLES, Actor, Role
from brevgen.desk.app import make_app
from brevgen.desk.visitors import Visits
from tests.desk.browser.addresses import addresses, of_round, pages
from tests.desk.browser.barriers import found_in
from tests.desk.browser.conftest import Opened
from tests.desk.browser.stages import ROUNDS, now

pytestmark = pytest.mark.slow


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
        found += [f"{address}: {each}" for each in found_in(page)]
    return found, titles


@pytest.mark.parametrize("name", ROUNDS)
def test_no_page_of_a_round_bars_anybody(opened: Opened, place: Path, name: str) -> None:
    page = opened("hege")
    those = [
        each for path in pages(place) if of_round(path) for each in addresses(place, path, name)
    ]
    found, titles = looked_through(page, those)
    assert not found, "\n".join(found)
    plain = [title for address, title in titles.items() if "?" not in address]
    assert sorted(set(plain)) == sorted(plain)


def test_no_other_page_bars_anybody(opened: Opened, place: Path) -> None:
    page = opened("hege")
    paths = filterfalse(of_round, pages(place))
    found, _ = looked_through(page, [each for path in paths for each in addresses(place, path)])
    assert not found, "\n".join(found)


@pytest.mark.parametrize("roles", [(), ("approve",)])
def test_no_page_bars_who_reads_english_and_may_do_little(
    opened: Opened, place: Path, roles: tuple[Role, ...]
) -> None:
    page = opened("ida", *(roles or ROLES), language="en")
    those = [each for path in pages(place) for each in addresses(place, path, "sent")]
    found, _ = looked_through(page, [each for each in those if "?" not in each])
    assert not found, "\n".join(found)


def test_every_page_is_among_them(place: Path) -> None:
    """A page that no round of the stages shows would not have been looked at."""
    visits = Visits(now)
    with TestClient(make_app(place, now, visits, ["testserver"])) as browser:
        browser.get("/enter", params={"code": visits.new_code(Actor("hege"))})
        unseen = set(pages(place))
        for path in pages(place):
            names = ROUNDS if of_round(path) else ("",)
            for address in (each for name in names for each in addresses(place, path, name)):
                if browser.get(address).status_code == 200:
                    unseen.discard(path)
                    break
    assert unseen == set()
