"""The desk from outside: a server process, and browsers that only ask for pages."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Self
from urllib.parse import urlencode

from bench.running import Failed, processes

TICK = os.sysconf("SC_CLK_TCK")
HOST, HEADER = "desk.example", "X-User"
USERS = [f"user{number}" for number in range(10)]
SETTINGS = f"""host = "{HOST}"
port = {{port}}
proxy = {{{{ addresses = ["127.0.0.1"], header = "{HEADER}" }}}}
roles = {{{{ make = {USERS}, approve = {USERS} }}}}
"""
"""The table of a desk for ten people."""
LONGEST = 120
"""Seconds that a page is waited for."""


@dataclass(frozen=True)
class Answers:
    """Some answers to the same kind of request.

    Args:
        seconds: how long each took, for the one who asked.
        server_cpu: seconds of processor time that the server took for all of them.
        worker_cpu: the same of the processes it has; with what else they did meanwhile.
        failed: how many were not answered with the page.
    """

    seconds: Sequence[float]
    server_cpu: float
    worker_cpu: float
    failed: int

    @property
    def p50(self) -> float:
        """The median, in milliseconds."""
        return median(self.seconds) * 1000

    @property
    def p95(self) -> float:
        """What 95 of 100 do not exceed, in milliseconds."""
        return quantiles(self.seconds, n=20, method="inclusive")[-1] * 1000

    @property
    def cpu(self) -> float:
        """Milliseconds of processor time of the server for each."""
        return self.server_cpu / len(self.seconds) * 1000

    @property
    def cpu_of_workers(self) -> float:
        """Milliseconds of processor time of its processes for each."""
        return self.worker_cpu / len(self.seconds) * 1000


class Browser:
    """Asks for pages, one after the other, over one connection; logged in, as behind a proxy.

    Args:
        port: of the desk.
        user: who asks.
    """

    def __init__(self, port: int, user: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST)
        self._headers = {"Host": HOST, HEADER: user, "Sec-Fetch-Site": "same-origin"}
        self._connection.request("GET", "/login", headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        if not cookie:
            raise Failed(f"{user} is not let in: {answer.status}")
        self._headers["Cookie"] = cookie

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page."""
        return self._asked("GET", path, None)

    def post(self, path: str, **fields: str) -> tuple[int, bytes]:
        """Status and body of the answer to a form."""
        return self._asked("POST", path, urlencode(fields))

    def _asked(self, method: str, path: str, body: str | None) -> tuple[int, bytes]:
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        self._connection.request(method, path, body, {**self._headers, **form})
        answer = self._connection.getresponse()
        return answer.status, answer.read()


class Desk:
    """The server of a workspace, in a process of its own; to be used in a `with` statement.

    Args:
        root: the workspace's folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        marker = root / "brevgen.toml"
        own = marker.read_text("utf-8").partition("\n[desk]\n")[0]
        marker.write_text(f"{own}\n[desk]\n{SETTINGS.format(port=self._port)}", "utf-8")

    def __enter__(self) -> Self:
        words = ("-m", "brevgen", "desk", "--workspace", str(self._root))
        self._process = subprocess.Popen(
            [sys.executable, "-P", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None, "it is a pipe"
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
    ) -> Answers:
        """Ask again and again.

        Args:
            ask: asks for one page; is told how many were asked for before.
            times: how often each user asks.
            users: how many ask at the same time.
        """
        turns, failed = count(), 0
        server, workers = self._cpu()

        def use(browser: Browser) -> list[tuple[float, bool]]:
            taken = []
            for _ in range(times):
                turn, begun = next(turns), time.perf_counter()
                status, _ = ask(browser, turn)
                taken.append((time.perf_counter() - begun, status == 200))
            return taken

        with ThreadPoolExecutor(users) as threads:
            taken = [
                each
                for those in threads.map(use, list(map(self.browser, USERS[:users])))
                for each in those
            ]
        server_after, workers_after = self._cpu()
        failed = sum(not is_good for _, is_good in taken)
        seconds = [took for took, _ in taken]
        return Answers(seconds, server_after - server, workers_after - workers, failed)

    def _cpu(self) -> tuple[float, float]:
        """Seconds of processor time of the server and of its processes."""
        server, *others = processes(self._process.pid)
        return _cpu_of(server), sum(map(_cpu_of, others))

    def memory(self) -> tuple[float, list[float]]:
        """Resident memory in MB of the server, and of each of its processes."""
        server, *others = processes(self._process.pid)
        return _rss_of(server), sorted(filter(None, map(_rss_of, others)), reverse=True)


def _cpu_of(pid: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK  # utime and stime, proc_pid_stat(5)
    return 0.0


def _rss_of(pid: int) -> float:
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next((int(x.split()[1]) / 1024 for x in lines if x.startswith("VmRSS:")), 0.0)
    return 0.0
