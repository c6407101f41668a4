"""Pictures of the desk for the pages, taken in Chromium of rounds that come along, at a fixed time.

A small tale: Kari begins the round of 2018, uploads its allocation and makes the drafts; Hege reads
and approves those of IMDi Øst; they are sent to a mail server on this machine, and answered.

Example: python -m scripts.pictures          takes all of them, in a minute or two
         python -m scripts.pictures /tmp/x   puts them into another folder
"""

import fcntl
import io
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from brevgen.actor import Actor, Role
from brevgen.pool.workers import Workers
from brevgen.rounds.approve import approve
from brevgen.rounds.finals import prepare_sealing
from brevgen.rounds.generate import generate
from brevgen.rounds.reading import mark_as_read
from brevgen.rounds.session import RoundSession
from brevgen.workspace import find_workspace
from tests.support import pki
from tests.support.made_rounds import use_server
from tests.support.post_office import PostOffice, Script
from tests.support.sending import send_round, server
from tests.support.served_desk import Enter, served_desk

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "desk"
ROUND = "2018"
OFFICE = "IMDi Øst"
LETTER = "0214"
WIDE, WIDER, NARROW = 1000, 1400, 400
ACROSS = 1280
"""Points of a picture from side to side; 800 of one of a telephone."""
LARGEST = 150_000
"""Bytes of a picture."""

KARI: tuple[str, tuple[Role, ...]] = ("kari", ("make", "send", "follow up"))
HEGE: tuple[str, tuple[Role, ...]] = ("hege", ("approve",))


LOOKED_AT = """async () => {
    await document.fonts.ready
    await Promise.all([...document.images].map(e => (e.loading = "eager", e.decode())))
}"""
"""Wait for the font and the letters' pages; the network of a page that asks anew is never idle."""


class Clock:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.at = datetime(2017, 10, 23, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.at

    def is_put(self, *at: int) -> None:
        """Put it to a day and an hour, in UTC."""
        self.at = datetime(*at, tzinfo=UTC)  # type: ignore[misc, arg-type]


@dataclass
class Somebody:
    """Somebody before a browser."""

    page: Page
    origin: str
    to: Path

    def opens(self, path: str) -> Page:
        """Open a page of the desk."""
        self.page.goto(f"{self.origin}{path}")
        return self.page

    def presses(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name).first.click()

    def picture(
        self, name: str, until: Locator | None = None, most: int = 900, since: Locator | None = None
    ) -> None:
        """Take a picture of the page.

        Args:
            name: of the file, without its ending.
            until: the last thing to be seen; None for as much as a window shows.
            most: how high it may be.
            since: the first thing to be seen; None for the head of the page.
        """
        self.page.evaluate("document.activeElement?.blur()")
        self.page.evaluate(LOOKED_AT)
        if since:  # what sticks to the window would lie upon it
            for each in self.page.locator(".bottom, .bar").all():
                each.evaluate("e => { e.style.position = 'static' }")
        top = _edge(since, "y") - 16 if since else 0
        high = min(_edge(until, "bottom") + 8 - top, most) if until else most
        width = self.page.viewport_size["width"]  # type: ignore[index]
        clip = {"x": 0, "y": top, "width": width, "height": high}
        png = self.page.screenshot(full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]
        path = self.to / f"{name}.webp"
        Image.open(io.BytesIO(png)).convert("RGB").save(path, quality=82, method=6)
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path} has {path.stat().st_size} bytes; it may have {LARGEST}.")
        print(f"{path.name}: {path.stat().st_size // 1000} kB")


def _edge(of: Locator, which: str) -> float:
    at: float = of.first.evaluate(
        f"e => e.getBoundingClientRect().{which} + document.documentElement.scrollTop"
    )
    return at


@dataclass
class Tale:
    """The workspace, the desk, and the people before it."""

    place: Path
    clock: Clock
    enter: Enter
    browser: Browser
    to: Path
    people: dict[tuple[str, int, datetime], Somebody] = field(default_factory=dict)

    def somebody(self, who: tuple[str, tuple[Role, ...]] = KARI, width: int = WIDE) -> Somebody:
        """Kari or Hege, logged in; anew where the clock was put on, for sessions end."""
        account, roles = who
        key = account, width, self.clock.at
        if key not in self.people:
            size = {"width": width, "height": 900}
            sharper = 2 if width == NARROW else ACROSS / width
            context = self.browser.new_context(
                viewport=size,  # type: ignore[arg-type]
                device_scale_factor=sharper,
                color_scheme="light",
                locale="nb-NO",
            )
            page = context.new_page()
            address = self.enter(account, *roles)
            page.goto(address)
            origin = address.partition("/enter")[0]
            self.people[key] = Somebody(page, origin, self.to)
        return self.people[key]

    def session(self, who: tuple[str, tuple[Role, ...]] = KARI) -> RoundSession:
        """The round, opened by Kari or Hege without a browser."""
        actor = Actor(who[0], roles=who[1])
        return RoundSession(find_workspace(self.place), ROUND, actor, self.clock)

    def of_office(self) -> list[str]:
        """The numbers of the office's letters."""
        with self.session() as opened:
            area = opened.facts.area
            return [e.number for e in opened.letters() if area(e.municipality) == OFFICE]


