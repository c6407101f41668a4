"""The server as a process: it ends when it is told, leaves nothing running, and loses nothing."""

import csv
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.desk_of_many import give_desk
from tests.support.running import PATIENCE, Ran, finish, start, wait_until
from tests.support.samples import make_round, make_workspace

pytestmark = pytest.mark.slow

MANY = 60


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with a round that takes a while."""
    place = make_workspace(tmp_path / "workspace")
    with (place / "data/municipalities.csv").open(encoding="utf-8", newline="") as file:
        known = [row for row in csv.DictReader(file) if not row["gyldig_fra"]]
    some = [(row["kommunenummer"], row["kommunenavn"]) for row in known[:MANY]]
    rows = [f"{number};{name};10;0;0;;;rekonstruert" for number, name in some]
    make_round(place, rows=rows)
    return place


class Desk:
    """A desk that runs, and a browser that is logged in."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        parts = urlsplit(address)
        assert parts.port is not None
        self.port = parts.port
        answer = self.ask("GET", f"{parts.path}?{parts.query}")
        self.cookie = (answer.getheader("set-cookie") or "").partition(";")[0]

    def ask(self, method: str, path: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": getattr(self, "cookie", ""), "Sec-Fetch-Site": "same-origin"}
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def family(self) -> set[int]:
        """The processes that the server has begun, and those begun by them."""
        return descendants(self.process.pid)


def descendants(process: int) -> set[int]:
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue
        parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    found: set[int] = set()
    left = [process]
    while left:
        below = parents.get(left.pop(), [])
        found.update(below)
        left += below
    return found


def is_there(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@contextmanager
def desk_of(place: Path) -> Iterator[Desk]:
    process = start(place, "desk", "--no-browser")
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        found = re.search(r"http://\S+", told)
        assert found, told
        yield Desk(process, found.group())
    finally:
        process.kill()
        process.communicate()


def begin_to_make(desk: Desk, place: Path) -> set[int]:
    """Begin to make the letters, and wait for the first; the processes there are then."""
    assert desk.ask("POST", "/rounds/trial/generate").status == 303
    drafts = place / "output/trial/drafts"
    wait_until(lambda: list(drafts.glob("*.pdf")), "no letter was made")
    return desk.family()


@pytest.mark.parametrize(
    "ending",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
        pytest.param(signal.SIGKILL, marks=pytest.mark.slow),
    ],
)
def test_a_desk_that_ends_leaves_no_process_and_its_work_goes_on(
    place: Path, ending: signal.Signals
) -> None:
    with desk_of(place) as desk:
        family = begin_to_make(desk, place)
        assert len(family) > 1
        at = time.monotonic()
        desk.process.send_signal(ending)
        desk.process.wait(PATIENCE)
        took = time.monotonic() - at
        wait_until(lambda: not any(map(is_there, family)), "processes are left", patience=20)
        if ending != signal.SIGKILL:
            assert took < 5
            ran = finish(desk.process)
            assert ran.code in (0, -ending)
            assert "Traceback" not in ran.err
    made = len(list((place / "output/trial/drafts").glob("*.pdf")))
    assert 0 < made < MANY
    again = finish(start(place, "generate", "trial"))
    assert again.code == 0, again.err
    assert len(list((place / "output/trial/drafts").glob("*.pdf"))) == MANY


def test_the_address_is_printed_and_opened_and_lets_one_browser_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = make_workspace(tmp_path / "workspace")
    opened, opener = tmp_path / "opened", tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\necho "$1" > {opened}.new && mv {opened}.new {opened}\n')
    opener.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{opener} %s")
    process = start(place, "desk")
    try:
        assert process.stdout is not None
        printed = process.stdout.readline()
        wait_until(opened.exists, "no browser was opened")
        address = opened.read_text().strip()
        assert address in printed
        assert urlsplit(address).hostname == "localhost"
        for status in (303, 403):
            parts = urlsplit(address)
            connection = http.client.HTTPConnection("127.0.0.1", parts.port or 0, timeout=PATIENCE)
            connection.request("GET", f"{parts.path}?{parts.query}")
            assert connection.getresponse().status == status
            connection.close()
    finally:
        process.terminate()
        finish(process)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_desk_at_rest_ends_at_once_though_browsers_are_connected(
    tmp_path: Path, ending: signal.Signals
) -> None:
    place = make_workspace(tmp_path / "workspace")
    make_round(place)
    assert finish(start(place, "generate", "trial", "--jobs", "1")).code == 0
    with desk_of(place) as desk:
        connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=PATIENCE)
        connection.request("GET", "/health")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"ok")
        assert desk.ask("GET", "/rounds/trial/letters/0214/page/1").status == 200
        family = desk.family()
        assert family
        at = time.monotonic()
        # as Ctrl-C does, which all processes of the terminal get
        os.killpg(desk.process.pid, ending) if ending == signal.SIGINT else os.kill(
            desk.process.pid, ending
        )
        desk.process.wait(PATIENCE)
        assert time.monotonic() - at < 5
        wait_until(lambda: not any(map(is_there, family)), "processes are left", patience=10)
        assert finish(desk.process).err.count("Ctrl-C") == 1
        connection.close()


