"""A sealed letter tells of its approval in its metadata, and others than its writer can read it."""

import shutil
import subprocess
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest
from lxml import etree

from brevgen.render.file_approval import MOST_METADATA, NAMESPACE, FileApproval, read_approval
from brevgen.render.inspection import inspect
from brevgen.render.pdf import PdfWriter
from tests.support.samples import DATED, REFERENCE, STYLESHEET, content

APPROVAL = FileApproval(
    account="hasp & co <hasp>",
    signatory="Åse Kárášjohka",
    at=datetime(2017, 11, 6, 9, 12, 44, tzinfo=UTC),
    reference=REFERENCE,
    manifest="ab" * 32,
    look="cd" * 32,
)
TOLD = {
    "approvalVersion": "1",
    "approvedBy": "hasp & co <hasp>",
    "inTheNameOf": "Åse Kárášjohka",
    "approvedAt": "2017-11-06T09:12:44Z",
    "reference": REFERENCE,
    "manifestDigest": "ab" * 32,
    "lookDigest": "cd" * 32,
}
APPROVED = content(approved=True)


def written(approval: FileApproval | None = APPROVAL) -> bytes:
    return PdfWriter(STYLESHEET).write(
        APPROVED, reference=REFERENCE, dated=DATED, seal_label="Segl", approval=approval
    )


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return written()


def faults(pdf: bytes, approval: FileApproval | None) -> tuple[str, ...]:
    return inspect(pdf, APPROVED, reference=REFERENCE, must_say=(), approval=approval).faults


def test_both_standards_hold_with_it(pdf: bytes) -> None:
    assert faults(pdf, APPROVAL) == ()


def test_it_is_read_back_as_it_was_written(pdf: bytes) -> None:
    assert read_approval(pdf) == APPROVAL
    without_look = replace(APPROVAL, look="")
    assert read_approval(written(without_look)) == without_look
    assert read_approval(written(None)) is None


def test_the_same_approval_makes_the_same_bytes(pdf: bytes) -> None:
    assert written() == pdf


def test_pikepdf_reads_it_as_the_page_for_receivers_tells(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert {name: metadata[f"{{{NAMESPACE}}}{name}"] for name in TOLD} == TOLD


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler is not installed")
def test_poppler_reads_it(pdf: bytes) -> None:
    ran = subprocess.run(["pdfinfo", "-meta", "-"], input=pdf, capture_output=True, check=True)
    root = etree.fromstring(ran.stdout.strip())
    found = {name: root.findtext(f".//{{{NAMESPACE}}}{name}") for name in TOLD}
    assert found == TOLD


@pytest.mark.parametrize(
    "other",
    [
        None,
        replace(APPROVAL, account="kato"),
        replace(APPROVAL, signatory="Kari Nordmann"),
        replace(APPROVAL, at=datetime(2017, 11, 6, 9, 12, 45, tzinfo=UTC)),
        replace(APPROVAL, manifest="ba" * 32),
        replace(APPROVAL, look=""),
    ],
)
def test_another_approval_than_that_of_the_letter_is_a_fault(
    pdf: bytes, other: FileApproval | None
) -> None:
    told = "approval: the metadata do not tell of the letter’s approval as it is"
    assert faults(pdf, other) == (told,)


def test_a_letter_that_should_tell_of_it_and_does_not_is_a_fault() -> None:
    assert len(faults(written(None), APPROVAL)) == 1


def with_packet(pdf: bytes, change: bytes, to: bytes) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as document:
        packet = document.Root.Metadata.read_bytes()
        assert change in packet
        document.Root.Metadata.write(packet.replace(change, to))
        saved = BytesIO()
        document.save(saved, compress_streams=False)
    return saved.getvalue()


BY = b"<brevgen:approvedBy>"


@pytest.mark.parametrize(
    ("change", "to"),
    [
        (b"<brevgen:approvalVersion>1<", b"<brevgen:approvalVersion>2<"),
        (b"T09:12:44Z", b"T09:12:44+01:00"),
        (b"2017-11-06T09:12:44Z", b"2017-11-31T09:12:44Z"),
        (BY, b"<brevgen:approvedBy>kato</brevgen:approvedBy>" + BY),  # says two things
        (BY, BY + b"<b/>"),
        (BY, b"<brevgen:somebody>"),  # no XML any more
        (b"<brevgen:reference>17-09235</brevgen:reference>", b""),
        (BY, b" " * MOST_METADATA + BY),
    ],
)
def test_what_cannot_be_read_for_certain_is_not_told(pdf: bytes, change: bytes, to: bytes) -> None:
    assert read_approval(with_packet(pdf, change, to)) is None


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"no PDF", b"%PDF-1.7\n" + b"\0" * 1000])
def test_whatever_the_bytes_nothing_is_raised(data: bytes) -> None:
    assert read_approval(data) is None


def test_packed_metadata_are_not_unpacked(pdf: bytes) -> None:
    begin, end = b"/Subtype /XML", b"\nendstream"
    start = pdf.index(b"stream\n", pdf.index(b"/Type /Metadata")) + len(b"stream\n")
    packet = pdf[start : pdf.index(end, start)]
    told = b" /Filter /FlateDecode"
    packed = zlib.compress(packet).ljust(len(packet) - len(told))  # so that nothing is moved
    shorter = b"/Length %d" % len(packed)
    object_ = pdf[pdf.rindex(b" obj", 0, start) : start]
    new = object_.replace(begin, begin + told).replace(b"/Length %d" % len(packet), shorter)
    changed = pdf.replace(object_ + packet, new + packed)

    assert len(changed) == len(pdf)
    with pikepdf.open(BytesIO(changed)) as document:
        assert b"brevgen:approvedBy" in document.Root.Metadata.read_bytes()
    assert read_approval(changed) is None
