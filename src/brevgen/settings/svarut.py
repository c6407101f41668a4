"""The `[channels.svarut]` table of `brevgen.toml`: the account at KS SvarUt and how to reach it.

No password and no key stands here: the settings only name where they are kept.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from brevgen.language import tr, untranslated
from brevgen.settings.mail import Seconds, is_loopback
from brevgen.settings.types import (
    OrganisationNumber,
    SettingsTable,
    Text,
    TextOrNothing,
    Variable,
)

_SVARUT = {"test": "https://test.svarut.ks.no/api", "production": "https://svarut.ks.no/api"}
_MASKINPORTEN = {"test": "https://test.maskinporten.no/", "production": "https://maskinporten.no/"}


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError(
            tr(
                "“{text}” is no id of KS, such as 3f2a9c1b-04de-4d7e-8a51-0c2b6d1e9f37.",
                text=text,
            )
        ) from None


def _address(text: str) -> str:
    """An address that is secret, or of this machine itself; no password in it."""
    parts = urlsplit(text)
    if text and not (parts.hostname and text.isprintable() and "@" not in parts.netloc):
        raise ValueError(tr("“{address}” is not the address of a service.", address=text))
    if text and parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ValueError(tr("“{address}” must begin with https://.", address=text))
    return text


def _given(text: str) -> str:
    if not text:
        raise ValueError(tr("An organisation number is missing here."))
    return text.replace(" ", "")


Id = Annotated[str, AfterValidator(_uuid)]
ServiceAddress = Annotated[str, AfterValidator(_address)]
Number = Annotated[OrganisationNumber, AfterValidator(_given)]
"""9 digits, without spaces."""


class SvarUtSettings(SettingsTable):
    """How letters go through KS SvarUt."""

    environment: Literal["test", "production"] = Field(
        "test",
        description=untranslated(
            "test until this says production; each has its own account, client and passwords"
        ),
    )
    account: Id = Field(description=untranslated("the id of the agency's account (kontoId)"))
    integration: Id = Field(
        description=untranslated("the id of the integration that KS has given (IntegrasjonId)")
    )
    password_env: Variable = Field(
        "BREVGEN_SVARUT_PASSWORD",
        description=untranslated("environment variable with the integration's password"),
    )
    password_file: TextOrNothing = Field(
        "",
        description=untranslated(
            "file with the password on its first line instead; relative to the workspace"
        ),
    )
    client: Text = Field(
        description=untranslated("the id of the client at Maskinporten, with the scope ks:fiks")
    )
    key: Text = Field(
        description=untranslated(
            "the client's RSA key: a PKCS#12 file with the agency's certificate, or a PEM file;"
            " relative to the workspace"
        )
    )
    key_id: TextOrNothing = Field(
        "",
        description=untranslated(
            "the key's id (kid), where the key itself is registered at Maskinporten; empty where"
            " the certificate tells whose it is"
        ),
    )
    passphrase_env: Variable = Field(
        "BREVGEN_SVARUT_PASSPHRASE",
        description=untranslated("environment variable with the passphrase of the key's file"),
    )
    passphrase_file: TextOrNothing = Field(
        "",
        description=untranslated(
            "file with the passphrase on its first line instead; relative to the workspace"
        ),
    )
    allowed_numbers: tuple[Number, ...] = Field(
        (),
        description=untranslated(
            "the only organisation numbers that may be written to; empty: nobody in the test"
            " environment, everybody in production"
        ),
    )
    accounting_code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-æøåÆØÅ]{0,20}$")] = Field(
        "",
        description=untranslated("the code that KS writes on its invoices (konteringskode)"),
    )
    url: ServiceAddress = Field(
        "",
        description=untranslated("address of the service; empty for KS's own of the environment"),
    )
    token_url: ServiceAddress = Field(
        "",
        description=untranslated(
            "address that gives tokens; empty for Maskinporten's own of the environment"
        ),
    )
    audience: TextOrNothing = Field(
        "",
        description=untranslated("whom the request for a token is for; empty for Maskinporten"),
    )
    ca_file: TextOrNothing = Field(
        "",
        description=untranslated(
            "PEM file with the only authorities to trust; empty for those of the system"
        ),
    )
    timeout: Seconds = Field(
        60, description=untranslated("seconds until the whole answer to a question is there")
    )
    # KS's own client waits as long
    last_timeout: Seconds = Field(
        960,
        description=untranslated("seconds until the whole answer to a letter is there"),
    )
    trusted_after: Annotated[int, Field(ge=0, le=3600, strict=True)] = Field(
        30,
        description=untranslated(
            "seconds after a letter that was cut off until “not found” is believed"
        ),
    )

    @model_validator(mode="after")
    def _asks_the_right_one(self) -> "SvarUtSettings":
        if self.token_url and not self.audience:
            raise ValueError(tr("There is a token_url but no audience: name it too."))
        return self

    @property
    def service(self) -> str:
        """Address of the service, without a slash at its end."""
        return (self.url or _SVARUT[self.environment]).rstrip("/")

    @property
    def issuer(self) -> str:
        """Whom the request for a token is for."""
        return self.audience or _MASKINPORTEN[self.environment]

    @property
    def token_address(self) -> str:
        """The address that gives tokens."""
        return self.token_url or f"{_MASKINPORTEN[self.environment]}token"

    def may_reach(self, number: str) -> bool:
        """Whether an organisation number may be written to."""
        if self.allowed_numbers:
            return number in self.allowed_numbers
        return self.environment == "production"


class ChannelsSettings(SettingsTable):
    """Ways besides mail that letters can go."""

    svarut: SvarUtSettings | None = Field(
        None,
        description=untranslated(
            "the table [channels.svarut]: KS SvarUt; without it nothing goes there"
        ),
    )
