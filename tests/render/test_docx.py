"""What a municipality, a screen reader and an archive find in the Word document."""

import io
import re
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.shared import Mm
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from brevgen.findings import FaultyInput
from brevgen.letter.content import Block, Content, Part, Run, Style
from brevgen.letter.printable import font_file
from brevgen.render.docx import DocxWriter
from brevgen.render.docx_inspection import inspect_docx
from brevgen.render.word_writing import PARAGRAPH_STYLES, YOUNGER

TEMPLATES = Path(__file__).parents[2] / "templates" / "letters"
STYLES, CSS = TEMPLATES / "styles.docx", TEMPLATES / "letter.css"
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40">'
    b'<rect width="40" height="40" fill="#12383f"/></svg>'
)
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
FONT_RELATIONS = "word/_rels/fontTable.xml.rels"
SENT = datetime(2017, 11, 6, tzinfo=UTC)
REFERENCE = "17-09235"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MM = 1440 / 25.4
"""A millimetre in twentieths of a point, in which Word measures."""


def block(part: Part, style: Style, *words: str | Run) -> Block:
    return Block(part, style, tuple(w if isinstance(w, Run) else Run(w) for w in words))


def pair(part: Part, style: Style, label: str, *words: str | Run) -> Block:
    return replace(block(part, style, *words), label=label)


def strong(words: str) -> Run:
    return Run(words, strong=True)


MAIL = Run("post@imdi.no", strong=True, href="mailto:post@imdi.no")
WEB = Run("planlegging og bosetting", href="https://www.imdi.no/planlegging/?a=1&b=2")
DRAFT_MARK = block("draft", "draft", "UTKAST – ikke godkjent")
APPROVAL = block(
    "closing", "approval", "Dokumentet er godkjent elektronisk og trenger derfor ikke signatur."
)
LETTER = Content(
    "nb",
    "Anmodning om bosetting av flyktninger i 2018 – Gáivuotna – Kåfjord – Kaivuono kommune",
    "Integrerings- og mangfoldsdirektoratet",
    (
        block("sender", "sender", strong("IMDi"), " Integrerings- og mangfoldsdirektoratet"),
        pair("sender", "contact", "Telefon", "21 40 05 00"),
        DRAFT_MARK,
        block("recipient", "recipient", "Gáivuotna – Kåfjord – Kaivuono kommune"),
        block("recipient", "distribution", strong("Brevet bes distribuert til:")),
        block("recipient", "distribution", "Ordfører"),
        block("recipient", "distribution", "Rådmann"),
        block("references", "reference", strong("Deres ref:")),
        block("references", "reference", strong("Vår ref:"), " 17-09235"),
        pair("references", "reference", "Dato:", "6.11.2017"),
        block("body", "title", "Anmodning om bosetting av flyktninger i 2018"),
        block("body", "paragraph", "Vi ber dere om å bosette ", strong("10 flyktninger"), "."),
        pair("body", "fact", "Bosette i 2018", strong("10 flyktninger")),
        pair("body", "fact", "Svar innen", "lørdag 6. januar 2018"),
        block("body", "bullet", "Frist for å svare er ", strong("6. januar 2018"), "."),
        block("body", "bullet", "Send vedtaket til ", MAIL, " og se ", WEB, "."),
        block("body", "heading", "Bakgrunn for tallene"),
        block("body", "paragraph", "Det er behov for å bosette 4\u00a0400 flyktninger i Norge."),
        block("closing", "closing", "Med hilsen"),
        block("closing", "closing", "for Integrerings- og mangfoldsdirektoratet"),
        block("closing", "signature", strong("Hege Aspelund")),
        block("closing", "signature", "regiondirektør"),
    ),
)
APPROVED = replace(LETTER, blocks=(*(b for b in LETTER.blocks if b != DRAFT_MARK), APPROVAL))
NYNORSK = replace(LETTER, written_form="nn")


FACTS = {
    "Bosette i 2018 10 flyktninger": ("Bosette i 2018", "10 flyktninger"),
    "Svar innen lørdag 6. januar 2018": ("Svar innen", "lørdag 6. januar 2018"),
}
"""The label and the value of each fact of the letter."""


@cache
def writer() -> DocxWriter:
    return DocxWriter(STYLES)


