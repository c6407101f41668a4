"""A token from Maskinporten: who has the client's key gets one, and uses it until it ends.

The grant is a JWT signed with RS256 (RFC 7523), with the claims that Maskinporten asks for.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12

from brevgen.language import untranslated

SCOPE = "ks:fiks"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFETIME = timedelta(seconds=100)
"""How long the request itself holds; Maskinporten takes at most 120 seconds."""
_EARLY = timedelta(seconds=30)
"""How long before its end a token is no longer used."""

_NOT_OPENED = untranslated(
    "It does not open with this passphrase, or it is neither a PKCS#12 nor a PEM file."
)
_NOT_RSA = untranslated("Its key is not an RSA key of at least 2048 bits.")
_NO_CERTIFICATE = untranslated("It holds no certificate, and there is no key_id.")


class BadKey(Exception):
    """Why a file will not do as the client's key; English, as for `tr`."""


@dataclass(frozen=True)
class ClientKey:
    """The client's key at Maskinporten.

    Args:
        key: the private key.
        head: what tells Maskinporten whose it is: a `kid`, or an `x5c`.
    """

    key: RSAPrivateKey
    head: dict[str, Any]

    def signed(self, claims: dict[str, Any]) -> str:
        """Claims as a JWT, signed."""
        head = {"alg": "RS256", "typ": "JWT", **self.head}
        text = f"{_encoded(head)}.{_encoded(claims)}"
        signature = self.key.sign(text.encode(), PKCS1v15(), SHA256())
        return f"{text}.{_base64(signature)}"


def client_key(data: bytes, passphrase: str, key_id: str = "") -> ClientKey:
    """The key in a file.

    Args:
        data: the file's bytes: PKCS#12, or PEM with a key and perhaps certificates.
        passphrase: what opens it; empty where nothing does.
        key_id: the id under which it is registered; empty where its certificate tells whose it is.

    Raises:
        BadKey: it will not do.
    """
    opens = passphrase.encode() or None
    certificates: list[x509.Certificate] = []
    try:
        if b"-----BEGIN" in data:
            key = load_pem_private_key(data, opens)
            if b"BEGIN CERTIFICATE" in data:
                certificates = x509.load_pem_x509_certificates(data)
        else:
            found = pkcs12.load_pkcs12(data, opens)
            key = found.key  # type: ignore[assignment]
            own = [found.cert.certificate] if found.cert else []
            certificates = [*own, *(each.certificate for each in found.additional_certs)]
    except (ValueError, TypeError) as error:
        raise BadKey(_NOT_OPENED) from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < 2048:
        raise BadKey(_NOT_RSA)
    if key_id:
        return ClientKey(key, {"kid": key_id})
    if not certificates:
        raise BadKey(_NO_CERTIFICATE)
    ders = [each.public_bytes(Encoding.DER) for each in certificates]
    return ClientKey(key, {"x5c": [base64.b64encode(each).decode() for each in ders]})


class Tokens:
    """Gives the token there is, or gets a new one shortly before it ends.

    Args:
        key: the client's.
        client: the client's id.
        issuer: whom the request is for.
        now: tells the time, aware.
    """

    def __init__(
        self, key: ClientKey, client: str, issuer: str, now: Callable[[], datetime]
    ) -> None:
        self._key, self._client, self._issuer, self._now = key, client, issuer, now
        self._token = ""
        self._until: datetime | None = None

    @property
    def token(self) -> str:
        """The token while it holds; empty where a new one is to be had."""
        return self._token if self._until and self._now() < self._until else ""

    def forget(self) -> None:
        """Use the token no more: the service has refused it."""
        self._until = None

    def keep(self, token: str, seconds: int) -> None:
        """Use a token from now on.

        Args:
            seconds: how long it holds.
        """
        self._token = token
        self._until = self._now() + timedelta(seconds=seconds) - _EARLY

    def grant(self) -> dict[str, str]:
        """The fields of a form that asks for a token."""
        now = self._now()
        claims = {
            "aud": self._issuer,
            "iss": self._client,
            "scope": SCOPE,
            "iat": int(now.timestamp()),
            "exp": int((now + _LIFETIME).timestamp()),
            "jti": str(uuid4()),
        }
        return {"grant_type": GRANT_TYPE, "assertion": self._key.signed(claims)}


def _encoded(told: dict[str, Any]) -> str:
    return _base64(json.dumps(told, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
