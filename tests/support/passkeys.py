"""A device with a passkey, in software: what a browser would give, also where it should not."""

import hashlib
import json
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from brevgen.ledger.approval_records import Passkey, PasskeySignature
from brevgen.ledger.passkey_signature import to_base64url
from brevgen.rounds.passkeys import NewPasskey

HOST = "localhost"
ORIGIN = "http://localhost:8123"
PRESENT_AND_VERIFIED = 0x05
PRESENT = 0x01
_WITH_KEY = 0x40


class Device:
    """A device that holds one passkey.

    Args:
        credential_id: what the passkey is called.
    """

    def __init__(self, credential_id: bytes = b"a passkey") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = credential_id

    @property
    def credential_id(self) -> str:
        return to_base64url(self._id)

    @property
    def cose_key(self) -> bytes:
        """The public key as devices give it."""
        numbers = self._key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def passkey(self, account: str = "hege", host: str = HOST, name: str = "telefon") -> Passkey:
        """The passkey as it is registered."""
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return Passkey(self.credential_id, account, host, to_base64url(der), name)

    def registers(
        self,
        challenge: bytes,
        *,
        host: str = HOST,
        origin: str = ORIGIN,
        flags: int = PRESENT_AND_VERIFIED,
        name: str = "telefon",
    ) -> NewPasskey:
        """What a browser gives when the passkey is made."""
        key = bytes(16) + len(self._id).to_bytes(2, "big") + self._id + self.cose_key
        data = _host_digest(host) + bytes([flags | _WITH_KEY]) + bytes(4) + key
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = _client_data("webauthn.create", challenge, origin)
        return NewPasskey(
            self.credential_id, to_base64url(said), to_base64url(attestation), ("internal",), name
        )

    def signs(
        self,
        challenge: bytes,
        *,
        host: str = HOST,
        origin: str = ORIGIN,
        flags: int = PRESENT_AND_VERIFIED,
        kind: str = "webauthn.get",
        **more: Any,
    ) -> PasskeySignature:
        """What a browser gives when the passkey signs."""
        data = _host_digest(host) + bytes([flags]) + bytes(4)
        said = _client_data(kind, challenge, origin, **more)
        signature = self._key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return PasskeySignature(
            self.credential_id, to_base64url(data), to_base64url(said), to_base64url(signature)
        )


def _host_digest(host: str) -> bytes:
    return hashlib.sha256(host.encode()).digest()


def _client_data(kind: str, challenge: bytes, origin: str, **more: Any) -> bytes:
    said = {"type": kind, "challenge": to_base64url(challenge), "origin": origin, **more}
    return json.dumps(said).encode()
