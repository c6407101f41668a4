"""Time the desk: its pages for one person and for ten, at rest and while a round is being made.

A workspace with the 355 drafts of 2024, the server in a process of its own, and plain HTTP. The
processor time of the server stands beside the time it took, for that says less of the machine.
"""

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count, product
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from typing import Any
from urllib.parse import urlencode

from bench.figures import circumstances
from bench.running import processes, use_of
from bench.version import ROOT, ROUND, Version
from brevgen.desk.work import WorkOfAll

RESULTS = ROOT / "bench" / "desk.json"
AIMS = {"list": 150, "image kept": 150, "image anew": 150, "preview": 300}
"""The most milliseconds of p95, for one person at rest; twice that while a round is made."""
HOST, HEADER, FORM = "desk.example", "X-User", "application/x-www-form-urlencoded"
USERS = [f"user{number}" for number in range(10)]
SETTINGS = f"""
[desk]
host = "{HOST}"
port = {{port}}
proxy = {{{{ addresses = ["127.0.0.1"], header = "{HEADER}" }}}}
roles = {{{{ make = {USERS}, approve = {USERS} }}}}
"""


class Browser:
    """Asks for pages, each over a connection of its own; logged in as behind a proxy."""

    def __init__(self, port: int, user: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Host": HOST, HEADER: user, "Sec-Fetch-Site": "same-origin"}
        self._headers |= {"Content-Type": FORM, "Connection": "close"}
        self.ask("/login")

    def ask(self, path: str, **form: str) -> tuple[int, bytes]:
        """Status and body of a page, or of the answer to a form."""
        how, body = ("POST", urlencode(form)) if form else ("GET", None)
        self._connection.request(how, path, body, self._headers)
        answer = self._connection.getresponse()
        if cookie := answer.getheader("Set-Cookie"):
            self._headers["Cookie"] = cookie.partition(";")[0]
        return answer.status, answer.read()


Ask = Callable[[Browser, int], bool]
"""Asks for a page; is told how many were asked for before, and tells whether it was right."""


@dataclass(frozen=True)
class Desk:
    """The server of a workspace, for ten people."""

    port: int
    pid: int

    def time(self, ask: Ask, times: int, users: int = 1) -> dict[str, float]:
        """Let some people ask again and again, each so many times; what it took, in milliseconds.

        Processor time is shared among the requests; that of the server's processes may have been
        for something else.
        """
        turns, seconds, good = count(), list[float](), list[bool]()

        def use(browser: Browser) -> None:
            for _ in range(times):
                begun = time.perf_counter()
                good.append(ask(browser, next(turns)))
                seconds.append(time.perf_counter() - begun)

        browsers = [Browser(self.port, user) for user in USERS[:users]]
        before = [cpu for cpu, _ in self.use()]
        with ThreadPoolExecutor(users) as threads:
            list(threads.map(use, browsers))
        after = [cpu for cpu, _ in self.use()]
        figures = {
            "p50": median(seconds),
            "p95": quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else 0,
            "server_cpu": (after[0] - before[0]) / len(seconds),
            "workers_cpu": max(0, sum(after[1:]) - sum(before[1:])) / len(seconds),
        }
        row = {f"{name}_ms": round(value * 1000, 1) for name, value in figures.items()}
        return {**row, "times": len(seconds), "failed": good.count(False)}

    def use(self) -> list[tuple[float, float]]:
        """Seconds of processor time, and MB of memory, of the server and each of its processes."""
        return [use_of(pid) for pid in processes(self.pid)]


@contextmanager
def serving(root: Path) -> Iterator[Desk]:
    """Start the server of a workspace, and end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (root / "brevgen.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS.format(port=port))
    words = (sys.executable, "-P", "-m", "brevgen", "desk", "--workspace", str(root))
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, text=True, stdout=subprocess.PIPE, stderr=quiet) as process:
        try:
            if not any(HOST in line for line in process.stdout or ()):
                raise SystemExit("the desk has not started")
            yield Desk(port, process.pid)
        finally:
            process.terminate()


def asks(root: Path) -> dict[str, Ask]:
    """What is asked for, by name."""
    letters, templates = f"/rounds/{ROUND}/letters", root / "templates" / "letters" / "request"
    drafts = (root / "output" / ROUND / "drafts").glob("*.pdf")
    numbers = sorted(file.name[:4] for file in drafts)
    anew = iter(numbers)
    nb, nn = ((templates / form).read_text("utf-8") for form in ("nb.html", "nn.html"))

    def edit(browser: Browser, turn: int) -> bool:
        typed = {"do": "show", "text0": f"{nb}\n{{# {turn} #}}\n", "text1": nn}
        typed |= {"round": ROUND, "number": numbers[turn], "form": ""}
        return b"data:image/png" in browser.ask("/templates/edit/request/letter", **typed)[1]

    def page(address: Callable[[int], str]) -> Ask:
        return lambda browser, turn: browser.ask(address(turn))[0] == HTTPStatus.OK

    return {
        "rounds": page(lambda _: "/rounds"),
        "list": page(lambda _: letters),
        "letter": page(lambda turn: f"{letters}/{numbers[turn]}"),
        "image anew": page(lambda _: f"{letters}/{next(anew)}/page/1"),
        "image kept": page(lambda _: f"{letters}/{numbers[0]}/page/1"),
        "compare": page(lambda turn: f"{letters}/{numbers[turn]}/compare?with=form"),
        "approve": page(lambda _: f"/rounds/{ROUND}/approve"),
        "preview": edit,
    }


@contextmanager
def making(desk: Desk, root: Path) -> Iterator[None]:
    """Make the round, from the first letter and again and again, as somebody at the desk does."""
    stylesheet, over = root / "templates" / "letters" / "letter.css", Event()
    browser = Browser(desk.port, USERS[0])

    def make() -> None:
        while not over.wait(0.2):
            if WorkOfAll(root, lambda: datetime.now(UTC)).running(ROUND) is None:
                with stylesheet.open("a", encoding="utf-8") as file:
                    file.write(f"/* {time.time_ns()} */\n")
                browser.ask(f"/rounds/{ROUND}/generate", do="generate")

    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(make)
        time.sleep(3)  # until its processes have loaded what they need
        try:
            yield
        finally:
            over.set()
            made.result()


def main() -> None:
    """Run everything, print the figures, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=40, help="how often each page is asked for")
    times = parser.parse_args().times
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="brevgen-bench-") as scratch:
        version = Version("this tree", ROOT, Path(scratch, "key.pem"))
        root = version.workspace(Path(scratch, "desk"))
        version.run(root, "generate", ROUND, "--jobs", "2")
        pages = asks(root)
        print(f"{'milliseconds':22}{'p50':>9}{'p95':>9}{'CPU':>9}{'workers':>9}")
        with serving(root) as desk:
            for (load, most), users in product((("rest", 1), ("made", 2)), (1, 10)):
                rows = results[f"{load}, {users}"] = {}
                with making(desk, root) if load == "made" else nullcontext():
                    for name, ask in pages.items():
                        desk.time(ask, 1)  # what is worked out only once nobody waits for all day
                        rows[name] = row = desk.time(ask, max(2, times // users), users)
                        if users == 1 and name in AIMS:
                            row["aim_p95_ms"] = AIMS[name] * most
                        told = "".join(f"{row[key]:9.1f}" for key in list(row)[:4])
                        print(f"{load} {users:2} {name:14}{told}", flush=True)
            results["memory_mb"] = [round(mb) for _, mb in desk.use()]
    results = {**circumstances(), **results}  # with the load as it is now
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", "utf-8")
    print(f"memory in MB, the server first: {results['memory_mb']}")


if __name__ == "__main__":
    main()
