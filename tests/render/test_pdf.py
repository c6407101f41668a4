"""What a municipality, a screen reader, an envelope and an archive find in the PDF."""

import hashlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import page as validator
import pikepdf
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from brevgen.letter.content import Block, Content, Run
from brevgen.render.pdf import LayoutFault, PdfWriter
from tests.support.reading import Box, boxes, boxes_of, drawn_texts, page_texts, read_aloud, tidy
from tests.support.samples import AAS, DATED, REFERENCE, ROOT, STYLESHEET, TEMPLATES, content

STORFJORD = "Storfjord – Omasvuotna – Omasvuono"
UNKNOWN = replace(AAS.office, signatory="", name="IMDi Region Nord")
REACHED = replace(
    AAS.agency,
    postal_address="Postboks 1, 0001 Oslo",
    telephone="40 00 19 60",
    email="post@imdi.example",
    web="https://www.imdi.example/",
    organisation_number="123 456 785",
    seal_check="https://www.imdi.example/segl/",
)
CASES: dict[str, dict[str, Any]] = {
    "no minors": {},
    "minors": {"asked": 65, "minors": 4},
    "minors under 15": {"asked": 65, "minors": 4, "minors_under_15": 2},
    "one place": {"asked": 10, "minors": 1, "minors_under_15": 1},
    "Sámi name": {"name": "Kárášjohka – Karasjok"},
    "long name": {"name": STORFJORD},
    "signatory unknown": {"office": UNKNOWN},
    "reachable office": {
        "office": replace(AAS.office, telephone="40 00 19 60", email="ost@imdi.example")
    },
    "their reference": {"your_reference": "2017/1234-5 & <co>"},
    "approved": {"approved": True},
    "all that is known of the agency": {"agency": REACHED, "approved": True},
    "all that is known, two pages": {"agency": REACHED, "long": 80},
    "two pages": {"long": 80},
    "two pages, approved": {"long": 80, "approved": True},
}
EVERY = [(form, case) for form in ("nb", "nn") for case in CASES]
LETTERS = pytest.mark.parametrize(("form", "case"), EVERY, ids=[f"{c}, {f}" for f, c in EVERY])


@cache
def writer() -> PdfWriter:
    return PdfWriter(STYLESHEET)


def written(letter: Content, by: PdfWriter | None = None) -> bytes:
    return (by or writer()).write(letter, reference=REFERENCE, dated=DATED)


def said(form: str, case: str) -> Content:
    return content(form=form, **CASES[case])


@cache
def sample(form: str, case: str) -> bytes:
    return written(said(form, case))


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def register_names() -> list[str]:
    """Every name a municipality has had since 2017, the longest first."""
    lines = (ROOT / "data" / "municipalities.csv").read_text(encoding="utf-8").splitlines()[1:]
    return sorted({line.split(",")[1] for line in lines}, key=lambda name: (-len(name), name))


# -- standards ------------------------------------------------------------------------------------


@LETTERS
@pytest.mark.parametrize("standard", ["2a", "ua1"])
def test_every_letter_is_pdf_a_2a_and_pdf_ua_1(form: str, case: str, standard: str) -> None:
    verdict = validator.validate_pdf_bytes(sample(form, case), profile=standard)
    assert [(f.rule_id, f.message) for f in verdict.failures] == []
    assert verdict.is_compliant


@LETTERS
def test_one_packet_of_metadata_claims_both_standards(form: str, case: str) -> None:
    with opened(sample(form, case)) as document:
        with document.open_metadata() as told:
            claims = [told.get(f"pdf{key}") for key in ("aid:part", "aid:conformance", "uaid:part")]
        assert claims == ["2", "A", "1"]
        assert "/Filter" not in document.Root.Metadata, "archives read it without unpacking"


@LETTERS
def test_the_words_are_those_of_the_content_in_order(form: str, case: str) -> None:
    letter = said(form, case)
    pages = page_texts(sample(form, case))
    header = letter.running_header(REFERENCE)
    shown = [
        text.removesuffix(f" Side {number} av {len(pages)}").removesuffix(f" {header}")
        for number, text in enumerate(pages, start=1)
    ]
    foot = tidy(" ".join(block.text for block in letter.blocks if block.style == "contact"))
    shown[0] = shown[0].removesuffix(foot).strip()
    words = " ".join(block.text for block in letter.blocks if block.style != "contact")
    assert " ".join(shown) == tidy(words)
    assert foot in pages[0], "it is laid out last, at the foot of the first page"


