"""Time the desk: its pages for one person and for ten, at rest and while a round is being made.

A workspace with the 355 drafts of 2024, the server in a process of its own, and plain HTTP. The
processor time of the server stands beside the time it took, for that says less of the machine.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from threading import Event, Thread
from typing import Any

from bench.browsers import Answers, Browser, Desk
from bench.figures import circumstances, rounded
from bench.running import Failed
from bench.version import ROOT, ROUND, Version

RESULTS = ROOT / "bench" / "desk.json"
AIMS = {"list": 150, "image kept": 150, "image anew": 150, "preview": 300}
"""The most milliseconds that 95 of 100 may take for one person at rest; twice that while a round is
made."""
CALLED = {
    "rounds": "list of rounds",
    "list": "list of 355 letters",
    "letter": "one letter",
    "image kept": "its page, drawn before",
    "image anew": "its page, drawn anew",
    "compare": "compare word by word",
    "approve": "approve page, 355 letters",
    "preview": "template edit to picture",
}
SHEET = "/templates/edit/request/letter"
"""Where the letter of the round is edited."""
_TEXT = re.compile(r'<textarea[^>]*name="(text\d+)"[^>]*>(.*?)</textarea>', re.DOTALL)
_FIELD = re.compile(r'<input type="hidden" name="(loaded)" value="([^"]*)"')
Ask = Callable[[Browser, int], tuple[int, bytes]]


def asks(desk: Desk) -> dict[str, Ask]:
    """What is asked for, by what it is called in `CALLED`."""
    browser = desk.browser()
    _, page = browser.get(f"/rounds/{ROUND}/letters")
    numbers = sorted(set(re.findall(rf"/rounds/{ROUND}/letters/(\d{{4}})", page.decode())))
    _, page = browser.get(SHEET)
    fields = {name: unescape(said).lstrip("\n") for name, said in _TEXT.findall(page.decode())}
    fields |= dict(_FIELD.findall(page.decode()))
    letters = f"/rounds/{ROUND}/letters"

    def number(turn: int) -> str:
        return str(numbers[turn % len(numbers)])

    anew = iter(numbers)

    def edit(browser: Browser, turn: int) -> tuple[int, bytes]:
        typed = {**fields, "text0": f"{fields['text0']}\n{{# {turn} #}}\n"}
        more = {"do": "show", "round": ROUND, "number": number(turn), "form": ""}
        status, body = browser.post(SHEET, **typed, **more)
        return (status if b"data:image/png" in body else 0), body

    return {
        "rounds": lambda browser, turn: browser.get("/rounds"),
        "list": lambda browser, turn: browser.get(letters),
        "letter": lambda browser, turn: browser.get(f"{letters}/{number(turn)}"),
        "image anew": lambda browser, turn: browser.get(f"{letters}/{next(anew)}/page/1"),
        "image kept": lambda browser, turn: browser.get(f"{letters}/{numbers[0]}/page/1"),
        "compare": lambda browser, turn: browser.get(f"{letters}/{number(turn)}/compare?with=form"),
        "approve": lambda browser, turn: browser.get(f"/rounds/{ROUND}/approve"),
        "preview": edit,
    }


@contextmanager
def making(desk: Desk, root: Path) -> Iterator[None]:
    """Make the round, from the first letter and again and again, as somebody at the desk does."""
    stylesheet, over = root / "templates" / "letters" / "letter.css", Event()
    before, browser = stylesheet.read_text("utf-8"), desk.browser()

    def make() -> None:
        turn = 0
        while not over.wait(0.2):
            records = sorted((root / ".brevgen" / "work" / ROUND).glob("*.jsonl"))
            if not records or '"end"' in records[-1].read_text("utf-8"):
                turn += 1
                stylesheet.write_text(f"{before}/* {turn} */\n", "utf-8")
                browser.post(f"/rounds/{ROUND}/generate")

    thread = Thread(target=make)
    thread.start()
    try:
        time.sleep(3)  # until its processes have loaded what they need
        yield
    finally:
        over.set()
        thread.join()
        stylesheet.write_text(before, "utf-8")


def measured(
    desk: Desk, pages: Mapping[str, Ask], users: int, times: int, load: str
) -> dict[str, dict[str, Any]]:
    """The figures of all pages."""
    rows = {}
    for name, ask in pages.items():
        desk.time(ask, 1)  # what is worked out only once is not what people wait for all day
        answers = desk.time(ask, max(2, times // users), users)
        rows[name] = _row(answers)
        aim = AIMS.get(name) if users == 1 else None
        if aim:
            aim *= 1 if load == "rest" else 2
            rows[name]["aim_p95_ms"] = aim
        told = rows[name]
        print(
            f"  {load:5} {users:2} {CALLED[name]:28} {told['p50_ms']:8.0f} {told['p95_ms']:8.0f}"
            f" {told['server_cpu_ms']:8.1f} {told['workers_cpu_ms']:8.1f}  {told.get('failed', '')}"
            f" {f'aim {aim}' if aim else ''}",
            flush=True,
        )
    return rows


def _row(answers: Answers) -> dict[str, Any]:
    row = {
        "p50_ms": rounded(answers.p50),
        "p95_ms": rounded(answers.p95),
        "server_cpu_ms": rounded(answers.cpu),
        "workers_cpu_ms": rounded(answers.cpu_of_workers),
        "times": len(answers.seconds),
    }
    return row | ({"failed": answers.failed} if answers.failed else {})


def start(root: Path) -> float:
    """Seconds from the command to the first page."""
    begun = time.perf_counter()
    with Desk(root) as desk:
        status, _ = desk.browser().get("/rounds")
        if status != 200:
            raise Failed(f"the first page is answered with {status}")
        return time.perf_counter() - begun


def main() -> None:
    """Run everything, print the table, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=40, help="how often each page is asked for")
    parser.add_argument("--workspace", help="one with the drafts of 2024; for a trial")
    parser.add_argument("--only", choices=("rest", "made"), help="for a trial: only that")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="brevgen-bench-") as scratch:
        root = Path(given.workspace or Path(scratch, "desk"))
        if not given.workspace:
            version = Version("this tree", ROOT, Path(scratch, "key.pem"))
            version.workspace(root)
            version.run(root, "generate", ROUND, "--jobs", "2")
        results: dict[str, Any] = {**circumstances(), "load_before": os.getloadavg()[0]}
        results["first_page_seconds"] = [rounded(start(root)) for _ in range(2)]
        print(f"first page after {results['first_page_seconds']} s, load {os.getloadavg()[0]:.1f}")
        with Desk(root) as desk:
            pages = asks(desk)
            for users in (1, 10):
                if given.only != "made":
                    results[f"rest, {users}"] = measured(desk, pages, users, given.times, "rest")
            server, workers = desk.memory()
            results["memory_mb"] = {
                "server": rounded(server),
                "workers": list(map(rounded, workers)),
            }
            print(f"  memory, MB: {results['memory_mb']}")
            for users in (1, 10):
                if given.only != "rest":
                    with making(desk, root):
                        results[f"made, {users}"] = measured(
                            desk, pages, users, given.times, "made"
                        )
        results["load_after"] = os.getloadavg()[0]
    if not given.only:
        RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", "utf-8")
        print(f"Written: {RESULTS.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
