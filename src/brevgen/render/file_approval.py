"""The approval as a sealed letter's own metadata tell it, for whoever has the file alone.

It stands in the XMP packet, which the seal covers, in a schema of its own that the packet describes
(ISO 19005-2, 6.6.2.3). `docs/approval.md` names the fields.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Self
from xml.sax.saxutils import escape

from brevgen.ledger.records import Approval

NAMESPACE = "https://brevgen.example/approval/"
PREFIX = "brevgen"
VERSION = "1"
"""Of the format."""

MOST_METADATA = 64 * 1024
"""Bytes of a packet that are read; a letter's has 5 kB."""

_FIELDS = (
    ("approvalVersion", "Text", "The version of this schema"),
    ("approvedBy", "Text", "The account that approved the letter"),
    ("inTheNameOf", "Text", "The signatory in whose name it was approved"),
    ("approvedAt", "Date", "When it was approved"),
    ("reference", "Text", "The reference of the letter"),
    ("manifestDigest", "Text", "SHA-256 of the list of the letters approved together"),
    ("lookDigest", "Text", "SHA-256 of all that decided how the letter looked"),
)
"""Name, type and description of each property (ISO 19005-2, table 3)."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class FileApproval:
    """The approval of a letter, as its file tells it.

    Args:
        account: who approved it.
        signatory: in whose name.
        at: when, aware UTC, whole seconds.
        reference: the letter's reference.
        manifest: digest of the manifest it was approved with, 64 hexadecimal digits.
        look: digest of how it looked; empty where that was not recorded.
    """

    account: str
    signatory: str
    at: datetime
    reference: str
    manifest: str
    look: str

    @classmethod
    def of(cls, approval: Approval) -> Self:
        """The approval as the ledger has it."""
        return cls(
            account=approval.account,
            signatory=approval.signatory,
            at=approval.at,
            reference=approval.reference,
            manifest=approval.manifest_digest,
            look=approval.look,
        )


def as_metadata(approval: FileApproval) -> str:
    """The RDF description of an approval."""
    values = (
        VERSION,
        approval.account,
        approval.signatory,
        f"{approval.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        approval.reference,
        approval.manifest,
        approval.look,
    )
    lines = "".join(
        f"<{PREFIX}:{name}>{escape(value)}</{PREFIX}:{name}>\n"
        for (name, _, _), value in zip(_FIELDS, values, strict=True)
    )
    return f'<rdf:Description rdf:about="" xmlns:{PREFIX}="{NAMESPACE}">\n{lines}</rdf:Description>'


def as_schema() -> str:
    """The description of the schema, an item of the packet's extension schemas."""
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">\n'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>\n"
        f"<pdfaProperty:valueType>{kind}</pdfaProperty:valueType>\n"
        "<pdfaProperty:category>internal</pdfaProperty:category>\n"
        f"<pdfaProperty:description>{what}</pdfaProperty:description>\n</rdf:li>"
        for name, kind, what in _FIELDS
    )
    return (
        '<rdf:li rdf:parseType="Resource">\n'
        "<pdfaSchema:schema>Approval of a letter</pdfaSchema:schema>\n"
        f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>\n"
        f"<pdfaSchema:prefix>{PREFIX}</pdfaSchema:prefix>\n"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>\n</rdf:li>"
    )


def read_approval(pdf: bytes) -> FileApproval | None:
    """The approval that a file tells of; None where it tells of none that can be read.

    Whatever the bytes, it never raises, and reads no more than `MOST_METADATA` of metadata.
    """
    import pikepdf

    try:
        with pikepdf.open(BytesIO(pdf), attempt_recovery=False) as document:
            stream = document.Root.get("/Metadata")
            # never packed, by ISO 19005-2, 6.6.2.1, so that nothing can swell
            if not isinstance(stream, pikepdf.Stream) or "/Filter" in stream:
                return None
            packet = stream.read_raw_bytes()
        return _in_packet(packet) if len(packet) <= MOST_METADATA else None
    except Exception:  # parsers fail in more ways on broken files than anyone can list
        return None


def _in_packet(packet: bytes) -> FileApproval | None:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    root = etree.fromstring(packet, parser)
    found = {}
    for name, _, _ in _FIELDS:
        elements = root.findall(f".//{{{NAMESPACE}}}{name}")
        if len(elements) != 1 or len(elements[0]):  # none, or it says two things
            return None
        found[name] = elements[0].text or ""
    if found["approvalVersion"] != VERSION or not _TIME.fullmatch(found["approvedAt"]):
        return None
    return FileApproval(
        account=found["approvedBy"],
        signatory=found["inTheNameOf"],
        at=datetime.fromisoformat(found["approvedAt"]),
        reference=found["reference"],
        manifest=found["manifestDigest"],
        look=found["lookDigest"],
    )
