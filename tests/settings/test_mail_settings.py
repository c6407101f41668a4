"""The `[mail]` table: what may stand there, and that every fault is told at its key."""

import re
import tomllib

import pytest
from pydantic import ValidationError

from brevgen.findings import Findings
from brevgen.settings.mail import MailSettings, SmtpSettings
from brevgen.settings.toml_file import note_key_faults
from tests.channels.mail.mail_samples import smtp_settings

WHOLE = """
from_address = "post@imdi.example"
from_name = { nb = "Direktoratet", nn = "Direktoratet" }
reply_to = "svar@imdi.example"
allowed_domains = ["kommune.example", ".Example", "ås.kommune.example"]
rate_per_minute = 30

[smtp]
host = "SMTP.imdi.example"
port = 587
tls = "starttls"
user = "brevgen"
password_file = "secrets/smtp"
ca_file = "secrets/ca.pem"
timeout = 20
last_timeout = 120
"""

SMALLEST = """
from_address = "post@imdi.example"
from_name = { nb = "Direktoratet", nn = "Direktoratet" }
allowed_domains = ["example"]
rate_per_minute = 0
"""

SERVER = """
[smtp]
host = "smtp.imdi.example"
port = 587
tls = "starttls"
"""


def settings(text: str) -> MailSettings:
    return MailSettings.model_validate(tomllib.loads(text))


def faults(text: str) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        settings(text)
    findings = Findings()
    note_key_faults(caught.value, findings, "brevgen.toml")
    return [str(finding) for finding in findings.items]


def test_everything_can_be_said() -> None:
    mail = settings(WHOLE)
    assert mail.allowed_domains == ("kommune.example", "example", "xn--s-1fa.kommune.example")
    assert mail.smtp is not None
    assert (mail.smtp.host, mail.smtp.port, mail.smtp.timeout) == ("smtp.imdi.example", 587, 20)


def test_without_a_server_there_is_no_server() -> None:
    assert settings(SMALLEST).smtp is None


def test_what_may_be_left_out_has_its_stated_value() -> None:
    smtp = settings(SMALLEST + SERVER).smtp
    assert smtp is not None
    assert (smtp.user, smtp.password_env, smtp.ca_file) == ("", "BREVGEN_SMTP_PASSWORD", "")
    assert (smtp.timeout, smtp.last_timeout) == (60, 600)


@pytest.mark.parametrize(
    "key",
    ["from_address", "from_name", "allowed_domains", "rate_per_minute", "host", "port", "tls"],
)
def test_no_fact_is_made_up(key: str) -> None:
    text = re.sub(rf"(?m)^{key} = .*$", "", SMALLEST + SERVER)
    assert [fault for fault in faults(text) if fault.count(key) and "missing" in fault]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('from_address = "post"', "from_address: “post” is not an e-mail address"),
        ('from_name = { nb = "Direktoratet" }', "from_name.nn: The key is missing"),
        ('from_name = { nb = "a\\nb", nn = "c" }', "line breaks"),
        ('allowed_domains = ["*.example"]', "“*.example” is not a domain"),
        ("allowed_domains = []", "at least one domain"),
        ('allowed_domains = [""]', "allowed_domains.0"),
        ("rate_per_minute = -1", "rate_per_minute"),
        ('rate_per_minute = "30"', "rate_per_minute"),
        ("rate_per_minute = true", "rate_per_minute"),
    ],
)
def test_a_wrong_value_is_a_clear_fault(line: str, words: str) -> None:
    key = line.partition(" ")[0]
    text = re.sub(rf"(?m)^{key} = .*$", lambda _: line, SMALLEST)
    assert any(words in fault for fault in faults(text)), faults(text)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('host = "smtp_1"', "“smtp_1” is not the name of a server"),
        ('host = "a b"', "is not the name of a server"),
        ("port = 0", "mail.smtp.port"),
        ('tls = "yes"', "mail.smtp.tls"),
        ('password = "hunter2"', "mail.smtp.password: The key is not known"),
        ('password_env = "hunter 2"', "This is not the name of an environment"),
        ('password_file = "secret"', "no user"),
        ('tls = "none"', "only for a server on this machine"),
        (
            'tls = "none"\nhost = "127.0.0.1"\nuser = "brevgen"',
            "never goes over a plain connection",
        ),
        ('tls = "none"\nhost = "localhost"\nca_file = "ca.pem"', "ca_file"),
        ('tls = "none"\nhost = "10.0.0.5"', "only for a server on this machine"),
        ("timeout = 0", "mail.smtp.timeout"),
    ],
)
def test_a_server_that_will_not_do_is_a_clear_fault(lines: str, words: str) -> None:
    keys = {"host": "smtp.imdi.example", "port": 587, "tls": "starttls"} | tomllib.loads(lines)
    with pytest.raises(ValidationError) as caught:
        SmtpSettings.model_validate(keys)
    findings = Findings()
    note_key_faults(caught.value, findings, "mail.smtp")
    shown = [str(item).replace("mail.smtp, ", "mail.smtp.") for item in findings.items]
    assert any(words in item for item in shown), shown
    assert not any("hunter" in item for item in shown), "it may be the password"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_a_server_on_this_machine_may_be_plain(host: str) -> None:
    assert smtp_settings(25, host=host).host == host
