"""A seal looked at with pyHanko, and what can be said about it.

pyHanko is imported here at once: import this file only where seals are verified.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from asn1crypto import cms, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, validate_tst_signed_data
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from brevgen.seal.certificates import Owner, owner_of, vouched_for
from brevgen.seal.cms_form import oddity_of
from brevgen.seal.roots import Roots
from brevgen.seal.test_key import TEST_NAME

# What pyHanko has to say about a bad seal is told in the report, not on the user's screen.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())

_FOR_SEALING = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})


@dataclass(frozen=True)
class Judgement:
    """What was seen; see `SealReport` for what is not told here.

    Args:
        reaches_the_end: whether the file ends where the sealed part ends.
        forbids_changes: whether it certifies the file and allows no changes.
        has_timestamp: whether there is a time stamp, good or not.
        is_our_test: whether it was made with the TEST key of this workspace.
        oddity: why the seal is not one brevgen could have made; empty if it could.
    """

    intact: bool = False
    covers_whole_file: bool = False
    reaches_the_end: bool = False
    forbids_changes: bool = False
    sealed_at: datetime | None = None
    has_timestamp: bool = False
    timestamped: bool = False
    chain_trusted: bool = False
    is_test: bool = False
    is_our_test: bool = False
    oddity: str = ""


NOTHING = Judgement()


def find_seal(pdf: bytes) -> tuple[EmbeddedPdfSignature | None, int]:
    """The last signature in a PDF, None where there is none, and how many there are of any kind."""
    found = list(PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures)
    signatures = [each for each in found if each.sig_object_type == "/Sig"]
    return (signatures[-1] if signatures else None), len(found)


def owner(seal: EmbeddedPdfSignature) -> Owner:
    """Whom a seal's certificate is for."""
    return owner_of(seal.signer_cert.dump())


def judge(seal: EmbeddedPdfSignature, pdf: bytes, roots: Roots) -> Judgement:
    """Look at a seal in every way."""
    stamped = _stamped_at(seal.signer_info)
    sealed_at = stamped or _claimed_at(seal)
    status = validate_pdf_signature(
        seal,
        signer_validation_context=_context(roots.every, sealed_at),
        ts_validation_context=_context(roots.trusted, sealed_at),
        key_usage_settings=_FOR_SEALING,
        skip_diff=True,  # any change at all is one too many
    )
    stamp = status.timestamp_validity
    timestamped = stamp is not None and stamp.intact and stamp.valid and stamp.trusted
    gap, reaches_the_end = _uncovered(seal, pdf)
    certificate = seal.signer_cert.dump()
    is_our_test = bool(roots.test and vouched_for([certificate], [roots.test]))
    digits = seal.pkcs7_content.hex().encode()
    return Judgement(
        intact=status.intact and status.valid,
        covers_whole_file=reaches_the_end and gap in (b"<%b>" % digits, b"<%b>" % digits.upper()),
        reaches_the_end=reaches_the_end,
        forbids_changes=_forbids_changes(seal),
        sealed_at=sealed_at if timestamped or stamped is None else _claimed_at(seal),
        has_timestamp=stamped is not None,
        timestamped=timestamped,
        chain_trusted=status.validation_path is not None and status.trust_problem_indic is None,
        is_test=is_our_test or owner_of(certificate).name.startswith(TEST_NAME),
        is_our_test=is_our_test,
        oddity=oddity_of(seal.pkcs7_content, roots.every),
    )


def timestamp_is_trusted(token: bytes, stamped: bytes, roots: Sequence[bytes]) -> bool:
    """Whether a time stamp is good, and from a service under one of the roots.

    Args:
        token: the time stamp, as DER.
        stamped: SHA-256 of what it is for.
        roots: whom to trust, as DER.
    """
    signed = cms.ContentInfo.load(token)["content"]
    at = signed["encap_content_info"]["content"].parsed["gen_time"].native
    seen = asyncio.run(
        validate_tst_signed_data(signed, _context(roots, at), lambda _algorithm: stamped)
    )
    status = TimestampSignatureStatus(**seen)
    return status.intact and status.valid and status.trusted


def _uncovered(seal: EmbeddedPdfSignature, pdf: bytes) -> tuple[bytes, bool]:
    """The bytes left out of what is sealed, and whether the file ends where that ends."""
    ranges = [int(number) for number in seal.byte_range]
    if len(ranges) != 4 or ranges[0] != 0 or min(ranges) < 0:
        return b"", False
    _, before, start, length = ranges
    return pdf[before:start], before < start and start + length == len(pdf)


def _forbids_changes(seal: EmbeddedPdfSignature) -> bool:
    """Whether it is the certifying signature of the document, with DocMDP “no changes”."""
    try:
        certifying = seal.reader.root["/Perms"].raw_get("/DocMDP").reference
    except KeyError:
        return False
    return bool(
        seal.docmdp_level is MDPPerm.NO_CHANGES
        and seal.sig_field.raw_get("/V").reference == certifying
    )


def _context(roots: Sequence[bytes], at: datetime | None) -> ValidationContext:
    return ValidationContext(
        trust_roots=[x509.Certificate.load(root) for root in roots],
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def _claimed_at(seal: EmbeddedPdfSignature) -> datetime | None:
    claimed = seal.self_reported_timestamp
    return claimed.replace(tzinfo=UTC) if claimed and claimed.tzinfo is None else claimed


def _stamped_at(signer: cms.SignerInfo) -> datetime | None:
    """The time in the time stamp; None where there is none. It is not judged yet."""
    for stamp in extract_tst_data_iter(signer, signed=False):
        at = stamp["encap_content_info"]["content"].parsed["gen_time"].native
        assert isinstance(at, datetime)
        return at
    return None
