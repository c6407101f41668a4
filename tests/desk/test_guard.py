"""Who gets in, from where, and what every answer carries."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from brevgen.desk.guard import MOST_BODY, MOST_FIELDS, MOST_TYPED
from brevgen.desk.visitors import Visits
from tests.desk.conftest import ADDRESS, FROM_HERE, KARI, Clock
from tests.desk.desk_work import fields

PAGES = ["/", "/rounds", "/rounds/trial", "/rounds/trial/letters", "/rounds/trial/approve", "/x"]


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_sees_no_page(stranger: TestClient, page: str) -> None:
    answer = stranger.get(page)
    assert (answer.status_code, answer.headers["location"]) == (303, "/enter")


def test_a_code_lets_one_browser_in_once(stranger: TestClient, visits: Visits) -> None:
    code = visits.new_code(KARI)
    first = stranger.get("/enter", params={"code": code})
    assert (first.status_code, first.headers["location"]) == (303, "/rounds")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert stranger.get("/rounds").status_code == 200
    stranger.cookies.clear()
    assert stranger.get("/enter", params={"code": code}).status_code == 403
    assert stranger.get("/rounds").status_code == 303


def test_a_code_is_soon_too_old(stranger: TestClient, visits: Visits, clock: Clock) -> None:
    code = visits.new_code(KARI)
    clock.goes_on(timedelta(minutes=11))
    assert stranger.get("/enter", params={"code": code}).status_code == 403


@pytest.mark.parametrize("cookie", ["", "x", "0" * 43])
def test_a_key_that_nobody_gave_opens_nothing(stranger: TestClient, cookie: str) -> None:
    stranger.cookies.set("brevgen", cookie)
    assert stranger.get("/rounds").status_code == 303


def test_a_session_ends_when_nobody_uses_it(browser: TestClient, clock: Clock) -> None:
    clock.goes_on(timedelta(minutes=29))
    assert browser.get("/rounds").status_code == 200
    clock.goes_on(timedelta(minutes=31))
    assert browser.get("/rounds").status_code == 303


def test_a_session_ends_after_a_day_however_it_is_used(browser: TestClient, clock: Clock) -> None:
    for _ in range(49):
        clock.goes_on(timedelta(minutes=29))
        assert browser.get("/account").status_code == 200
    clock.goes_on(timedelta(minutes=20))
    assert browser.get("/account").status_code == 303


def ended(browser: TestClient, clock: Clock) -> None:
    clock.goes_on(timedelta(minutes=31))
    assert browser.get("/rounds").status_code == 303


def test_what_is_sent_after_the_session_has_ended_is_kept_through_the_log_in(
    browser: TestClient, place: Path, visits: Visits, clock: Clock
) -> None:
    file = place / "data/rounds/trial/round.toml"
    there = file.read_text(encoding="utf-8")
    text = there + '# "Å" & <b>\n'
    form = fields(browser.get("/rounds/trial/settings/text").text)
    ended(browser, clock)
    answer = browser.post(
        "/rounds/trial/settings/text?x=1", headers=FROM_HERE, data={**form, "text": text, "do": ""}
    )
    assert answer.status_code == 401
    assert file.read_text(encoding="utf-8") == there
    kept = fields(answer.text, 'action="/rounds/trial/settings/text?x=1"')
    assert kept == {**form, "text": [text], "do": [""]}
    assert "brevgen desk --port 8123" in answer.text
    browser.get("/enter", params={"code": visits.new_code(KARI)})
    again = browser.post("/rounds/trial/settings/text?x=1", headers=FROM_HERE, data=kept)
    assert again.status_code == 303
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/verify", {"files": {"files": ("x.pdf", b"%PDF")}}),
        ("/new-round", {"data": {"name": "x" * MOST_TYPED}}),
        ("/new-round", {"data": {f"name{number}": "x" for number in range(MOST_FIELDS + 1)}}),
        ("//other.example/x", {"data": {"name": "x"}}),
        ("/leave", {}),
    ],
)
def test_nothing_else_is_kept(stranger: TestClient, path: str, sent: Mapping[str, Any]) -> None:
    answer = stranger.post(f"{ADDRESS}{path}", headers=FROM_HERE, **sent)
    assert answer.status_code == 401
    assert "<form" not in answer.text


def test_logging_out_ends_the_session_for_every_copy_of_the_cookie(browser: TestClient) -> None:
    cookie = browser.cookies["brevgen"]
    assert browser.post("/leave", headers=FROM_HERE).status_code == 303
    browser.cookies.set("brevgen", cookie)
    assert browser.get("/rounds").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": ADDRESS.replace("http:", "https:")},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ADDRESS},
    ],
)
@pytest.mark.parametrize("page", ["/rounds/trial/generate", "/rounds/trial/approve", "/leave"])
def test_nothing_is_changed_by_a_page_of_another_site(
    browser: TestClient, page: str, headers: dict[str, str]
) -> None:
    assert browser.post(page, headers=headers).status_code == 403
    assert browser.get("/rounds").status_code == 200


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, FROM_HERE])
def test_a_page_of_the_desk_may_change_something(
    browser: TestClient, headers: dict[str, str]
) -> None:
    answer = browser.post("/language", headers=headers, data={"language": "en", "back": "/rounds"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/rounds")
    assert "Log out" in browser.get("/rounds").text


@pytest.mark.parametrize(
    "back", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", ""]
)
def test_nobody_is_sent_to_another_site(browser: TestClient, back: str) -> None:
    answer = browser.post("/language", headers=FROM_HERE, data={"language": "en", "back": back})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1", "127.0.0.1:1", ""])
def test_another_name_leads_nowhere(browser: TestClient, host: str) -> None:
    assert browser.get("/rounds", headers={"Host": host}).status_code == 421


def test_more_than_a_person_sends_is_not_read(browser: TestClient) -> None:
    headers = {**FROM_HERE, "Content-Length": str(MOST_BODY + 1)}
    assert browser.post("/language", headers=headers, content=b"").status_code == 413


def test_letters_are_kept_nowhere_and_nothing_is_loaded_from_elsewhere(browser: TestClient) -> None:
    headers = browser.get("/rounds").headers
    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "file", ["../app.py", "%2e%2e/app.py", "..%2f..%2factor.py", "nothing.css"]
)
def test_only_what_is_meant_for_browsers_is_there(browser: TestClient, file: str) -> None:
    assert browser.get(f"/static/{file}").status_code == 404
