"""Letters to approve, to seal and to send, small enough to be told apart at a glance."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from brevgen.ledger.records import Delivery, ManifestLetter, Role, SealedFile, SealedLetter
from brevgen.settings.series import Series

MORNING = datetime(2017, 11, 6, 9, 0, 0, tzinfo=UTC)
SERIES = Series("17-09100", "17-09199")


def sha256(content: str | bytes) -> str:
    return hashlib.sha256(content if isinstance(content, bytes) else content.encode()).hexdigest()


def letter(municipality: str, reference: str, text: str = "Vi ber Ås om 10") -> ManifestLetter:
    return ManifestLetter(
        municipality=municipality,
        reference=reference,
        content_digest=sha256(text),
        content_text=text,
        signatory="Hege Aspelund",
    )


def letters(references: Mapping[str, str], text: str = "Vi ber Ås om 10") -> list[ManifestLetter]:
    """A letter for each municipality number and reference, all saying the same."""
    return [letter(number, reference, text) for number, reference in references.items()]


def sealed(
    municipality: str,
    reference: str,
    text: str = "Vi ber Ås om 10",
    *,
    round_name: str = "2018",
    size: int = 0,
) -> SealedLetter:
    """A letter as it comes from sealing, its files larger by `size` bytes than they need be."""
    pdf = f"%PDF {reference} {text}".encode() + b"\0\xff" * (size // 2)
    docx = f"PK {reference} {text}".encode() + b"\xff\0" * (size // 2)
    file = SealedFile(
        round=round_name,
        municipality=municipality,
        reference=reference,
        content_digest=sha256(text),
        pdf_name=f"{municipality}-{reference}.pdf",
        pdf_sha256=sha256(pdf),
        unsealed_sha256=sha256(b"unsealed " + pdf),
        docx_name=f"{municipality}-{reference}.docx",
        docx_sha256=sha256(docx),
        pages=2,
        sealed_at=datetime(2017, 11, 6, 9, 30, tzinfo=UTC),
        sealed_by="CN=Integrerings- og mangfoldsdirektoratet, O=IMDi, C=NO",
        is_test=True,
    )
    return SealedLetter(file, pdf, docx)


TITLES = {
    "mayor": "Ordfører",
    "chief_executive": "Rådmann",
    "mailbox": "Postmottak",
    "municipality": "Kommunen",
}
"""What recipients are called, by their role."""


def delivery(
    letter: SealedLetter,
    role: Role = "mayor",
    address: str = "ordforer@as.kommune.example",
    **changes: Any,
) -> Delivery:
    """A sealed letter to a recipient by mail, its Message-ID named after both."""
    file = letter.file
    copy = changes.get("copy", 1)
    name = sha256(f"{file.reference} {address.lower()} {file.pdf_sha256} {copy}")[:16]
    known: dict[str, Any] = {
        "round": file.round,
        "municipality": file.municipality,
        "reference": file.reference,
        "content_digest": file.content_digest,
        "pdf_sha256": file.pdf_sha256,
        "channel": "mail",
        "recipient_key": address.lower(),
        "role": role,
        "title": TITLES[role],
        "name": "",
        "address": address,
        "external_id": f"<{name}@imdi.example>",
    }
    return Delivery(**known | changes)
