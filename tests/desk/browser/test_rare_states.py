"""Pages that are seldom met bar nobody: while work runs, in an empty workspace, on a fault."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from brevgen.actor import ROLES, Actor
from brevgen.desk import log_pages
from brevgen.ledger.lock import round_lock
from tests.desk.browser.addresses import of_round, pages
from tests.desk.browser.barriers import found_in
from tests.desk.browser.conftest import Opened
from tests.desk.browser.stages import now
from tests.support.made_rounds import copied
from tests.support.samples import make_workspace
from tests.support.served_desk import served_desk

pytestmark = pytest.mark.slow

OLA = Actor("ola")


@contextmanager
def at_work(place: Path) -> Iterator[str]:
    """A piece of work that runs, half done; its page."""
    record = sorted((place / ".brevgen/work/drafts").glob("*.jsonl"))[-1]
    text = record.read_text(encoding="utf-8")
    lines = [each for each in text.splitlines(keepends=True) if '"end"' not in each]
    at = datetime.now(UTC).isoformat()
    lines.append(f'{{"what": "progress", "done": 120, "total": 355, "at": "{at}"}}\n')
    lines.append('{"what": "fault", "number": "0219", "rules": ["too long"]}\n')
    record.write_text("".join(lines), encoding="utf-8")
    try:
        with record.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield f"/work/{record.stem}"
    finally:
        record.write_text(text, encoding="utf-8")


def base_of(page: Page) -> str:
    return page.url.removesuffix("/rounds")


def test_work_that_runs_bars_nobody(opened: Opened, place: Path) -> None:
    page = opened("hege")
    base = base_of(page)
    with at_work(place) as work:
        for path in (work, "/rounds/drafts", "/rounds/drafts/letters"):
            page.goto(base + path)
            if path == work:
                expect(page.get_by_role("progressbar")).to_be_visible()
            else:
                expect(page.get_by_text("arbeider i runden")).to_be_visible()
            assert not (found := found_in(page)), "\n".join(found)


def test_what_is_done_elsewhere_is_told_for_as_long_as_it_lasts(
    opened: Opened, place: Path
) -> None:
    page = opened("hege")
    base = base_of(page)
    told = page.get_by_text("Runden blir endret av ola siden")
    with round_lock(place / "data/ledger.sqlite3", "drafts", OLA, now):
        page.goto(base + "/rounds/drafts/settings")
        expect(told).to_be_visible()
        assert not (found := found_in(page)), "\n".join(found)
        field = page.locator("main input:not([type=hidden])").first
        field.focus()
        page.wait_for_timeout(4_000)
        expect(told).to_be_visible()
    expect(told).to_have_count(0, timeout=30_000)
    expect(field).to_be_focused()


def test_a_workspace_without_a_round_bars_nobody(chromium: Browser, tmp_path: Path) -> None:
    place = make_workspace(tmp_path / "workspace", ())
    found = []
    with served_desk(place) as enter:
        page = chromium.new_page()
        page.goto(enter("hege", *ROLES))
        base = base_of(page)
        expect(page.get_by_text("Det finnes ingen runde ennå")).to_be_visible()
        for path in pages(place):
            if "{" not in path and not of_round(path):
                page.goto(base + path)
                found += [f"{path}: {each}" for each in found_in(page)]
        page.close()
    assert not found, "\n".join(found)


def test_a_ledger_that_is_gone_bars_nobody(chromium: Browser, place: Path, tmp_path: Path) -> None:
    spoilt = copied(place, tmp_path / "workspace")
    for file in (spoilt / "data").glob("ledger.sqlite3*"):
        file.unlink()
    found = []
    with served_desk(spoilt) as enter:
        page = chromium.new_page()
        page.goto(enter("hege", *ROLES))
        base = base_of(page)
        for path in ("/rounds", "/rounds/drafts", "/rounds/drafts/letters", "/log"):
            page.goto(base + path)
            expect(page.get_by_text("Det finnes ingen protokoll")).to_be_visible()
            found += [f"{path}: {each}" for each in found_in(page)]
        page.close()
    assert not found, "\n".join(found)


def test_what_is_not_there_not_allowed_or_broken_bars_nobody(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened("ola", "make")
    base = base_of(page)
    found = []

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(log_pages, "log", broken)
    for path, status in (("/nothing", 404), ("/rounds/nothing", 404), ("/log", 500)):
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.status == status
        expect(page.get_by_role("alert").first).to_be_focused()
        found += [f"{path}: {each}" for each in found_in(page)]
    page.goto(base + "/rounds/drafts")
    with page.expect_navigation() as gone:  # a button that stood there while the role was had
        page.evaluate(
            """() => { const form = document.createElement("form"); form.method = "post";
            form.action = "/rounds/drafts/send"; document.body.append(form); form.submit(); }"""
        )
    assert gone.value is not None
    assert gone.value.status == 403
    found += found_in(page)
    page.goto("about:blank")  # from where no form of the desk's comes
    with page.expect_navigation() as refused:
        page.evaluate(
            """(action) => { const form = document.createElement("form"); form.method = "post";
            form.action = action; document.body.append(form); form.submit(); }""",
            base + "/rounds/drafts/generate",
        )
    assert refused.value.status == 403
    expect(page.get_by_text("ble ikke sendt fra en av arbeidsbordets")).to_be_visible()
    found += found_in(page)
    assert not found, "\n".join(found)


def test_who_is_not_let_in_is_barred_by_nothing_else(
    chromium: Browser, place: Path, tmp_path: Path
) -> None:
    found = []
    with served_desk(place) as enter:
        page = chromium.new_page()
        page.goto(enter("hege", *ROLES))
        base = base_of(page)
        page.goto(base + "/rounds/drafts/settings/text")
        page.context.clear_cookies()
        with page.expect_navigation() as gone:  # the session ended while something was typed
            page.locator("main form").last.evaluate("(form) => form.submit()")
        assert gone.value.status == 401
        expect(page.get_by_role("button", name="Send en gang til")).to_be_visible()
        found += found_in(page)
        for status in (403,) * 10 + (429,):
            answer = page.goto(base + "/enter?code=wrong")
            assert answer is not None
            assert answer.status == status
        expect(page.get_by_text("for mange forsøk")).to_be_visible()
        found += found_in(page)
        page.close()
    assert not found, "\n".join(found)


def test_where_nobody_else_is_there_is_no_gap(opened: Opened) -> None:
    page = opened("hege")
    base = base_of(page)
    header, heading = page.locator("header.top"), page.get_by_role("heading", level=1)
    for path in ("/rounds", "/rounds/faulty", "/log"):
        page.goto(base + path)
        above, below = header.bounding_box(), heading.bounding_box()
        assert above is not None
        assert below is not None
        assert below["y"] - above["y"] - above["height"] < 40, path
