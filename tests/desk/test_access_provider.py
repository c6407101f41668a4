"""Log-ins through a real OpenID provider: the whole code flow, and every way it may go wrong."""

import base64
import hmac
import json
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.testclient import TestClient

from brevgen.desk.app import make_app
from brevgen.desk.visitors import Visits
from brevgen.settings.desk import DeskSettings
from tests.desk.conftest import Clock

with warnings.catch_warnings():
    import authlib.deprecate  # noqa: F401  # which wants its warnings always shown

    warnings.simplefilter("ignore")  # the provider's own use of old parts of Authlib
    import flask
    import oidc_provider_mock
    import werkzeug.serving
    from oidc_provider_mock import User

# what the provider itself uses of old parts of Authlib
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config")

HOST = "brev.imdi.example"
THERE = f"https://{HOST}"
KARI = User(
    sub="0f1c-kari",
    claims={"preferred_username": "kari@imdi.example", "groups": ["saksbehandlere"], "oid": "o-1"},
)
OLA = User(sub="0f1c-ola", claims={"preferred_username": "ola@imdi.example"})


class Provider:
    """A provider in a thread, which may be told to lie in its tokens.

    Args:
        address: where it is.
        lies: claims that it changes; None takes one away.
    """

    def __init__(self, address: str, lies: dict[str, Any]) -> None:
        self.address, self.lies = address, lies

    def log_in(self, asked: str, user: User = KARI) -> str:
        """Log somebody in as a browser does; where the provider sends the browser then."""
        answer = httpx2.post(asked, data={"sub": user.sub})
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])


def altered(token: str, jwk: dict[str, Any], lies: dict[str, Any]) -> str:
    """A token that says something else, signed as the provider signs, or as `lies` tells."""
    key = RSAKey.import_key(jwk)
    known = jwt.decode(token, key)
    claims = {name: told for name, told in {**known.claims, **lies}.items() if told is not None}
    signer, alg = claims.pop("signer", key), claims.pop("alg", "")
    if not alg:
        return jwt.encode(known.header, claims, signer)
    parts = [json.dumps(each).encode() for each in ({**known.header, "alg": alg}, claims)]
    said = b".".join(map(encoded, parts))
    public = key.as_pem(private=False)  # the confusion of keys that HS256 is known for
    signature = hmac.digest(public, said, "sha256") if alg == "HS256" else b""
    return (said + b"." + encoded(signature)).decode()


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


@contextmanager
def running(lasts: timedelta = timedelta(hours=1)) -> Iterator[Provider]:
    lies: dict[str, Any] = {}
    app = oidc_provider_mock.app(user_claims=[KARI, OLA], access_token_max_age=lasts)

    def lie(answer: flask.Response) -> flask.Response:
        if flask.request.path == "/oauth2/token" and lies:
            said = json.loads(answer.get_data())
            jwk = flask.g.oidc_provider_mock_storage.jwk
            said["id_token"] = altered(said["id_token"], jwk.as_dict(is_private=True), lies)
            answer.set_data(json.dumps(said))
        return answer

    app.after_request(lie)
    server = werkzeug.serving.make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield Provider(f"http://localhost:{server.server_port}", lies)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def one_for_all() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(one_for_all: Provider) -> Iterator[Provider]:
    yield one_for_all
    one_for_all.lies.clear()


def settings(address: str, **oidc: Any) -> DeskSettings:
    return DeskSettings.model_validate(
        {
            "host": HOST,
            "oidc": {"issuer": address, "client_id": "brevgen", **oidc},
            "accounts": {"ola": OLA.sub},
            "roles": {"make": ["group:saksbehandlere"], "approve": ["ola"]},
        }
    )


@contextmanager
def desk(place: Path, clock: Clock, visits: Visits, desk: DeskSettings) -> Iterator[TestClient]:
    app = make_app(place, clock, visits, [HOST], secure=True, desk=desk, secret="s3cret")
    with TestClient(app, base_url=THERE, follow_redirects=False) as browser:
        yield browser


@pytest.fixture
def browser(place: Path, clock: Clock, visits: Visits, provider: Provider) -> Iterator[TestClient]:
    with desk(place, clock, visits, settings(provider.address)) as browser:
        yield browser


