"""The key letters are sealed with: found, opened and tried before the first letter.

A key is opened once in every process that seals. To another process go the settings and the
workspace's folder, which hold no secrets; passphrase and PIN come there from the environment, which
it inherits, or from their files.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.errors import NotSealed
from brevgen.findings import Findings
from brevgen.language import tr
from brevgen.marker import STATE_FOLDER
from brevgen.seal.certificates import Owner, certificate_problems, chain_of, owner_of, trusted_by
from brevgen.seal.roots import read_roots
from brevgen.seal.test_key import FILE, load_test_key
from brevgen.settings.seal import SealSettings, place

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

_TRIAL = b"brevgen"
"""What is signed once to see whether key and certificate belong together."""


@dataclass(frozen=True)
class SealKey:
    """A key that is fit for sealing.

    Args:
        signer: the key itself, and its certificate.
        chain: the issuers up to the root, but not the root, as DER.
        is_test: whether it is the TEST key, which proves nothing.
        timestamp_url: the time-stamp service; empty for none.
        timestamp_size: how large its answers are, in bytes.
    """

    signer: "Signer" = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)
    is_test: bool = False
    timestamp_url: str = ""
    timestamp_size: int = 0

    @property
    def certificate(self) -> bytes:
        """Its certificate, as DER."""
        return certificate_of(self.signer)

    @property
    def validity(self) -> tuple[datetime, datetime]:
        """When its certificate begins and ends to be valid, aware."""
        certificate = self.signer.signing_cert
        assert certificate is not None, "a key is loaded together with its certificate"
        return certificate.not_valid_before, certificate.not_valid_after

    @cached_property
    def owner(self) -> Owner:
        """Whom the seal belongs to."""
        return owner_of(self.certificate)

    @property
    def notice(self) -> str:
        """A line to be shown before letters are sealed; empty for a real key."""
        if not self.is_test:
            return ""
        return tr(
            "No seal key is set: letters get a TEST seal ({file}) that proves nothing. Set [seal]"
            " key in brevgen.toml before letters are sent.",
            file=f"{STATE_FOLDER}/{FILE}",
        )


def open_key(settings: SealSettings, folder: Path, now: datetime) -> SealKey:
    """Open the key the settings name, or the TEST key, and see that letters can be sealed with it.

    Args:
        settings: the `[seal]` table.
        folder: the workspace.
        now: the time, aware.

    Raises:
        FaultyInput: something is missing, wrong or expired, or the time-stamp service is silent.
    """
    findings = Findings()
    signer = _load(settings, folder, findings)
    findings.stop_on_faults()
    assert signer is not None, "what cannot be loaded is a fault"
    key = SealKey(
        signer,
        chain_of(certificate_of(signer), [each.dump() for each in signer.cert_registry]),
        is_test=not settings.has_key,
        timestamp_url=settings.timestamp_url,
    )
    roots = read_roots(settings, folder).trusted
    _check(key, settings, roots, now, findings)
    findings.stop_on_faults()
    size = _try_timestamps(settings.timestamp_url, roots, findings)
    findings.stop_on_faults()
    return replace(key, timestamp_size=size)


def _load(settings: SealSettings, folder: Path, findings: Findings) -> "Signer | None":
    # What opens a key takes long to import, and not everybody who imports this file opens one.
    if settings.key:
        from brevgen.seal.pkcs12 import load_file_key

        return load_file_key(settings, folder, findings)
    if settings.pkcs11:
        from brevgen.seal.pkcs11 import load_token_key

        return load_token_key(settings, folder, findings)
    return load_test_key(folder)


def certificate_of(signer: "Signer") -> bytes:
    """The certificate a key was loaded with, as DER."""
    assert signer.signing_cert is not None, "a key is loaded together with its certificate"
    return bytes(signer.signing_cert.dump())


def _check(
    key: SealKey,
    settings: SealSettings,
    roots: tuple[bytes, ...],
    now: datetime,
    findings: Findings,
) -> None:
    """Note everything for which letters cannot be sealed with a key."""
    where = place("pkcs11.key" if settings.pkcs11 else "key")
    for what, remedy in certificate_problems(key.certificate, now):
        findings.fault(what, remedy, where)
    if findings.faults:
        return
    if not _fits(key, findings):
        findings.fault(
            tr("The key does not fit its certificate."),
            tr("Name the key and the certificate that were made for each other."),
            where,
        )
    if key.is_test:
        return
    given, wanted = key.owner.organisation_number, settings.organisation_number
    if wanted and given != wanted:
        what = tr(
            "The certificate names no organisation number; it should be {wanted}.", wanted=wanted
        )
        if given:
            what = tr(
                "The certificate is for organisation number {given}, not {wanted}.",
                given=given,
                wanted=wanted,
            )
        findings.fault(what, tr("Name the agency's own seal."), place("organisation_number"))
    if roots and not trusted_by(roots, key.certificate, key.chain, now):
        findings.fault(
            tr(
                "The certificate's issuers do not lead to one of the roots, or one of them has"
                " ended."
            ),
            tr("Name the root's file; the key's file must hold the issuers in between."),
            place("roots"),
        )


def _fits(key: SealKey, findings: Findings) -> bool:
    """Whether what the key signs is what its certificate stands for."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

    public = x509.load_der_x509_certificate(key.certificate).public_key()
    assert isinstance(public, RSAPublicKey), "it was checked before"
    try:
        signature = asyncio.run(key.signer.async_sign_raw(_TRIAL, "sha256"))
        public.verify(signature, _TRIAL, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    except NotSealed as error:
        findings.fault(str(error), "", place("pkcs11.key"))
    return True


def _try_timestamps(url: str, roots: tuple[bytes, ...], findings: Findings) -> int:
    """Ask the service for one time stamp; the size of the answer in bytes, 0 without a service."""
    if not url:
        return 0
    from brevgen.seal.timestamp import TimestampService
    from brevgen.seal.verify import trusts_timestamp

    try:
        token = TimestampService(url).try_out()
    except NotSealed as error:
        findings.fault(str(error), "", place("timestamp_url"))
        return 0
    if roots and not trusts_timestamp(token, hashlib.sha256().digest(), roots):
        findings.fault(
            tr(
                "Time stamps of {address} could not be verified later: no trusted root vouches for"
                " them.",
                address=url,
            ),
            tr("Name the files of the service's roots as well."),
            place("roots"),
        )
    return len(token)