@LETTERS
def test_a_screen_reader_reads_the_blocks_in_order_as_what_they_are(form: str, case: str) -> None:
    tags = {"title": "H1", "heading": "H2", "bullet": "LI", "reference": "LI", "fact": "LI"}
    tags["contact"] = "LI"
    letter = said(form, case)
    blocks = [(tags.get(block.style, "P"), tidy(block.text)) for block in letter.blocks]
    heard = read_aloud(sample(form, case))
    if len(page_texts(sample(form, case))) == 1:
        assert heard == blocks
    else:  # a paragraph that goes on overleaf is read in two parts
        assert " ".join(text for _, text in heard) == " ".join(text for _, text in blocks)
        assert [b for b in heard if b[0] != "P"] == [b for b in blocks if b[0] != "P"]


def test_lists_are_read_as_lists() -> None:
    points = (Run("Skriv hvor mange."),), (Run("Ta ingen forbehold, og se "), LINK, Run("."))
    bullets = tuple(Block("body", "bullet", runs) for runs in points)
    pdf = written(with_blocks(*bullets))
    heard = read_aloud(pdf)
    items = [text for tag, text in heard if tag == "LI"]
    assert [text.lstrip("• ") for text in items if "•" in text] == [b.text for b in bullets]
    for standard in ("2a", "ua1"):
        assert validator.validate_pdf_bytes(pdf, profile=standard).is_compliant


@LETTERS
def test_nothing_is_drawn_outside_of_the_structure_but_header_and_number(
    form: str, case: str
) -> None:
    header = said(form, case).running_header(REFERENCE)
    assert ("UTKAST" in header) == said(form, case).is_draft
    assert REFERENCE in header
    pages = drawn_texts(sample(form, case))
    artifacts = [[item.text for item in items if "Artifact" in item.marks] for items in pages]
    count = len(pages)
    assert count == (2 if "two pages" in case else 1)
    if count == 1:
        assert artifacts == [[]], "a letter of one page shows no page number"
    else:
        assert artifacts == [["Side 1 av 2"], [header, "Side 2 av 2"]]
    everything = [item for items in pages for item in items]
    assert all((item.number >= 0) != ("Artifact" in item.marks) for item in everything)


# -- the document ---------------------------------------------------------------------------------


@LETTERS
def test_the_sheet_is_a4(form: str, case: str) -> None:
    with opened(sample(form, case)) as document:
        for sheet in document.pages:
            left, bottom, right, top = (float(edge) for edge in sheet.mediabox)
            assert (left, bottom) == (0, 0)
            assert (round(right / 72 * 25.4), round(top / 72 * 25.4)) == (210, 297)


@LETTERS
def test_only_source_sans_pro_is_used_and_it_is_embedded(form: str, case: str) -> None:
    with opened(sample(form, case)) as document:
        fonts = [
            item
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]
        names = {str(font.FontName).partition("+")[2] for font in fonts}
        assert names == {"Source-Sans-Pro", "Source-Sans-Pro-Bold"}
        assert all("/FontFile2" in font for font in fonts)


@pytest.mark.parametrize(("form", "case"), EVERY[:: len(CASES)])
@pytest.mark.parametrize("day", [DATED, date(2031, 2, 28)])
def test_the_properties_come_from_the_letter_and_not_from_the_clock(
    form: str, case: str, day: date
) -> None:
    letter = said(form, case)
    with opened(writer().write(letter, reference=REFERENCE, dated=day)) as document:
        assert str(document.docinfo.Title) == letter.title
        assert str(document.docinfo.Author) == "Integrerings- og mangfoldsdirektoratet"
        assert str(document.docinfo.Subject) == REFERENCE
        assert {str(document.docinfo[key])[:10] for key in ("/CreationDate", "/ModDate")} == {
            f"D:{day:%Y%m%d}"
        }
        assert str(document.Root.Lang) == form
        assert document.Root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as told:
            assert told["dc:title"] == letter.title
            assert told["dc:creator"] == [letter.author]
            assert told["dc:language"] == {form}
            assert told["xmp:CreateDate"] == told["xmp:ModifyDate"] == day.isoformat()
    pdf = writer().write(letter, reference=REFERENCE, dated=day)
    assert not re.search(rb"D:20(?!17|31)", pdf), "no other moment is told"


