"""The `[mail]` table of `brevgen.toml`: who the mail is from, whom it may reach, and how.

No password stands here: the settings only name where it is kept.
"""

import re
from ipaddress import ip_address
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from brevgen.email_address import ascii_domain
from brevgen.errors import Unsendable
from brevgen.language import tr, untranslated
from brevgen.settings.types import (
    Address,
    AddressOrNothing,
    InBothForms,
    SettingsTable,
    Text,
    TextOrNothing,
    Variable,
)

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def _domain(text: str) -> str:
    """A domain or the last part of one, in small ASCII letters, without a dot in front."""
    try:
        domain = ascii_domain(text.removeprefix("."))
    except Unsendable:
        domain = ""
    if not _DOMAIN.fullmatch(domain) or len(domain) > 253:
        raise ValueError(tr("“{text}” is not a domain, such as kommune.example.", text=text))
    return domain


def _at_least_one(domains: tuple[str, ...]) -> tuple[str, ...]:
    if not domains:
        raise ValueError(tr("There must be at least one domain, or nobody could get mail."))
    return domains


def _host(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        if not _DOMAIN.fullmatch(text.lower()) or len(text) > 253:
            raise ValueError(
                tr("“{text}” is not the name of a server, such as smtp.example.", text=text)
            ) from None
        return text.lower()


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its name or its address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


Seconds = Annotated[int, Field(ge=1, le=3600, strict=True)]


class SmtpSettings(SettingsTable):
    """The server that takes our mail."""

    host: Annotated[str, AfterValidator(_host)] = Field(
        description=untranslated("the server's name, as in its certificate, or its IP address")
    )
    port: Annotated[int, Field(ge=1, le=65535, strict=True)] = Field(
        description=untranslated("the server's port, usually 587 for starttls and 465 for tls")
    )
    tls: Literal["starttls", "tls", "none"] = Field(
        description=untranslated(
            "starttls turns a plain connection into a secret one, tls is secret from the"
            " start (RFC 8314), none goes only to this machine itself, and never with a user"
        )
    )
    user: TextOrNothing = Field(
        "", description=untranslated("who logs in; empty where the server asks for no password")
    )
    password_env: Variable = Field(
        "BREVGEN_SMTP_PASSWORD",
        description=untranslated("environment variable with the user's password"),
    )
    password_file: TextOrNothing = Field(
        "",
        description=untranslated(
            "file with the password on its first line instead; relative to the workspace"
        ),
    )
    ca_file: TextOrNothing = Field(
        "",
        description=untranslated(
            "PEM file with the only authorities to trust; empty for those of the system"
        ),
    )
    # RFC 5321, section 4.5.3.2.6, asks for 10 minutes before one gives up on a whole message: who
    # gives up sooner does not know if the mail was taken.
    timeout: Seconds = Field(
        60,
        description=untranslated("seconds to wait for any answer but the one to a whole message"),
    )
    last_timeout: Seconds = Field(
        600, description=untranslated("seconds to wait for the answer to a whole message")
    )

    @model_validator(mode="after")
    def _nothing_in_the_clear(self) -> "SmtpSettings":
        if self.tls == "none":
            if self.user:
                raise ValueError(
                    tr('A password never goes over a plain connection: tls must not be "none".')
                )
            if not is_loopback(self.host):
                raise ValueError(
                    tr(
                        'A plain connection (tls = "none") is only for a server on this machine'
                        " (localhost)."
                    )
                )
            if self.ca_file:
                raise ValueError(
                    tr('With tls = "none" there is no certificate, so remove ca_file.')
                )
        if self.password_file and not self.user:
            raise ValueError(tr("There is a password_file but no user: name the user too."))
        return self


class MailSettings(SettingsTable):
    """How letters go out by mail."""

    from_address: Address = Field(
        description=untranslated(
            "the sender's address; reports on mail that did not arrive come here too"
        )
    )
    from_name: InBothForms = Field(description=untranslated("the sender's name, nb and nn"))
    reply_to: AddressOrNothing = Field(
        "", description=untranslated("where answers go; empty for the sender's address")
    )
    allowed_domains: Annotated[
        tuple[Annotated[Text, AfterValidator(_domain)], ...], AfterValidator(_at_least_one)
    ] = Field(
        description=untranslated(
            "a recipient must be in one of these domains or below; example allows all"
            " addresses that end in .example"
        )
    )
    rate_per_minute: Annotated[int, Field(ge=0, le=100_000, strict=True)] = Field(
        description=untranslated("how many messages the server takes in a minute; 0 for no limit")
    )
    smtp: SmtpSettings | None = Field(
        None,
        description=untranslated(
            "the table [mail.smtp]: the server; without one nothing can leave as real mail"
        ),
    )
