"""The Word document as a program shows it, beside the PDF: the same words on the same pages."""

import io
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path

import pikepdf
import pytest

from brevgen.letter.content import Content
from brevgen.render.docx import DocxWriter
from brevgen.render.inspection import pages_of
from brevgen.render.pdf import PdfWriter
from tests.support.libreoffice import OTHER_FONT, LibreOffice
from tests.support.reading import boxes_of, page_texts
from tests.support.samples import DATED, REFERENCE, STYLESHEET, TEMPLATES, content

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("soffice") is None,
        reason="LibreOffice is not installed (Debian: libreoffice-writer-nogui)",
    ),
]

MINORS = {
    "no minors": (0, 0),
    "one minor": (1, 0),
    "one minor, under 15": (1, 1),
    "several minors": (8, 0),
    "one of several under 15": (8, 1),
    "several under 15": (8, 2),
    "all minors": (10, 0),
    "all under 15": (10, 10),
}
LONG = "Gáivuotna – Kåfjord – Kaivuono"


@cache
def letters() -> dict[str, Content]:
    """Letters of every case, by what they are."""
    found = {
        f"{form}, {case}": content(form=form, minors=minors, minors_under_15=under_15)
        for form in ("nb", "nn")
        for case, (minors, under_15) in MINORS.items()
    }
    for form in ("nb", "nn"):
        found[f"{form}, two pages"] = content(form=form, long=40, minors=8, minors_under_15=2)
        found[f"{form}, approved"] = content(form=form, approved=True, name=LONG, minors=8)
        found[f"{form}, approved, two pages"] = content(form=form, approved=True, long=50)
    return found


@cache
def pdfs() -> dict[str, bytes]:
    writer = PdfWriter(STYLESHEET)
    return {
        name: writer.write(said, reference=REFERENCE, dated=DATED)
        for name, said in letters().items()
    }


@cache
def documents() -> dict[str, bytes]:
    writer, dated = DocxWriter(TEMPLATES / "styles.docx"), datetime.combine(DATED, time(), UTC)
    return {
        name: writer.write(said, reference=REFERENCE, dated=dated, pages=pages_of(pdfs()[name]))
        for name, said in letters().items()
    }


@pytest.fixture(scope="module", params=["installed", "not installed"])
def shown(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """Every letter as it is shown where the typeface is installed, and where it is not."""
    folder = tmp_path_factory.mktemp("libreoffice")
    return LibreOffice(folder, installed=request.param == "installed").shown(documents())


@pytest.mark.parametrize("name", letters())
def test_it_has_the_words_and_the_pages_of_the_pdf(name: str, shown: dict[str, bytes]) -> None:
    in_word, in_pdf = page_texts(shown[name]), page_texts(pdfs()[name])
    assert len(in_word) == len(in_pdf) == (2 if "two pages" in name else 1)
    assert Counter(" ".join(in_word).split()) == Counter(" ".join(in_pdf).split())
    header = letters()[name].running_header(REFERENCE)
    assert all(text.startswith(header) for text in in_word[1:])


@pytest.mark.parametrize("name", ["nb, several under 15", "nn, approved"])
def test_everything_stands_where_the_pdf_has_it(name: str, shown: dict[str, bytes]) -> None:
    for block in letters()[name].blocks:
        start = "".join(run.text for run in block.runs)[:25]
        word, pdf = (boxes_of(start, file)[0] for file in (shown[name], pdfs()[name]))
        assert word.left == pytest.approx(pdf.left, abs=2), start
        assert word.bottom == pytest.approx(pdf.bottom, abs=1), start


def test_the_typeface_is_that_of_the_letters_installed_or_not(shown: dict[str, bytes]) -> None:
    for file in shown.values():
        assert fonts_in(file) == {"SourceSansPro-Regular", "SourceSansPro-Bold"}


def test_a_letter_without_its_typeface_would_be_shown_in_another(tmp_path: Path) -> None:
    """So that what is shown where it is not installed does come from the document."""
    bare = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(documents()["nb, one minor"])) as source,
        zipfile.ZipFile(bare, "w") as target,
    ):
        for name in source.namelist():
            if "odttf" not in name and "fontTable.xml.rels" not in name:
                target.writestr(name, source.read(name))
    libreoffice = LibreOffice(tmp_path / "libreoffice", installed=False)
    shown = libreoffice.shown({"bare": bare.getvalue()})
    assert {name.partition("-")[0] for name in fonts_in(shown["bare"])} == {
        OTHER_FONT.replace(" ", "")
    }


def test_a_screen_reader_finds_language_title_headings_and_facts(shown: dict[str, bytes]) -> None:
    for name, file in shown.items():
        said = letters()[name]
        with pikepdf.open(io.BytesIO(file)) as document:
            assert str(document.Root.Lang) == f"{said.written_form}-NO"
            assert str(document.docinfo["/Title"]) == said.title
            tags = list(tags_in(document.Root.StructTreeRoot.K))
        headings = {"title": "/H1", "heading": "/H2"}
        assert [tag for tag in tags if tag in headings.values()] == [
            headings[block.style] for block in said.blocks if block.style in headings
        ]
        facts = sum(block.style == "fact" for block in said.blocks)
        assert tags.count("/Fact Label") == tags.count("/Fact") == facts
        assert tags.count("/Link") >= len(list(said.links())), "two where a line ends in one"


def tags_in(element: pikepdf.Object) -> Iterator[str]:
    """The tags of a structure tree, in reading order."""
    if isinstance(element, pikepdf.Array):
        for each in element.as_list():
            yield from tags_in(each)
    elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
        yield str(element.S)
        yield from tags_in(element.get("/K", pikepdf.Array()))


def fonts_in(pdf: bytes) -> set[str]:
    """The names of the fonts on the pages, without the tag of a subset."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {
            re.sub("^/[A-Z]{6}\\+", "", str(font.BaseFont))
            for page in document.pages
            for font in page.resources.get("/Font", {}).values()
        }
