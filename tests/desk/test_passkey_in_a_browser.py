"""A passkey in a real browser: registered, used to approve, and checked without the desk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import RULES, started_chromium
from tests.support.running import finish, start
from tests.support.samples import ROWS, make_round, make_workspace
from tests.support.served_desk import Enter, served_desk
from tests.support.sessions import generated

pytestmark = pytest.mark.slow

OPTIONS = {"runOnly": RULES}
ROUND = "/rounds/trial"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_chromium() as browser:
        yield browser


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with two drafts, where letters are approved with passkeys only."""
    place = make_workspace(tmp_path / "workspace")
    settings = place / "brevgen.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[approval]\npasskey = "required"\n', encoding="utf-8")
    make_round(place, ROWS[:2])
    generated(place)
    return place


@pytest.fixture
def enter(place: Path) -> Iterator[Enter]:
    with served_desk(place) as enter:
        yield enter


class Visitor:
    """Somebody before a browser, with a device that holds passkeys."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.page: Page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._hear)
        self._cdp = self.page.context.new_cdp_session(self.page)
        self._cdp.send("WebAuthn.enable")
        made = self._cdp.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                }
            },
        )
        self._device = made["authenticatorId"]
        self.page.goto(address)
        self.origin = address.partition("/enter")[0]

    def _hear(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if getattr(message, "type", "") == "error" and "favicon" not in str(
            getattr(message, "location", "")
        ):
            self.faults.append(text)

    def is_known(self, whether: bool) -> None:
        """Whether the device recognises the finger from now on."""
        told = {"authenticatorId": self._device, "isUserVerified": whether}
        self._cdp.send("WebAuthn.setUserVerified", told)

    def opens(self, path: str) -> Page:
        self.page.goto(f"{self.origin}{path}")
        return self.page

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees_no_barrier(self) -> None:
        found = Axe().run(self.page, options=OPTIONS)
        assert found.violations_count == 0, found.generate_report()


def test_a_passkey_is_registered_and_signs_what_is_approved(
    browser: Browser, enter: Enter, place: Path
) -> None:
    hege = Visitor(browser, enter("hege", "approve"))
    hege.opens(f"{ROUND}/approve")
    expect(hege.page.get_by_text("du har ingen som kan brukes")).to_be_visible()
    hege.sees_no_barrier()
    hege.page.get_by_role("link", name="Registrer passnøkkel").click()
    hege.page.get_by_label("Hva du kaller den").fill("telefonen min")
    hege.sees_no_barrier()
    hege.presses("Registrer passnøkkel")
    expect(hege.page.get_by_role("rowheader", name="telefonen min")).to_be_visible()
    hege.sees_no_barrier()

    hege.opens(f"{ROUND}/approve")
    hege.is_known(False)
    hege.presses("Godkjenn 2 brev")
    expect(hege.page.get_by_text("Passnøkkelen ble ikke brukt")).to_be_visible()
    hege.sees_no_barrier()
    hege.is_known(True)
    hege.presses("Godkjenn 2 brev")
    expect(hege.page.get_by_text("2 brev godkjent")).to_be_visible(timeout=60_000)
    assert hege.faults == []

    files = sorted((place / "output/trial/letters").glob("*.pdf"))
    ran = finish(start(place, "verify", *map(str, files)))
    assert ran.code == 0, ran.out
    said = " ".join(ran.out.split())
    assert said.count("its approval is signed with a passkey of hege") == 2
    assert "the passkey “telefonen min” of hege" in said


def test_the_same_device_makes_no_second_passkey(browser: Browser, enter: Enter) -> None:
    hege = Visitor(browser, enter("hege", "approve"))
    for _ in range(2):
        hege.opens("/account").get_by_label("Hva du kaller den").fill("telefonen min")
        hege.presses("Registrer passnøkkel")
        expect(hege.page.get_by_role("rowheader", name="telefonen min")).to_be_visible()
    expect(hege.page.get_by_text("Det ble ikke laget noen passnøkkel")).to_be_visible()
    expect(hege.page.get_by_role("rowheader", name="telefonen min")).to_have_count(1)
    hege.presses("Fjern telefonen min")
    expect(hege.page.get_by_text(re.compile("^fjernet "))).to_be_visible()


def test_the_way_to_an_approval_has_no_barriers(browser: Browser, enter: Enter) -> None:
    anne = Visitor(browser, enter("anne", "make"))
    anne.opens(f"{ROUND}/ask").get_by_label("Hva den som godkjenner, bør vite").fill("Ny frist")
    anne.sees_no_barrier()
    anne.presses("Be om godkjenning av 2 brev")
    for width, scheme in ((1280, "light"), (400, "dark")):
        hege = Visitor(browser, enter("hege", "approve"))
        hege.page.set_viewport_size({"width": width, "height": 900})
        hege.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for path in ("/letters/0214", "/approve", "/send-back", ""):
            hege.opens(f"{ROUND}{path}")
            hege.sees_no_barrier()
            wide = hege.page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
            assert wide <= 0, (path, width)
    hege.opens(f"{ROUND}/send-back").get_by_label("Hva som skal være annerledes").fill("Feil frist")
    hege.presses("Send 2 brev tilbake")
    expect(hege.page.get_by_text("2 brev er sendt tilbake")).to_be_visible()
    hege.sees_no_barrier()
