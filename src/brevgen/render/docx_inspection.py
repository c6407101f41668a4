"""A look at the Word document that came out, by another library than the one that wrote it."""

import io
import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from brevgen.letter.content import Content
from brevgen.letter.printable import FACES, FONT_FAMILY
from brevgen.render.word_fonts import embedded

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_RELATIONS = "word/_rels/document.xml.rels"
_SHOWN_AS = {f"{_WORD}t": None, f"{_WORD}tab": " ", f"{_WORD}noBreakHyphen": "-"}
_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/core\.xml|word/fonts/font\d\.odttf"
    r"|word/media/logo\.(png|svg)|word/_rels/(document|fontTable|footer\d)\.xml\.rels"
    r"|word/(document|styles|settings|numbering|fontTable|theme/theme\d*|(header|footer)\d*)\.xml"
)
"""The parts a letter may have."""
_NEVER = re.compile(rb"<(w:)?(vanish|framePr|pict|object|altChunk|attachedTemplate|ins|del)[ />]")
"""What shows other things than words, or hides words."""


def inspect_docx(
    docx: bytes, content: Content, *, reference: str, pages: int = 1, logo: bytes = b""
) -> tuple[str, ...]:
    """Read a Word document back: a line for each rule that is broken.

    Args:
        reference: our reference, which stands at the top of the later pages.
        pages: how many the PDF has.
        logo: the agency's, as SVG; empty where it has none.
    """
    faults = []
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    faults += [f"docx: there is {name} in it" for name in parts if not _PARTS.fullmatch(name)]
    faults += [f"docx: hidden or foreign in {name}" for name in parts if _NEVER.search(parts[name])]
    if _drawn(parts) != ([logo] if logo else []):
        faults.append("docx: there are other pictures in it than the logo")
    ours = {embedded(face)[1] for face in FACES}
    faults += [
        f"docx: {name} is not {FONT_FAMILY}"
        for name, data in parts.items()
        if name.startswith("word/fonts/") and data not in ours
    ]
    shown = [block.text for block in content.blocks if block.style != "contact"]
    if _words(parts["word/document.xml"]) != tuple(" ".join(shown).split()):
        faults.append("docx: the document does not say what the content says")
    faults += _faults_around(parts, content, reference, pages)
    links = [
        relation.get("Target")
        for name in parts
        if name.endswith(".rels")
        for relation in _tree(parts[name])
        if relation.get("TargetMode") == "External"
    ]
    if set(links) != {run.href for run in content.links()}:
        faults.append("docx: its links are not those of the content")
    return tuple(faults)


def _faults_around(
    parts: dict[str, bytes], content: Content, reference: str, pages: int
) -> Iterator[str]:
    """What the headers and footers say besides what they should."""
    contacts = [block.text for block in content.blocks if block.style == "contact"]
    number = f"Side 1 av {pages}" if pages > 1 else ""
    wanted = {
        ("header", "default"): content.running_header(reference),
        ("header", "first"): "",
        ("footer", "default"): f"Side 2 av {pages}",
        ("footer", "first"): " ".join([*contacts, number]),
    }
    targets = {each.get("Id"): each.get("Target") for each in _tree(parts[_RELATIONS])}
    for story in _tree(parts["word/document.xml"]).iter(
        f"{_WORD}headerReference", f"{_WORD}footerReference"
    ):
        kind = story.tag.removeprefix(_WORD).removesuffix("Reference")
        name = targets[story.get(_ID)]
        should = wanted.pop((kind, story.get(f"{_WORD}type")), "")
        if _words(parts[f"word/{name}"]) != tuple(should.split()):
            yield f"docx: word/{name} says something else"
    yield from (f"docx: there is no {kind} of the {which} pages" for kind, which in wanted)


def _drawn(parts: dict[str, bytes]) -> list[bytes]:
    """The outlines of all that is drawn; of what has none, nothing."""
    drawings = sum(data.count(b"<w:drawing") for data in parts.values())
    return [parts.get("word/media/logo.svg", b"")] * drawings


def _tree(part: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(part)


@lru_cache(maxsize=32)  # empty headers, for instance, are the same in all letters
def _words(part: bytes) -> tuple[str, ...]:
    """The words that a reader sees, one by one: what holds them together on a line is not seen."""
    paragraphs = (
        "".join(
            _SHOWN_AS[e.tag] or e.text or ""
            for run in paragraph.iter(f"{_WORD}r")
            for e in run.iterchildren(*_SHOWN_AS)
        )
        for paragraph in _tree(part).iter(f"{_WORD}p")
    )
    return tuple(" ".join(paragraphs).split())