def written(content: Content = LETTER, by: DocxWriter | None = None, pages: int = 1) -> bytes:
    return (by or writer()).write(content, reference=REFERENCE, dated=SENT, pages=pages)


def opened(document: bytes) -> Any:
    """The document as python-docx reads it."""
    import docx

    return docx.Document(io.BytesIO(document))


def part(document: bytes, name: str) -> etree._Element:
    """One part of the package, read without the library that wrote it."""
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        return etree.fromstring(package.read(name))


def words(paragraph: etree._Element) -> str:
    """The words of a paragraph as a reader sees them, a tab as a space."""
    runs = (element for run in paragraph.iter(f"{W}r") for element in run)
    signs = {f"{W}tab": " ", f"{W}noBreakHyphen": "-"}
    return plain("".join(e.text if e.tag == f"{W}t" else signs.get(e.tag, "") for e in runs))


def plain(text: str) -> str:
    """A text with plain spaces in place of those that hold words together on one line."""
    return text.replace("\u00a0", " ")


def paragraphs(document: bytes) -> list[etree._Element]:
    """Every paragraph that says something, those in tables too."""
    found = part(document, "word/document.xml").iter(f"{W}p")
    return [paragraph for paragraph in found if words(paragraph)]


def said(document: bytes) -> list[str]:
    return [words(paragraph) for paragraph in paragraphs(document)]


def blocks_in(content: Content) -> list[str]:
    """What the paragraphs of a document should say.

    Label and value of a fact are two of them; those whom the letter is for share one.
    """
    found: list[str] = []
    for style, group in groupby(content.blocks, lambda block: block.style):
        texts = [plain(block.text) for block in group if style != "contact"]
        if style == "distribution":
            texts = ["\u2003".join(texts)]
        if style == "fact":
            texts = [words for text in texts for words in FACTS[text]]
        found += texts
    return found


def edited(tmp_path: Path, change: Callable[[Any], object]) -> Path:
    """The styles document after somebody has changed something in it."""
    document = opened(STYLES.read_bytes())
    change(document)
    document.save(tmp_path / "styles.docx")
    return tmp_path / "styles.docx"


def test_the_document_says_the_words_of_the_content_in_order() -> None:
    for content in (LETTER, APPROVED, NYNORSK):
        assert said(written(content)) == blocks_in(content)


def test_every_block_has_the_style_of_its_kind() -> None:
    document = opened(written(APPROVED))
    every = [docx_paragraph(p, document) for p in paragraphs(written(APPROVED))]
    assert [p.style.name for p in every] == [
        *("Sender", "Recipient", "Distribution"),
        *("Reference", "Reference", "Reference", "Heading 1", "Body Text"),
        *("Fact Label", "Fact", "Fact Label", "Fact"),
        *("List Bullet", "List Bullet", "Heading 2", "Body Text"),
        *("Closing", "Closing", "Signature", "Signature", "Approval"),
    ]
    looks = {plain(r.text).strip(): r.style.name for p in every for r in p.runs}
    assert looks["IMDi"] == "Sender Strong"
    assert looks["Vår ref:"] == looks["Dato:"] == looks["Brevet bes distribuert til:"] == "Label"
    assert looks["10 flyktninger"] == "First Fact"
    assert looks["6. januar 2018"] == looks["Hege Aspelund"] == "Strong"
    assert looks["Ordfører"] == "Default Paragraph Font"


def docx_paragraph(element: etree._Element, document: Any) -> Any:
    """A paragraph as python-docx reads it."""
    from docx.oxml import parse_xml
    from docx.text.paragraph import Paragraph

    return Paragraph(parse_xml(etree.tostring(element)), document._body)


def test_the_head_is_one_table_with_the_recipient_in_the_window_of_the_envelope() -> None:
    for content in (LETTER, APPROVED):
        document = opened(written(content))
        head = document.tables[0]
        letterhead, addresses = head.rows
        assert [cell.text for cell in letterhead.cells] == [
            "IMDi\tIntegrerings- og mangfoldsdirektoratet",
            "UTKAST – ikke godkjent" if content is LETTER else "",
        ]
        assert [plain(cell.text).split("\n")[0] for cell in addresses.cells] == [
            "Gáivuotna – Kåfjord – Kaivuono kommune",
            "Deres ref:",
        ]
        assert letterhead.height_rule == WD_ROW_HEIGHT_RULE.EXACTLY
        assert letterhead.height.mm + document.sections[0].top_margin.mm == pytest.approx(46, abs=1)
        widths = {c.text.split("\n")[0]: c.width.mm for c in addresses.cells}
        assert widths["Deres ref:"] >= 50
        assert not list(part(written(content), "word/document.xml").iter(f"{W}framePr"))
        assert not list(part(written(content), "word/styles.xml").iter(f"{W}framePr"))


