"""An empty field for the seal, put into the letter before it is sealed.

A field that is only made while sealing hangs outside of the structure tree, where no screen reader
finds it. This one is made with the letter, so that the letter follows both standards before it is
sealed as well as after.
"""

from typing import Any

import pydyf

SEAL_FIELD = "Segl"
"""The field's name, which the seal is later put into."""

_PRINTED = 1 << 2
_LOCKED = 1 << 7
"""Annotation flags (ISO 32000-1, table 165); PDF/A wants everything printable."""

_SIGNATURES_EXIST = 1


def add_seal_field(pdf: pydyf.PDF, label: str) -> None:
    """Add the empty field to the last page; for WeasyPrint's finisher, with all tags in place.

    The field has no size, so it needs no looks (ISO 19005-2, 6.3.3) and nobody sees it. It is told
    to a screen reader at the end of the letter: a form element in the structure tree (ISO 14289-1,
    7.18.4) with a label (7.18.1), on a page whose tab order is that of the structure (7.18.3).

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


def _object(pdf: pydyf.PDF, reference: bytes | str) -> Any:
    return pdf.objects[int(reference.split()[0])]
