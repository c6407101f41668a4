"""The `[seal]` table of `brevgen.toml`: where the seal's key lies, never what opens it."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, StringConstraints, model_validator

from brevgen.findings import Findings, Place
from brevgen.marker import MARKER
from brevgen.settings.types import SettingsTable, Text


def _variable(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
        raise ValueError("this is not the name of an environment variable")
    return text


def _service_address(text: str) -> str:
    scheme, _, rest = text.partition("://")
    if "@" in rest.partition("/")[0]:
        raise ValueError("an address with a password in it will not do: settings hold no secrets")
    if text and (scheme not in ("http", "https") or not rest or set(text) & set(' "<>')):
        raise ValueError(f"“{text}” is not an address that begins with http:// or https://")
    return text


def _organisation_number(text: str) -> str:
    if text and not re.fullmatch("[0-9]{9}", text):
        raise ValueError(f"“{text}” is not an organisation number of 9 digits")
    return text


MaybeText = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""One line of text, or nothing."""

Variable = Annotated[str, AfterValidator(_variable)]
ServiceAddress = Annotated[str, AfterValidator(_service_address)]
OrganisationNumber = Annotated[str, AfterValidator(_organisation_number)]


class TokenSettings(SettingsTable):
    """A key that never leaves its hardware, reached by PKCS#11.

    Args:
        module: path of the hardware's PKCS#11 library.
        token: the token's label.
        key: the private key's label.
        certificate: label of the certificate on the token; empty for the key's label.
        certificate_file: the certificate as a file instead, with its issuers in the same file;
            relative to the workspace.
    """

    module: Text
    token: Text
    key: Text
    certificate: MaybeText = ""
    certificate_file: MaybeText = ""

    @model_validator(mode="after")
    def _one_certificate(self) -> "TokenSettings":
        if self.certificate and self.certificate_file:
            raise ValueError("certificate and certificate_file name two certificates; keep one")
        return self


class SealSettings(SettingsTable):
    """What letters are sealed with, and whose seals are trusted; with no key, a TEST key is made.

    Args:
        key: PKCS#12 file with key, certificate and its issuers; relative to the workspace.
        pkcs11: the key in hardware instead.
        passphrase_env: environment variable with the PKCS#12 file's passphrase.
        passphrase_file: file with the passphrase instead; relative to the workspace.
        pin_env: environment variable with the token's PIN.
        pin_file: file with the PIN instead; relative to the workspace.
        timestamp_url: address of a time-stamp service (RFC 3161); empty for none.
        roots: PEM or DER files with the root certificates that are trusted, those of the
            time-stamp service among them; relative to the workspace.
        organisation_number: the agency's own, 9 digits; if given, only its seals are ours.
    """

    key: MaybeText = ""
    pkcs11: TokenSettings | None = None
    passphrase_env: Variable = "BREVGEN_SEAL_PASSPHRASE"  # noqa: S105  a name, not a passphrase
    passphrase_file: MaybeText = ""
    pin_env: Variable = "BREVGEN_SEAL_PIN"
    pin_file: MaybeText = ""
    timestamp_url: ServiceAddress = ""
    roots: tuple[Text, ...] = ()
    organisation_number: OrganisationNumber = ""

    @model_validator(mode="after")
    def _one_key(self) -> "SealSettings":
        if self.key and self.pkcs11:
            raise ValueError("key and pkcs11 name two keys; keep one")
        return self

    @property
    def has_key(self) -> bool:
        """Whether a key is set; else letters get a TEST seal."""
        return bool(self.key or self.pkcs11)


def place(key: str) -> Place:
    """Where a fault of the seal is, as a key of the settings: `key`, `pkcs11.token`."""
    return Place(MARKER, column=f"seal.{key}")


def read_file(path: Path, key: str, findings: Findings) -> bytes | None:
    """The bytes of a file the settings name; None where it cannot be read, with a fault.

    Args:
        path: the file.
        key: the settings' key that names it.
        findings: where the fault goes.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        findings.fault(f"The file {path} is not there.", "Put it there.", place(key))
    except OSError as error:
        findings.fault(
            f"The file {path} cannot be read ({error.strerror}).",
            "See who may read it.",
            place(key),
        )
    return None