def test_what_belongs_together_stays_on_one_line() -> None:
    blocks = (
        block("recipient", "recipient", "Sør-Odal kommune"),
        block("body", "paragraph", "Vi ber Sør-Odal kommune om å bosette 10 flyktninger nå i år."),
    )
    document = opened(written(replace(LETTER, blocks=blocks)))
    text = next(p for p in document.paragraphs if p.text.startswith("Vi ber"))
    for together in ("Sør-Odal kommune", "10 flyktninger", "i år."):
        assert together.replace(" ", "\u00a0") in text.text
    assert "ber Sør-Odal" in text.text
    assert [e.tag for e in text._p.iter(f"{W}noBreakHyphen")] == [f"{W}noBreakHyphen"]


def test_the_logo_is_drawn_as_outlines_with_a_picture_of_them_and_words(tmp_path: Path) -> None:
    (tmp_path / "styles.docx").write_bytes(STYLES.read_bytes())
    (tmp_path / "logo.svg").write_bytes(LOGO)
    letter = written(by=DocxWriter(tmp_path / "styles.docx"))
    assert written(by=DocxWriter(tmp_path / "styles.docx")) == letter, "always the same bytes"
    with zipfile.ZipFile(io.BytesIO(letter)) as package:
        assert package.read("word/media/logo.svg") == LOGO
        picture = Image.open(io.BytesIO(package.read("word/media/logo.png")))
    assert picture.size == pytest.approx((384, 192), abs=1)
    assert picture.getpixel((2, 2)) == picture.getpixel((189, 189)) == (18, 56, 63)
    assert picture.getpixel((290, 96)) == (255, 255, 255)
    (shape,) = opened(letter).part.element.body.iter(f"{WP}inline")
    assert shape.find(f"{WP}docPr").get("descr") == f"Logo: {LETTER.author}"
    extent = shape.find(f"{WP}extent")
    assert (int(extent.get("cx")), int(extent.get("cy"))) == (16 * 36_000, 8 * 36_000)
    assert inspect_docx(letter, LETTER, reference=REFERENCE, logo=LOGO) == ()
    told = ("docx: there are other pictures in it than the logo",)
    for other in (b"", LOGO.replace(b"12383f", b"ffffff")):
        assert inspect_docx(letter, LETTER, reference=REFERENCE, logo=other) == told
    assert inspect_docx(written(), LETTER, reference=REFERENCE, logo=LOGO) == told


def test_values_of_references_stand_in_a_column() -> None:
    cell = opened(written()).tables[0].rows[1].cells[1]
    assert [p.text for p in cell.paragraphs] == [
        *("Deres ref:", "Vår ref:\t17-09235", "Dato:\t6.11.2017")
    ]


@pytest.mark.parametrize(("content", "caption"), [(LETTER, "viktigste"), (NYNORSK, "viktigaste")])
def test_facts_are_a_table_whose_first_column_is_its_header(content: Content, caption: str) -> None:
    document = opened(written(content))
    facts = document.tables[1]
    rows = [tuple(plain(cell.text) for cell in row.cells) for row in facts.rows]
    assert rows == list(FACTS.values())
    assert facts.style.name == "Facts"
    look = facts._tbl.tblPr.find(f"{W}tblLook")
    assert (look.get(f"{W}firstColumn"), look.get(f"{W}firstRow")) == ("1", "0")
    assert int(look.get(f"{W}val"), 16) & 0x00A0 == 0x0080
    assert caption in facts._tbl.tblPr.find(f"{W}tblCaption").get(f"{W}val")
    kept = [p.paragraph_format.keep_with_next for c in facts._cells for p in c.paragraphs]
    assert kept == [True, True, None, None]


