"""The `[desk]` table: what may stand there, and who may do what by it."""

import re
import tomllib

import pytest
from pydantic import ValidationError

from brevgen.findings import Findings
from brevgen.settings.desk import DeskSettings
from brevgen.settings.toml_file import note_key_faults
from tests.support.samples import ROOT

WHOLE = """
host = "Brev.imdi.example"
address = "0.0.0.0"
port = 8443
certificate = "secrets/desk.pem"
key = "secrets/desk.key"
idle = 15
longest = 10

[oidc]
issuer = "https://login.example/tenant/v2.0"
client_id = "0000-brevgen"
client_secret_file = "secrets/desk-client"
scopes = ["openid", "profile"]
acr_values = ["entraid"]
account_claim = "oid"
groups_claim = "roles"

[proxy]
addresses = ["10.0.0.7", "::1"]

[accounts]
kari = "0f1c"

[roles]
look = ["group:arkiv"]
make = ["kari"]
approve = ["group:direktører", "0f1d"]
follow_up = ["kari"]
"""

ISSUER = "https://login.example/tenant/v2.0"

SMALLEST = """
host = "brev.imdi.example"
[proxy]
addresses = ["127.0.0.1"]
header = "X-Remote-User"
[roles]
"""


def settings(text: str) -> DeskSettings:
    return DeskSettings.model_validate(tomllib.loads(text))


def faults(text: str) -> str:
    with pytest.raises(ValidationError) as caught:
        settings(text)
    findings = Findings()
    note_key_faults(caught.value, findings, "brevgen.toml")
    return "\n".join(str(finding) for finding in findings.items)


def test_everything_can_be_said() -> None:
    desk = settings(WHOLE)
    assert (desk.host, desk.port, desk.idle, desk.longest) == ("brev.imdi.example", 8443, 15, 10)
    assert desk.oidc is not None
    assert desk.oidc.client_secret_env == "BREVGEN_DESK_CLIENT_SECRET"


def test_what_may_be_left_out_has_its_stated_value() -> None:
    desk = settings(SMALLEST)
    assert (desk.address, desk.port, desk.idle, desk.longest) == ("127.0.0.1", 8080, 30, 24)
    assert settings(WHOLE.replace("Brev.imdi.example", "brev.imdi.example:443")).host == (
        "brev.imdi.example"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Brev.imdi.example"', '"https://brev.imdi.example/"', "is not the name the desk is"),
        ('"0.0.0.0"', '"localhost"', "is not an IP address"),
        ("8443", "0", "port"),
        ('key = "secrets/desk.key"', "", "belong together"),
        ("https://login", "http://login", "begins with https://"),
        ('"openid", ', "", "Among the scopes must be openid"),
        ('"10.0.0.7", "::1"', "", "at least one address"),
        ('"10.0.0.7"', '"10.0.0.0/8"', "is not an IP address"),
        ("[accounts]", '[accounts]\nola = "0f1c"', "has two names"),
        ("[accounts]", f'[accounts]\nola = "0f1c@{ISSUER}"', "has two names"),
        ('make = ["kari"]', 'make = ["kari nordmann"]', "is not an account"),
        ('make = ["kari"]', 'make = ["group:"]', "is not an account"),
        ("follow_up", "followup", "followup"),
        ("client_id", "client_secret = 'x'\nclient_id", "client_secret"),
        ('"::1"]', '"::1"]\nheader = "X-Remote-User"', "by one of two"),
        ('"::1"]', '"::1"]\ngroups_header = "X-Groups"', "name the header too"),
        ('"::1"]', '"::1"]\nheader = "X Remote"', "is not the name of a header"),
    ],
)
def test_every_fault_is_told_at_its_key(old: str, new: str, said: str) -> None:
    assert old in WHOLE
    assert said in faults(WHOLE.replace(old, new))


def test_somebody_must_log_people_in() -> None:
    assert "by one of two" in faults(re.sub(r"header = .*", "", SMALLEST))


def test_roles_are_those_of_the_account_and_of_its_groups() -> None:
    roles = settings(WHOLE).roles
    assert roles.of(["kari"], []) == ("make", "follow up")
    assert roles.of(["0f1d@x", "0f1d", "kari"], []) == ("make", "approve", "follow up")
    assert roles.of(["kari"], ["direktører"]) == ("make", "approve", "follow up")
    assert roles.of(["nn"], ["arkiv"]) == ()
    assert roles.of(["nn"], ["kari"]) is None
    assert roles.of(["direktører"], []) is None


def test_a_person_has_the_short_name_of_the_account() -> None:
    desk = settings(WHOLE)
    assert desk.names_of("0f1c") == ("kari", "0f1c")
    assert desk.names_of("0f1d") == ("0f1d",)
    assert desk.names_of("kari") == ()  # it is another's
    for none in ("", "a b", "a\nb", "x" * 401, "group:arkiv"):
        assert desk.names_of(none) == desk.names_of(none, ISSUER) == ()


def test_a_person_is_one_only_together_with_the_issuer() -> None:
    desk = settings(WHOLE)
    assert desk.names_of("0f1c", ISSUER) == ("kari", f"0f1c@{ISSUER}", "0f1c")
    assert desk.names_of("0f1d", ISSUER) == (f"0f1d@{ISSUER}", "0f1d")
    assert desk.names_of("kari", ISSUER) == (f"kari@{ISSUER}",)  # the short name is another's
    fully = settings(WHOLE.replace('"0f1c"', f'"0f1c@{ISSUER}"'))
    assert fully.names_of("0f1c", ISSUER)[0] == "kari"
    assert (
        fully.names_of("0f1c", "https://elsewhere.example")[0] == "0f1c@https://elsewhere.example"
    )
    assert fully.names_of("0f1c@" + ISSUER, "https://elsewhere.example") == (
        f"0f1c@{ISSUER}@https://elsewhere.example",  # who calls himself so is not kari
    )
    kept = settings(WHOLE.replace('kari = "0f1c"', '0f1c = "0f1c"'))
    assert kept.names_of("0f1c", ISSUER)[0] == "0f1c"


def test_what_the_page_for_administrators_shows_can_be_said() -> None:
    page = (ROOT / "docs/administrator/desk.md").read_text(encoding="utf-8")
    shown = [
        tomllib.loads(block) for block in re.findall(r"^```toml\n(.*?)^```", page, re.S | re.M)
    ]
    tables = [block["desk"] for block in shown if "desk" in block]
    whole = DeskSettings.model_validate(tables[0])
    assert whole.roles.of("nn", ["Saksbehandler"]) == ("make", "send", "follow up")
    for table in tables[1:]:
        others = {} if "header" in table.get("proxy", {}) else {"oidc": tables[0]["oidc"]}
        DeskSettings.model_validate({"host": "brev.imdi.example", "roles": {}, **others, **table})
    assert len(tables) == 4
