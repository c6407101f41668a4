"""What a form needs so that a browser can ask for a passkey, and what comes back with it."""

import hashlib
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request

from brevgen.ledger.approval_records import Passkey, PasskeySignature
from brevgen.ledger.passkey_signature import to_base64url
from brevgen.rounds.passkeys import NewPasskey

PATIENCE = 300_000
"""Milliseconds that a browser waits for the person."""
ALGORITHMS = (-8, -7, -257)
"""EdDSA, ES256 and RS256, as COSE numbers them."""


def origin(request: Request) -> str:
    """The desk's address, as browsers name it."""
    scheme = "https" if request.app.state.secure else "http"
    return f"{scheme}://{request.headers['host']}"


def host(request: Request) -> str:
    """The host name that passkeys are good for; empty where the desk is reached by a number."""
    name = urlsplit(origin(request)).hostname or ""
    try:
        ip_address(name)
    except ValueError:
        return name
    return ""


def usable(passkeys: list[Passkey], host_: str) -> list[Passkey]:
    """Those that can sign here."""
    return [each for each in passkeys if each.removed_at is None and each.host == host_]


def to_sign(passkeys: list[Passkey], host_: str, challenge: bytes) -> dict[str, Any]:
    """What a browser is asked, to have one of some passkeys sign a challenge."""
    return {
        "challenge": to_base64url(challenge),
        "rpId": host_,
        "userVerification": "required",
        "timeout": PATIENCE,
        "allowCredentials": _named(passkeys),
    }


def to_make(passkeys: list[Passkey], host_: str, account: str, challenge: bytes) -> dict[str, Any]:
    """What a browser is asked, to make a passkey for an account.

    Args:
        passkeys: those it has already, so that no device makes a second one.
        host_: the host name it will be good for.
        account: whose it will be.
        challenge: what the browser is to repeat.
    """
    user = hashlib.sha256(f"brevgen {account}".encode()).digest()
    return {
        "challenge": to_base64url(challenge),
        "rp": {"id": host_, "name": "brevgen"},
        "user": {"id": to_base64url(user), "name": account, "displayName": account},
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in ALGORITHMS],
        "authenticatorSelection": {"userVerification": "required", "residentKey": "preferred"},
        "attestation": "none",
        "timeout": PATIENCE,
        "excludeCredentials": _named(passkeys),
    }


def _named(passkeys: list[Passkey]) -> list[dict[str, Any]]:
    return [{"id": each.credential_id, "transports": list(each.transports)} for each in passkeys]


def signature_in(form: FormData) -> PasskeySignature | None:
    """The signature that a form brings; None where it brings none."""
    fields = ("credential_id", "authenticator_data", "client_data", "signature")
    values = [str(form.get(name, "")) for name in fields]
    return PasskeySignature(*values) if values[3] else None


def new_passkey_in(form: FormData) -> NewPasskey:
    """The new passkey that a form brings."""
    return NewPasskey(
        credential_id=str(form.get("credential_id", "")),
        client_data=str(form.get("client_data", "")),
        attestation=str(form.get("attestation", "")),
        transports=tuple(str(form.get("transports", "")).split()),
        name=str(form.get("name", "")),
    )
