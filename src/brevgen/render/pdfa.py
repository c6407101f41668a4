"""What WeasyPrint's PDF still lacks to be PDF/A-2a and PDF/UA-1 in one file.

WeasyPrint knows one standard at a time; its `finisher` hook lets the document be put right before
it is written. Six things are done there:

- one metadata packet that claims both standards (ISO 19005-2, 6.6.4 and 6.6.2.3; ISO 14289-1, 5);
- page numbers and other margin boxes marked as artifacts, not as text outside of the structure tree
  (WeasyPrint issue 1836; ISO 14289-1, 7.1);
- links described by their own words, not by the raw address (ISO 14289-1, 7.18.5);
- no stream that ends in a carriage return, which readers may take for a part of the line end
  (ISO 19005-2, 6.1.7.1);
- a list of pairs tagged as items of label and body (ISO 32000-1, 14.8.4.3.3), and what the tag of
  strong words stands for;
- where the letter is to be sealed, an empty field for the seal; and its approval in the metadata.
"""

import zlib
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pydyf

from brevgen.render.file_approval import FileApproval, as_metadata, as_schema

_PACKET = """<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 pdfaid:part="2" pdfaid:conformance="A"/>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li>{schema}</rdf:Bag></pdfaExtension:schemas></rdf:Description>{approval}
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" pdf:Producer={producer}/>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool={creator}
 xmp:CreateDate={created} xmp:ModifyDate={created}/>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt>
</dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


SEAL_FIELD = "Segl"
"""The field's name, which the seal is later put into."""

_PRINTED = 1 << 2
_LOCKED = 1 << 7
"""Annotation flags (ISO 32000-1, table 165); PDF/A wants everything printable."""

_SIGNATURES_EXIST = 1

BAD_END = b"\r\nendstream"
"""A stream that ends in a carriage return."""


def finish(
    document: Any,
    pdf: pydyf.PDF,
    *,
    seal_label: str = "",
    approval: FileApproval | None = None,
    padding: int = 0,
) -> None:
    """Put a document right before it is written; to be given to WeasyPrint as `finisher`.

    Args:
        document: the laid-out `weasyprint.Document`.
        pdf: the PDF about to be written; changed in place.
        seal_label: what a screen reader says of the field for the seal; empty for no field.
        approval: what the metadata tell of the letter's approval; None for nothing.
        padding: empty objects to add, which change the bytes of the streams that are only made
            when the document is written, where the first try had a `BAD_END`.
    """
    for _ in range(padding):
        pdf.add_object(pydyf.Dictionary())
    _write_metadata(document.metadata, pdf, approval)
    _mark_margin_boxes(pdf)
    _describe_links(document)
    _tag_pairs(pdf)
    if seal_label:
        _add_seal_field(pdf, seal_label)
    _end_streams(pdf)


def _object(pdf: pydyf.PDF, reference: bytes | str) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _write_metadata(metadata: Any, pdf: pydyf.PDF, approval: FileApproval | None) -> None:
    """Replace the metadata by one uncompressed packet for both standards."""
    import weasyprint

    stream = _object(pdf, pdf.catalog["Metadata"])
    packet = _PACKET.format(
        producer=quoteattr(f"WeasyPrint {weasyprint.VERSION}"),
        creator=quoteattr(metadata.generator),
        created=quoteattr(metadata.created),
        title=escape(metadata.title),
        author=escape(", ".join(metadata.authors)),
        description=escape(metadata.description),
        language=escape(metadata.lang),
        schema=as_schema() if approval is not None else "",
        approval="\n" + as_metadata(approval) if approval is not None else "",
    )
    stream.stream, stream.compress = [packet.encode()], False