def test_the_page_is_a4_with_a_first_page_of_its_own() -> None:
    section = opened(written()).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert round(section.left_margin.mm) == 25
    assert section.different_first_page_header_footer
    margins = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    css = CSS.read_text(encoding="utf-8")
    rule = re.search(r"@page \{[^}]*margin: (\w+) (\w+) (\w+) (\w+);", css)
    first = re.search(r"@page :first \{[^}]*margin-bottom: (\w+);", css)
    assert rule is not None
    assert first is not None, "the first page has an edge of its own below"
    wanted = [*rule.groups()[:2], first[1], rule[4]]
    assert [f"{round(margin.mm)}mm" for margin in margins] == wanted


@pytest.mark.parametrize(("content", "tag"), [(LETTER, "nb-NO"), (NYNORSK, "nn-NO")])
def test_the_language_is_that_of_the_letter(content: Content, tag: str) -> None:
    document = written(content)
    defaults = part(document, "word/styles.xml").find(f"{W}docDefaults")
    assert [e.get(f"{W}val") for e in defaults.iter(f"{W}lang")] == [tag]
    assert opened(document).core_properties.language == tag


def test_every_link_of_the_content_is_live() -> None:
    document = opened(written())
    links = [link for p in document.paragraphs for link in p.hyperlinks]
    assert [(link.text, link.address) for link in links] == [(r.text, r.href) for r in (MAIL, WEB)]
    assert {run.style.name for link in links for run in link.runs} == {"Hyperlink"}
    assert [link.runs[0].bold for link in links] == [True, None]


def test_pages_are_numbered_where_there_are_several() -> None:
    def numbers(pages: int) -> tuple[str, str]:
        section = opened(written(APPROVED, pages=pages)).sections[0]
        for footer in (section.footer, section.first_page_footer):
            assert not footer.is_linked_to_previous
            fields = [f.get(f"{W}instr").strip() for f in footer._element.iter(f"{W}fldSimple")]
            assert fields in ([], ["PAGE", "NUMPAGES"])
        first, later = section.first_page_footer, section.footer
        return words(first.tables[0].rows[0].cells[-1]._tc), words(later._element)

    assert numbers(2) == ("Side 1 av 2", "Side 2 av 2")
    first, later = numbers(1)
    assert first == ""
    assert later.startswith("Side "), "for a letter that grows when somebody changes it in Word"


def test_the_agency_is_reached_at_the_foot_of_the_first_page() -> None:
    section = opened(written()).sections[0]
    (foot,) = section.first_page_footer.tables
    assert [[p.text for p in cell.paragraphs] for cell in foot.rows[0].cells] == [
        ["Telefon", "21 40 05 00"],
        [""],
    ]
    styles = [p.style.name for p in foot.rows[0].cells[0].paragraphs]
    assert styles == ["Contact Label", "Contact"]
    assert "Telefon" not in words(section.footer._element)
    assert section.first_page_footer._element[-1].tag == f"{W}p", "Word wants one after a table"


def test_later_pages_carry_our_reference_and_the_mark_of_a_draft() -> None:
    def headers(content: Content) -> tuple[str, str]:
        section = opened(written(content)).sections[0]
        first, later = section.first_page_header, section.header
        return first.paragraphs[0].text, later.paragraphs[0].text

    assert headers(LETTER) == ("", LETTER.running_header(REFERENCE))
    assert headers(APPROVED) == ("", APPROVED.running_header(REFERENCE))
    assert "UTKAST" in headers(LETTER)[1]
    first = opened(written()).sections[0].first_page_header.paragraphs[0].paragraph_format
    assert first.line_spacing.pt == 1, "it does not push the letterhead down"


def test_the_properties_tell_title_agency_reference_and_date() -> None:
    properties = opened(written()).core_properties
    assert properties.title == LETTER.title
    assert properties.author == properties.last_modified_by == LETTER.author
    assert properties.subject == properties.identifier == REFERENCE
    assert properties.created == properties.modified == SENT
    assert properties.revision == 1
    assert properties.comments == properties.keywords == properties.category == ""
    assert properties.last_printed is None


