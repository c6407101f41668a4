"""Whether a PDF bears a seal, whose it is, and whether anything has changed since.

Judged is the seal as it was when it was made: its certificate must have been valid then. Nothing is
looked up in the network, so a certificate that was withdrawn is not noticed. Whatever bytes come
in, a report comes out, in bounded time.

The signature does not cover its own envelope, such as the names of algorithms. Bytes altered there
change nothing of what is sealed, and only the ledger, which knows the whole file, notices them.

pyHanko is imported here at once: import this file only where seals are verified.
"""

import asyncio
import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from asn1crypto import cms, parser
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, validate_tst_signed_data
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import TimestampSignatureStatus

from brevgen.files import sha256
from brevgen.language import tr, untranslated
from brevgen.seal.certificates import Owner, owner_of, trust_in
from brevgen.seal.roots import Roots
from brevgen.seal.test_key import TEST_NAME

# What pyHanko has to say about a bad seal is told in the report, not on the user's screen.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())

MAX_CERTIFICATES = 6
"""As many certificates as are looked at in a seal, or in a time stamp: their orders are tried."""

MAX_FIELDS = 100
"""As many form fields as are looked at; a letter has one."""

_TEST_PROVES_NOTHING = untranslated("It is a TEST seal, which proves nothing.")
_NOT_TRUSTED = untranslated(
    "The seal's certificate does not lead to a trusted root, or was not valid when the file was"
    " sealed."
)
_NO_GOOD_STAMP = untranslated(
    "The time stamp in the seal is not good, or not from a trusted service."
)

FOR_SEALING = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})


@dataclass(frozen=True)
class SealReport:
    """What there is to say about the seal on a file.

    Args:
        sealed: whether there is a seal in it.
        intact: whether what was sealed is as it was sealed.
        covers_whole_file: whether every byte is either sealed or a part of the seal.
        signer_name: the common name in the seal's certificate.
        organisation: the organisation in it.
        organisation_number: its number, 9 digits; empty if the certificate does not tell.
        sealed_at: when, aware: by a good time stamp where there is one, else as the seal claims.
        timestamped: whether a trusted time stamp says so.
        certificate_ends: when the certificate ends, aware.
        chain_trusted: whether the certificate was issued under one of the roots, and valid then.
        is_test: whether it is a TEST seal, which proves nothing.
        problems: everything that is not as it should be, in the reader's language; empty if all is
            good.
    """

    sealed: bool = False
    intact: bool = False
    covers_whole_file: bool = False
    signer_name: str = ""
    organisation: str = ""
    organisation_number: str = ""
    sealed_at: datetime | None = None
    timestamped: bool = False
    certificate_ends: datetime | None = None
    chain_trusted: bool = False
    is_test: bool = False
    problems: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the file is sealed, whole and by someone trusted; a TEST seal may be good."""
        return self.sealed and not self.problems


def verify_seal(pdf: bytes, roots: Roots, *, organisation_number: str = "") -> SealReport:
    """Look at the seal on a file; never raises, whatever the bytes, and asks no network.

    Args:
        organisation_number: whose seal it must be, 9 digits; empty for anyone's.

    Raises:
        RuntimeError: it is called where an event loop runs, and there it can see nothing.
    """
    _see_that_no_loop_runs()
    if not pdf.startswith(b"%PDF-"):
        return SealReport(problems=(tr("This is not a PDF, and only PDFs bear a seal."),))
    # Parsers fail in more ways on broken files than anyone can list, and warn of odd certificates.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            seals = _find_seals(pdf)
        except Exception:
            return SealReport(problems=(tr("The PDF is damaged: it cannot be read."),))
        if not seals:
            return SealReport(problems=(tr("There is no seal in the file."),))
        try:
            if excess := excess_in(seals[-1].signed_data, seals[-1].signer_info):
                return SealReport(sealed=True, problems=(excess,))
            return _judge(seals[-1], len(seals), pdf, roots, organisation_number)
        except Exception:
            damaged = tr("The seal is damaged: it cannot be read.")
            return SealReport(sealed=True, problems=(damaged,))


def hold_to_seal(
    pdf: bytes, *, pdf_sha256: str, is_test: bool, roots: Roots, organisation_number: str = ""
) -> str:
    """Why a final letter is not to be restored or sent as it is kept; empty where it may be.

    Where no root is set, it is held to everything but who issued its certificate.

    Args:
        pdf_sha256: the digest it was recorded with, 64 hexadecimal digits.
        is_test: whether it was recorded as a TEST seal.
        organisation_number: the agency's own, from the settings; empty for none.
    """
    if sha256(pdf) != pdf_sha256:
        return tr("It is not the file that was sealed: its bytes have changed since.")
    trusted = Roots(test=roots.test) if is_test else Roots(roots.trusted)
    report = verify_seal(pdf, trusted, organisation_number="" if is_test else organisation_number)
    passed_over = tr(_TEST_PROVES_NOTHING if is_test else _NOT_TRUSTED)
    return " ".join(each for each in report.problems if trusted.every or each != passed_over)


def trusts_timestamp(token: bytes, stamped: bytes, roots: Sequence[bytes]) -> bool:
    """Whether a time stamp is good, and from a service under one of the roots.

    Args:
        stamped: SHA-256 of what it is for.
        roots: whom to trust, as DER.

    Raises:
        RuntimeError: see `verify_seal`.
    """
    _see_that_no_loop_runs()
    try:
        signed = cms.ContentInfo.load(token)["content"]
        if len(signed["certificates"]) > MAX_CERTIFICATES:
            return False
        at = _time_in(signed)
        context = trust_in(roots, at)
        seen = asyncio.run(validate_tst_signed_data(signed, context, lambda _: stamped))
        return is_good(TimestampSignatureStatus(**seen))
    except Exception:  # whatever a service answers, it is the service's fault
        return False


def _see_that_no_loop_runs() -> None:
    """pyHanko begins a loop of its own, and what that fails of is no fault of the file."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("seals are not verified where an event loop runs: call this in a thread")


