"""Certificates: whose they are, who vouches for them, and what makes one unfit for sealing.

Certificates are handed around as DER bytes, so that only the code that looks into one needs the
library that can.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509

SMALLEST_KEY = 2048
"""Bits of an RSA key below which it is no longer safe (NIST SP 800-131A; ETSI TS 119 312)."""

_ORGANISATION_IDENTIFIER = "2.5.4.97"
_REGISTER = "NTRNO-"
"""How a Norwegian organisation number is written in a certificate (ETSI EN 319 412-1, 5.1.4)."""


@dataclass(frozen=True)
class Owner:
    """Whom a certificate is for; what it does not tell is empty.

    Args:
        name: the common name.
        organisation: the organisation's name.
        organisation_number: 9 digits.
        subject: the whole subject in words (RFC 4514).
    """

    name: str = ""
    organisation: str = ""
    organisation_number: str = ""
    subject: str = ""


def read_certificates(data: bytes) -> list[bytes]:
    """The certificates in a PEM or DER file, as DER; none if there are none in it."""
    from cryptography import x509

    try:
        if b"-----BEGIN" in data:
            return [_der(each) for each in x509.load_pem_x509_certificates(data)]
        return [_der(x509.load_der_x509_certificate(data))]
    except ValueError:
        return []


def owner_of(certificate: bytes) -> Owner:
    """Whom a certificate is for."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    subject = x509.load_der_x509_certificate(certificate).subject

    def told(kind: x509.ObjectIdentifier) -> str:
        return next((str(each.value) for each in subject.get_attributes_for_oid(kind)), "")

    identifier = told(x509.ObjectIdentifier(_ORGANISATION_IDENTIFIER))
    # The oldest Norwegian certificates have the bare number as serial number of the subject.
    number = identifier.removeprefix(_REGISTER) if identifier else told(NameOID.SERIAL_NUMBER)
    return Owner(
        name=told(NameOID.COMMON_NAME),
        organisation=told(NameOID.ORGANIZATION_NAME),
        organisation_number=number if len(number) == 9 and number.isdecimal() else "",
        subject=subject.rfc4514_string(),
    )


def chain_of(certificate: bytes, others: Iterable[bytes]) -> tuple[bytes, ...]:
    """The issuers of a certificate, nearest first, as far as they are among others.

    A root is left out: whoever trusts it has it already.
    """
    from cryptography import x509

    left = {each: x509.load_der_x509_certificate(each) for each in others if each != certificate}
    chain = []
    last = x509.load_der_x509_certificate(certificate)
    while issuer := next((der for der, each in left.items() if _issued(last, each)), None):
        last = left.pop(issuer)
        if not _issued(last, last):
            chain.append(issuer)
    return tuple(chain)


def vouched_for(certificates: Iterable[bytes], roots: Sequence[bytes]) -> set[bytes]:
    """Those certificates that are roots, or signed by one, or by one signed by one, and so on.

    It says only that none of them has been altered, not that each may be used as it is: validity
    and usage are judged where a seal is verified.
    """
    from cryptography import x509

    known = {each: x509.load_der_x509_certificate(each) for each in roots}
    left = {each: x509.load_der_x509_certificate(each) for each in certificates}
    found = set(known) & set(left)
    while more := {
        der
        for der, each in left.items()
        if der not in found and any(_issued(each, issuer) for issuer in known.values())
    }:
        found |= more
        known |= {der: left[der] for der in more}
    return found


def unfitness(certificate: bytes, now: datetime) -> list[tuple[str, str]]:
    """Why letters cannot be sealed with a certificate: what is wrong, and what to do.

    Args:
        certificate: as DER.
        now: when letters are to be sealed, aware.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    read = x509.load_der_x509_certificate(certificate)
    reasons = []
    key = read.public_key()
    if not isinstance(key, RSAPublicKey):
        # Other keys need PDF 2.0, which PDF/A-2 does not know.
        reasons.append(("The key is not an RSA key.", "Order a seal with an RSA key."))
    elif key.key_size < SMALLEST_KEY:
        reasons.append(
            (
                f"The RSA key has {key.key_size} bits.",
                f"Order a seal with a key of at least {SMALLEST_KEY} bits.",
            )
        )
    if now > read.not_valid_after_utc:
        reasons.append(
            (f"The certificate expired on {read.not_valid_after_utc:%Y-%m-%d}.", "Renew it.")
        )
    if now < read.not_valid_before_utc:
        reasons.append(
            (
                f"The certificate is not valid before {read.not_valid_before_utc:%Y-%m-%d}.",
                "Wait until then, or see whether the clock is right.",
            )
        )
    if not _may_sign(read):
        reasons.append(
            (
                "The certificate is not for signing (digitalSignature or nonRepudiation).",
                "Name the certificate of the seal, not the one for encryption or login.",
            )
        )
    return reasons


def _may_sign(certificate: "x509.Certificate") -> bool:
    """Whether its usage allows seals; those who verify them want it to say so."""
    from cryptography import x509

    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.digital_signature or usage.content_commitment


def _issued(certificate: "x509.Certificate", issuer: "x509.Certificate") -> bool:
    """Whether one certificate was signed by another."""
    from cryptography.exceptions import InvalidSignature

    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _der(certificate: "x509.Certificate") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)