def sent(browser: TestClient, to: str = "/rounds/trial") -> str:
    """Ask for a page; where the browser is sent to log in."""
    first = browser.get(to)
    assert (first.status_code, first.headers["location"][:10]) == (303, "/login?to=")
    there = browser.get(first.headers["location"])
    assert there.status_code == 302
    return str(there.headers["location"])


def changed(address: str, **values: str) -> str:
    """An address with other values in its query."""
    parts = urlsplit(address)
    query = {key: each[0] for key, each in parse_qs(parts.query).items()} | values
    return urlunsplit(parts._replace(query=urlencode(query)))


def test_a_person_comes_in_and_to_the_page_that_was_asked_for(
    browser: TestClient, provider: Provider, visits: Visits
) -> None:
    asked = sent(browser, "/rounds/trial/letters?q=ås")
    query = {key: each[0] for key, each in parse_qs(urlsplit(asked).query).items()}
    assert query["redirect_uri"] == f"{THERE}/callback"
    assert query["code_challenge_method"] == "S256"
    assert query["response_type"] == "code"
    assert query["scope"] == "openid profile"
    assert {"state", "nonce", "code_challenge"} <= query.keys()
    assert "s3cret" not in asked
    came = browser.get(provider.log_in(asked))
    assert (came.status_code, came.headers["location"]) == (303, "/rounds/trial/letters?q=%C3%A5s")
    page = browser.get(came.headers["location"])
    assert ">kari@imdi.example</a>" in page.text
    visit = visits.visit(browser.cookies["__Host-brevgen"])
    assert visit is not None
    account = f"0f1c-kari@{provider.address}"
    assert (visit.actor.account, visit.actor.login) == (account, "kari@imdi.example")
    assert visit.actor.also == ("0f1c-kari",)
    assert visit.actor.roles == ("make",)


def test_the_short_name_of_an_account_is_what_is_recorded(
    browser: TestClient, provider: Provider, visits: Visits
) -> None:
    browser.get(provider.log_in(sent(browser), OLA))
    visit = visits.visit(browser.cookies["__Host-brevgen"])
    assert visit is not None
    assert (visit.actor.account, visit.actor.login) == ("ola", "ola@imdi.example")
    assert visit.actor.roles == ("approve",)


def test_an_account_of_entra_is_told_by_its_object_id(
    place: Path, clock: Clock, visits: Visits, provider: Provider
) -> None:
    asked = settings(provider.address, account_claim="oid", scopes=["openid", "profile"])
    with desk(place, clock, visits, asked) as browser:
        browser.get(provider.log_in(sent(browser)))
        visit = visits.visit(browser.cookies["__Host-brevgen"])
        assert visit is not None
        assert visit.actor.account == f"o-1@{provider.address}"
        browser.cookies.clear()
        answer = browser.get(provider.log_in(sent(browser), OLA))  # has none
        assert answer.status_code == 403


def test_another_provider_gives_nobody_the_name_of_a_person_at_the_first(
    place: Path, clock: Clock, visits: Visits, provider: Provider
) -> None:
    of_first = settings(provider.address).model_dump(mode="json")
    of_first["accounts"] = {"ola": f"{OLA.sub}@{provider.address}"}
    of_first["roles"] = {"approve": ["ola"]}
    with running() as another:
        of_first["oidc"]["issuer"] = another.address
        moved = DeskSettings.model_validate(of_first)
        with desk(place, clock, visits, moved) as browser:
            assert browser.get(another.log_in(sent(browser), OLA)).status_code == 403
            assert "__Host-brevgen" not in browser.cookies


def refused(browser: TestClient, back: str) -> None:
    answer = browser.get(back)
    assert answer.status_code == 403
    assert "Du ble ikke logget inn." in answer.text
    assert "__Host-brevgen" not in browser.cookies
    assert browser.get("/rounds").status_code == 303


def test_another_state_is_refused(browser: TestClient, provider: Provider) -> None:
    refused(browser, changed(provider.log_in(sent(browser)), state="another"))


def test_no_state_is_refused(browser: TestClient, provider: Provider) -> None:
    back = urlsplit(provider.log_in(sent(browser)))
    code = parse_qs(back.query)["code"][0]
    refused(browser, f"{THERE}/callback?code={code}")


