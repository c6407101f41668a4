"""The desk from outside: a server process, and people who only ask for pages."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Self
from urllib.parse import urlencode

from bench.running import Failed, processes

HOST, HEADER = "desk.example", "X-User"
USERS = [f"user{number}" for number in range(10)]
SETTINGS = f"""
[desk]
host = "{HOST}"
port = {{port}}
proxy = {{{{ addresses = ["127.0.0.1"], header = "{HEADER}" }}}}
roles = {{{{ make = {USERS}, approve = {USERS} }}}}
"""


class Browser:
    """Asks for pages, one after the other, over one connection; logged in as behind a proxy."""

    def __init__(self, port: int, user: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Host": HOST, HEADER: user, "Sec-Fetch-Site": "same-origin"}
        self._connection.request("GET", "/login", headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        self._headers["Cookie"] = (answer.getheader("Set-Cookie") or "").partition(";")[0]

    def ask(self, path: str, **form: str) -> tuple[int, bytes]:
        """Status and body of a page, or of the answer to a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        body = urlencode(form) if form else None
        headers = {**self._headers, **kind}
        self._connection.request("POST" if form else "GET", path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


class Desk:
    """The server of a workspace, for ten people; to be used in a `with` statement."""

    def __init__(self, root: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        marker = root / "brevgen.toml"
        own = marker.read_text("utf-8").partition("\n[desk]\n")[0]
        marker.write_text(own + SETTINGS.format(port=self._port), "utf-8")
        words = (sys.executable, "-P", "-m", "brevgen", "desk", "--workspace", str(root))
        quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(words, text=True, **quiet)  # type: ignore[call-overload]

    def __enter__(self) -> Self:
        if not any(HOST in line for line in self._process.stdout):
            raise Failed("the desk has not started")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def browser(self, user: str = USERS[0]) -> Browser:
        """A browser that is logged in."""
        return Browser(self._port, user)

    def time(
        self, ask: Callable[[Browser, int], tuple[int, bytes]], times: int, users: int = 1
    ) -> dict[str, float]:
        """Let some people ask again and again, each so many times; what it took, in milliseconds.

        Processor time is shared among the requests; that of the server's processes may have been
        for something else. `ask` is told how many pages were asked for before.
        """
        turns = count()

        def use(browser: Browser) -> list[tuple[float, bool]]:
            taken = []
            for _ in range(times):
                turn, begun = next(turns), time.perf_counter()
                status, _ = ask(browser, turn)
                taken.append((time.perf_counter() - begun, status == 200))
            return taken

        browsers = list(map(self.browser, USERS[:users]))
        before = [cpu for cpu, _ in self.use()]
        with ThreadPoolExecutor(users) as threads:
            taken = [each for those in threads.map(use, browsers) for each in those]
        after = [cpu for cpu, _ in self.use()]
        seconds = [took for took, _ in taken]
        figures = {
            "p50": median(seconds),
            "p95": quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else 0,
            "server_cpu": (after[0] - before[0]) / len(seconds),
            "workers_cpu": max(0, sum(after[1:]) - sum(before[1:])) / len(seconds),
        }
        row = {f"{name}_ms": round(value * 1000, 1) for name, value in figures.items()}
        return {**row, "times": len(seconds), "failed": sum(not good for _, good in taken)}

    def use(self) -> list[tuple[float, float]]:
        """Seconds of processor time, and MB of memory, of the server and each of its processes."""
        return list(map(_use_of, processes(self._process.pid)))


def _use_of(pid: int) -> tuple[float, float]:
    with suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        ticks = int(stat[11]) + int(stat[12])  # utime and stime, see proc_pid_stat(5)
        return ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0.0, 0.0