def test_closing_and_signature_are_never_split() -> None:
    document = opened(written(APPROVED))
    styles = document.styles
    for name in ("Heading 1", "Heading 2", "Closing", "Signature"):
        assert styles[name].paragraph_format.keep_with_next
        assert styles[name].paragraph_format.keep_together
    kept = [plain(p.text) for p in document.paragraphs if p.paragraph_format.keep_with_next]
    assert kept == ["Det er behov for å bosette 4 400 flyktninger i Norge."]


ORDER = {
    "pPr": "pStyle keepNext keepLines framePr widowControl numPr pBdr shd tabs spacing ind"
    " contextualSpacing jc textAlignment outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps color spacing w kern position sz szCs u lang",
    "style": "name aliases basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr"
    " tblPr trPr tcPr tblStylePr",
    "tbl": "tblPr tblGrid tr",
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption",
    "tc": "tcPr p",
    "tcPr": "tcW gridSpan tcBorders shd tcMar vAlign",
    "font": "altName panose1 charset family pitch sig embedRegular embedBold",
    "sectPr": "headerReference footerReference pgSz pgMar titlePg",
    "settings": "zoom embedTrueTypeFonts defaultTabStop autoHyphenation evenAndOddHeaders"
    " characterSpacingControl compat decimalSymbol listSeparator",
}
"""What may stand in what, in this order (ISO 29500-1, annex A), as far as letters have it."""


@pytest.mark.parametrize(
    "name", ["document", "styles", "settings", "fontTable", "header1", "header2", "footer2"]
)
def test_elements_stand_in_the_order_of_the_schema(name: str) -> None:
    """Word says that a document is damaged where they do not."""
    checked = 0
    for element in part(written(pages=2), f"word/{name}.xml").iter():
        if order := ORDER.get(element.tag.removeprefix(W), "").split():
            places = [order.index(child.tag.removeprefix(W)) for child in element]
            assert places == sorted(places), etree.tostring(element)
            checked += len(places)
    assert checked


def test_headings_are_headings_to_a_screen_reader() -> None:
    styles = part(written(), "word/styles.xml")
    levels = {
        style.find(f"{W}name").get(f"{W}val"): level.get(f"{W}val")
        for style in styles.iter(f"{W}style")
        for level in style.iter(f"{W}outlineLvl")
    }
    assert levels == {"heading 1": "0", "heading 2": "1"}


def test_the_same_letter_gives_the_same_bytes() -> None:
    first = written()
    written(NYNORSK)
    written(APPROVED)
    assert written() == first
    assert written(by=DocxWriter(STYLES)) == first


def test_nothing_tells_when_or_where_the_file_was_written() -> None:
    with zipfile.ZipFile(io.BytesIO(written())) as package:
        entries = package.infolist()
        everything = b"".join(package.read(entry) for entry in entries).decode(errors="replace")
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.create_system for entry in entries} == {3}
    names = [entry.filename for entry in entries]
    assert names[0] == "[Content_Types].xml", "readers that stream the file look for it there"
    assert set(re.findall(r"\d{4}-\d\d-\d\d", everything)) == {"2017-11-06"}


def test_the_typeface_comes_along_and_says_its_licence() -> None:
    letter = written()
    font = part(letter, "word/fontTable.xml").find(f"{W}font")
    assert font.get(f"{W}name") == "Source Sans Pro"
    assert font.find(f"{W}altName").get(f"{W}val") == "Calibri"
    assert part(letter, "word/settings.xml").find(f"{W}embedTrueTypeFonts") is not None
    ids = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    targets = {r.get("Id"): r.get("Target") for r in part(letter, FONT_RELATIONS)}
    for face, embed in (("Regular", "embedRegular"), ("Bold", "embedBold")):
        entry = font.find(f"{W}{embed}")
        with zipfile.ZipFile(io.BytesIO(letter)) as package:
            obfuscated = package.read(f"word/{targets[entry.get(ids)]}")
        key = bytes.fromhex(re.sub("[{}-]", "", entry.get(f"{W}fontKey")))[::-1] * 2
        plain = bytes(a ^ b for a, b in zip(obfuscated[:32], key, strict=True)) + obfuscated[32:]
        read = TTFont(io.BytesIO(plain))
        assert read["name"].getDebugName(4) == f"Source Sans Pro{' Bold' * (face == 'Bold')}"
        assert "SIL Open Font License" in read["name"].getDebugName(13)
        assert read["OS/2"].fsType == 0, "it may be embedded and edited with"
        whole = TTFont(font_file(face))
        for char in "aÅåøæ–«»ŋŧčđžáÁ\u00a0€½":
            assert (
                read["hmtx"][read.getBestCmap()[ord(char)]]
                == (whole["hmtx"][whole.getBestCmap()[ord(char)]])
            )


