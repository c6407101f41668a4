"""Every address of the desk, taken from the app: for strangers, for each role, from elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from brevgen.actor import ROLES, Actor, Role
from brevgen.desk.app import make_app
from brevgen.desk.guard import HEADERS, OPEN_PATHS
from brevgen.desk.visitors import Visits
from tests.desk.conftest import ADDRESS, FROM_HERE, HOST, Clock
from tests.support.samples import ROWS, make_round, make_workspace

ANYBODY = set(ROLES)
CHANGING: dict[str, set[Role]] = {
    "/leave": ANYBODY,
    "/language": ANYBODY,
    "/verify": ANYBODY,
    "/log/verify": {"administer"},
    "/new-round": {"make"},
    "/returned": {"send"},
    "/account/passkeys": {"approve"},
    "/account/passkeys/remove": ANYBODY,
    "/templates/edit/{key:path}": {"make"},
    "/rounds/{name}/settings": {"make"},
    "/rounds/{name}/settings/text": {"make"},
    "/rounds/{name}/allocation": {"make"},
    "/rounds/{name}/allocation/new/{digest}/use": {"make"},
    "/rounds/{name}/allocation/new/{digest}/discard": {"make"},
    "/rounds/{name}/generate": {"make"},
    "/rounds/{name}/ask": {"make"},
    "/rounds/{name}/ask/take-back": {"make"},
    "/rounds/{name}/letters": ANYBODY,
    "/rounds/{name}/letters/{number:str}/read": {"make", "approve"},
    "/rounds/{name}/approve": {"approve"},
    "/rounds/{name}/send-back": {"approve"},
    "/rounds/{name}/withdraw": {"approve"},
    "/rounds/{name}/send": {"send"},
    "/rounds/{name}/trial": {"send"},
    "/rounds/{name}/follow-up": {"follow up"},
    "/rounds/{name}/messages/{number:str}/{place:int}/settle": {"send"},
    "/rounds/{name}/messages/{number:str}/{place:int}/again": {"send"},
    "/rounds/{name}/answers": {"follow up"},
    "/rounds/{name}/answers/import": {"follow up"},
    "/rounds/{name}/answers/remind": {"follow up"},
    "/rounds/{name}/archive": {"follow up"},
    "/rounds/{name}/archive/numbers": {"follow up"},
    "/work/{key}/stop": ANYBODY,
}
"""Who may send something to which address. Whoever adds one says here who may."""

FOR_LOOKERS = {path for path, roles in CHANGING.items() if roles == ANYBODY}
"""Where those send something too who may only look."""
FOR_SOME = {"/rounds/{name}/withdraw"}
"""Pages that are shown only to those who may send them."""

FILLED = {"name": "trial", "number": "0214", "page": "1", "key": "x"}
FORM = {"typed": "trial", "shown": "0", "only": "0214", "reason": "Feil.", "back": "/rounds"}


def routes(app: Starlette) -> Iterator[tuple[str, str]]:
    """Every method and address that the app answers, but for its files."""
    for route in app.routes:
        if isinstance(route, Mount):
            assert route.path in ("/static", "/static/fonts")
            continue
        assert isinstance(route, Route)
        for method in sorted(route.methods or ()):
            yield method, route.path


def filled(path: str, **values: str) -> str:
    """An address with something in place of its parameters."""
    known = {**FILLED, **values}
    return re.sub(r"\{(\w+)(?::(\w+))?\}", lambda found: known.get(found[1], "1"), path)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = make_workspace(tmp_path_factory.mktemp("desk") / "workspace", ("2018",))
    make_round(place, ROWS[:1])
    return place


@pytest.fixture(scope="module")
def visits() -> Visits:
    return Visits(Clock())


@pytest.fixture(scope="module")
def browser(place: Path, visits: Visits) -> Iterator[TestClient]:
    app = make_app(place, Clock(), visits, [HOST])
    with TestClient(app, base_url=ADDRESS, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def app(browser: TestClient) -> Starlette:
    assert isinstance(browser.app, Starlette)
    return browser.app


def come_in(browser: TestClient, visits: Visits, actor: Actor) -> None:
    browser.cookies.clear()
    browser.cookies.set("brevgen", visits.enter(actor, "en"))


def test_of_every_address_that_changes_something_it_is_told_who_may(app: Starlette) -> None:
    assert {path for method, path in routes(app) if method == "POST"} <= CHANGING.keys()
    assert {method for method, _ in routes(app)} <= {"GET", "HEAD", "POST"}


def test_a_stranger_gets_nowhere(browser: TestClient, app: Starlette) -> None:
    browser.cookies.clear()
    for method, path in routes(app):
        if path in OPEN_PATHS:
            continue
        answer = browser.request(method, filled(path), headers=FROM_HERE, data=FORM)
        if method == "POST":
            assert answer.status_code == 401, path
            assert "Åsgård" not in answer.text
        else:
            assert (answer.status_code, answer.headers["location"]) == (303, "/enter"), path


@pytest.mark.parametrize("role", ROLES)
def test_a_role_allows_what_it_is_for_and_nothing_else(
    browser: TestClient, app: Starlette, visits: Visits, role: Role
) -> None:
    wrong = {}
    for method, path in routes(app):
        if method != "POST":
            continue
        come_in(browser, visits, Actor("kari", roles=(role,)))
        answer = browser.post(filled(path), headers=FROM_HERE, data=FORM)
        begun = answer.headers.get("location", "")
        if begun.startswith("/work/"):
            app.state.work.wait(begun.rpartition("/")[2], 120)
        may = answer.status_code in (200, 303, 404, 409, 422)
        may_not = answer.status_code == 403 and "kari may not" in answer.text
        if not (may if role in CHANGING[path] else may_not):
            wrong[path] = answer.status_code
    assert wrong == {}


def test_who_may_only_look_sees_every_page_and_changes_nothing(
    browser: TestClient, app: Starlette, visits: Visits
) -> None:
    wrong = {}
    for method, path in routes(app):
        come_in(browser, visits, Actor("ola", roles=()))
        answer = browser.request(method, filled(path), headers=FROM_HERE, data=FORM)
        may = path in FOR_LOOKERS or (method != "POST" and path not in FOR_SOME)
        if (answer.status_code == 403) == may or answer.status_code >= 500:
            wrong[method, path] = answer.status_code
    assert wrong == {}


FORGED = [
    {},
    {"Origin": "http://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": f"{ADDRESS}.elsewhere.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": ADDRESS},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": ""},
    {"Referer": f"{ADDRESS}/rounds"},
]


@pytest.mark.parametrize("headers", FORGED)
def test_nothing_is_sent_from_elsewhere(
    browser: TestClient, app: Starlette, visits: Visits, headers: dict[str, str]
) -> None:
    come_in(browser, visits, Actor("kari"))
    for method, path in routes(app):
        if method == "POST":
            answer = browser.post(filled(path), headers=headers, data=FORM)
            assert answer.status_code == 403, path
    assert browser.get("/rounds").status_code == 200  # not even logged out


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "X"])
def test_other_methods_do_nothing(
    browser: TestClient, app: Starlette, visits: Visits, method: str
) -> None:
    come_in(browser, visits, Actor("kari"))
    for path in {path for _, path in routes(app)}:
        answer = browser.request(method, filled(path), headers={**FROM_HERE, "X-Echo": "echoed"})
        assert answer.status_code == 405, path
        assert "echoed" not in answer.text
        assert browser.request(method, filled(path)).status_code == 403, path


ELSEWHERE = [
    *("..%2f..%2fbrevgen.toml", "%2fetc%2fpasswd", "a%00b", "%0d%0aX-Bad:%201", "a" * 3000),
    *(
        pytest.param(each, marks=pytest.mark.slow)
        for each in (
            *("%2e%2e", "%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cbrevgen.toml"),
            *("%ff%fe", "trial%2f..%2f2018", "data%2frounds%2f..%2f..", "C:%5c", "~", "-1", "1e9"),
        )
    ),
]


@pytest.mark.parametrize("value", ELSEWHERE)
def test_no_address_leads_out_of_the_workspace(
    browser: TestClient, app: Starlette, visits: Visits, place: Path, value: str
) -> None:
    before = sorted(place.parent.rglob("*"))
    come_in(browser, visits, Actor("kari"))
    for method, path in routes(app):
        for parameter in re.findall(r"\{(\w+)", path):
            answer = browser.request(
                method, filled(path, **{parameter: value}), headers=FROM_HERE, data=FORM
            )
            assert 300 <= answer.status_code < 500, (path, parameter, answer.status_code)
            assert "root:" not in answer.text
            assert "[agency]" not in answer.text
            assert "x-bad" not in answer.headers
            assert str(place) not in answer.text
    assert sorted(place.parent.rglob("*")) == before


def test_every_answer_carries_what_keeps_it_safe(
    browser: TestClient, app: Starlette, visits: Visits
) -> None:
    come_in(browser, visits, Actor("kari"))
    asked = [browser.get(filled(path)) for method, path in routes(app) if method == "GET"]
    asked += [
        browser.get("/nowhere"),
        browser.get("/rounds", headers={"Host": "elsewhere.example"}),
        browser.post("/leave"),
        browser.put("/rounds", headers=FROM_HERE),
        browser.get("/static/nowhere.css"),
    ]
    assert {answer.status_code for answer in asked} >= {200, 303, 403, 404, 405, 421}
    for answer in asked:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, answer.url
        if not answer.url.path.startswith("/static/"):
            assert answer.headers["cache-control"] == "no-store", answer.url
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers
    style = browser.get("/static/desk.css")
    assert (style.status_code, style.headers["cache-control"]) == (200, "max-age=86400")


def test_a_page_may_be_asked_for_without_its_words(
    browser: TestClient, app: Starlette, visits: Visits
) -> None:
    come_in(browser, visits, Actor("kari"))
    answer = browser.head("/rounds")
    assert (answer.status_code, answer.content) == (200, b"")
