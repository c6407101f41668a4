"""A whole round in the desk, from the spreadsheet to the last answer, with the keyboard alone.

Once with the pages' scripts and once without.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.desk.browser.hands import Hands
from tests.desk.browser.stages import AAS, BAERUM
from tests.support.desk_of_many import WHO, desk_of_many
from tests.support.made_rounds import give_key, use_server
from tests.support.post_office import PostOffice
from tests.support.samples import HEADER, make_round, make_workspace

pytestmark = pytest.mark.slow

ROUND = "/rounds/2019"
SHEET = (HEADER, "0214;Ås;20;0;0;;;ny", "1515;Herøy;40;2;0;;;ny")
SHEET_WITH_FAULT = (HEADER, "0214;Ås;tjue;0;0;;;ny", "1515;Herøy;40;2;0;;;ny")


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


@pytest.fixture
def place(tmp_path: Path, office: PostOffice) -> Path:
    """A workspace with last year's round, a key, and a mail server."""
    place = make_workspace(tmp_path / "workspace", ())
    make_round(place, (AAS, BAERUM), name="2018")
    with ThreadPoolExecutor(1) as other:  # in this thread runs Playwright's event loop
        other.submit(give_key, place).result()
    return place


@pytest.fixture
def base(place: Path, office: PostOffice) -> Iterator[str]:
    with desk_of_many(place) as base:
        use_server(place, office.port, tls="none")
        yield base


@pytest.fixture
def person(chromium: Browser, base: str) -> Iterator[Callable[[str, bool], Hands]]:
    """Somebody before a browser that runs scripts or not."""
    contexts: list[BrowserContext] = []

    def arrives(account: str, script: bool) -> Hands:
        context = chromium.new_context(
            viewport={"width": 1280, "height": 900},
            ignore_https_errors=True,
            extra_http_headers={WHO: account},
            java_script_enabled=script,
        )
        context.set_default_timeout(120_000)
        contexts.append(context)
        hands = Hands(context.new_page(), base)
        hands.opens("/")
        return hands

    yield arrives
    for each in contexts:
        each.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_round_is_done_from_the_spreadsheet_to_the_last_answer(
    person: Callable[[str, bool], Hands],
    place: Path,
    office: PostOffice,
    tmp_path: Path,
    script: bool,
) -> None:
    again = "" if script else "Se hvor langt det er kommet"
    kari = person("kari", script)
    begins(kari)
    fills_in(kari)
    allocates(kari, tmp_path)
    makes_drafts(kari, again)
    reads(kari)
    asks(kari)

    hege = person("hege", script)
    approves(hege, again)

    sends(kari, again)
    assert len(office.mailbox) == 4
    follows_up(kari)
    looks_back(kari, place)
    assert kari.unseen | hege.unseen == set()


def begins(kari: Hands) -> None:
    kari.follows("Ny runde")
    kari.types("Navn på runden", "2019")
    kari.chooses("Tidligere runde", "2018")
    kari.presses("Opprett runden")
    kari.sees("felt i innstillingene skal fylles ut eller ses over")


def fills_in(kari: Hands) -> None:
    kari.follows("Innstillinger")
    kari.types("Flyktninger i hele landet, .*", "seksti")
    kari.presses("Lagre")
    kari.sees("Se på dette")
    for label, figure in (
        ("Flyktninger i hele landet, .*", "60"),
        ("Enslige mindreårige blant dem", "2"),
        ("Hvor mange kommuner i landet som blir spurt", "2"),
        ("Det laveste tallet noen kommune blir bedt om", "20"),
        ("Laveste referanse", "18-09100"),
        ("Høyeste referanse", "18-09499"),
    ):
        kari.types(label, figure)
    kari.presses("Lagre")
    kari.sees("Lagret.")