def test_the_bullet_looks_alike_on_every_machine() -> None:
    level = next(part(written(), "word/numbering.xml").iter(f"{W}lvl"))
    assert level.find(f"{W}lvlText").get(f"{W}val") == "\u2022"
    assert not list(level.iter(f"{W}rFonts")), "no symbol font"


def test_letter_and_styles_are_slim() -> None:
    assert STYLES.stat().st_size < 15_000
    assert len(written()) < 60_000
    with zipfile.ZipFile(io.BytesIO(written())) as package:
        assert not [n for n in package.namelist() if "theme" in n or "thumb" in n or "custom" in n]


@pytest.mark.parametrize(
    "text",
    [
        "Bø & Nes <med> \"anførsel\" og 'enkel' ]]> &amp; ferdig",
        "Kárášjohka, Deatnu, Unjárga, Porsáŋgu, Gáivuotna, Ŧ ŧ Č č Đ đ Ž ž",
        "4\u00a0400 flyktninger – «sitat» … 5 ½ € 𝄞 a\u0301",
        "  mellomrom   beholdes  ",
    ],
)
def test_no_character_is_lost(text: str) -> None:
    link = Run(text, href="https://www.imdi.no/?navn=B%C3%B8&x=<1>\"'")
    blocks = (block("body", "title", text), block("body", "paragraph", strong(text), link))
    document = written(replace(LETTER, title=text, author=text, blocks=blocks))
    assert said(document) == [plain(text), plain(text + text)]
    read = opened(document)
    assert read.paragraphs[1].hyperlinks[0].address == link.href
    assert read.core_properties.title == read.core_properties.author == text


def test_a_control_character_is_refused_rather_than_lost() -> None:
    with pytest.raises(ValueError, match="control characters"):
        written(replace(LETTER, blocks=(block("body", "paragraph", "Ås\x0bkommune"),)))


TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), min_size=1)
KINDS = st.sampled_from(["title", "heading", "paragraph", "bullet", "closing", "recipient"])
BLOCKS = st.builds(
    Block,
    st.just("body"),
    KINDS,
    st.lists(st.builds(Run, TEXTS, st.booleans()), min_size=1, max_size=4).map(tuple),
)


@settings(deadline=None, max_examples=50)
@given(st.lists(BLOCKS, max_size=6).map(tuple))
def test_any_words_come_back_as_they_were(blocks: tuple[Block, ...]) -> None:
    document = written(replace(LETTER, blocks=blocks))
    assert said(document) == [plain(b.text) for b in blocks]


def test_missing_styles_are_a_fault_that_names_file_and_styles(tmp_path: Path) -> None:
    def change(document: Any) -> None:
        document.styles["Draft"].name = "Kladd"
        document.styles["Hyperlink"].element.set(f"{W}type", "paragraph")

    styles = edited(tmp_path, change)
    with pytest.raises(FaultyInput, match=r"missing: Draft, Hyperlink\.") as caught:
        DocxWriter(styles)
    assert [f.place.file for f in caught.value.findings] == [styles.name]