LINK = Run("mer om planlegging", href="https://www.imdi.no/planlegging/?a=1&b=2")


def with_blocks(*blocks: Block) -> Content:
    """The letter to Ås with more blocks at the end of its body."""
    letter = content()
    closing = letter.part("closing")
    body = letter.blocks[: -len(closing)]
    return replace(letter, blocks=(*body, *blocks, *closing))


def links(pdf: bytes) -> list[tuple[str, str]]:
    """The words and the address of each link, as the annotations tell."""
    with opened(pdf) as document:
        return [
            (str(mark.Contents), str(mark.A.URI))
            for sheet in document.pages
            for mark in sheet.get("/Annots", [])
        ]


@LETTERS
def test_every_address_is_a_live_link_described_by_its_words(form: str, case: str) -> None:
    wanted = [(run.text, run.href) for run in said(form, case).links()]
    found = links(sample(form, case))
    assert [link for link, _ in groupby(found)] == wanted, "one over two lines is two on the sheet"
    assert any(href.startswith("mailto:") for _, href in wanted)


def test_a_link_is_described_by_its_words_and_not_by_its_address() -> None:
    pdf = written(with_blocks(Block("body", "paragraph", (Run("Les "), LINK, Run(".")))))
    assert links(pdf)[-1] == (LINK.text, LINK.href)


def test_links_lie_on_their_words() -> None:
    pdf = sample("nb", "no minors")
    with opened(pdf) as document:
        rect = [float(edge) / 72 * 25.4 for edge in document.pages[0].Annots[0].Rect]
    word = boxes_of("post@imdi.example", pdf)
    assert min(rect[0], rect[2]) <= word[0].left + 0.1
    assert max(rect[0], rect[2]) >= word[-1].right - 0.5
    assert 297 - max(rect[1], rect[3]) <= word[0].top + 0.1
    assert 297 - min(rect[1], rect[3]) >= word[0].bottom - 0.1


# -- how it looks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["nb", "nn"])
@pytest.mark.parametrize("name", ["Ås", *register_names()[:8], f"{STORFJORD} og Guovdageaidnu"])
def test_the_recipient_and_nothing_else_lies_in_the_window_of_the_envelope(
    form: str, name: str
) -> None:
    """C5 and E65 windows show at least 15–100 mm from the left, 44–59 mm from the top."""
    pdf = written(content(form=form, name=name))
    recipient = boxes_of(f"{name} kommune", pdf)
    assert min(box.left for box in recipient) >= 15
    assert max(box.right for box in recipient) <= 100
    assert min(box.top for box in recipient) >= 44
    assert max(box.bottom for box in recipient) <= 59
    others = [box for box in boxes(pdf) if box not in recipient]
    assert [box for box in others if box.left < 100 and 44 < box.top < 59] == []


@LETTERS
def test_the_references_stand_to_the_right_of_the_window(form: str, case: str) -> None:
    label = {"nb": "Deres ref:", "nn": "Dykkar ref:"}[form] if "their" in case else "Vår ref:"
    for words in (label, "Vår ref:", REFERENCE, "6.11.2017"):
        found = boxes_of(words, sample(form, case))
        assert min(box.left for box in found) > 105
        assert max(box.right for box in found) < 185
        assert min(box.top for box in found) > 44


@LETTERS
def test_all_text_lies_within_the_margins_and_none_upon_another(form: str, case: str) -> None:
    pdf = sample(form, case)
    for page, _ in enumerate(page_texts(pdf)):
        drawn = boxes(pdf, page)
        assert min(box.left for box in drawn) >= 24.5
        assert max(box.right for box in drawn) <= 200
        assert min(box.top for box in drawn) >= 14
        assert max(box.bottom for box in drawn) <= 291
        lines: dict[float, list[Box]] = {}
        for box in drawn:
            lines.setdefault(round(box.bottom / 2), []).append(box)
        for line in lines.values():
            line.sort(key=lambda box: box.left)
            for one, other in pairwise(line):
                deep = min(one.right - other.left, other.right - other.left)
                across = min(one.bottom, other.bottom) - max(one.top, other.top)
                assert deep < 0.6 or across <= 0, f"{one} lies upon {other}"


def last_paragraph(sentences: int) -> Content:
    """The letter to Ås with one more paragraph that grows, right before the closing."""
    words = " ".join(["Ta gjerne kontakt med oss."] * sentences)
    return with_blocks(Block("body", "paragraph", (Run(words),)))


