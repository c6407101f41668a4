"""The server killed in the middle of work: nothing is lost or sent twice, and the work goes on."""

import asyncio
import os
import re
import signal
import sqlite3
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from brevgen.desk.work import WorkOfAll
from brevgen.ledger.reader import LedgerReader
from tests.desk.conftest import Clock
from tests.desk.desk_work import field, words
from tests.support.made_rounds import give_key, use_server
from tests.support.post_office import PostOffice
from tests.support.running import seen_whole, start, wait_until
from tests.support.samples import ROOT, make_round, make_workspace

pytestmark = pytest.mark.slow

MANY = 12


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = make_workspace(tmp_path / "workspace")
    source = ROOT / "data" / "rounds" / "2018" / "allocation.csv"
    make_round(place, source.read_text(encoding="utf-8").splitlines()[1 : MANY + 1])
    give_key(place)
    return place


class Desk:
    """A desk in a process of its own, and a browser without scripts that is logged in."""

    def __init__(self, place: Path) -> None:
        self.process = start(place, "desk", "--no-browser")
        assert self.process.stdout is not None
        found = re.search(r"http://\S+", self.process.stdout.readline())
        assert found is not None
        self.base = found[0].partition("/enter")[0]
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._opener.open(found[0]).close()

    def get(self, page: str) -> str:
        with self._opener.open(f"{self.base}{page}") as answer:
            return str(answer.read().decode())

    def post(self, page: str, **form: object) -> str:
        """Send a form; the page it leads to."""
        data = urllib.parse.urlencode(form, doseq=True).encode()
        request = urllib.request.Request(f"{self.base}{page}", data, {"Origin": self.base})
        with self._opener.open(request) as answer:
            return str(answer.url).removeprefix(self.base)

    def far(self, work: str) -> int:
        """How many letters or messages are done."""
        time.sleep(0.1)  # as a browser does not ask without a pause either
        found = re.search(r"(\d+) av \d+ er gjort", words(self.get(work)))
        return int(found[1]) if found else 0

    def kill(self, *, with_worker: bool) -> None:
        """End it as nothing can defend itself against; the worker too, as a power cut would."""
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = [int(each) for each in task.read_text().split()]
        os.kill(self.process.pid, signal.SIGKILL)
        for child in children if with_worker else ():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"brevgen.desk.worker" in command:
                os.kill(child, signal.SIGKILL)
        self.end()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@contextmanager
def desk(place: Path) -> Iterator[Desk]:
    opened = Desk(place)
    try:
        yield opened
    finally:
        opened.end()


def killed_in_the_middle(place: Path, page: str, shown_on: str, *, with_worker: bool) -> str:
    """Begin work, kill the server once a few letters are done; where the work is found."""
    first = Desk(place)
    try:
        work = begun(first, page, shown_on)
        wait_until(lambda: first.far(work) >= 3, "nothing is done")
        first.kill(with_worker=with_worker)
    finally:
        first.end()
    all_work = WorkOfAll(place, Clock())
    wait_until(lambda: all_work.running("trial") is None, "the worker goes on for ever")
    return work


def begun(opened: Desk, page: str, shown_on: str) -> str:
    form: dict[str, object] = {}
    if shown_on:
        shown = opened.get(shown_on)
        form = {"shown": field(shown, "shown"), "only": field(shown, "only"), "typed": "trial"}
    return opened.post(page, **form)


def done(opened: Desk, page: str, shown_on: str = "") -> str:
    """Work done to its end; what is told of it."""
    work = begun(opened, page, shown_on)
    wait_until(lambda: 'role="status" class="progress"' not in opened.get(work), "no end")
    return words(opened.get(work))


def whole(place: Path) -> None:
    """See that the ledger is sound."""
    with LedgerReader(place / "data/ledger.sqlite3") as ledger:
        assert ledger.broken_events() == []
        references = ledger.references("trial")
    assert len(references) == len(set(references.values())) == MANY
    with closing(sqlite3.connect(place / "data/ledger.sqlite3")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("with_worker", [False, True])
def test_a_round_goes_on_after_the_server_was_killed_at_every_stage(
    place: Path, with_worker: bool
) -> None:
    generated = killed_in_the_middle(place, "/rounds/trial/generate", "", with_worker=with_worker)
    with desk(place) as opened:
        assert "avbrutt" in words(opened.get(generated))
        assert "Det siste arbeidet i runden trial ble avbrutt" in opened.get("/rounds/trial")
        assert "brev laget" in done(opened, "/rounds/trial/generate")
    whole(place)
    assert len(seen_whole((place / "output/trial/drafts").glob("*.pdf"))) == MANY

    killed_in_the_middle(
        place, "/rounds/trial/approve", "/rounds/trial/approve", with_worker=with_worker
    )
    with desk(place) as opened:
        assert "forseglet" in done(opened, "/rounds/trial/approve", "/rounds/trial/approve")
    whole(place)
    assert len(seen_whole((place / "output/trial/letters").glob("*.pdf"))) == MANY

    async def slowly(step: str, address: str) -> str:
        await asyncio.sleep(0.05 if step == "end" else 0)
        return ""

    with PostOffice(watch=slowly) as office:
        use_server(place, office.port, tls="none")
        sent = killed_in_the_middle(
            place, "/rounds/trial/send", "/rounds/trial/send", with_worker=with_worker
        )
        office.wait_until_quiet()
        with desk(place) as opened:
            assert "Ingenting sendes to ganger" in words(opened.get(sent))
            settle_uncertain(opened, {each.to[0] for each in office.mailbox})
            assert "sendt" in done(opened, "/rounds/trial/send", "/rounds/trial/send")
            assert "Alt er sendt." in opened.get("/rounds/trial/send")
    whole(place)
    assert set(Counter(each.to for each in office.mailbox).values()) == {1}
    assert len(office.mailbox) == 2 * MANY


def settle_uncertain(opened: Desk, arrived: set[str]) -> None:
    """Say of the message that was under way whether it came, as who has asked."""
    shown = opened.get("/rounds/trial/send")
    for page in set(re.findall(r"/rounds/trial/messages/\d{4}/\d+", shown)):
        message = opened.get(page)
        address = re.search(r'class="address">([^<]+)<', message)
        assert address is not None
        answer = "sent" if address[1] in arrived else "resend"
        opened.post(f"{page}/settle", seen=field(message, "seen")[0], answer=answer)