def test_styles_of_an_earlier_version_go_on_working(tmp_path: Path) -> None:
    """They had the head of a letter in frames, and lacked what has come since."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def change(document: Any) -> None:
        for name in (*YOUNGER, "Facts"):
            document.styles[name].delete()
        for name in ("Sender", "Recipient", "Reference"):
            frame = OxmlElement("w:framePr", attrs={qn("w:w"): "4252", qn("w:y"): "2608"})
            document.styles[name].element.pPr.insert(0, frame)
        high = document.sections[0].first_page_header.paragraphs[0].paragraph_format
        high.line_spacing = Mm(76)

    letter = written(by=DocxWriter(edited(tmp_path, change)))
    assert inspect_docx(letter, LETTER, reference=REFERENCE) == ()
    assert said(letter) == blocks_in(LETTER)
    first = opened(letter).sections[0].first_page_header.paragraphs[0].paragraph_format
    assert first.line_spacing.pt == 1


def test_a_missing_language_or_header_is_a_fault(tmp_path: Path) -> None:
    def change(document: Any) -> None:
        for language in list(document.styles.element.iter(f"{W}lang")):
            language.getparent().remove(language)
        document.sections[0].header.is_linked_to_previous = True

    with pytest.raises(FaultyInput, match=r"(?s)no language.*no line for our reference"):
        DocxWriter(edited(tmp_path, change))


@pytest.mark.parametrize("content", [None, b"", b"just text", "zip"])
def test_what_is_no_word_document_is_a_fault(tmp_path: Path, content: bytes | str | None) -> None:
    styles = tmp_path / "styles.docx"
    if content == "zip":
        with zipfile.ZipFile(styles, "w") as package:
            package.writestr("letter.txt", "just text")
    elif isinstance(content, bytes):
        styles.write_bytes(content)
    with pytest.raises(FaultyInput, match=r"styles\.docx: The Word styles .* cannot be read"):
        DocxWriter(styles)


def test_a_norwegian_word_may_name_the_styles_inside_as_it_likes(tmp_path: Path) -> None:
    """Word translates the ids of its own styles and keeps their names."""

    def change(document: Any) -> None:
        document.styles["Heading 1"].element.set(f"{W}styleId", "Overskrift1")

    document = opened(written(by=DocxWriter(edited(tmp_path, change))))
    title = next(p for p in document.paragraphs if p.text.startswith("Anmodning"))
    assert (title.style.name, title.style.style_id) == ("Heading 1", "Overskrift1")


def test_nothing_of_the_styles_document_itself_goes_out(tmp_path: Path) -> None:
    def change(document: Any) -> None:
        document.add_paragraph("Hemmelig notat")
        document.part.relate_to("https://intranett.example/", "x", is_external=True)
        document.core_properties.comments = "bare internt"
        document.core_properties.last_printed = datetime(2016, 1, 31, tzinfo=UTC)

    letter = written(by=DocxWriter(edited(tmp_path, change)))
    with zipfile.ZipFile(io.BytesIO(letter)) as package:
        names = [name for name in package.namelist() if name.endswith(("xml", "rels"))]
        everything = b"".join(map(package.read, names)).decode()
    for trace in ("Hemmelig", "Stilprøve", "intranett", "bare internt", "2016-01", "00-00000"):
        assert trace not in everything


def add_part(document: Any, kind: str, name: str, blob: bytes) -> Any:
    """Another part of the document, as Word would add one."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part as DocxPart

    added = DocxPart(PackURI(f"/word/{name}"), "application/xml", blob, document.part.package)
    document.part.relate_to(added, f"{RELATIONSHIPS}/{kind}")
    return added


RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def test_only_what_a_letter_needs_is_taken_from_the_word_styles(tmp_path: Path) -> None:
    from docx.oxml import OxmlElement, parse_xml
    from docx.oxml.ns import nsdecls, qn

    def change(document: Any) -> None:
        for kind, name in {
            "comments": "comments.xml",
            "customXml": "item1.xml",
            "vbaProject": "vbaProject.bin",
            "glossaryDocument": "glossary.xml",
            "footnotes": "footnotes.xml",
            "image": "picture.png",
        }.items():
            add_part(document, kind, name, b"<trace/>")
        settings = document.part._settings_part
        remote = settings.relate_to(
            "https://evil.example/a.dotm", f"{RELATIONSHIPS}/attachedTemplate", is_external=True
        )
        document.settings.element.append(
            OxmlElement("w:attachedTemplate", attrs={qn("r:id"): remote})
        )
        footer = document.sections[0].footer
        footer.paragraphs[0].add_run(" trace")
        footer.add_paragraph("trace")
        picture = footer.part.relate_to(
            "https://evil.example/trace.png", f"{RELATIONSHIPS}/image", is_external=True
        )
        footer.paragraphs[0]._p.append(
            parse_xml(f'<w:r {nsdecls("w", "r")}><w:pict r:id="{picture}"/></w:r>')
        )
        document.sections[0].first_page_header.paragraphs[0].add_run("trace")
        document.styles["Approval"].font.hidden = True

    letter = written(APPROVED, by=DocxWriter(edited(tmp_path, change)))
    with zipfile.ZipFile(io.BytesIO(letter)) as package:
        everything = b"".join(map(package.read, package.namelist()))
        plain = zipfile.ZipFile(io.BytesIO(written(APPROVED))).namelist()
        assert sorted(package.namelist()) == sorted(plain)
    for trace in (b"trace", b"evil", b"vanish", b"attached", b"w:pict"):
        assert trace not in everything
    assert inspect_docx(letter, APPROVED, reference=REFERENCE) == ()


