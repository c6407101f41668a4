"""A seal beside a file that is no PDF: a detached CMS signature, which openssl checks too.

pyHanko is imported here at once: import this file only where such seals are made or verified.
"""

import asyncio
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms

from brevgen.language import tr
from brevgen.seal.certificates import owner_of, trust_in
from brevgen.seal.key import SealKey
from brevgen.seal.roots import Roots
from brevgen.seal.sign import DIGEST, KeySigner
from brevgen.seal.timestamp import TimestampService
from brevgen.seal.verify import (
    FOR_SEALING,
    belongs_to_another,
    excess_in,
    is_good,
    stamped_at,
)


@dataclass(frozen=True)
class DetachedReport:
    """What there is to say of a seal beside a file.

    Args:
        signer_name: the common name in the seal's certificate.
        sealed_at: when, aware: by a good time stamp where there is one, else as the seal claims.
        timestamped: whether a trusted time stamp says so.
        problem: what does not hold, in the reader's language; empty if all is good.
    """

    signer_name: str = ""
    sealed_at: datetime | None = None
    timestamped: bool = False
    problem: str = ""


def sign_detached(key: SealKey, data: bytes, at: datetime) -> bytes:
    """A signature over some bytes, as DER, with a time stamp where a service is set.

    Raises:
        NotSealed: the token or the time-stamp service failed.
    """
    stamps = TimestampService(key.timestamp_url) if key.timestamp_url else None
    signature = asyncio.run(
        KeySigner(key).async_sign_general_data(
            data,
            DIGEST,
            timestamper=stamps,
            signed_attr_settings=PdfCMSSignedAttributes(signing_time=at),
        )
    )
    return bytes(signature.dump())


def verify_detached(
    data: bytes, signature: bytes, roots: Roots, *, organisation_number: str = ""
) -> DetachedReport:
    """Look at a signature over some bytes; never raises, and asks no network.

    Args:
        data: what it is over.
        signature: as DER.
        organisation_number: whose seal it must be, 9 digits, unless it is our TEST seal, which is
            nobody's; empty for anyone's.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            signed = cms.ContentInfo.load(signature)["content"]
            if excess := excess_in(signed, signed["signer_infos"][0]):
                return DetachedReport(problem=excess)
            return _judge(data, signed, roots, organisation_number)
        except Exception:  # parsers fail in more ways than anyone can list
            return DetachedReport(problem=tr("The seal is damaged: it cannot be read."))


def _judge(
    data: bytes, signed: cms.SignedData, roots: Roots, organisation_number: str
) -> DetachedReport:
    signer = signed["signer_infos"][0]
    stamped = stamped_at(signer)
    claimed = next(
        (
            each["values"][0].native
            for each in signer["signed_attrs"]
            if each["type"].native == "signing_time"
        ),
        None,
    )
    at = stamped or claimed
    status = asyncio.run(
        async_validate_detached_cms(
            data,
            signed,
            signer_validation_context=trust_in(roots.every, at),
            ts_validation_context=trust_in(roots.trusted, at),
            key_usage_settings=FOR_SEALING,
        )
    )
    stamp = status.timestamp_validity
    timestamped = bool(stamp and is_good(stamp))
    owner, path = owner_of(status.signing_cert.dump()), status.validation_path
    is_our_test = path is not None and path.first.dump() == roots.test
    problem = "" if is_our_test else belongs_to_another(owner, organisation_number)
    if not (status.intact and status.valid):
        problem = tr("The file was changed after it was sealed.")
    elif status.trust_problem_indic is not None or path is None:
        problem = tr(
            "The seal's certificate does not lead to a trusted root, or was not valid when the file"
            " was sealed."
        )
    elif stamped is not None and not timestamped:
        problem = tr("The time stamp in the seal is not good, or not from a trusted service.")
    return DetachedReport(
        owner.name,
        at.astimezone(UTC) if at is not None else None,
        timestamped,
        problem,
    )