def make_workspace(place: Path) -> None:
    """The rounds that came before, the key of a seal, and nothing made yet."""
    for name in ("templates", "data"):
        kept = ("ledger*", "20*-*", "2018", "2024")
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns(*kept))
    shutil.copy(ROOT / "brevgen.toml", place)
    until = datetime(2040, 1, 1, tzinfo=UTC)
    root = pki.issue("Rot", is_issuer=True, until=until)
    own = pki.issue("IMDi segl", root, organisation=pki.IMDI, until=until)
    pki.write(place, "segl.p12", own.p12())
    pki.write(place, "rot.pem", root.pem())
    pki.write(place, "passphrase", pki.PASSPHRASE.encode())
    with (place / "brevgen.toml").open("a", encoding="utf-8") as file:
        file.write('\n[seal]\nkey = "segl.p12"\npassphrase_file = "passphrase"\n')
        file.write('roots = ["rot.pem"]\n')


# -- the tale, a chapter each ---------------------------------------------------------------------


def the_round_is_begun(tale: Tale) -> None:
    """A new round from the earlier one, its settings, its allocation."""
    kari = tale.somebody()
    page = kari.opens("/new-round?from=2017")
    page.get_by_label("Navn på runden").fill(ROUND)
    kari.picture("ny-runde", page.get_by_role("button", name="Opprett runden"), most=1200)
    kari.presses("Opprett runden")
    page = kari.opens(f"/rounds/{ROUND}/settings")
    part = page.locator("section.part").filter(has=page.locator(".pair textarea")).first
    kari.picture("innstillinger", part, since=part)
    shipped = ROOT / "data" / "rounds" / ROUND
    shutil.copy(shipped / "round.toml", tale.place / "data" / "rounds" / ROUND)
    sheet = (shipped / "allocation.csv").read_text(encoding="utf-8")
    wrong = tale.place / "fordeling.csv"
    wrong.write_text(sheet.replace("Halden;17;0;0", "Halden;1.250;0;0"), encoding="utf-8")
    _uploads(kari, wrong)
    kari.picture("fordeling-feil", kari.page.locator("ol.found > li").first)
    wrong.write_text(sheet, encoding="utf-8")
    _uploads(kari, wrong)
    kari.picture("fordeling", kari.page.locator("ol.found"))
    figures = kari.page.locator("section[aria-labelledby=figures]")
    kari.picture("kontrolltall", figures, since=figures)
    kari.presses("Bruk denne fordelingen")
    kari.page.get_by_role("status").first.wait_for()


def _uploads(who: Somebody, file: Path) -> None:
    who.opens(f"/rounds/{ROUND}/allocation").locator("input[type=file]").set_input_files(file)
    who.presses("Last opp og se")


@contextmanager
def _record(tale: Tale, done: int, total: int, *, goes_on: bool) -> Iterator[str]:
    """What a worker that is just so far has written; the lock tells that it still works."""
    folder = tale.place / ".brevgen" / "work" / ROUND
    folder.mkdir(parents=True, exist_ok=True)
    key = f"{1 if goes_on else 2:06}-aaaaaaaaaaaaaaaa"
    at = tale.clock().isoformat()
    lines = [
        {"what": "begin", "task": "generate", "actor": KARI[0], "at": at},
        {"what": "progress", "done": done, "total": total, "at": at},
    ]
    path = folder / f"{key}.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    with path.open("ab") as record:
        if goes_on:
            fcntl.flock(record, fcntl.LOCK_EX)
        yield key
    path.unlink()


def drafts_are_made(tale: Tale) -> None:
    """How far it is; broken off; and then they are there."""
    kari = tale.somebody()
    total = 210
    for name, goes_on in (("utkast-i-gang", True), ("utkast-avbrutt", False)):
        with _record(tale, 87, total, goes_on=goes_on) as key:
            page = kari.opens(f"/work/{key}")
            kari.picture(name, page.locator("main"), most=600)
    with tale.session() as opened:
        workers = Workers(opened.workspace.templates, 2)
        generate(opened, opened.choose(()), workers=workers, progress=_silent)
    tale.clock.is_put(2017, 10, 24, 7, 12)