def test_another_nonce_is_refused(browser: TestClient, provider: Provider) -> None:
    refused(browser, provider.log_in(changed(sent(browser), nonce="another")))


def test_what_another_browser_began_is_refused(browser: TestClient, provider: Provider) -> None:
    back = provider.log_in(sent(browser))
    browser.cookies.clear()
    refused(browser, back)


def test_a_way_back_works_once(browser: TestClient, provider: Provider) -> None:
    asked = sent(browser)
    on_the_way = browser.cookies["__Host-brevgen-login"]
    back = provider.log_in(asked)
    assert browser.get(back).status_code == 303
    browser.cookies.clear()
    browser.cookies.set("__Host-brevgen-login", on_the_way)
    refused(browser, back)


def test_a_code_that_nobody_gave_is_refused(browser: TestClient, provider: Provider) -> None:
    refused(browser, changed(provider.log_in(sent(browser)), code="another"))


def test_who_takes_too_long_is_refused(
    browser: TestClient, provider: Provider, clock: Clock
) -> None:
    back = provider.log_in(sent(browser))
    clock.goes_on(timedelta(minutes=11))
    refused(browser, back)


def test_who_says_no_at_the_provider_is_not_in(browser: TestClient, provider: Provider) -> None:
    asked = sent(browser)
    state = parse_qs(urlsplit(asked).query)["state"][0]
    refused(browser, f"{THERE}/callback?error=access_denied&state={state}")


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"], "azp": "brevgen"},
        {"aud": None},
        {"nonce": None},
        {"exp": 1_500_000_000},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        pytest.param({"signer": RSAKey.generate_key(2048)}, id="of another key"),
    ],
    ids=str,
)
def test_a_token_that_will_not_do_is_refused(
    browser: TestClient, provider: Provider, lies: dict[str, Any]
) -> None:
    asked = sent(browser)
    provider.lies.update(lies)
    refused(browser, provider.log_in(asked))


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_a_token_that_anybody_could_sign_is_refused(
    browser: TestClient, provider: Provider, alg: str
) -> None:
    asked = sent(browser)
    provider.lies["alg"] = alg
    refused(browser, provider.log_in(asked))


def test_an_old_token_is_refused(place: Path, clock: Clock, visits: Visits) -> None:
    with (
        running(timedelta(minutes=-5)) as old,
        desk(place, clock, visits, settings(old.address)) as browser,
    ):
        refused(browser, old.log_in(sent(browser)))


@pytest.mark.parametrize(
    ("acr", "status"), [("entraid", 303), ("high", 303), ("low", 403), (None, 403)]
)
def test_a_log_in_of_another_kind_than_asked_for_is_refused(
    place: Path, clock: Clock, visits: Visits, provider: Provider, acr: str | None, status: int
) -> None:
    wanted = settings(provider.address, acr_values=["entraid", "high"])
    with desk(place, clock, visits, wanted) as browser:
        asked = sent(browser)
        assert parse_qs(urlsplit(asked).query)["acr_values"] == ["entraid high"]
        provider.lies.update(acr=acr, who="lies")
        assert browser.get(provider.log_in(asked)).status_code == status


def test_a_provider_of_another_name_or_none_lets_nobody_in(
    place: Path, clock: Clock, visits: Visits, provider: Provider
) -> None:
    for address in (f"{provider.address}/", "http://localhost:9"):
        with desk(place, clock, visits, settings(address)) as browser:
            answer = browser.get("/login")
            assert answer.status_code == 503
            assert "Prøv igjen om noen minutter" in answer.text


def test_browsers_are_not_sent_away_without_end(browser: TestClient, provider: Provider) -> None:
    answers = [browser.get("/login").status_code for _ in range(61)]
    assert answers == [302] * 60 + [429]


def test_who_leaves_must_log_in_again(browser: TestClient, provider: Provider) -> None:
    assert isinstance(browser.app, Starlette)
    browser.get(provider.log_in(sent(browser)))
    assert browser.get("/rounds").status_code == 200
    left = browser.post("/leave", headers={"Origin": THERE})
    assert left.headers["location"] == "/enter"
    assert "/login" in browser.get("/enter").text
    assert browser.get("/rounds").status_code == 303
