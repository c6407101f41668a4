"""Whatever is wrong with a PDF, reading it back finds it and says so."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from brevgen.letter.content import Block, Content, Run, Style
from brevgen.letter.letter import must_say
from brevgen.render.inspection import Inspection, inspect
from brevgen.render.pdf import PdfWriter
from tests.support.samples import DATED, REFERENCE, REQUEST, STYLESHEET, content, letter

FACTS = must_say(letter(), REQUEST)


@cache
def writer() -> PdfWriter:
    return PdfWriter(STYLESHEET)


@cache
def written(said: Content) -> bytes:
    return writer().write(said, reference=REFERENCE, dated=DATED)


def inspected(
    said: Content, *, against: Content | None = None, must_say: Sequence[str] = FACTS
) -> Inspection:
    """What is found in the letter of one content when it is held against another."""
    return inspect(written(said), against or said, reference=REFERENCE, must_say=must_say)


Change = Callable[[pikepdf.Pdf], object]


def broken(change: Change, said: Content | None = None) -> Inspection:
    """What is found in a good letter after something in its PDF was changed."""
    said = said or content()
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(written(said))) as document:
        change(document)
        document.save(saved, fix_metadata_version=False)
    return inspect(saved.getvalue(), said, reference=REFERENCE, must_say=FACTS)


def body(*texts: str | Run, style: Style = "paragraph") -> tuple[Block, ...]:
    return tuple(Block("body", style, (t if isinstance(t, Run) else Run(t),)) for t in texts)


def with_body(*blocks: Block) -> Content:
    """The letter to Ås with more blocks at its end."""
    said = content()
    return replace(said, blocks=(*said.blocks, *blocks))


@pytest.mark.parametrize("form", ["nb", "nn"])
@pytest.mark.parametrize("changes", [{}, {"approved": True}, {"long": 80}, {"minors": 4}])
def test_a_good_letter_has_no_faults(form: str, changes: dict[str, Any]) -> None:
    facts = must_say(letter(written_form=form, **changes), REQUEST)
    seen = inspected(content(form=form, **changes), must_say=facts)
    assert seen == Inspection(2 if "long" in changes else 1, ())


def test_saving_a_good_letter_anew_makes_no_fault() -> None:
    """So that what the other tests find comes from what they change."""
    assert broken(lambda document: None).faults == ()


# -- the document ---------------------------------------------------------------------------------


def change_language(document: pikepdf.Pdf) -> None:
    document.Root.Lang = "nn"


def drop_language(document: pikepdf.Pdf) -> None:
    del document.Root["/Lang"]


def change_title(document: pikepdf.Pdf) -> None:
    document.docinfo["/Title"] = "Anmodning"


def drop_title(document: pikepdf.Pdf) -> None:
    del document.docinfo["/Title"]


def letter_format(document: pikepdf.Pdf) -> None:
    document.pages[0].mediabox = pikepdf.Array([0, 0, 612, 792])


def turn_the_sheet(document: pikepdf.Pdf) -> None:
    document.pages[0].mediabox = pikepdf.Array([0, 0, 841.89, 595.28])


def add_sheets(document: pikepdf.Pdf) -> None:
    for _ in range(2):
        document.add_blank_page(page_size=(595.28, 841.89))


def remove_a_link(document: pikepdf.Pdf) -> None:
    del document.pages[0].Annots[1]


def lead_a_link_elsewhere(document: pikepdf.Pdf) -> None:
    document.pages[0].Annots[0].A.URI = pikepdf.String("mailto:noen@andre.example")


def change_claims(document: pikepdf.Pdf) -> None:
    packet = document.Root.Metadata.read_bytes()
    document.Root.Metadata.write(packet.replace(b'pdfaid:part="2"', b'pdfaid:part="1"'))


def drop_claims(document: pikepdf.Pdf) -> None:
    document.Root.Metadata.write(b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')


def drop_accessibility_claim(document: pikepdf.Pdf) -> None:
    packet = document.Root.Metadata.read_bytes()
    document.Root.Metadata.write(packet.replace(b'pdfuaid:part="1"', b""))


def drop_structure(document: pikepdf.Pdf) -> None:
    del document.Root["/StructTreeRoot"]


def first_font(document: pikepdf.Pdf) -> pikepdf.Object:
    return next(iter(document.pages[0].resources.Font.values()))


def drop_font_file(document: pikepdf.Pdf) -> None:
    del first_font(document).DescendantFonts[0].FontDescriptor["/FontFile2"]


def drop_font_descriptor(document: pikepdf.Pdf) -> None:
    del first_font(document).DescendantFonts[0]["/FontDescriptor"]


def rename_font(document: pikepdf.Pdf) -> None:
    first_font(document).BaseFont = pikepdf.Name("/ABCDEF+DejaVu-Sans")


def nameless_font(document: pikepdf.Pdf) -> None:
    del first_font(document)["/BaseFont"]


def run_a_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (change_language, "language: nn, not nb"),
        (drop_language, "language: None, not nb"),
        (change_title, "title: missing or not the letter's"),
        (drop_title, "title: missing or not the letter's"),
        (letter_format, "sheet: page 1 is not A4"),
        (turn_the_sheet, "sheet: page 1 is not A4"),
        (add_sheets, "pages: 3, at most 2 are allowed"),
        (remove_a_link, "links: ["),
        (lead_a_link_elsewhere, "links: ['mailto:noen@andre.example', "),
        (change_claims, "PDF/A-2a "),
        (drop_claims, "PDF/A-2a "),
        (drop_claims, "PDF/UA-1 "),
        (drop_accessibility_claim, "PDF/UA-1 "),
        (drop_structure, "PDF/UA-1 "),
        (drop_font_file, "is not embedded"),
        (drop_font_descriptor, "is not embedded"),
        (rename_font, "font: “/ABCDEF+DejaVu-Sans” on page 1 is not Source Sans Pro"),
        (nameless_font, "font: “” on page 1 is not Source Sans Pro"),
        (run_a_script, "PDF/A-2a "),
    ],
)
def test_each_breach_is_told_on_a_line_of_its_own(change: Change, told: str) -> None:
    faults = broken(change).faults
    assert [fault for fault in faults if told in fault], faults


def test_a_link_that_stands_twice_must_be_live_twice() -> None:
    same = "post@imdi.example"
    said = with_body(
        Block("body", "paragraph", (Run("Skriv til "), Run(same, href=f"mailto:{same}")))
    )
    assert inspected(said).faults == ()

    def remove_the_last(document: pikepdf.Pdf) -> None:
        del document.pages[0].Annots[-1]

    assert [f for f in broken(remove_the_last, said).faults if f.startswith("links: ")]


def test_an_address_with_norwegian_letters_is_live_all_the_same() -> None:
    """In the PDF it is written with percent signs, as addresses must be (RFC 3986)."""
    run = Run("bosetting på norsk", href="https://www.imdi.no/bosetting-på-norsk/?q=ås")
    assert inspected(with_body(Block("body", "paragraph", (run,)))).faults == ()


def test_a_link_over_two_lines_is_one_link() -> None:
    words = "les mer om hvordan kommunen kan planlegge bosettingen av flyktninger i det nye året"
    run = Run(words, href="https://www.imdi.no/planlegging/")
    assert (
        inspected(with_body(Block("body", "paragraph", (Run("Her kan dere "), run)))).faults == ()
    )


def test_the_faults_of_three_pages_are_told_with_their_number() -> None:
    seen = inspected(content(long=200))
    assert seen.pages == 3
    assert seen.faults == ("pages: 3, at most 2 are allowed",)


# -- the words ------------------------------------------------------------------------------------


def changed(old: str, new: str) -> Content:
    """The letter to Ås with some words exchanged for others."""
    said = content()
    assert any(old in run.text for block in said.blocks for run in block.runs)
    blocks = tuple(
        replace(b, runs=tuple(replace(r, text=r.text.replace(old, new)) for r in b.runs))
        for b in said.blocks
    )
    return replace(said, blocks=blocks)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("6. januar", "16. januar"),
        ("flyktning", "flykning"),
        ("Hege Aspelund", "Hege  Aspelund."),
        ("regiondirektør", "Regiondirektør"),
        ("fagsystem", "fag system"),
        ("takker Ås", "takkerÅs"),
        ("Kontakt", ""),
    ],
)
def test_words_are_compared_exactly(old: str, new: str) -> None:
    said = changed(old, new)
    faults = inspected(said, against=content()).faults
    assert any(f.startswith("words: the page does not say what the content says") for f in faults)


def test_a_fault_of_words_tells_where_they_part() -> None:
    faults = inspected(changed("6. januar", "7. januar"), against=content()).faults
    assert (
        "words: the page does not say what the content says:"
        " “7. januar 2018 Send vedta” stands where “6. januar 2018 Send vedta” should" in faults
    )


def test_words_in_another_order_are_a_fault() -> None:
    said = content()
    other = replace(said, blocks=said.blocks[:-2] + said.blocks[:-3:-1])
    faults = inspected(said, against=other).faults
    assert any(fault.startswith("words: the page does not") for fault in faults)


def test_a_page_number_belongs_to_the_sheet_only_where_it_stands() -> None:
    said = content(long=80)
    more = replace(said, blocks=(*said.blocks, *body("Side 2 av 2")))
    assert inspected(more).faults == ()
    assert any(f.startswith("words: ") for f in inspected(said, against=more).faults)
    assert any(f.startswith("words: ") for f in inspected(more, against=said).faults)


@pytest.mark.parametrize("fact", FACTS)
def test_a_letter_without_one_of_its_facts_is_a_fault(fact: str) -> None:
    without = content(
        name="Moss", reference="17-09999", asked=777, date=DATED.replace(day=7),
        deadline=DATED.replace(month=12),
    )  # fmt: skip
    told = [fault for fault in inspected(without).faults if fault.startswith("facts: ")]
    assert f"facts: “{fact}” does not stand in the letter" in told


def test_a_number_inside_another_number_is_not_the_fact() -> None:
    said = content(asked=4410)
    assert inspected(said, must_say=["4 410"]).faults == ()
    for other in ("44", "410 f", "10", "4 41", "09"):
        assert inspected(said, must_say=[f"{other}"]).faults in (
            (f"facts: “{other}” does not stand in the letter",),
        ), other


def test_a_control_character_in_the_text_layer_is_a_fault() -> None:
    def ring_a_bell_for_each_k(document: pikepdf.Pdf) -> None:
        for font in document.pages[0].resources.Font.values():
            table = font.ToUnicode.read_bytes()
            assert b"<006b>" in table
            font.ToUnicode.write(table.replace(b"<006b>", b"<0007>"))

    faults = broken(ring_a_bell_for_each_k).faults
    assert "characters: there are control characters in the text" in faults


@pytest.mark.parametrize("trace", ["None", "{{ asked }}", "{% if %}", "to  blanke"])
def test_what_a_template_left_behind_is_a_fault(trace: str) -> None:
    faults = inspected(with_body(*body(f"Vi ber om {trace} her."))).faults
    assert any("stands in the letter" in fault for fault in faults)


@pytest.mark.parametrize(
    "address", ["post@imdi.example", "https://www.imdi.no/", "http://imdi.example/a"]
)
def test_an_address_that_is_no_live_link_is_a_fault(address: str) -> None:
    said = replace(content(), blocks=content().blocks[:12])
    dead = replace(said, blocks=(*said.blocks, *body(f"Se {address}.")))
    assert f"links: {address} is not a live link" in inspected(dead, must_say=[]).faults
    assert inspected(said, must_say=[]).faults == ()


@pytest.mark.parametrize("style", ["draft", "approval"])
def test_a_letter_says_that_it_is_a_draft_or_approved_and_not_both(style: str) -> None:
    said = content(approved=style == "approval")
    neither = replace(said, blocks=tuple(b for b in said.blocks if b.style != style))
    extra = Block("closing", "draft" if style == "approval" else "approval", (Run("UTKAST"),))
    both = replace(said, blocks=(*said.blocks, extra))
    for each in (neither, both):
        assert any(f.startswith("approval: ") for f in inspected(each).faults)


def test_bullets_are_no_words() -> None:
    points = body("Første punkt", "Andre punkt", style="bullet")
    assert inspected(with_body(*points)).faults == ()
    assert (
        "words: there should be 0 bullets"
        in inspected(
            with_body(*points), against=with_body(*body("Første punkt", "Andre punkt"))
        ).faults
    )


def test_every_fault_is_told_at_once() -> None:
    def spoil(document: pikepdf.Pdf) -> None:
        for change in (change_language, change_title, letter_format, remove_a_link):
            change(document)

    beginnings = {fault.partition(": ")[0] for fault in broken(spoil).faults}
    assert {"language", "title", "sheet", "links"} <= beginnings


# -- what a reader sees ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("p strong { color: transparent }", "transparent"),
        ("p strong { opacity: 0 }", "other than words and lines"),
        ("p strong { opacity: 0.5 }", "other than words and lines"),
        ("p strong { color: rgba(0, 0, 0, 0.3) }", "transparent"),
        ("p strong { color: white }", "not dark enough"),
        ("p strong { color: lab(98% 0 0) }", "not dark enough"),
        ("p strong { color: device-cmyk(0 0 0 0) }", "not dark enough"),
        ("p.draft { color: #fffffe }", "not dark enough"),
        ("h1 { color: #999 }", "not dark enough"),
        ("p strong { font-size: 0.1pt }", "smaller than 6 points"),
        ("p.draft { font-size: 4pt }", "smaller than 6 points"),
        ("p.draft { transform: scale(0.2) }", "smaller than 6 points"),
        ("p.draft { transform: scaleX(-1) }", "turned or stretched"),
        ("p.draft { transform: rotate(1deg) }", "turned or stretched"),
        ("p strong { background: #999 }", "other than words and lines"),
        ("h1 { color: #717171; background: #e8f0f1 }", "not dark enough"),
        ("@page { background: linear-gradient(white, red) }", "other than words and lines"),
        ("h1 { border: 1pt solid red }", "other than words and lines"),
        ("p strong { text-decoration: line-through }", "lie upon each other"),
        ("h2 { margin-top: -7mm }", "lie upon each other"),
        ("p strong { margin-left: -2em }", "lie upon each other"),
        ("p strong { letter-spacing: -1em }", "letters lie upon each other on page 1"),
        ("p strong { word-spacing: -2em }", "letters lie upon each other on page 1"),
        ("p.draft { width: 5mm; overflow: hidden; white-space: nowrap }", "cut off"),
        ("p strong { position: relative; left: 300mm }", "over the edge"),
        ("h1 { text-indent: -500mm }", "over the edge"),
        ("p.recipient { position: relative; top: -90mm }", "over the edge"),
        (
            "h1::before { content: ''; position: absolute; width: 90mm; height: 0.5mm;"
            " background: black; margin-top: 3mm }",
            "lie upon each other",
        ),
    ],
)
def test_what_a_reader_cannot_see_is_a_fault(tmp_path: Path, rule: str, told: str) -> None:
    faults = inspect(styled(tmp_path, rule), content(), reference=REFERENCE, must_say=FACTS).faults
    assert any(told in fault for fault in faults), faults


@pytest.mark.parametrize("rule", ["p.draft { font-size: 0 }", "p.draft { visibility: hidden }"])
def test_what_is_not_drawn_at_all_is_missed_among_the_words(tmp_path: Path, rule: str) -> None:
    seen = inspect(styled(tmp_path, rule), content(), reference=REFERENCE, must_say=FACTS)
    assert any("where “UTKAST" in fault for fault in seen.faults), seen.faults


@pytest.mark.parametrize(
    "rule",
    [
        "h1::after { content: ''; display: block; height: 0.5pt; background: #999 }",
        "h2 { background: #e8f0f1 }",
        "p strong { text-decoration: underline; color: #12383f }",
        "html { color: #000; font-size: 9pt }",
    ],
)
def test_thin_lines_and_other_dark_words_are_none(tmp_path: Path, rule: str) -> None:
    seen = inspect(styled(tmp_path, rule), content(), reference=REFERENCE, must_say=FACTS)
    assert seen.faults == ()


def styled(tmp_path: Path, rule: str) -> bytes:
    """The letter to Ås in the project's stylesheet with one more rule."""
    stylesheet = tmp_path / "letter.css"
    stylesheet.write_text(STYLESHEET.read_text(encoding="utf-8") + rule, encoding="utf-8")
    return PdfWriter(stylesheet).write(content(), reference=REFERENCE, dated=DATED)