def letters_are_looked_at(tale: Tale) -> None:
    """The round, the table of letters, one letter, the reading list, and a template."""
    kari = tale.somebody()
    page = kari.opens(f"/rounds/{ROUND}/letters")
    page.locator("tbody input[type=checkbox]").nth(1).check()
    kari.picture("brevene", page.locator("tbody tr").nth(9))
    page = kari.opens(f"/rounds/{ROUND}/letters/{LETTER}")
    page.locator("img.sheet").first.evaluate("e => e.decode()")
    kari.picture("brevet", most=1000)
    page = kari.opens(f"/rounds/{ROUND}/reading")
    kari.picture("leseliste", page.locator("ol.proposals > li").nth(3))
    kari = tale.somebody(KARI, WIDER)
    page = kari.opens(f"/templates/edit/request/letter?round={ROUND}&number={LETTER}")
    page.locator("img.sheet").first.wait_for()
    kari.picture("maler", most=900)


def approval_is_asked_for(tale: Tale) -> None:
    """Kari asks; Hege reads, marks, registers a passkey, and sees what she would approve."""
    kari = tale.somebody()
    page = kari.opens(f"/rounds/{ROUND}/ask")
    page.get_by_label("Hva den som godkjenner, bør vite").fill(
        "Tekstene om bakgrunnen er nye. Fristen er 6. januar, en lørdag, som avtalt."
    )
    kari.picture("be-om-godkjenning", page.locator("tbody tr").nth(3))
    page.get_by_role("button", name="Be om godkjenning av").click()
    tale.clock.is_put(2017, 10, 26, 6, 40)
    hege = tale.somebody(HEGE)
    page = hege.opens(f"/rounds/{ROUND}")
    hege.picture("runden-underskriver", most=720)
    page = hege.opens(f"/rounds/{ROUND}/letters/{LETTER}?read=list")
    page.get_by_label("Merknad til saksbehandleren").fill("Fint. Ring meg om fristen.")
    first = page.get_by_role("heading", name="Lest", exact=True)
    hege.picture(
        "merk-som-lest", page.get_by_role("button", name="Merk som lest").last, since=first
    )
    page.get_by_role("button", name="Merk som lest").last.click()
    hege.opens("/account")
    _has_a_device(hege.page)
    hege.page.get_by_label("Hva du kaller den").fill("telefonen min")
    hege.picture("passnokkel", hege.page.get_by_role("button", name="Registrer passnøkkel"))
    hege.presses("Registrer passnøkkel")
    hege.page.get_by_role("rowheader", name="telefonen min").wait_for()
    with tale.session(HEGE) as opened:
        for number in tale.of_office()[:5]:
            mark_as_read(opened, number)
    page = hege.opens(f"/rounds/{ROUND}/approve?area={quote(OFFICE)}")
    hege.picture("godkjenn")
    read = page.locator("section[aria-labelledby=read]")
    hege.picture("godkjenn-lest", read, since=read)
    page = hege.opens(f"/rounds/{ROUND}/send-back?only={LETTER}")
    page.get_by_label("Hva som skal være annerledes").fill("Svarfristen er en lørdag.")
    hege.picture("send-tilbake", page.locator("main"), most=620)


def _has_a_device(page: Page) -> None:
    """Give the browser a device that holds passkeys."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    for each in ("hasResidentKey", "hasUserVerification", "isUserVerified"):
        options[each] = True
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def letters_are_approved(tale: Tale) -> None:
    """Those of the office, by Hege; and what a change would do to one of them."""
    tale.clock.is_put(2017, 11, 6, 8, 5)
    only = tale.of_office()

    def approved() -> None:
        with tale.session(HEGE) as opened:
            sealing, chosen = prepare_sealing(opened, 2), opened.choose(only)
            approve(opened, chosen, agree=lambda lineup: True, sealing=sealing, progress=_silent)

    _without_a_loop(approved)
    allocation = next((tale.place / "data" / "rounds" / ROUND).glob("allocation.*"))
    text = allocation.read_text(encoding="utf-8")
    # as many in all, or it would be a fault
    other = text.replace("Ås;10;", "Ås;12;").replace("Halden;17;", "Halden;15;")
    allocation.write_text(other, encoding="utf-8")
    kari = tale.somebody()
    page = kari.opens(f"/rounds/{ROUND}/letters/{LETTER}/compare?with=approved")
    kari.picture("sammenlign", page.locator(".compared"), most=1000)
    allocation.write_text(text, encoding="utf-8")


def _without_a_loop(do: Callable[[], None]) -> None:
    """Do something in a thread of its own: Playwright has an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(do).result()