def headings(sentences: int) -> Content:
    """The letter to Ås with a growing paragraph and then a heading with a short paragraph."""
    words = " ".join(["Ta gjerne kontakt med oss."] * sentences)
    return with_blocks(
        Block("body", "paragraph", (Run(words),)),
        Block("body", "heading", (Run("Hva skjer videre"),)),
        Block("body", "paragraph", (Run("Vi skriver til dere når svarene er kommet."),)),
    )


def growing_background(sentences: int) -> Content:
    return content(long=sentences + 1)


@pytest.mark.parametrize(
    "grow",
    [
        headings,
        *(
            pytest.param(each, marks=pytest.mark.slow)
            for each in (growing_background, last_paragraph)
        ),
    ],
)
def test_however_long_the_letter_its_pages_break_in_good_places(
    grow: Callable[[int], Content],
) -> None:
    seen = set()
    for sentences in range(14, 60):
        letter = grow(sentences)
        pages = page_texts(written(letter))
        if len(pages) == 1:
            continue
        header = re.escape(letter.running_header(REFERENCE))
        first, last = (re.sub(rf"( {header})? Side \d av \d$", "", text) for text in pages)
        seen.add(last.count("Ta gjerne kontakt") + last.count("be om mer tid"))
        closing = tidy(" ".join(block.text for block in letter.part("closing")))
        assert last.endswith(closing), "the closing is together"
        assert last != closing, "the signature does not stand alone"
        for block in letter.blocks:
            if block.style == "heading":
                assert not first.endswith(block.text), "no heading alone at the foot"
    assert len(seen) > 3, "the break was met in several places"


@pytest.mark.slow
@pytest.mark.parametrize("form", ["nb", "nn"])
def test_a_draft_breaks_where_the_final_letter_will(form: str) -> None:
    breaks = []
    for approved in (False, True):
        letters = [content(form=form, long=long, approved=approved) for long in range(1, 60, 2)]
        breaks.append([len(page_texts(written(letter))) for letter in letters])
    assert breaks[0] == breaks[1]
    assert set(breaks[0]) == {1, 2}


def test_every_sámi_letter_is_drawn_as_itself() -> None:
    """A font in parts draws another letter than the text layer tells (Kárášjohka as KáráǤjohka)."""
    import font_source_sans_pro

    name = "áčđŋšŧž ÁČĐŊŠŦŽ æøå ÆØÅ"
    pdf = written(content(name=name))
    assert f"{name} kommune" in page_texts(pdf)[0]
    found = set()
    with opened(pdf) as document:
        sheet = document.pages[0]
        for key, font in sheet.resources.Font.items():
            face = str(font.BaseFont).partition("+")[2]
            style = "Bold" if face.endswith("Bold") else "Regular"
            whole = TTFont(Path(font_source_sans_pro.font_directory) / f"SourceSansPro-{style}.ttf")
            inner = font.DescendantFonts[0]
            part = TTFont(io.BytesIO(inner.FontDescriptor.FontFile2.read_bytes()))
            numbers = b"".join(
                whole.getGlyphID(whole.getBestCmap()[ord(char)]).to_bytes(2, "big") for char in name
            )
            if numbers in glyphs_drawn(sheet, key):
                found.add(style)
                for char in name:
                    glyph = whole.getBestCmap()[ord(char)]
                    mine = part.getGlyphOrder()[whole.getGlyphID(glyph)]
                    assert outline(part, mine) == outline(whole, glyph), char
            assert b"\0\0" not in chunks(glyphs_drawn(sheet, key)), "no .notdef"
    assert found == {"Regular", "Bold"}


def glyphs_drawn(sheet: pikepdf.Page, font: str) -> bytes:
    """The numbers of all glyphs a page draws in a font, two bytes each, in order."""
    drawn, current = [], ""
    for step in pikepdf.parse_content_stream(sheet):
        operands, operator = step.operands, step.operator
        if str(operator) == "Tf":
            current = str(operands[0])
        elif str(operator) in ("TJ", "Tj") and current == font:
            texts = operands[0] if str(operator) == "TJ" else [operands[0]]
            drawn += [bytes(text) for text in texts if isinstance(text, pikepdf.String)]
    return b"".join(drawn)


