"""A key as it comes out of a file or a token, before anybody has looked whether it will do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from brevgen.errors import BrevgenError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

Sign = Callable[[bytes], bytes]
"""Signs some bytes: RSA PKCS #1 v1.5 with SHA-256."""


class NotSealed(BrevgenError):
    """A letter could not be sealed though everything was in order: a service or a token failed."""


@dataclass(frozen=True)
class LoadedKey:
    """A key that can sign, and the certificates that came with it.

    Args:
        certificate: the one of the key, as DER.
        others: those around it, as DER, in any order.
        sign: signs some bytes.
    """

    certificate: bytes
    others: tuple[bytes, ...]
    sign: Sign = field(repr=False)


def signing(key: "RSAPrivateKey") -> Sign:
    """How a key in memory signs; it is parsed and checked once, not for every signature."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    padding, digest = PKCS1v15(), SHA256()
    return lambda data: key.sign(data, padding, digest)
