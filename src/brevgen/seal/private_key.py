"""A private key in memory that signs many letters.

pyHanko is imported here at once: import this file only where a key is opened.
"""

from functools import cached_property

from asn1crypto import keys, x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import CertificateStore, SimpleCertificateStore


class InMemorySigner(SimpleSigner):
    """Signs with RSA PKCS #1 v1.5 and SHA-256.

    pyHanko's own parses and checks the key anew for every signature, which takes longer than the
    rest of the letter's seal.

    Args:
        certificate: the key's.
        key: the key, checked when it was read.
        others: the certificates that came with it.
    """

    def __init__(
        self,
        certificate: x509.Certificate,
        key: keys.PrivateKeyInfo,
        others: CertificateStore | None = None,
    ) -> None:
        super().__init__(certificate, key, others or SimpleCertificateStore())

    @cached_property
    def _key(self) -> RSAPrivateKey:
        key = load_der_private_key(
            self.signing_key.dump(), None, unsafe_skip_rsa_key_validation=True
        )
        assert isinstance(key, RSAPrivateKey), "the certificate's problems were looked for first"
        return key

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """The signature of some bytes."""
        assert digest_algorithm == "sha256"
        return self._key.sign(data, PKCS1v15(), SHA256())
