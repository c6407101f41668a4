"""Log-ins, sessions, what is typed and sent, and what goes wrong."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.app import make_app
from brevgen.desk.guard import MOST_BODY
from brevgen.desk.visitors import Visits
from brevgen.settings.desk import DeskSettings
from tests.desk.conftest import ADDRESS, FROM_HERE, HOST, KARI, Clock
from tests.desk.test_access_roles import filled, routes
from tests.support.samples import ROWS, make_round

PROXY = "10.0.0.7"
MANY = DeskSettings.model_validate(
    {
        "host": "brev.imdi.example",
        "proxy": {
            "addresses": [PROXY],
            "header": "X-Remote-User",
            "groups_header": "X-Remote-Groups",
        },
        "accounts": {"hasp": "hege.aspelund@imdi.example"},
        "roles": {"look": ["ola"], "make": ["group:saksbehandlere"], "approve": ["hasp"]},
    }
)
THERE = "https://brev.imdi.example"
FROM_THERE = {"Origin": THERE}


@pytest.fixture
def many(place: Path, clock: Clock, visits: Visits) -> Iterator[Starlette]:
    """A desk for several people, behind a proxy that tells who is logged in."""
    app = make_app(place, clock, visits, [MANY.host], secure=True, desk=MANY)
    with TestClient(app):
        yield app


def behind(app: Starlette, peer: str = PROXY, **headers: str) -> TestClient:
    """A browser whose requests come from a peer."""
    return TestClient(
        app,
        base_url=THERE,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        follow_redirects=False,
        client=(peer, 50000),
    )


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    return [json.loads(each.message) for each in caplog.records if each.name == "brevgen.desk"]


# -- codes and sessions ---------------------------------------------------------------------------


def test_codes_cannot_be_guessed_for_long(
    stranger: TestClient, visits: Visits, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    code = visits.new_code(KARI)
    tried = [stranger.get("/enter", params={"code": f"guess-{n}"}).status_code for n in range(11)]
    assert tried == [403] * 10 + [429]
    answer = stranger.get("/enter", params={"code": code})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "300")
    clock.goes_on(timedelta(minutes=6))
    assert stranger.get("/enter", params={"code": code}).status_code == 303
    assert "guess-" not in caplog.text
    assert code not in caplog.text
    assert {each["event"] for each in logged(caplog)} == {"log in failed", "log in refused"}


def test_guesses_from_everywhere_are_slowed_too(many: Starlette) -> None:
    failures = many.state.failures
    for number in range(100):
        failures.note(f"10.1.0.{number}")
    assert behind(many, X_Remote_User="ola").get("/login").status_code == 429


def test_a_key_that_a_browser_brings_along_is_never_taken(
    stranger: TestClient, visits: Visits
) -> None:
    stranger.cookies.set("brevgen", "fixed-by-somebody")
    answer = stranger.get("/enter", params={"code": visits.new_code(KARI)})
    key = re.search(r"brevgen=([^;]+)", answer.headers["set-cookie"])
    assert key
    assert len(key[1]) >= 43
    assert visits.visit("fixed-by-somebody") is None


def test_a_new_log_in_ends_the_one_before(browser: TestClient, visits: Visits) -> None:
    old = browser.cookies["brevgen"]
    assert browser.get("/enter", params={"code": visits.new_code(KARI)}).status_code == 303
    assert browser.cookies["brevgen"] != old
    assert visits.visit(old) is None


def test_coming_and_going_are_logged(
    stranger: TestClient, visits: Visits, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "brevgen.desk"):
        stranger.get("/enter", params={"code": visits.new_code(KARI)})
        key = stranger.cookies["brevgen"]
        stranger.post("/leave", headers=FROM_HERE)
    came, went = logged(caplog)
    assert (came["event"], came["account"], came["peer"]) == ("log in", "kari", "testclient")
    assert came["at"] == "2017-10-02T09:00:00+00:00"
    assert (went["event"], went["account"]) == ("log out", "kari")
    assert key not in caplog.text


# -- several people -------------------------------------------------------------------------------


def test_whom_the_proxy_tells_comes_in_and_to_the_page_asked_for(many: Starlette) -> None:
    browser = behind(many, X_Remote_User="hege.aspelund@imdi.example")
    answer = browser.get("/rounds/trial/letters?q=ås")
    assert answer.status_code == 303
    came = browser.get(answer.headers["location"])
    assert came.status_code == 303
    cookie = came.headers["set-cookie"]
    assert cookie.startswith("__Host-brevgen=")
    for flag in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie
    page = browser.get(came.headers["location"])
    assert (page.status_code, "1 av 6 brev" in page.text) == (200, True)
    assert "hasp" in page.text
    assert page.headers["strict-transport-security"] == "max-age=31536000"


def test_roles_come_from_accounts_and_groups(many: Starlette) -> None:
    maker = behind(many, X_Remote_User="kari", X_Remote_Groups="alle, saksbehandlere")
    assert maker.get("/login").status_code == 303
    answer = maker.post("/rounds/trial/approve", headers=FROM_THERE)
    assert answer.status_code == 403
    looker = behind(many, X_Remote_User="ola")
    assert looker.get("/login").status_code == 303
    assert looker.get("/rounds").status_code == 200
    assert looker.post("/rounds/trial/generate", headers=FROM_THERE).status_code == 403


@pytest.mark.parametrize("account", ["nobody", "hasp", "a b", "x" * 300, "group:saksbehandlere"])
def test_who_has_nothing_to_do_here_stays_outside(many: Starlette, account: str) -> None:
    browser = behind(many, X_Remote_User=account)
    assert browser.get("/login").status_code == 403
    assert browser.get("/rounds").status_code == 303


@pytest.mark.parametrize("header", ["X-Remote-User", "x-remote-user", "X-Remote-Groups"])
def test_from_others_than_the_proxy_the_header_is_refused(
    many: Starlette, header: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = behind(many, "10.0.0.8")
    for path in ("/login", "/rounds", "/health"):
        answer = browser.get(path, headers={header: "ola", "X-Forwarded-For": PROXY})
        assert answer.status_code == (200 if path == "/health" else 403)
    refused = logged(caplog)
    assert [each["peer"] for each in refused] == ["10.0.0.8"] * 2
    assert browser.get("/login").status_code == 403  # nor is anybody in without it


@pytest.mark.parametrize("name", ["kari\xad", "ka ri", "group:saksbehandlere", "k" * 401])
def test_who_only_looks_like_somebody_stays_outside(many: Starlette, name: str) -> None:
    browser = behind(many, X_Remote_Groups="saksbehandlere")
    told = {b"X-Remote-User": name.encode("latin-1")}
    assert browser.get("/login", headers=told).status_code == 403
    assert browser.get("/rounds", headers=told).status_code == 303


def test_a_header_that_is_there_twice_is_refused(many: Starlette) -> None:
    browser = behind(many)
    twice = [("X-Remote-User", "ola"), ("X-Remote-User", "hege.aspelund@imdi.example")]
    assert browser.get("/login", headers=twice).status_code == 403


def test_when_the_proxy_tells_somebody_else_the_session_ends(many: Starlette) -> None:
    browser = behind(many)
    assert browser.get("/login", headers={"X-Remote-User": "ola"}).status_code == 303
    assert browser.get("/rounds", headers={"X-Remote-User": "ola"}).status_code == 200
    other = {"X-Remote-User": "hege.aspelund@imdi.example"}
    assert browser.get("/rounds", headers=other).status_code == 303
    assert browser.get("/rounds", headers={"X-Remote-User": "ola"}).status_code == 303


def test_a_role_that_is_taken_away_is_gone_from_the_session_too(many: Starlette) -> None:
    kari = behind(many, X_Remote_User="kari", X_Remote_Groups="saksbehandlere")
    kari.get("/login")
    assert kari.post("/rounds/trial/generate", headers=FROM_THERE).status_code == 303
    kari.headers["X-Remote-Groups"] = "andre"
    assert kari.post("/rounds/trial/generate", headers=FROM_THERE).status_code == 401
    assert kari.get("/rounds").headers["location"] == "/login?to=%2Frounds"
    assert kari.get("/login").status_code == 403
    kari.headers["X-Remote-Groups"] = "saksbehandlere"
    kari.get("/login")
    assert kari.get("/rounds").status_code == 200


def test_attempts_are_counted_by_what_the_proxy_says_of_the_peer(many: Starlette) -> None:
    for _ in range(10):
        behind(many, X_Forwarded_For="10.9.9.9, 10.0.0.99").get("/login")
    assert behind(many, X_Forwarded_For="1.1.1.1, 10.0.0.99").get("/login").status_code == 429
    assert behind(many, X_Forwarded_For="10.0.0.99, 1.1.1.1").get("/login").status_code == 403


def test_several_people_are_let_in_by_no_code(many: Starlette, visits: Visits) -> None:
    browser = behind(many)
    answer = browser.get("/enter", params={"code": visits.new_code(KARI)})
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    assert 'href="/login"' in answer.text


@pytest.mark.parametrize(
    "to",
    [
        *(
            "//elsewhere.example",
            "https://elsewhere.example",
            "/\\elsewhere.example",
            "\\/x.example",
        ),
        *("/\t/elsewhere.example", "/%09/elsewhere.example\n", "javascript:alert(1)", "rounds", ""),
        *("///elsewhere.example", "/ /elsewhere.example", "/x\r\nSet-Cookie: a=b", "\\/x.example"),
    ],
)
def test_a_log_in_leads_to_no_other_site(many: Starlette, to: str) -> None:
    browser = behind(many, X_Remote_User="ola")
    for _ in range(2):  # the second time already logged in
        answer = browser.get("/login", params={"to": to})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
    back = browser.post("/language", headers=FROM_THERE, data={"language": "en", "back": to})
    assert back.headers["location"] == "/"


def test_a_part_of_a_page_makes_the_whole_page_log_in(many: Starlette) -> None:
    answer = behind(many).get("/rounds", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-refresh"]) == (401, "true")


# -- what is typed and sent -----------------------------------------------------------------------

MARK = "<bad-tag a='1' b=\"2\">&"


def test_html_in_a_name_is_never_markup(place: Path, clock: Clock, visits: Visits) -> None:
    rows = [row.replace(";Ås;", f";{MARK.replace(';', '')};") for row in ROWS[:2]]
    make_round(place, rows=rows, name="<bad-tag>")
    good = make_round(place, ROWS[:2])
    settings = (good / "round.toml").read_text(encoding="utf-8")
    assert "signatory" in settings
    shown = MARK.replace("\\", "\\\\").replace('"', '\\"')
    signed = re.sub(r'^signatory = ".*"$', f'signatory = "{shown}"', settings, flags=re.MULTILINE)
    assert signed != settings
    (good / "round.toml").write_text(signed, encoding="utf-8")
    app = make_app(place, clock, visits, [HOST])
    seen = ""
    with TestClient(app, base_url=ADDRESS, follow_redirects=False) as browser:
        browser.cookies.set("brevgen", visits.enter(Actor(MARK, MARK), "en"))
        for method, path in routes(app):
            for name in ("trial", "%3Cbad-tag%3E"):
                if method == "GET":
                    answer = browser.get(filled(path, name=name), params={"q": MARK, "area": MARK})
                    assert answer.status_code < 500, path
                    if answer.headers.get("content-type", "").startswith("text/html"):
                        assert "<bad-tag" not in answer.text, path
                        assert 'b="2"' not in answer.text, path
                        seen += answer.text
                    elif answer.content:  # no browser takes it for a page
                        assert answer.headers["x-content-type-options"] == "nosniff"
    for escaped in ("&lt;bad-tag&gt;", "&lt;bad-tag a=&#39;1&#39; b=&#34;2&#34;&gt;&amp;"):
        assert escaped in seen


def test_a_long_body_is_refused_whether_or_not_it_says_how_long_it_is(browser: TestClient) -> None:
    form = {**FROM_HERE, "Content-Type": "application/x-www-form-urlencoded"}
    said = browser.post("/language", headers=form, content=b"a" * (MOST_BODY + 1))
    assert said.status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(MOST_BODY // 1_000_000 + 2):
            yield b"a" * 1_000_000

    unsaid = browser.post("/language", headers=form, content=pieces())
    assert unsaid.status_code == 413
    assert browser.get("/rounds").status_code == 200


@pytest.mark.parametrize("length", ["-1", "x", "1e3", " ", "²"])
def test_a_length_that_is_none_is_refused(browser: TestClient, length: str) -> None:
    headers = {**FROM_HERE, "Content-Length": length.encode()}
    answer = browser.post("/language", headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 413


def test_a_broken_page_tells_nothing_of_its_insides(
    browser: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(request: Request) -> Response:
        raise RuntimeError("secret of the insides")

    app = browser.app
    assert isinstance(app, Starlette)
    app.router.routes.insert(0, Route("/broken", broken))
    answer = browser.get("/broken")
    assert answer.status_code == 500
    assert "Noe gikk galt" in answer.text
    assert "insides" not in answer.text
    assert "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers
    assert "secret of the insides" in logged(caplog)[-1]["traceback"]
