"""The key letters are sealed with: found, opened and tried before the first letter.

A key is opened once in every process that seals. To another process go the settings and the
workspace's folder, which hold no secrets; passphrase and PIN come there from the environment, which
it inherits, or from their files.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from brevgen.findings import Findings
from brevgen.marker import STATE_FOLDER
from brevgen.seal.certificates import Owner, chain_of, owner_of, unfitness, vouched_for
from brevgen.seal.pkcs11 import load_token_key
from brevgen.seal.pkcs12 import load_file_key
from brevgen.seal.private_key import LoadedKey, NotSealed, Sign
from brevgen.seal.roots import read_roots
from brevgen.seal.test_key import FILE, load_trial_key
from brevgen.settings.seal import SealSettings, place

_TRIAL = b"brevgen"
"""What is signed once to see whether key and certificate belong together."""


@dataclass(frozen=True)
class SealKey:
    """A key that is fit for sealing.

    Args:
        certificate: its certificate, as DER.
        chain: the issuers up to the root, but not the root, as DER.
        sign: signs some bytes.
        valid_from: when the certificate begins to be valid.
        valid_until: when it ends.
        is_test: whether it is the TEST key, which proves nothing.
        timestamp_url: the time-stamp service; empty for none.
        timestamp_size: how large its answers are, in bytes.
    """

    certificate: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)
    sign: Sign = field(repr=False)
    valid_from: datetime
    valid_until: datetime
    is_test: bool = False
    timestamp_url: str = ""
    timestamp_size: int = 0

    @cached_property
    def owner(self) -> Owner:
        """Whom the seal belongs to."""
        return owner_of(self.certificate)

    @property
    def notice(self) -> str:
        """A line to be shown before letters are sealed; empty for a real key."""
        return (
            f"No seal key is set: letters get a TEST seal ({STATE_FOLDER}/{FILE}) that proves"
            " nothing. Set [seal] key in brevgen.toml before letters are sent."
            if self.is_test
            else ""
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
    loaded = _load(settings, folder, findings)
    findings.stop_on_faults()
    assert loaded is not None, "what cannot be loaded is a fault"
    roots = read_roots(settings, folder).trusted
    _check(loaded, settings, roots, now, findings)
    findings.stop_on_faults()
    size = _try_timestamps(settings.timestamp_url, roots, findings)
    findings.stop_on_faults()
    return _fit(loaded, settings, size)


def _load(settings: SealSettings, folder: Path, findings: Findings) -> LoadedKey | None:
    if settings.key:
        return load_file_key(settings, folder, findings)
    if settings.pkcs11:
        return load_token_key(settings, folder, findings)
    return load_trial_key(folder)


def _fit(loaded: LoadedKey, settings: SealSettings, timestamp_size: int) -> SealKey:
    from cryptography import x509

    read = x509.load_der_x509_certificate(loaded.certificate)
    return SealKey(
        certificate=loaded.certificate,
        chain=chain_of(loaded.certificate, loaded.others),
        sign=loaded.sign,
        valid_from=read.not_valid_before_utc,
        valid_until=read.not_valid_after_utc,
        is_test=not settings.has_key,
        timestamp_url=settings.timestamp_url,
        timestamp_size=timestamp_size,
    )


def _check(
    loaded: LoadedKey,
    settings: SealSettings,
    roots: tuple[bytes, ...],
    now: datetime,
    findings: Findings,
) -> None:
    """Note everything for which letters cannot be sealed with a key."""
    where = place("pkcs11.key" if settings.pkcs11 else "key")
    for what, remedy in unfitness(loaded.certificate, now):
        findings.fault(what, remedy, where)
    if findings.faults:
        return
    if not _fits(loaded, findings):
        findings.fault(
            "The key does not fit its certificate.",
            "Name the key and the certificate that were made for each other.",
            where,
        )
    if not settings.has_key:
        return
    given, wanted = owner_of(loaded.certificate).organisation_number, settings.organisation_number
    if wanted and given != wanted:
        findings.fault(
            f"The certificate is for organisation number {given or 'none'}, not {wanted}.",
            "Name the agency's own seal.",
            place("organisation_number"),
        )
    if roots and loaded.certificate not in vouched_for((loaded.certificate, *loaded.others), roots):
        findings.fault(
            "The certificate's issuers do not lead to one of the roots.",
            "Name the root's file; the key's file must hold the issuers in between.",
            place("roots"),
        )


def _fits(loaded: LoadedKey, findings: Findings) -> bool:
    """Whether what the key signs is what its certificate stands for."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

    public = x509.load_der_x509_certificate(loaded.certificate).public_key()
    assert isinstance(public, RSAPublicKey), "it was checked before"
    try:
        public.verify(loaded.sign(_TRIAL), _TRIAL, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    except NotSealed as error:
        findings.fault(str(error), "", place("pkcs11.key"))
    return True


def _try_timestamps(url: str, roots: tuple[bytes, ...], findings: Findings) -> int:
    """Ask the service for one time stamp; the size of the answer in bytes, 0 without a service."""
    if not url:
        return 0
    from brevgen.seal.timestamp import TimestampService, unfitness_of

    try:
        token = TimestampService(url).try_out()
    except NotSealed as error:
        findings.fault(str(error), "", place("timestamp_url"))
        return 0
    if roots and (reason := unfitness_of(token, roots)):
        findings.fault(
            f"Time stamps of {url} could not be verified later: {reason}",
            "Name the files of the service's roots as well.",
            place("roots"),
        )
    return len(token)
