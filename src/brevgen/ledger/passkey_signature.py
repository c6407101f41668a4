"""What a passkey signs when letters are approved, and whether a signature holds.

Everything that is needed stands in the ledger, so that it can be checked for ever, also by others:
`docs/approval.md` tells how. Source of the format: Web Authentication (W3C), section 7.2.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit

from brevgen.language import tr
from brevgen.ledger.approval_records import Passkey, PasskeySignature

_HOST_DIGEST = 32
"""Bytes of the digest of the host's name, with which the authenticator data begin."""
_PRESENT, _VERIFIED = 0x01, 0x04
"""Flags of the authenticator data: somebody was there, and the device knew who."""


def challenge(ledger: str, manifest: str, look: str, after: int) -> bytes:
    """What a passkey is asked to sign: 32 bytes that stand for exactly the letters shown.

    Letters that are approved once more, word for word, have another one than before, so that no
    signature is good twice.

    Args:
        ledger: the identity of the ledger.
        manifest: digest of the manifest, 64 hexadecimal digits.
        look: digest of how the letters look.
        after: number of the event in which one of them was last approved before; 0 for none.
    """
    text = f"brevgen-approval-1\nledger {ledger}\nmanifest {manifest}\nlook {look}\n"
    if after:
        text += f"after {after}\n"
    return hashlib.sha256(text.encode()).digest()


def reason_against(signed: PasskeySignature, passkey: Passkey, wanted: bytes) -> str:
    """Why a signature does not hold, in a sentence; empty where it does.

    Args:
        passkey: the passkey that is said to have made it.
        wanted: the challenge that it must be over.
    """
    try:
        client_data = from_base64url(signed.client_data)
        device_data = from_base64url(signed.authenticator_data)
        said = json.loads(client_data)
        kind, origin = str(said["type"]), str(said["origin"])
        is_over = from_base64url(str(said["challenge"])) == wanted
        flags = device_data[_HOST_DIGEST]
    except (ValueError, KeyError, TypeError, IndexError):
        return tr("What the browser has sent with it cannot be read.")
    if kind != "webauthn.get" or said.get("crossOrigin"):
        return tr("It was not made to approve letters.")
    if not is_over:
        return tr(
            "It was made for other letters, for other words in them, or for an earlier approval."
        )
    if not _is_page_of(origin, passkey.host):
        return tr("It was made on {origin}, not on {host}.", origin=origin, host=passkey.host)
    if device_data[:_HOST_DIGEST] != hashlib.sha256(passkey.host.encode()).digest():
        return tr("It was made for another host than {host}.", host=passkey.host)
    if flags & (_PRESENT | _VERIFIED) != _PRESENT | _VERIFIED:
        return tr("The device did not check who was there, by fingerprint, face or PIN.")
    over = device_data + hashlib.sha256(client_data).digest()
    if not _fits(passkey.public_key, signed.signature, over):
        return tr("It does not fit the registered passkey.")
    return ""


def _is_page_of(origin: str, host: str) -> bool:
    """Whether a page's origin is on a host, and one that browsers let passkeys be used on."""
    parts = urlsplit(origin)
    return parts.hostname == host and (parts.scheme == "https" or host == "localhost")


def _fits(public_key: str, signature: str, over: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key: Any = load_der_public_key(from_base64url(public_key))
        given = from_base64url(signature)
        match key:
            case ec.EllipticCurvePublicKey():
                key.verify(given, over, ec.ECDSA(SHA256()))
            case rsa.RSAPublicKey():
                key.verify(given, over, padding.PKCS1v15(), SHA256())
            case ed25519.Ed25519PublicKey():
                key.verify(given, over)
            case _:
                return False
    except (InvalidSignature, ValueError):
        return False
    return True


def to_base64url(data: bytes) -> str:
    """Bytes as browsers write them: base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """Bytes from base64url without padding, which has one way to write them.

    Raises:
        ValueError: it is none.
    """
    if not text.isascii():
        raise ValueError("base64url has no other characters than those of ASCII")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise ValueError("these bytes are written otherwise in base64url")
    return data