def allocates(kari: Hands, folder: Path) -> None:
    sheet = folder / "fordeling.csv"
    kari.follows("Fordeling")
    sheet.write_text("\n".join(SHEET_WITH_FAULT), encoding="utf-8")
    kari.gives(".* regneark.*", sheet)
    kari.presses("Last opp og se")
    kari.sees("«tjue» er ikke et tall.")
    kari.presses("Forkast den")
    sheet.write_text("\n".join(SHEET), encoding="utf-8")
    kari.gives(".* regneark.*", sheet)
    kari.presses("Last opp og se")
    kari.sees("2 rader er i orden.")
    kari.presses("Bruk denne fordelingen")
    kari.sees("Denne fordelingen brukes nå.")


def makes_drafts(kari: Hands, again: str) -> None:
    kari.follows("Oversikt")
    kari.presses(r"Lag 2 utkast.*")
    kari.waits(lambda text: "2 brev laget" in text, again)
    kari.follows("Til brevene")
    kari.sees("2 av 2 brev")


def reads(kari: Hands) -> None:
    kari.follows("Leseliste")
    kari.follows("Begynn å lese")
    kari.types("Merknad til saksbehandleren", "Ser bra ut")
    kari.presses("Merk som lest, og vis neste")
    kari.presses("Merk som lest, og gå tilbake til listen")
    kari.sees("Du har lest 2 av disse 2.")


def asks(kari: Hands) -> None:
    kari.opens(ROUND)
    kari.follows("Be om godkjenning av 2 brev.*")
    kari.types("Hva den som godkjenner, bør vite", "Ny frist")
    kari.presses("Be om godkjenning av 2 brev")
    kari.sees("2 brev venter på godkjenning")


def approves(hege: Hands, again: str) -> None:
    hege.follows("2019")
    hege.follows("Godkjenn 2 brev.*")
    hege.sees("kari", "Ny frist")
    hege.presses("Godkjenn 2 brev")
    hege.waits(lambda text: "2 brev godkjent" in text, again)


def sends(kari: Hands, again: str) -> None:
    kari.opens(ROUND)
    kari.follows("Send 2 brev.*")
    kari.presses("Send prøve")
    kari.waits(lambda text: "ingen av dem regnes som sendt" in text, again)
    kari.follows("Til «Send»")
    kari.types("Skriv navnet på runden, 2019", "2018")
    kari.presses("Send 4 meldinger")
    kari.sees("Ingenting ble sendt")
    kari.types("Skriv navnet på runden, 2019", "2019")
    kari.presses("Send 4 meldinger")
    kari.waits(lambda text: "Alle meldingene ble tatt imot" in text, again)
    kari.follows("Se hva det ble av hver melding")
    kari.follows(r"\d+\. .* \d\d:\d\d")
    kari.sees("4 meldinger", "Ingen meldinger må følges opp")


def follows_up(kari: Hands) -> None:
    kari.follows("Svar")
    kari.types("Kommune", "ås")
    kari.types("Vedtatt", "18")
    kari.types("Vedtaksdato", "4.1.2019")
    kari.page.keyboard.press("Enter")
    kari.page.wait_for_load_state()
    kari.sees("18 vedtatt, 2 færre enn de 20 det ble anmodet om")
    kari.follows(r"Over fristen 1")
    kari.sees("1515 Herøy")
    kari.types("Navn på den nye runden", "2019-purring")
    kari.presses("Lag purring til de valgte")
    kari.sees("2019-purring", "følger")


def looks_back(kari: Hands, place: Path) -> None:
    kari.follows("Kommuner")
    kari.types("Nummer eller navn", "0214")
    kari.presses("Søk")
    kari.sees("År for år", "18")
    kari.follows("Kontroller")
    letters = sorted((place / "output" / "2019" / "letters").glob("0214*.pdf"))
    kari.gives("PDF-filer", *letters)
    kari.presses("Kontroller")
    kari.sees("Ås", "hege")
    kari.follows("Logg")
    text = kari.page.locator("main").inner_text()
    assert len(re.findall("kari", text)) > 5
    assert "hege" in text