@pytest.mark.parametrize(
    ("colour", "size", "told"),
    [("FFFFFF", 10, "“Strong” are not dark enough"), ("12383F", 1, "“Strong” are too small")],
)
def test_a_word_style_nobody_could_read_is_a_fault(
    tmp_path: Path, colour: str, size: int, told: str
) -> None:
    from docx.shared import Pt, RGBColor

    def change(document: Any) -> None:
        font = document.styles["Strong"].font
        font.color.rgb, font.size = RGBColor.from_string(colour), Pt(size)

    with pytest.raises(FaultyInput, match=told):
        DocxWriter(edited(tmp_path, change))


def test_a_number_before_the_words_is_a_fault(tmp_path: Path) -> None:
    def change(document: Any) -> None:
        bullets = document.styles["List Bullet"].element.pPr.numPr
        document.styles["Heading 2"].element.pPr.insert(0, deepcopy(bullets))

    with pytest.raises(FaultyInput, match="numbers before the Word style “Heading 2”"):
        DocxWriter(edited(tmp_path, change))


def test_a_style_is_as_its_own_colour_not_as_that_of_the_one_it_is_based_on(tmp_path: Path) -> None:
    from docx.shared import RGBColor

    def change(document: Any) -> None:
        document.styles["Normal"].font.color.rgb = RGBColor(255, 255, 255)
        for name in PARAGRAPH_STYLES.values():
            document.styles[name].font.color.rgb = RGBColor(0, 0, 0)

    assert DocxWriter(edited(tmp_path, change))


@pytest.mark.parametrize("content", [LETTER, APPROVED, NYNORSK])
def test_a_document_read_back_has_no_faults(content: Content) -> None:
    assert inspect_docx(written(content), content, reference=REFERENCE) == ()


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("word/document.xml", "10\u00a0f".encode(), "12\u00a0f".encode(), "does not say"),
        ("word/document.xml", b"Med hilsen", b"", "does not say"),
        ("word/document.xml", b"<w:r>", b"<w:r><w:rPr><w:vanish/></w:rPr>", "hidden or foreign"),
        ("word/document.xml", b"<w:r>", b"<w:drawing/><w:r>", "other pictures"),
        ("word/document.xml", b"<w:pStyle ", b"<w:framePr/><w:pStyle ", "hidden or foreign"),
        ("word/fonts/font1.odttf", b"", b"another font", "font1.odttf is not Source Sans Pro"),
        ("word/header1.xml", b"17-09235", b"17-09236", "header1.xml says something else"),
        ("word/footer1.xml", b"Side ", b"Ring oss! Side ", "footer1.xml says something else"),
        ("word/footer2.xml", b"21 40 05 00", b"829 00 000", "footer2.xml says something else"),
        ("word/document.xml", b'<w:footerReference w:type="first"', b"<w:x ", "no footer of the"),
        ("word/_rels/document.xml.rels", b"post@imdi.no", b"x@evil.example", "links"),
        ("word/comments.xml", b"", b"<x/>", "there is word/comments.xml in it"),
    ],
)
def test_whatever_is_wrong_with_a_document_is_told(
    name: str, old: bytes, new: bytes, told: str
) -> None:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written())) as source:
        parts = {each: source.read(each) for each in source.namelist()}
    assert old in parts.setdefault(name, b"")
    parts[name] = parts[name].replace(old, new, 1) if old else new
    with zipfile.ZipFile(changed, "w") as target:
        for each, data in parts.items():
            target.writestr(each, data)
    (fault,) = inspect_docx(changed.getvalue(), LETTER, reference=REFERENCE)
    assert told in fault
