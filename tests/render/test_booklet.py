"""Many letters in one file: every page in its place, found by its bookmark and its label."""

import io
from functools import cache

import pikepdf
import pypdfium2

from brevgen.render.booklet import BoundLetter, bound, contact_sheet, table_pages
from brevgen.render.pdf import PdfWriter
from tests.support.reading import page_texts
from tests.support.samples import DATED, REFERENCE, STYLESHEET, content

NAMES = ("Ås", "Bærum", "Vestby", "Ski", "Frogn", "Vinje", "Kárášjohka – Karasjok")
LONG = "Bærum"


@cache
def letters() -> tuple[BoundLetter, ...]:
    """Seven letters to two counties, one of them of two pages."""
    writer = PdfWriter(STYLESHEET)
    return tuple(
        BoundLetter(
            "Akershus" if number < 5 else "Finnmark",
            f"02{number:02} {name}",
            f"{number} flyktninger",
            writer.write(
                content(name=name, long=90 if name == LONG else 0),
                reference=REFERENCE,
                dated=DATED,
            ),
        )
        for number, name in enumerate(NAMES)
    )


def recipient_of(page: str) -> str:
    return next((name for name in NAMES if f"{name} kommune" in page), "")


def test_the_pages_stand_in_order_below_bookmarks_of_county_and_municipality() -> None:
    book = bound(letters(), title="Alle brev")
    pages = page_texts(book)
    assert len(pages) == 8
    with pypdfium2.PdfDocument(book) as document:
        marks = [
            (mark.level, mark.get_title(), mark.get_dest().get_index())
            for mark in document.get_toc()
        ]
    assert [(level, title) for level, title, _ in marks] == [
        (0, "Akershus"),
        *((1, each.label) for each in letters()[:5]),
        (0, "Finnmark"),
        *((1, each.label) for each in letters()[5:]),
    ]
    for level, title, at in marks:
        assert level == 0 or recipient_of(pages[at]) == title[5:]
    assert (marks[0][2], marks[6][2]) == (marks[1][2], marks[7][2])


def test_what_comes_first_moves_the_bookmarks() -> None:
    front = table_pages("Varianter", ["Vist", "Andre"], [("0214 Ås", 27), ("<b>", 0)])
    book = bound(letters()[:1], title="Varianter", front=front)
    first, second = page_texts(book)
    assert first == "Varianter Vist Andre 0214 Ås 27 <b> 0"
    assert recipient_of(second) == "Ås"
    with pypdfium2.PdfDocument(book) as document:
        assert {mark.get_dest().get_index() for mark in document.get_toc()} == {1}


def test_nothing_leads_to_tags_that_do_not_come_along() -> None:
    with pikepdf.open(io.BytesIO(bound(letters(), title="Alle brev"))) as book:
        assert book.docinfo["/Title"] == "Alle brev"
        assert "/StructTreeRoot" not in book.Root
        links = 0
        for page in book.pages:
            assert "/StructParents" not in page
            for link in page.get("/Annots", ()):
                assert "/StructParent" not in link
                links += 1
        assert links >= 3 * len(NAMES)


def test_a_sheet_shows_each_page_above_its_own_label() -> None:
    many = letters() * 2
    sheets = contact_sheet(many, title="Runde 2018")
    said = page_texts(sheets)
    assert len(said) == 2, "sixteen pages, ten to a sheet"
    pages = [(each, number) for each in many for number in ((1, 2) if LONG in each.label else (1,))]
    with pypdfium2.PdfDocument(sheets) as document:
        for at, (each, number) in enumerate(pages):
            sheet, place = document[at // 10], at % 10
            left, top = 12 + place % 5 * 55.2, 24 + place // 5 * 86.0
            words = sheet.get_textpage().get_text_bounded(
                *(edge * 72 / 25.4 for edge in (left, 210 - top - 85, left + 53, 210 - top))
            )
            name = each.label[5:]
            assert each.label in words
            assert each.detail in words
            assert f"{name} kommune" in words or number == 2
            assert ("Side 2 av 2" in words) == (number == 2)
            assert (f"{each.label} · 2" in words) == (number == 2)
    assert all(text.startswith(f"Runde 2018 · {at}/2") for at, text in enumerate(said, start=1))


def test_the_same_letters_are_the_same_bytes() -> None:
    for make in (bound, contact_sheet):
        assert make(letters(), title="x") == make(letters(), title="x")