def draw_before(document: pikepdf.Pdf, commands: bytes) -> None:
    document.pages[0].contents_add(commands, prepend=True)


def draw_after(document: pikepdf.Pdf, commands: bytes) -> None:
    document.pages[0].contents_add(commands)


def lay_a_note_over_it(document: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.FreeText,
        Rect=[0, 0, 500, 500],
        Contents=pikepdf.String("1"),
    )
    document.pages[0].Annots.append(document.make_indirect(note))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: draw_after(d, b"q 1 g 70 400 400 200 re f Q"), "other than words and lines"),
        (lambda d: draw_before(d, b"q 0 g 70 400 400 200 re f Q"), "other than words and lines"),
        (lambda d: draw_before(d, b"0 0 100 100 re W n"), "cut off"),
        (lambda d: draw_before(d, b"3 Tr"), "not dark enough"),
        (lambda d: draw_before(d, b"1 0 0 1 400 0 cm"), "over the edge"),
        (lambda d: draw_before(d, b"/Span << /ActualText (12) >> BDC EMC"), "read otherwise"),
        (lay_a_note_over_it, "laid over page 1"),
        (lambda d: d.pages[0].obj.update({"/CropBox": [0, 400, 595.28, 841.89]}), "not A4"),
        (lambda d: d.pages[0].obj.update({"/Rotate": 180}), "turned or scaled"),
        (lambda d: d.Root.update({"/OCProperties": pikepdf.Dictionary()}), "layers"),
    ],
)
def test_what_changes_how_a_page_is_shown_is_a_fault(change: Change, told: str) -> None:
    faults = broken(change).faults
    assert any(told in fault for fault in faults), faults