def _mark_margin_boxes(pdf: pydyf.PDF) -> None:
    """Turn what hangs outside of the structure tree into artifacts of pagination."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    reached = set()
    todo = list(root["K"])
    while todo:
        kid = todo.pop()
        if isinstance(kid, (bytes, str)):
            reached.add(kid if isinstance(kid, bytes) else kid.encode())
            element = _object(pdf, kid)
            todo.extend(element.get("K", ()) if isinstance(element, dict) else ())
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    for key, elements in zip(numbers[::2], numbers[1::2], strict=True):
        if not isinstance(elements, list):
            continue
        outside = {mcid for mcid, element in enumerate(elements) if element not in reached}
        if not outside:
            continue
        page = _object(pdf, pdf.page_references[key])
        commands = _object(pdf, page["Contents"]).stream
        for position in range(2, len(commands)):
            properties = commands[position - 1]
            if commands[position] == b"BDC" and properties.get("MCID") in outside:
                commands[position - 2] = "/Artifact"
                commands[position - 1] = pydyf.Dictionary({"Type": "/Pagination"})
        for mcid in outside:
            elements[mcid] = "null"
    for element in pdf.objects:
        if (
            isinstance(element, pydyf.Dictionary)
            and element.get("Type") == "/StructElem"
            and element.reference not in reached
        ):
            element.clear()  # freeing the object would shift the others in pydyf's object streams


def _describe_links(document: Any) -> None:
    """Give each link its own words as description."""
    for page in document.pages:
        for box in page._page_box.descendants(placeholders=True):
            annotation = getattr(box, "link_annotation", None)
            if annotation is not None and box.element is not None:
                words = " ".join("".join(box.element.itertext()).split())
                annotation["Contents"] = pydyf.String(words)


def _tag_pairs(pdf: pydyf.PDF) -> None:
    """Make each row of a list of pairs one item with a label and a body.

    WeasyPrint makes the row a division, with an item for the label and one for the value.
    """
    for listed in _elements(pdf, "/L"):
        for row in (_object(pdf, kid) for kid in listed["K"]):
            if row["S"] != "/Div":
                continue
            items = [_object(pdf, kid) for kid in row["K"]]
            row["S"], row["K"] = "/LI", pydyf.Array()
            for item, role in zip(items, ("/Lbl", "/LBody"), strict=True):
                (body,) = item["K"]
                _object(pdf, body)["S"], _object(pdf, body)["P"] = role, row.reference
                row["K"].append(body)
                item.clear()
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    root["RoleMap"] = pydyf.Dictionary({"Strong": "/Span"})


def _elements(pdf: pydyf.PDF, tag: str) -> list[Any]:
    """The structure elements of a tag."""
    return [
        each
        for each in pdf.objects
        if isinstance(each, pydyf.Dictionary)
        and each.get("Type") == "/StructElem"
        and each["S"] == tag
    ]


def _add_seal_field(pdf: pydyf.PDF, label: str) -> None:
    """Add an empty field for the seal to the last page, with all tags in place.

    One that is only made while sealing would hang outside of the structure tree, where no screen
    reader finds it. This one has no size, so it needs no looks (ISO 19005-2, 6.3.3) and nobody sees
    it. It is told to a screen reader at the end of the letter: a form element in the structure tree
    (ISO 14289-1, 7.18.4) with a label (7.18.1), on a page whose tab order is that of the structure
    (7.18.3).

    Args:
        pdf: the PDF about to be written, tagged; changed in place.
        label: what a screen reader says of the field, in the language of the letter.
    """
    page_reference = pdf.page_references[-1]
    page = _object(pdf, page_reference)
    tree = _object(pdf, pdf.catalog["StructTreeRoot"])
    document_reference = tree["K"][0]
    numbers = _object(pdf, tree["ParentTree"])["Nums"]
    number = max(numbers[::2], default=-1) + 1

    field = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(SEAL_FIELD),
            "TU": pydyf.String(label),
            "F": _PRINTED | _LOCKED,
            "Rect": pydyf.Array([0, 0, 0, 0]),
            "P": page_reference,
            "StructParent": number,
        }
    )
    pdf.add_object(field)
    place = pydyf.Dictionary({"Type": "/OBJR", "Obj": field.reference, "Pg": page_reference})
    pdf.add_object(place)
    element = pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "P": document_reference,
            "Pg": page_reference,
            "K": pydyf.Array([place.reference]),
            "Alt": pydyf.String(label),
        }
    )
    pdf.add_object(element)

    _object(pdf, document_reference)["K"].append(element.reference)
    numbers.extend([number, element.reference])
    page.setdefault("Annots", pydyf.Array()).append(field.reference)
    page["Tabs"] = "/S"
    pdf.catalog["AcroForm"] = pydyf.Dictionary(
        {"Fields": pydyf.Array([field.reference]), "SigFlags": _SIGNATURES_EXIST}
    )


def _end_streams(pdf: pydyf.PDF) -> None:
    """Compress every stream here and now, and pad it where it ends in a carriage return.

    pydyf would compress each stream whenever it is asked for its bytes, which is twice, and so
    hard (level 9) that it takes twice as long, for a hundredth of the bytes.
    """
    for stream in pdf.objects:
        if not isinstance(stream, pydyf.Stream) or not stream.compress:
            continue
        stream.compress = False
        start, end = b"\nstream\n", b"\nendstream"
        plain = stream.data.partition(start)[2].removesuffix(end)
        while (packed := zlib.compress(plain)).endswith(b"\r"):
            plain += b" "  # not a zero, which would leave the checksum at the end as it is
        if "Length1" in stream.extra:  # a font file: its length is told
            stream.extra["Length1"] = len(plain)
        stream.stream = [packed]
        stream.extra["Filter"] = "/FlateDecode"
