"""The editor in a real browser: live while one types, at its lines, and without its script."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from brevgen.actor import Actor
from brevgen.desk.app import make_app
from brevgen.desk.visitors import Visits
from tests.support.browser import RULES, started_chromium
from tests.support.samples import make_round, make_workspace

pytestmark = pytest.mark.slow

OPTIONS = {"runOnly": RULES}
LETTER = "/templates/edit/request/letter?round=trial&number=0219"
Opened = Callable[..., Page]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Visits]]:
    place: Path = make_workspace(tmp_path_factory.mktemp("desk") / "workspace", ("2018",))
    make_round(place)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    host = f"127.0.0.1:{listening.getsockname()[1]}"
    visits = Visits(now)
    config = uvicorn.Config(make_app(place, now, visits, [host]), log_level="warning")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://{host}", visits
    server.should_exit = True
    thread.join()


@pytest.fixture
def opened(chromium: Browser, desk: tuple[str, Visits]) -> Iterator[Opened]:
    """Opens a page of the desk as Kari."""
    address, visits = desk
    contexts = []

    def open_it(path: str, *, width: int = 1280, dark: bool = False, script: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{address}/enter?code={visits.new_code(Actor('kari'))}")
        page.goto(f"{address}{path}")
        return page

    yield open_it
    for each in contexts:
        each.close()


def put(page: Page, words: str, before: str) -> None:
    """Type words before others in the bokmål text."""
    box = page.locator("#text0")
    box.evaluate("(e, at) => e.setSelectionRange(e.value.indexOf(at), e.value.indexOf(at))", before)
    box.focus()
    page.keyboard.type(words)


def test_the_letter_follows_what_is_typed_without_a_button(opened: Opened) -> None:
    page = opened(LETTER)
    expect(page.get_by_role("button", name="Vis", exact=True)).to_be_hidden()
    picture = page.locator("#shown img").get_attribute("src")
    put(page, "Kjære Bærum! ", "Kommunene i landet har")
    page.locator("summary").click()
    expect(page.locator(".words")).to_contain_text("Kjære Bærum!", timeout=30_000)
    assert page.locator("#shown img").get_attribute("src") != picture


def test_a_fault_leads_to_its_line_and_the_last_letter_stays(opened: Opened) -> None:
    page = opened(LETTER)
    put(page, "{{ money }}", "<h2>Kontakt")
    expect(page.locator("#said")).to_contain_text("feil", timeout=30_000)
    expect(page.locator("#shown")).to_have_class("old")
    expect(page.locator("#shown img")).to_be_visible()
    results = Axe().run(page, options=OPTIONS)
    assert results.violations_count == 0, results.generate_report()
    page.locator("#found0 a[data-line]").first.click()
    chosen = page.locator("#text0").evaluate(
        "(e) => e.value.slice(e.selectionStart, e.selectionEnd)"
    )
    assert "{{ money }}" in chosen
    page.get_by_role("button", name="Se endringene og lagre").click()
    expect(page.locator("#refused")).to_be_focused()
    results = Axe().run(page, options=OPTIONS)
    assert results.violations_count == 0, results.generate_report()


def test_the_form_that_is_typed_in_is_the_one_that_is_shown(opened: Opened) -> None:
    page = opened(LETTER)
    page.get_by_label("Målform").select_option("nynorsk")
    page.locator("summary").click()
    expect(page.locator(".words[lang=nn]")).to_be_visible(timeout=30_000)
    put(page, "Først. ", "Kommunene i landet har")
    expect(page.get_by_label("Målform")).to_have_value("nb")
    expect(page.locator(".words[lang=nb]")).to_contain_text("Først.", timeout=30_000)


def test_without_its_script_a_button_does_the_same(opened: Opened) -> None:
    page = opened(LETTER, script=False)
    box = page.get_by_label("Bokmål")
    box.fill(box.input_value().replace("Kommunene i landet har", "Alle kommuner har"))
    page.get_by_role("button", name="Vis", exact=True).click()
    page.locator("summary").click()
    expect(page.locator(".words")).to_contain_text("Alle kommuner har")
    page.get_by_role("button", name="Se endringene og lagre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lagre disse endringene?")
    page.get_by_role("button", name="Tilbake til redigeringen").click()
    expect(page.get_by_label("Bokmål")).to_have_value(
        page.get_by_label("Bokmål").input_value().replace("Norske kommuner", "Alle kommuner")
    )


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    "path",
    [
        "/templates",
        LETTER,
        "/templates/edit/request/message?round=trial",
        "/templates/edit/style?round=trial",
        "/templates/versions/request/letter",
    ],
)
def test_nothing_bars_anybody(opened: Opened, path: str, width: int, dark: bool) -> None:
    page = opened(path, width=width, dark=dark)
    results = Axe().run(page, options=OPTIONS)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