def _find_seals(pdf: bytes) -> list[EmbeddedPdfSignature]:
    """The signatures in a PDF, of any kind, in the order they were made."""
    reader = PdfFileReader(BytesIO(pdf), strict=False)
    form = reader.root.get("/AcroForm", {})
    found = [
        EmbeddedPdfSignature(reader, field, str(field.get("/T", "")))
        for field in _fields(form.get("/Fields", ()))
        if field.get("/V")
    ]
    return sorted(found, key=lambda each: each.signed_revision)


def _fields(top: ArrayObject) -> Iterator[DictionaryObject]:
    """The signature fields of a form, each once, however the fields share their children."""
    seen = set()
    waiting = [(each, None) for each in top]
    while waiting:
        reference, kind = waiting.pop()
        if not isinstance(reference, IndirectObject) or reference.reference in seen:
            continue
        seen.add(reference.reference)
        if len(seen) > MAX_FIELDS:
            raise ValueError("too many form fields")
        field = reference.get_object()
        kind = field.get("/FT", kind)
        if kind == "/Sig":
            yield field
        waiting += [(each, kind) for each in field.get("/Kids", ())]


def excess_in(signed: cms.SignedData, signer: cms.SignerInfo) -> str:
    """Whether there is more in a seal than can be looked at in bounded time."""
    stamps = list(extract_tst_data_iter(signer, signed=False))
    if len(stamps) > 1:
        return tr(
            "There are {count} time stamps in the seal; a letter's has one at most.",
            count=len(stamps),
        )
    most = max(len(each["certificates"]) for each in (signed, *stamps))
    if most > MAX_CERTIFICATES:
        return tr(
            "There are {count} certificates in the seal; at most {most} are read.",
            count=most,
            most=MAX_CERTIFICATES,
        )
    return ""