def test_without_what_the_desk_needs_it_is_said_how_to_install_it(
    brevgen: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    ran = brevgen("desk")
    assert ran.code == 2
    assert "pipx install 'brevgen[desk]'" in ran.err


# -- for several people ---------------------------------------------------------------------------


def test_several_people_reach_it_by_its_own_certificate_and_all_is_logged(tmp_path: Path) -> None:
    place = make_workspace(tmp_path / "workspace")
    port = give_desk(place)
    trusted = ssl.create_default_context(cafile=place / "secrets/desk.pem")
    process = start(place, "desk")
    try:
        assert process.stdout is not None
        assert f"https://localhost:{port}/" in process.stdout.readline()
        connection = http.client.HTTPSConnection("localhost", port, context=trusted)
        connection.request("GET", "/login", headers={"X-Remote-User": "kari"})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (303, b"")
        assert str(answer.getheader("set-cookie")).startswith("__Host-brevgen=")
        connection.request("GET", "/enter?code=secret-code", headers={"Host": "elsewhere.example"})
        assert connection.getresponse().status == 421
        connection.close()
    finally:
        process.terminate()
    ran = finish(process)
    lines = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
    assert [(each["event"], each["account"]) for each in lines] == [
        ("log in", "kari"),
        ("refused", ""),
    ]
    assert "code" not in ran.out + ran.err.replace("unknown host", "")


def test_a_key_that_does_not_fit_its_certificate_is_a_fault_of_the_settings(
    tmp_path: Path,
) -> None:
    place = make_workspace(tmp_path / "workspace")
    give_desk(place)
    (place / "secrets/desk.key").write_text("no key", encoding="utf-8")
    ran = finish(start(place, "desk"))
    assert ran.code == 1
    assert "desk.certificate" in ran.err


def test_a_desk_for_oneself_is_there_beside_it(tmp_path: Path) -> None:
    place = make_workspace(tmp_path / "workspace")
    give_desk(place)
    process = start(place, "desk", "--local", "--no-browser")
    assert process.stdout is not None
    told = process.stdout.readline()
    port = int(told.partition("http://localhost:")[2].partition("/")[0])
    for address in ("127.0.0.1", "localhost"):  # by its name a passkey works
        connection = http.client.HTTPConnection(address, port, timeout=PATIENCE)
        connection.request("GET", "/enter")
        assert connection.getresponse().status == 200
        connection.close()
    process.terminate()
    finish(process)


def test_nobody_else_answers_where_the_name_of_a_desk_for_oneself_leads(tmp_path: Path) -> None:
    if not socket.has_ipv6:
        pytest.skip("the machine has one address only")
    place = make_workspace(tmp_path / "workspace")
    with socket.socket(socket.AF_INET6) as other:
        other.bind(("::1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ran = finish(start(place, "desk", "--local", "--no-browser", "--port", port))
    assert (ran.code, "cannot be used" in ran.err) == (2, True)
