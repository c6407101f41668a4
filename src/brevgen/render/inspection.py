"""A look at the PDF that came out, by other libraries than the one that wrote it.

Nothing counts as made before it has been read back: both standards, the sheet, the fonts, the
links, and word for word the content it was made from.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any
from urllib.parse import unquote

from brevgen.language import tr
from brevgen.letter.content import Content
from brevgen.letter.printable import ADDRESS, FONT_FAMILY
from brevgen.render.file_approval import FileApproval, read_approval
from brevgen.render.visibility import invisible_on

BULLET = "•"
STANDARDS = {"PDF/A-2a": "2a", "PDF/UA-1": "ua1"}
MOST_PAGES = 2
MOST_MOVED_BACK = 250
"""How close glyphs may be set, in thousandths of their size; the font itself goes up to 193."""
A4 = (595.28, 841.89)
"""Width and height of the sheet in points (ISO 216: 210 × 297 mm)."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
_LINE_END = re.compile("[\x02\ufffe]")  # what PDFium makes of a hyphen there
_MOVED_BACK = re.compile(rb"[>)]\s*([0-9]{3,}[0-9.]*)\s*[<(\]]")  # between two glyphs of a TJ array
_FONT = re.compile(rf"/[A-Z]{{6}}\+{FONT_FAMILY.replace(' ', '-?')}")


@dataclass(frozen=True)
class Inspection:
    """What was found: the number of pages, and a line for each rule that is broken."""

    pages: int
    faults: tuple[str, ...]


def inspect(
    pdf: bytes,
    content: Content,
    *,
    reference: str,
    must_say: Sequence[str],
    approval: FileApproval | None = None,
) -> Inspection:
    """Read a PDF back and hold it to every rule.

    Args:
        reference: our reference, which stands at the top of the later pages.
        must_say: facts that must stand in it, as they are printed.
        approval: what its metadata must tell of its approval; None for nothing.
    """
    texts, unseen = _texts(pdf)
    faults = [
        *unseen,
        *_broken_standards(pdf),
        *_faults_of_structure(pdf, content),
        *_faults_of_text(texts, content, reference, must_say),
    ]
    if read_approval(pdf) != approval:
        faults.append(tr("approval: the metadata do not tell of the letter’s approval as it is"))
    return Inspection(len(texts), tuple(faults))


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def _broken_standards(pdf: bytes) -> list[str]:
    import page

    faults = []
    for name, profile in STANDARDS.items():
        result = page.validate_pdf_bytes(pdf, profile=profile)
        faults += [f"{name} {each.rule_id}: {each.message}" for each in result.failures]
        if not result.is_compliant and not result.failures:
            faults.append(tr("{name}: not compliant", name=name))
    return faults


def _faults_of_structure(pdf: bytes, content: Content) -> list[str]:
    """Sheet, fonts, title, language and links, read by pikepdf."""
    from io import BytesIO

    import pikepdf

    faults = []
    with pikepdf.open(BytesIO(pdf)) as document:
        if not 1 <= len(document.pages) <= MOST_PAGES:
            faults.append(
                tr(
                    "pages: {count}, at most {most} are allowed",
                    count=len(document.pages),
                    most=MOST_PAGES,
                )
            )
        if "/OCProperties" in document.Root:
            faults.append(tr("sight: there are layers that can be hidden"))
        if str(document.Root.get("/Lang", "")) != content.written_form:
            faults.append(
                tr(
                    "language: {lang}, not {form}",
                    lang=document.Root.get("/Lang"),
                    form=content.written_form,
                )
            )
        if str(document.docinfo.get("/Title", "")) != content.title or not content.title:
            faults.append(tr("title: missing or not the letter's"))
        links: list[str] = []
        for number, sheet in enumerate(document.pages, start=1):
            faults += _faults_of_page(sheet, number)
            for font in dict(sheet.resources.get("/Font", {})).values():
                faults += _faults_of_font(font, number)
            for annotation in sheet.get("/Annots", []):
                action = annotation.get("/A")
                if action is not None and "/URI" in action:
                    links.append(str(action["/URI"]))
        wanted = [run.href for run in content.links()]
        if _targets(links) != _targets(wanted):
            faults.append(
                tr("links: {links} are live, {wanted} should be", links=links, wanted=wanted)
            )
    return faults


def _faults_of_page(sheet: Any, number: int) -> list[str]:
    """What changes how a page is shown, besides what is drawn on it."""
    faults = []
    box = [float(edge) for edge in sheet.mediabox]
    shown = [float(edge) for edge in sheet.cropbox]
    if any(abs(got - want) > 0.5 for got, want in zip(box + shown, (0, 0, *A4) * 2, strict=True)):
        faults.append(tr("sheet: page {number} is not A4", number=number))
    if sheet.get("/Rotate", 0) or "/UserUnit" in sheet:
        faults.append(tr("sheet: page {number} is turned or scaled", number=number))
    for annotation in sheet.get("/Annots", []):
        is_seal = annotation.Subtype == "/Widget" and not any(annotation.Rect)
        if not is_seal and (annotation.Subtype != "/Link" or "/AP" in annotation):
            faults.append(tr("sight: something is laid over page {number}", number=number))
    sheet.contents_coalesce()
    commands = sheet.obj.Contents.read_bytes()
    if b"/ActualText" in commands:
        faults.append(tr("sight: page {number} is read otherwise than it looks", number=number))
    if any(float(moved) > MOST_MOVED_BACK for moved in _MOVED_BACK.findall(commands)):
        faults.append(tr("sight: letters lie upon each other on page {number}", number=number))
    return faults