def _judge(
    seal: EmbeddedPdfSignature, count: int, pdf: bytes, roots: Roots, organisation_number: str
) -> SealReport:
    """Look in every way at the last seal of the `count` in a file."""
    claimed, stamped = seal.self_reported_timestamp, stamped_at(seal.signer_info)
    if claimed is not None and claimed.tzinfo is None:
        claimed = claimed.replace(tzinfo=UTC)
    status = validate_pdf_signature(
        seal,
        signer_validation_context=trust_in(roots.every, stamped or claimed),
        ts_validation_context=trust_in(roots.trusted, stamped or claimed),
        key_usage_settings=FOR_SEALING,
        skip_diff=True,  # any change at all is one too many
    )
    intact = bool(status.intact and status.valid)
    owner = owner_of(seal.signer_cert.dump())
    path = status.validation_path
    chain_trusted = path is not None and status.trust_problem_indic is None
    is_our_test = chain_trusted and path is not None and path.first.dump() == roots.test
    is_test = is_our_test or owner.name.startswith(TEST_NAME)
    timestamped = bool(status.timestamp_validity and is_good(status.timestamp_validity))
    sealed_at = stamped if timestamped else claimed
    covered, reaches_the_end = _covers(seal, pdf)
    signatures = tr("There are {count} signatures in the file; a letter has one seal.", count=count)
    anothers = "" if is_our_test else belongs_to_another(owner, organisation_number)
    demands = (
        (intact, tr("The file was changed after it was sealed.")),
        (reaches_the_end, tr("Something was added to the file after it was sealed.")),
        (covered or not reaches_the_end, tr("There are bytes that the seal does not cover.")),
        (count == 1, signatures),
        (_forbids_changes(seal), tr("The seal does not forbid changes.")),
        (chain_trusted or not intact, tr(_TEST_PROVES_NOTHING if is_test else _NOT_TRUSTED)),
        (not anothers, anothers),
        (sealed_at is not None, tr("The seal does not say when it was made.")),
        (timestamped or stamped is None, tr(_NO_GOOD_STAMP)),
    )
    return SealReport(
        sealed=True,
        intact=intact,
        covers_whole_file=covered and reaches_the_end,
        signer_name=owner.name,
        organisation=owner.organisation,
        organisation_number=owner.organisation_number,
        sealed_at=sealed_at.astimezone(UTC) if sealed_at else None,
        timestamped=timestamped,
        certificate_ends=seal.signer_cert.not_valid_after,
        chain_trusted=chain_trusted,
        is_test=is_test,
        problems=tuple(problem for holds, problem in demands if not holds),
    )


def belongs_to_another(owner: Owner, organisation_number: str) -> str:
    """Whose seal it is, if it is not that of an organisation; empty if it is, or none is named."""
    if organisation_number in ("", owner.organisation_number):
        return ""
    return tr(
        "The seal belongs to {owner} (organisation number {given}), not to organisation number"
        " {wanted}.",
        owner=owner.organisation or owner.name or tr("someone unnamed"),
        given=owner.organisation_number or tr("not told"),
        wanted=organisation_number,
    )


def is_good(stamp: TimestampSignatureStatus) -> bool:
    """Whether a time stamp is whole, and from a trusted service."""
    return bool(stamp.intact and stamp.valid and stamp.trusted)


def _covers(seal: EmbeddedPdfSignature, pdf: bytes) -> tuple[bool, bool]:
    """Whether nothing but the seal is left out of what is sealed, and whether the file ends there.

    The seal is one CMS envelope in hexadecimal digits, filled up with zeros.
    """
    ranges = [int(number) for number in seal.byte_range]
    if len(ranges) != 4 or ranges[0] != 0 or min(ranges) < 0:
        return False, False
    _, before, start, length = ranges
    contents = seal.pkcs7_content
    digits = contents.hex().encode()
    is_filled_with_zeros = not any(contents[parser.peek(contents) :])
    spellings = (b"<%b>" % digits, b"<%b>" % digits.upper())
    covered = is_filled_with_zeros and pdf[before:start] in spellings
    return covered, before < start and start + length == len(pdf)


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


def stamped_at(signer: cms.SignerInfo) -> datetime | None:
    """The time in the time stamp; None where there is none. It is not judged yet."""
    return next(map(_time_in, extract_tst_data_iter(signer, signed=False)), None)


def _time_in(stamp: cms.SignedData) -> datetime:
    at = stamp["encap_content_info"]["content"].parsed["gen_time"].native
    assert isinstance(at, datetime)
    return at
