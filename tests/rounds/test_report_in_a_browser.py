"""The report in a real browser: searched, sorted, printed, small, dark, and without its script."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import RULES, started_chromium
from tests.support.made_rounds import made_once
from tests.support.running import finish, start
from tests.support.samples import make_workspace

pytestmark = pytest.mark.slow

OPTIONS = {"runOnly": RULES}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(shared: Path) -> str:
    """The address of the report of the round of 2018, some of whose letters are approved."""
    made = made_once(shared, "report in a browser", _make)
    return (made / "output" / "2018" / "report.html").as_uri()


def _make(folder: Path) -> None:
    make_workspace(folder)
    for words in ("generate 2018", "approve 2018 --only Ås --only Bærum --yes"):
        ran = finish(start(folder, *words.split()))
        assert ran.code == 0, ran.err


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, report: str) -> Iterator[Opened]:
    """Opens the report as a browser is set up; a fault in its script fails the test."""
    contexts, faults = [], []

    def open_it(*, width: int = 1280, dark: bool = False, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("request", lambda asked: _only_itself(asked.url, faults))
        page.goto(report)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert faults == []


def _only_itself(url: str, faults: list[str]) -> None:
    if not url.endswith("/report.html"):
        faults.append(f"it asks for {url}")


def shown(page: Page) -> list[str]:
    """The names in the rows that can be seen, in their order."""
    return page.locator("#brev tbody tr:visible th").all_inner_texts()


def told(page: Page) -> str:
    return page.get_by_role("status").inner_text().replace("\u00a0", " ")


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(opened: Opened, width: int, dark: bool) -> None:
    page = opened(width=width, dark=dark)
    found = Axe().run(page, options=OPTIONS)
    assert found.response["passes"], "axe has looked"
    assert found.violations_count == 0, found.generate_report()


def test_a_search_leaves_the_letters_that_have_all_its_words(opened: Opened) -> None:
    page = opened()
    assert told(page) == "Viser 210 av 210 brev: 4 400 flyktninger, av dem 150 enslige mindreårige."
    page.get_by_label("Søk").fill("bær")
    assert shown(page) == ["Bærum"]
    assert told(page) == "Viser 1 av 210 brev: 65 flyktninger, av dem 4 enslige mindreårige."
    page.get_by_label("Søk").fill("17-09235 øst")
    assert shown(page) == ["Ås"]
    page.get_by_label("Søk").fill("no such place")
    assert shown(page) == []
    assert told(page) == "Ingen brev passer til søket."
    page.get_by_role("button", name="Vis alle").click()
    expect(page.locator("#brev tbody tr:visible")).to_have_count(210)  # once the form is empty


def test_letters_are_filtered_by_state_and_area_together(opened: Opened) -> None:
    page = opened()
    page.get_by_role("combobox", name="Status").select_option("forseglet")
    assert shown(page) == ["Ås", "Bærum"]
    page.get_by_role("combobox", name="Region").select_option("IMDi Nord")
    assert shown(page) == []
    page.get_by_role("combobox", name="Status").select_option("Alle")
    assert len(shown(page)) == 27


def header(page: Page, name: str) -> Locator:
    return page.locator("#brev").get_by_role("columnheader", name=name, exact=True)


def test_columns_sort_by_number_and_by_the_norwegian_alphabet(opened: Opened) -> None:
    page = opened()
    assert header(page, "Nr.").get_attribute("aria-sort") == "ascending"
    header(page, "Flyktninger").get_by_role("button").click()
    header(page, "Flyktninger").get_by_role("button").click()
    assert header(page, "Flyktninger").get_attribute("aria-sort") == "descending"
    assert header(page, "Nr.").get_attribute("aria-sort") is None
    assert shown(page)[:3] == ["Oslo", "Bergen", "Trondheim"]
    header(page, "Kommune").get_by_role("button").press("Enter")
    names = shown(page)
    assert names[0] == "Alstahaug"
    assert names[-3:] == ["Årdal", "Ås", "Åsnes"]
    change = header(page, "Endring")
    change.get_by_role("button").click()
    figures = page.locator("#brev td.change").all_inner_texts()
    changes = [int(each.replace("−", "-")) for each in figures]
    assert changes == sorted(changes)
    assert changes[0] < 0 < changes[-1]


def test_what_is_not_known_comes_last_however_it_is_sorted(opened: Opened) -> None:
    page = opened()
    pages = header(page, "Sider")
    page.evaluate("document.querySelector('#k0214 .pages').textContent = ''")
    for _ in range(2):
        pages.get_by_role("button").click()
        assert shown(page)[-1] == "Ås"


def test_a_tile_of_the_map_leads_to_the_row_even_if_it_was_filtered_away(opened: Opened) -> None:
    page = opened()
    page.get_by_label("Søk").fill("bærum")
    page.get_by_role("link", name="Ås 10", exact=True).click()
    assert page.url.endswith("#k0214")
    assert page.locator("#k0214").is_visible()


def test_without_its_script_the_page_shows_every_letter_and_nothing_that_does_not_work(
    opened: Opened,
) -> None:
    page = opened(script=False)
    assert len(shown(page)) == 210
    assert not page.locator(".tools").is_visible()
    assert page.locator("#brev button").count() == 0


@pytest.mark.parametrize("width", [1280, 800, 400, 320])
def test_nothing_lies_outside_of_the_window(opened: Opened, width: int) -> None:
    page = opened(width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    asked = page.locator("#k0214 .lead").bounding_box()
    assert asked is not None
    assert asked["x"] + asked["width"] <= width


def test_every_letter_is_on_paper_below_a_header_that_is_repeated(
    opened: Opened, tmp_path: Path
) -> None:
    paper = tmp_path / "report.pdf"
    opened().pdf(path=paper, prefer_css_page_size=True)
    with pypdfium2.PdfDocument(paper) as document:
        pages = [(page.get_size(), page.get_textpage().get_text_bounded()) for page in document]
    assert all((round(width), round(height)) == (842, 595) for (width, height), _ in pages)
    with_letters = [text for _, text in pages if "utkast" in text and "Referanse" in text]
    assert len(with_letters) == len(pages) - 2, "the figures and the map have a page each"
    assert all("Kommune" in text and "Flyktninger" in text for text in with_letters)
    printed = "".join(with_letters)
    assert [n for n in range(17_09100, 17_09300) if f"17-{n % 100000:05}" not in printed] == []
