"""The empty field for the seal, as a screen reader and the sealing find it."""

from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from brevgen.letter.content import Content
from brevgen.render.inspection import inspect
from brevgen.render.pdf import PdfWriter
from tests.support.reading import page_texts
from tests.support.samples import DATED, REFERENCE, STYLESHEET, content

LABELS = {"nb": "Elektronisk segl fra avsenderen", "nn": "Elektronisk segl frå avsendaren"}
FORMS = pytest.mark.parametrize("form", ["nb", "nn"])
LENGTHS = pytest.mark.parametrize("long", [0, 80], ids=["one page", "two pages"])


def said(form: str, long: int) -> Content:
    return content(form=form, long=long, approved=True)


@cache
def written(form: str, long: int, *, with_field: bool = True) -> bytes:
    return PdfWriter(STYLESHEET).write(
        said(form, long),
        reference=REFERENCE,
        dated=DATED,
        seal_label=LABELS[form] if with_field else "",
    )


@cache  # what is in a document lives as long as the document
def opened(form: str, long: int) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(written(form, long)))


def the_field(document: pikepdf.Pdf) -> Any:  # its entries come as what they are in Python
    (field,) = document.Root.AcroForm.Fields
    return field


@FORMS
@LENGTHS
def test_a_letter_with_a_field_follows_both_standards(form: str, long: int) -> None:
    assert (
        inspect(written(form, long), said(form, long), reference=REFERENCE, must_say=()).faults
        == ()
    )


@FORMS
@LENGTHS
def test_the_field_is_an_empty_signature_field_that_nobody_sees(form: str, long: int) -> None:
    field = the_field(opened(form, long))

    assert (field.T, field.FT, field.Subtype) == ("Segl", "/Sig", "/Widget")
    assert "/V" not in field
    assert "/AP" not in field
    assert [float(edge) for edge in field.Rect] == [0, 0, 0, 0]
    assert field.F & 0b100, "it must be printable"
    assert not field.F & 0b100011, "it must not be hidden"


@FORMS
@LENGTHS
def test_the_field_is_read_aloud_last_with_its_label_in_the_language_of_the_letter(
    form: str, long: int
) -> None:
    document = opened(form, long)
    field = the_field(document)

    last = document.Root.StructTreeRoot.K[0].K[-1]

    assert last.S == "/Form"
    assert last.K[0].Type == "/OBJR"
    assert last.K[0].Obj.objgen == field.objgen
    assert str(field.TU) == str(last.Alt) == LABELS[form]


@LENGTHS
def test_the_field_is_on_the_last_page_in_the_order_of_the_structure(long: int) -> None:
    document = opened("nb", long)
    field, page = the_field(document), document.pages[-1]

    assert page.Annots[-1].objgen == field.objgen
    assert field.P.objgen == page.obj.objgen
    assert page.Tabs == "/S"
    assert len(document.pages) == (2 if long else 1)


@LENGTHS
def test_the_parent_tree_leads_from_the_field_to_its_element(long: int) -> None:
    document = opened("nb", long)
    numbers = list(document.Root.StructTreeRoot.ParentTree.Nums)
    parents = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))

    assert parents[int(the_field(document).StructParent)].S == "/Form"
    assert list(parents) == sorted(parents)
    assert len(parents) == len(numbers) // 2, "no number is given twice"


@LENGTHS
def test_the_field_changes_no_word_of_the_letter(long: int) -> None:
    assert page_texts(written("nb", long)) == page_texts(written("nb", long, with_field=False))


def test_a_letter_without_a_label_has_no_field() -> None:
    assert "/AcroForm" not in pikepdf.open(BytesIO(written("nb", 0, with_field=False))).Root


def test_the_field_leaves_the_bytes_the_same_on_every_run() -> None:
    written.cache_clear()
    first = written("nn", 80)
    written.cache_clear()

    assert written("nn", 80) == first
