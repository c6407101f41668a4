"""The `[seal]` table of `brevgen.toml`: where the seal's key lies, never what opens it."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from brevgen.errors import UnreadableFile
from brevgen.files import MEGABYTE, read_bytes
from brevgen.findings import Findings, Place
from brevgen.language import tr, untranslated
from brevgen.marker import MARKER
from brevgen.settings.types import SettingsTable, Text, TextOrNothing, Variable

MAX_KEY_FILE = 16 * MEGABYTE
"""Bytes of a file with keys or certificates."""


def _service_address(text: str) -> str:
    scheme, _, rest = text.partition("://")
    if "@" in rest.partition("/")[0]:
        raise ValueError(
            tr("An address with a password in it will not do: settings hold no secrets.")
        )
    if text and (scheme not in ("http", "https") or not rest or set(text) & set(' "<>')):
        raise ValueError(
            tr("“{address}” is not an address that begins with http:// or https://", address=text)
        )
    return text


def _organisation_number(text: str) -> str:
    if text and not re.fullmatch("[0-9]{9}", text):
        raise ValueError(tr("“{text}” is not an organisation number of 9 digits.", text=text))
    return text


ServiceAddress = Annotated[str, AfterValidator(_service_address)]
OrganisationNumber = Annotated[str, AfterValidator(_organisation_number)]


class TokenSettings(SettingsTable):
    """A key that never leaves its hardware, reached by PKCS#11."""

    module: Text = Field(description=untranslated("path of the hardware's PKCS#11 library"))
    token: Text = Field(description=untranslated("the token's label"))
    key: Text = Field(description=untranslated("the private key's label"))
    certificate: TextOrNothing = Field(
        "",
        description=untranslated(
            "label of the certificate on the token; empty for the key's label"
        ),
    )
    certificate_file: TextOrNothing = Field(
        "",
        description=untranslated(
            "the certificate as a file instead, with its issuers in the same file; relative"
            " to the workspace"
        ),
    )

    @model_validator(mode="after")
    def _one_certificate(self) -> "TokenSettings":
        if self.certificate and self.certificate_file:
            raise ValueError(
                tr("There are two certificates, certificate and certificate_file; keep one.")
            )
        return self


class SealSettings(SettingsTable):
    """What letters are sealed with, and whose seals are trusted; without a key, a TEST key."""

    key: TextOrNothing = Field(
        "",
        description=untranslated(
            "PKCS#12 file with key, certificate and its issuers; relative to the workspace"
        ),
    )
    pkcs11: TokenSettings | None = Field(
        None, description=untranslated("the key in hardware instead")
    )
    passphrase_env: Variable = Field(
        "BREVGEN_SEAL_PASSPHRASE",
        description=untranslated("environment variable with the PKCS#12 file's passphrase"),
    )
    passphrase_file: TextOrNothing = Field(
        "",
        description=untranslated(
            "file with the passphrase on its first line instead; relative to the workspace"
        ),
    )
    pin_env: Variable = Field(
        "BREVGEN_SEAL_PIN", description=untranslated("environment variable with the token's PIN")
    )
    pin_file: TextOrNothing = Field(
        "",
        description=untranslated(
            "file with the PIN on its first line instead; relative to the workspace"
        ),
    )
    timestamp_url: ServiceAddress = Field(
        "", description=untranslated("address of a time-stamp service (RFC 3161); empty for none")
    )
    roots: tuple[Text, ...] = Field(
        (),
        description=untranslated(
            "PEM or DER files with the root certificates that are trusted, those of the"
            " time-stamp service among them; relative to the workspace"
        ),
    )
    organisation_number: OrganisationNumber = Field(
        "",
        description=untranslated("the agency's own, 9 digits; if given, only its seals are ours"),
    )

    @model_validator(mode="after")
    def _one_key(self) -> "SealSettings":
        if self.key and self.pkcs11:
            raise ValueError(tr("There are two keys, key and pkcs11; keep one."))
        return self

    @property
    def has_key(self) -> bool:
        """Whether a key is set; else letters get a TEST seal."""
        return bool(self.key or self.pkcs11)


def place(key: str) -> Place:
    """Where a fault of the seal is, as a key of the settings: `key`, `pkcs11.token`."""
    return Place(MARKER, column=f"seal.{key}")


def read_file(path: Path, key: str, findings: Findings) -> bytes | None:
    """The bytes of a file the settings name under a key; None where it cannot be read."""
    try:
        return read_bytes(path, most=MAX_KEY_FILE)
    except UnreadableFile as reason:
        what = tr("{file}: {fault}", file=path, fault=reason.what)
        findings.fault(what, reason.remedy, place(key))
        return None
