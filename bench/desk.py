"""Time the desk: its pages for one person and for ten, at rest and while a round is being made.

A workspace with the 355 drafts of 2024, the server in a process of its own, and plain HTTP. The
processor time of the server stands beside the time it took, for that says less of the machine.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from threading import Event, Thread
from typing import Any

from bench.browsers import Browser, Desk
from bench.figures import circumstances
from bench.version import ROOT, ROUND, Version
from brevgen.desk.work import WorkOfAll

RESULTS = ROOT / "bench" / "desk.json"
AIMS = {"list": 150, "image kept": 150, "image anew": 150, "preview": 300}
"""The most milliseconds of p95, for one person at rest; twice that while a round is made."""
SHEET = "/templates/edit/request/letter"
COMPARE, FORMS = "compare?with=form", ("nb.html", "nn.html")
Figures = dict[str, dict[str, float]]
Ask = Callable[[Browser, int], tuple[int, bytes]]


def asks(root: Path) -> dict[str, Ask]:
    """What is asked for, by name."""
    drafts, letters = root / "output" / ROUND / "drafts", f"/rounds/{ROUND}/letters"
    numbers = sorted(file.name[:4] for file in drafts.glob("*.pdf"))
    anew = iter(numbers)
    nb, nn = ((root / "templates/letters/request" / f).read_text("utf-8") for f in FORMS)

    def edit(browser: Browser, turn: int) -> tuple[int, bytes]:
        typed = {"do": "show", "text0": f"{nb}\n{{# {turn} #}}\n", "text1": nn}
        status, body = browser.ask(SHEET, **typed, round=ROUND, number=numbers[turn], form="")
        return (status if b"data:image/png" in body else 0), body

    return {
        "rounds": lambda browser, turn: browser.ask("/rounds"),
        "list": lambda browser, turn: browser.ask(letters),
        "letter": lambda browser, turn: browser.ask(f"{letters}/{numbers[turn]}"),
        "image anew": lambda browser, turn: browser.ask(f"{letters}/{next(anew)}/page/1"),
        "image kept": lambda browser, turn: browser.ask(f"{letters}/{numbers[0]}/page/1"),
        "compare": lambda browser, turn: browser.ask(
            f"{letters}/{numbers[turn]}/compare?with=form"
        ),
        "approve": lambda browser, turn: browser.ask(f"/rounds/{ROUND}/approve"),
        "preview": edit,
    }


@contextmanager
def making(desk: Desk, root: Path) -> Iterator[None]:
    """Make the round, from the first letter and again and again, as somebody at the desk does."""
    stylesheet, over = root / "templates" / "letters" / "letter.css", Event()
    before, browser = stylesheet.read_text("utf-8"), desk.browser()

    def make() -> None:
        while not over.wait(0.2):
            if WorkOfAll(root, lambda: datetime.now(UTC)).running(ROUND) is None:
                stylesheet.write_text(f"{before}/* {time.time_ns()} */\n", "utf-8")
                browser.ask(f"/rounds/{ROUND}/generate", do="generate")

    thread = Thread(target=make)
    thread.start()
    try:
        time.sleep(3)  # until its processes have loaded what they need
        yield
    finally:
        over.set()
        thread.join()
        stylesheet.write_text(before, "utf-8")


def measured(desk: Desk, pages: Mapping[str, Ask], users: int, times: int, load: str) -> Figures:
    """The figures of all pages, printed as they come."""
    rows: Figures = {}
    for name, ask in pages.items():
        desk.time(ask, 1)  # what is worked out only once is not what people wait for all day
        rows[name] = row = desk.time(ask, max(2, times // users), users)
        if users == 1 and name in AIMS:
            row["aim_p95_ms"] = AIMS[name] * (1 if load == "rest" else 2)
        told = "".join(f"{row[key]:9.1f}" for key in list(row)[:4])
        print(f"{load} {users:2} {name:14}{told}", flush=True)
    return rows


def start(root: Path) -> float:
    """Seconds from the command to the first page."""
    begun = time.perf_counter()
    with Desk(root) as desk:
        desk.browser().ask("/rounds")
        return round(time.perf_counter() - begun, 2)


def main() -> None:
    """Run everything, print the figures, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=40, help="how often each page is asked for")
    parser.add_argument("--workspace", help="one with the drafts of 2024")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="brevgen-bench-") as scratch:
        root = Path(given.workspace or Path(scratch, "desk"))
        if not given.workspace:
            version = Version("this tree", ROOT, Path(scratch, "key.pem"))
            version.workspace(root)
            version.run(root, "generate", ROUND, "--jobs", "2")
        results: dict[str, Any] = {**circumstances(), "load_before": os.getloadavg()}
        results["first_page_seconds"] = [start(root) for _ in range(2)]
        print(f"first page after {results['first_page_seconds']} s, load {os.getloadavg()[0]:.1f}")
        print(f"{'milliseconds':22}{'p50':>9}{'p95':>9}{'CPU':>9}{'workers':>9}")
        with Desk(root) as desk:
            pages = asks(root)
            for load, users in product(("rest", "made"), (1, 10)):
                with making(desk, root) if load == "made" else nullcontext():
                    results[f"{load}, {users}"] = measured(desk, pages, users, given.times, load)
                results["memory_mb"] = [round(mb) for _, mb in desk.use()]
        results["load_after"] = os.getloadavg()
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", "utf-8")
    print(f"memory in MB, the server first: {results['memory_mb']}")


if __name__ == "__main__":
    main()