def _silent(done: int, total: int) -> None:
    """Progress that nobody looks at."""


def letters_are_sent(tale: Tale) -> None:
    """What would be sent; then it is, and one mailbox refuses."""
    kari = tale.somebody()
    with PostOffice() as office:
        use_server(tale.place, office.port, tls="none")
        page = kari.opens(f"/rounds/{ROUND}/send")
        page.get_by_label(f"Skriv navnet på runden, {ROUND}").fill(ROUND)
        kari.picture("send", page.get_by_role("button", name="Send").last, most=1000)
    with tale.session() as opened:
        mine = [a for each in opened.letters() for a in each.addressees if each.number == LETTER]
        refusing = mine[0].recipient.address
    script, only = Script(RCPT={refusing: ["550 5.1.1 no such user"]}), tale.of_office()

    def sent() -> None:
        with tale.session() as opened, server(script) as (_, way):
            send_round(opened, way, only)

    _without_a_loop(sent)
    page = kari.opens(f"/rounds/{ROUND}/sendings/1")
    kari.picture("utsending", page.locator("tbody tr").nth(4))
    kari.opens(f"/rounds/{ROUND}/messages/{LETTER}/1")
    kari.picture("melding", kari.page.locator("main"))


ANSWERS = (("0101", 17), ("0104", 30), ("0105", 40), ("0214", 8), ("0219", 65), ("0220", 35))


def answers_come(tale: Tale) -> None:
    """Registered one by one; who is late; a municipality, the log, and the rounds at the end."""
    tale.clock.is_put(2018, 1, 16, 8, 20)
    kari = tale.somebody()
    for number, decided in ANSWERS:
        page = kari.opens(f"/rounds/{ROUND}/answers")
        page.get_by_label("Kommune", exact=True).fill(number)
        page.get_by_label("Vedtatt", exact=True).fill(str(decided))
        page.get_by_label("Vedtaksdato").fill("4.1.2018")
        kari.presses("Registrer")
    kari.picture("svar", kari.page.get_by_role("button", name="Registrer").first)
    page = kari.opens(f"/rounds/{ROUND}/answers?show=overdue")
    for box in page.locator("tbody input[type=checkbox]").all()[1:3]:
        box.uncheck()
    first = page.get_by_role("heading", name="Hvem som har svart")
    kari.picture("over-fristen", page.locator("tbody tr").nth(6), since=first)
    page = kari.opens("/municipalities/0219")
    kari.picture("kommunen", most=900)
    page = kari.opens("/log")
    kari.picture("protokollen", page.locator("tbody tr").nth(4))
    page = kari.opens("/verify")
    pdf = next((tale.place / "output" / ROUND / "letters").glob(f"{LETTER}-*.pdf"))
    page.locator("input[type=file]").set_input_files(pdf)
    kari.presses("Kontroller")
    kari.picture("kontroller-brev", page.get_by_role("button", name="Kontroller").last)
    page = kari.opens(f"/rounds/{ROUND}")
    kari.picture("runden", most=760)
    page = kari.opens("/rounds")
    kari.picture("runder", page.locator("main"), most=700)
    narrow = tale.somebody(KARI, NARROW)
    narrow.opens(f"/rounds/{ROUND}")
    narrow.picture("runden-telefon", most=800)


CHAPTERS = (
    the_round_is_begun,
    drafts_are_made,
    letters_are_looked_at,
    approval_is_asked_for,
    letters_are_approved,
    letters_are_sent,
    answers_come,
)


def main() -> int:
    """Take the pictures."""
    os.environ["TZ"] = "Europe/Oslo"
    time.tzset()
    to = Path(sys.argv[1]) if sys.argv[1:] else PICTURES
    to.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium")
    if program is None:
        print("Chromium is needed: sudo apt-get install chromium", file=sys.stderr)
        return 1
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = Path(folder) / "brev"
        place.mkdir()
        make_workspace(place)
        args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--lang=nb"]
        browser = playwright.chromium.launch(executable_path=program, args=args)
        with served_desk(place, clock) as enter:
            tale = Tale(place, clock, enter, browser, to)
            for chapter in CHAPTERS:
                chapter(tale)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
