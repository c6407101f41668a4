"""Certificates: whose they are, whether they lead to a root, and why one cannot seal letters.

Certificates are handed around as DER bytes, so that only the code that looks into one needs the
library that can.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from brevgen.language import tr

if TYPE_CHECKING:
    from cryptography import x509
    from pyhanko_certvalidator import ValidationContext

SMALLEST_KEY = 2048
"""Bits of an RSA key below which it is no longer safe (NIST SP 800-131A; ETSI TS 119 312)."""

_ORGANISATION_NUMBER = "NTRNO-([0-9]{9})"
"""How a Norwegian organisation number is written in a certificate (ETSI EN 319 412-1, 5.1.4)."""


@dataclass(frozen=True)
class Owner:
    """Whom a certificate is for; what it does not tell is empty.

    Args:
        name: the common name.
        organisation: the organisation's name.
        organisation_number: 9 digits; only where the certificate says of which register it is.
        subject: the whole subject in words (RFC 4514).
    """

    name: str = ""
    organisation: str = ""
    organisation_number: str = ""
    subject: str = ""


def read_certificates(data: bytes) -> list[bytes]:
    """The certificates in a PEM or DER file, as DER; none if there are none in it."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        if b"-----BEGIN" in data:
            found = x509.load_pem_x509_certificates(data)
        else:
            found = [x509.load_der_x509_certificate(data)]
    except ValueError:
        return []
    return [each.public_bytes(Encoding.DER) for each in found]


def owner_of(certificate: bytes) -> Owner:
    """Whom a certificate is for."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    subject = x509.load_der_x509_certificate(certificate).subject

    def told(kind: x509.ObjectIdentifier) -> str:
        return next((str(each.value) for each in subject.get_attributes_for_oid(kind)), "")

    number = re.fullmatch(_ORGANISATION_NUMBER, told(NameOID.ORGANIZATION_IDENTIFIER))
    return Owner(
        name=told(NameOID.COMMON_NAME),
        organisation=told(NameOID.ORGANIZATION_NAME),
        organisation_number=number[1] if number else "",
        subject=subject.rfc4514_string(),
    )


def trust_in(roots: Sequence[bytes], at: datetime | None) -> "ValidationContext":
    """Who is trusted when certificates are judged as of some time; no network is asked."""
    from asn1crypto import x509
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=[x509.Certificate.load(root) for root in roots],
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def trusted_by(
    roots: Sequence[bytes], certificate: bytes, others: Iterable[bytes], at: datetime
) -> bool:
    """Whether a certificate leads to one of the roots, and all on the way are valid at a time.

    Args:
        roots: whom to trust, as DER.
        others: those that may stand between the two, as DER.
        at: when, aware.
    """
    from asn1crypto import x509
    from pyhanko_certvalidator import CertificateValidator
    from pyhanko_certvalidator.errors import PathError, ValidationError

    validator = CertificateValidator(
        x509.Certificate.load(certificate),
        [x509.Certificate.load(each) for each in others],
        trust_in(roots, at),
    )
    try:
        asyncio.run(validator.async_validate_path())
    except (PathError, ValidationError):
        return False
    return True


def chain_of(certificate: bytes, others: Iterable[bytes]) -> tuple[bytes, ...]:
    """The issuers of a certificate, nearest first, as far as they are among others.

    A root is left out: whoever trusts it has it already.
    """
    from asn1crypto import x509
    from pyhanko_certvalidator.errors import PathBuildingError
    from pyhanko_certvalidator.registry import (
        CertificateRegistry,
        PathBuilder,
        SimpleTrustManager,
    )

    known = [x509.Certificate.load(each) for each in others if each != certificate]
    roots = [each for each in known if each.self_signed != "no"]
    issuers = [each for each in known if each.self_signed == "no"]
    builder = PathBuilder(SimpleTrustManager.build(roots), CertificateRegistry.build(issuers))
    try:
        path, *_ = builder.build_paths(x509.Certificate.load(certificate))
    except PathBuildingError:  # no root came with it
        return tuple(each.dump() for each in issuers)
    between = [each.dump() for each in path.iter_certs(include_root=False)]
    return tuple(each for each in reversed(between) if each != certificate)


def certificate_problems(certificate: bytes, now: datetime) -> list[tuple[str, str]]:
    """Why letters cannot be sealed with a certificate: what is wrong, and what to do.

    Args:
        now: when letters are to be sealed, aware.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    read = x509.load_der_x509_certificate(certificate)
    since, until = read.not_valid_before_utc, read.not_valid_after_utc
    key = read.public_key()
    problems = []
    if not isinstance(key, RSAPublicKey):
        # Other keys need PDF 2.0, which PDF/A-2 does not know.
        problems.append((tr("The key is not an RSA key."), tr("Order a seal with an RSA key.")))
    elif key.key_size < SMALLEST_KEY:
        what = tr("The RSA key has {bits} bits.", bits=key.key_size)
        remedy = tr("Order a seal with a key of at least {bits} bits.", bits=SMALLEST_KEY)
        problems.append((what, remedy))
    if now > until:
        what = tr("The certificate expired on {date}.", date=f"{until:%Y-%m-%d}")
        problems.append((what, tr("Renew it.")))
    if now < since:
        what = tr("The certificate is not valid before {date}.", date=f"{since:%Y-%m-%d}")
        remedy = tr("Wait until then, or see whether the clock is right.")
        problems.append((what, remedy))
    if not _may_sign(read):
        what = tr("The certificate is not for signing (digitalSignature or nonRepudiation).")
        remedy = tr("Name the certificate of the seal, not the one for encryption or login.")
        problems.append((what, remedy))
    return problems


def _may_sign(certificate: "x509.Certificate") -> bool:
    """Whether its usage allows seals; those who verify them want it to say so."""
    from cryptography import x509

    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.digital_signature or usage.content_commitment