def _targets(addresses: Iterable[str]) -> list[str]:
    """Where links lead, in order: one that goes on in the next line is two on the sheet."""
    return [address for address, _ in groupby(map(unquote, addresses))]


def _faults_of_font(font: object, number: int) -> list[str]:
    """Whether a font is one of ours, and embedded."""
    import pikepdf

    assert isinstance(font, pikepdf.Object)
    name = str(font.get("/BaseFont", ""))
    if not _FONT.match(name):
        return [
            tr(
                "font: “{name}” on page {number} is not {font}",
                name=name,
                number=number,
                font=FONT_FAMILY,
            )
        ]
    inner = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
    descriptor = inner.get("/FontDescriptor", pikepdf.Dictionary())
    if not any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3")):
        return [tr("font: {name} is not embedded", name=name)]
    return []


def _texts(pdf: bytes) -> tuple[list[str], list[str]]:
    """The text of each page, read by PDFium, and what of it a reader cannot see."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = []
        unseen: dict[str, None] = {}
        for sheet in document:
            text_page = sheet.get_textpage()
            texts.append(text_page.get_text_range())
            seen = text_page.get_text_bounded(0, 0, *sheet.get_size())
            if _signs(seen) != _signs(texts[-1]):
                unseen[tr("sheet: words run over the edge of the sheet")] = None
            unseen |= dict.fromkeys(tr("sight: {what}", what=what) for what in invisible_on(sheet))
            text_page.close()
            sheet.close()
        return texts, list(unseen)
    finally:
        document.close()


def _signs(text: str) -> str:
    """A text without spaces and line ends."""
    return "".join(_LINE_END.sub("-", text).split())


def _faults_of_text(
    texts: Sequence[str], content: Content, reference: str, must_say: Sequence[str]
) -> list[str]:
    """The words: exactly the content's, with the facts in them and nothing left over."""
    faults = []
    if content.is_draft == content.is_approved:
        faults.append(tr("approval: the letter must say either that it is a draft or is approved"))
    printed = "\n".join(block.text for block in content.blocks)
    header = content.running_header(reference)
    bullets = sum(block.style == "bullet" for block in content.blocks) + printed.count(BULLET)
    if sum(text.count(BULLET) for text in texts) != bullets:
        faults.append(tr("words: there should be {bullets} bullets", bullets=bullets))
    # PDFium tells them at the end of the page, not where they stand
    printed, *texts = (text.replace(BULLET, " ") for text in (printed, *texts))
    if any(_words(header) not in _words(text) for text in texts[1:]):
        faults.append(
            tr("pages: “{header}” does not stand at the top of a later page", header=header)
        )
    pages = _letter_alone(texts, header)
    foot = _words(" ".join(block.text for block in content.blocks if block.style == "contact"))
    if foot and pages and pages[0].endswith(f" {foot}"):  # laid out there, whoever reads it when
        pages[0] = pages[0].removesuffix(foot)
        said = (block.text for block in content.blocks if block.style != "contact")
        printed = "\n".join(said).replace(BULLET, " ")
    wanted = _words(printed)
    found = _without_breaks(_words("\n".join(pages)), wanted, texts)
    if found != wanted:
        faults.append(_where(found, wanted))
    for fact in must_say:
        if not re.search(rf"(?<!\w){re.escape(_words(fact))}(?!\w)", found):
            faults.append(tr("facts: “{fact}” does not stand in the letter", fact=fact))
    if any(_CONTROL.search(_LINE_END.sub("-", text)) for text in texts):
        faults.append(tr("characters: there are control characters in the text"))
    for trace in ("None", "{{", "}}", "{%", "  "):
        if trace in printed:
            faults.append(tr("words: “{trace}” stands in the letter", trace=trace))
    faults += [
        tr("links: {address} is not a live link", address=address)
        for block in content.blocks
        for address in ADDRESS.findall("".join(" " if r.href else r.text for r in block.runs))
    ]
    return faults


def _words(text: str) -> str:
    """A text with one space between its words, wherever its lines end.

    PDFium marks a hyphen at the end of a line; whether a space follows it there cannot be seen.
    """
    text = unicodedata.normalize("NFC", _LINE_END.sub("-", text))
    return re.sub(r"-\s+", "-", " ".join(text.split()))


def _without_breaks(found: str, wanted: str, texts: Sequence[str]) -> str:
    """What was found without the spaces where a line ended inside of a word.

    A line may end after a slash, for instance (Unicode, UAX 14), and only the text that is wanted
    tells whether there was a space.
    """
    words = found.split(" ")
    lines = [_words(line) for text in texts for line in text.splitlines()]
    joined = words[0]
    for before, after in pairwise(words):
        is_inside = wanted.startswith(joined + after[:1]) and any(
            before.endswith(line.split(" ")[-1]) and after.startswith(following.split(" ")[0])
            for line, following in pairwise(lines)
        )
        joined += after if is_inside else f" {after}"
    return joined


def _letter_alone(texts: Sequence[str], header: str) -> list[str]:
    """The pages' words without what belongs to the sheet: page numbers, and the running header."""
    count = len(texts)
    return [
        re.sub(rf"\s*Side {number} av {count}\s*$", "", text).replace(
            _words(header) if number > 1 else "\0", "", 1
        )
        if count > 1
        else text
        for number, text in enumerate(map(_words, texts), start=1)
    ]


def _where(found: str, wanted: str) -> str:
    """The fault of two texts that differ, with where they part."""
    at = next(
        (i for i, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b),
        min(len(found), len(wanted)),
    )
    return tr(
        "words: the page does not say what the content says:"
        " “{found}” stands where “{wanted}” should",
        found=found[at : at + 25],
        wanted=wanted[at : at + 25],
    )