def chunks(numbers: bytes) -> set[bytes]:
    return {numbers[at : at + 2] for at in range(0, len(numbers), 2)}


def outline(font: TTFont, glyph: str) -> list[tuple[str, Any]]:
    from fontTools.pens.recordingPen import DecomposingRecordingPen  # type: ignore[import-untyped]

    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[glyph].draw(pen)
    drawn: list[tuple[str, Any]] = pen.value
    return drawn


# -- bytes ----------------------------------------------------------------------------------------


def test_the_same_letter_gives_the_same_bytes_whatever_was_written_before() -> None:
    first = sample("nb", "Sámi name")
    for case in ("two pages", "minors", "approved"):
        written(said("nn", case))
    assert written(said("nb", "Sámi name")) == first
    assert written(said("nb", "Sámi name"), by=PdfWriter(STYLESHEET)) == first


PROGRAM = """
import hashlib
from tests.support.samples import *
from brevgen.render.pdf import PdfWriter
writer = PdfWriter(STYLESHEET)
for name in ("Ås", "Kárášjohka – Karasjok"):
    pdf = writer.write(content(name=name), reference=REFERENCE, dated=DATED)
    print(hashlib.sha256(pdf).hexdigest())
"""


FONTS_MADE_SMALLER = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><match target="font"><edit name="matrix" mode="assign"><times><name>matrix</name>
<matrix><double>0.9</double><double>0</double><double>0</double><double>0.9</double></matrix>
</times></edit></match><match target="pattern"><edit name="pixelsize" mode="assign"><times>
<name>pixelsize</name><double>0.8</double></times></edit></match></fontconfig>
"""


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Kiritimati"},
        {"PYTHONHASHSEED": "4711", "LC_ALL": "nb_NO.UTF-8", "TZ": "America/Adak", "LANG": "nb"},
        {"FONTCONFIG_FILE": "fonts.conf", "HB_SHAPER_LIST": "fallback"},
    ],
)
def test_the_bytes_depend_on_no_seed_place_time_or_fonts(
    tmp_path: Path, surroundings: dict[str, str]
) -> None:
    if "FONTCONFIG_FILE" in surroundings:
        (tmp_path / "fonts.conf").write_text(FONTS_MADE_SMALLER, encoding="utf-8")
        surroundings = {**surroundings, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore:No fonts configured", "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **surroundings},
        capture_output=True,
        check=True,
        text=True,
    )
    here = [content(name="Ås"), content(name="Kárášjohka – Karasjok")]
    assert ran.stdout.split() == [hashlib.sha256(written(each)).hexdigest() for each in here]


@pytest.mark.slow
def test_no_stream_ends_in_a_carriage_return_in_many_letters() -> None:
    """Compressed bytes may end in anything; about one letter in ten needs a byte of padding."""
    for name in register_names()[:150]:
        pdf = written(content(name=name))
        assert not re.search(rb"\r\r?\n?endstream", pdf), name
        assert validator.validate_pdf_bytes(pdf, profile="2a").is_compliant, name


# -- the stylesheet -------------------------------------------------------------------------------


def stylesheet(tmp_path: Path, rule: str) -> Path:
    """The project's stylesheet with one more rule on a line of its own."""
    path = tmp_path / "letter.css"
    path.write_text(STYLESHEET.read_text(encoding="utf-8") + rule, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("p { colour: red }", r"^letter\.css: .*colour: red"),
        ("p { color: rouge-ish }", r"^letter\.css: .*rouge-ish"),
        ("p::nosuch { color: red }", r"^letter\.css: .*p::nosuch"),
        ("p { width: 3mm; foo", r"^letter\.css: .*EOF"),
        ('@font-face { font-family: "X"; src: url(x.ttf) }', r"^letter\.css: .*Remove @font-face"),
        ("body { background-image: url(picture.png) }", r"^letter\.css: Remove url\(\)"),
        ('h1::before { content: url("https://imdi.example/a.svg") }', r"Remove url\(\)"),
        ("body { background: \\75rl(letter.css) }", r"Remove url\(\)"),
        ("@media print { p { list-style: URL(file:///etc/passwd) } }", r"Remove url\(\)"),
        ('@import "other.css";', r"Remove @import"),
        ("strong { display: inline-block; transform: scale(0) }", r"cannot be laid out"),
        ("strong { font-size: 1e30pt }", r"cannot be laid out"),
    ],
)
def test_what_the_layouter_does_not_understand_or_find_is_a_fault(
    tmp_path: Path, rule: str, told: str
) -> None:
    path = stylesheet(tmp_path, rule)
    with pytest.raises(LayoutFault, match=told):
        written(content(), by=PdfWriter(path))


