"""The `[channels.svarut]` table: what it leads to, whom it lets be reached, what it refuses."""

from typing import Any

import pytest
from pydantic import ValidationError

from brevgen.settings.svarut import SvarUtSettings
from tests.support.svarut_rounds import AS, BAERUM
from tests.support.svarut_stub import ACCOUNT, INTEGRATION

KEYS = {"account": ACCOUNT, "integration": INTEGRATION, "client": "c", "key": "k.p12"}


def settings(**keys: Any) -> SvarUtSettings:
    return SvarUtSettings.model_validate({**KEYS, **keys})


def test_it_is_the_test_environment_until_it_says_otherwise() -> None:
    test, real = settings(), settings(environment="production")
    assert test.service == "https://test.svarut.ks.no/api"
    assert test.token_address == "https://test.maskinporten.no/token"
    assert real.service == "https://svarut.ks.no/api"
    assert (real.issuer, real.token_address) == (
        "https://maskinporten.no/",
        "https://maskinporten.no/token",
    )


@pytest.mark.parametrize(
    ("environment", "allowed", "reached"),
    [
        ("test", [], (False, False)),
        ("test", ["964 948 798"], (True, False)),
        ("production", [], (True, True)),
        ("production", [AS], (True, False)),
    ],
)
def test_a_trial_reaches_only_whom_it_names(
    environment: str, allowed: list[str], reached: tuple[bool, bool]
) -> None:
    found = settings(environment=environment, allowed_numbers=allowed)
    assert (found.may_reach(AS), found.may_reach(BAERUM)) == reached


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"account": "kontoen"}, "no id of KS"),
        ({"url": "http://svarut.example/api"}, "must begin with https://"),
        ({"url": "https://user:secret@svarut.example/api"}, "not the address of a service"),
        ({"token_url": "https://token.example/token"}, "no audience"),
        ({"allowed_numbers": [""]}, "An organisation number is missing"),
        ({"allowed_numbers": ["123456789"]}, "its last digit does not fit"),
        ({"accounting_code": "with space"}, "accounting_code"),
        ({"password": "secret"}, "password"),
    ],
)
def test_what_will_not_do_is_told(keys: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        settings(**keys)


def test_plain_http_goes_only_to_this_machine() -> None:
    assert settings(url="http://127.0.0.1:8080/api/").service == "http://127.0.0.1:8080/api"