@pytest.mark.parametrize("sign", ["漢", "Ꭰ", "\x07", "\x85", "\uffff"])
def test_a_sign_that_our_font_lacks_is_a_fault(sign: str) -> None:
    with pytest.raises(LayoutFault, match=f"U\\+{ord(sign):04X}"):
        written(content(name=f"Ås{sign}"))


def test_a_fault_names_the_line_of_the_stylesheet(tmp_path: Path) -> None:
    path = stylesheet(tmp_path, "p { colour: red }")
    line = len(path.read_text(encoding="utf-8").splitlines())
    with pytest.raises(LayoutFault, match=rf"at {line}:5\b"):
        PdfWriter(path)


@pytest.mark.parametrize("before", ["\ufeff", '@charset "utf-8";', '\ufeff@CHARSET "utf-8";\n'])
def test_what_editors_put_before_a_stylesheet_changes_nothing(tmp_path: Path, before: str) -> None:
    path = tmp_path / "letter.css"
    path.write_text(before + STYLESHEET.read_text(encoding="utf-8"), encoding="utf-8")
    assert written(content(), by=PdfWriter(path)) == sample("nb", "no minors")


def test_two_threads_do_not_mix_their_faults(tmp_path: Path) -> None:
    def told_of(name: str) -> str:
        try:
            return str(written(content(name=name), by=PdfWriter(STYLESHEET)))[:0]
        except LayoutFault as fault:
            return str(fault)

    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(told_of, ["Ås", "漢", "Ås", "Ꭰ"] * 3))
    assert [("U+6F22" in each, "U+13A0" in each) for each in told] == [
        (False, False),
        (True, False),
        (False, False),
        (False, True),
    ] * 3


@pytest.mark.parametrize("data", [None, "p { content: 'å' }".encode("latin-1")])
def test_a_stylesheet_that_cannot_be_read_is_a_fault(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / "letter.css").write_bytes(data)
    with pytest.raises(LayoutFault, match=r"^letter\.css: "):
        PdfWriter(tmp_path / "letter.css")


def test_a_fault_in_one_letter_is_not_told_of_the_next(tmp_path: Path) -> None:
    path = stylesheet(tmp_path, ".approval { transform: scale(0) }")
    writer = PdfWriter(path)
    with pytest.raises(LayoutFault):
        written(content(approved=True), by=writer)
    assert written(content(approved=False), by=writer)


def test_a_font_of_the_system_never_stands_in_for_ours(tmp_path: Path) -> None:
    pdf = written(content(), by=PdfWriter(stylesheet(tmp_path, "h1 { font-family: serif }")))
    with opened(pdf) as document:
        names = {str(font.BaseFont) for font in document.pages[0].resources.Font.values()}
    assert all("Source-Sans-Pro" in name for name in names)


def test_the_templates_hold_the_stylesheet() -> None:
    assert (TEMPLATES / "letter.css").is_file()


@pytest.mark.parametrize("standard", ["2a", "ua1"])
def test_a_fold_mark_is_drawn_where_it_is_asked_for_and_is_no_part_of_the_letter(
    tmp_path: Path, standard: str
) -> None:
    marked = written(
        content(), by=PdfWriter(stylesheet(tmp_path, "body::before { display: block }"))
    )
    plain = written(content())
    assert page_texts(marked) == page_texts(plain)
    assert read_aloud(marked) == read_aloud(plain)
    at = 148.5 / 25.4 * 72  # half of A4
    marks = [drawn for drawn in filled(marked) if drawn not in filled(plain)]
    assert [(round(width / 72 * 25.4), abs(y - at) < 3) for _, y, width, _ in marks] == [(5, True)]
    assert validator.validate_pdf_bytes(marked, profile=standard).is_compliant


def filled(pdf: bytes) -> list[tuple[float, float, float, float]]:
    """The boxes that the first page is drawn with: left, foot, width, height in points."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        shapes = document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH])
        edges = [shape.get_bounds() for shape in shapes]
    return [
        (round(left, 1), round(foot, 1), round(right - left, 1), round(top - foot, 1))
        for left, foot, right, top in edges
    ]
