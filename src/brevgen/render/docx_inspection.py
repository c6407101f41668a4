"""A look at the Word document that came out, by another library than the one that wrote it."""

import io
import re
import zipfile
from functools import lru_cache
from typing import Any

from brevgen.letter.content import Content

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHOWN_AS = {f"{_WORD}t": None, f"{_WORD}tab": " "}
_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/core\.xml|word/_rels/document\.xml\.rels"
    r"|word/(document|styles|settings|numbering|fontTable|theme/theme\d*|(header|footer)\d*)\.xml"
)
"""The parts a letter may have."""
_NEVER = re.compile(rb"<(w:)?(vanish|drawing|pict|object|altChunk|attachedTemplate|ins|del)[ />]")
"""What shows other things than words, or hides words."""


def inspect_docx(docx: bytes, content: Content, *, reference: str) -> tuple[str, ...]:
    """Read a Word document back: a line for each rule that is broken.

    Args:
        docx: the bytes.
        content: what it was made from.
        reference: our reference, which stands at the top of the later pages.
    """
    faults = []
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    faults += [f"docx: there is {name} in it" for name in parts if not _PARTS.fullmatch(name)]
    faults += [f"docx: hidden or foreign in {name}" for name in parts if _NEVER.search(parts[name])]
    if list(_words(parts["word/document.xml"])) != [block.text for block in content.blocks]:
        faults.append("docx: the document does not say what the content says")
    header = content.running_header(reference)
    for name in parts:
        allowed = {"header": re.escape(header), "footer": r"Side \d+ av \d+"}.get(name[5:11])
        if allowed and not re.fullmatch(f"({allowed})?", "".join(_words(parts[name]))):
            faults.append(f"docx: {name} says something else")
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


def _tree(part: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(part)


@lru_cache(maxsize=32)  # footers, for instance, are the same in all letters
def _words(part: bytes) -> tuple[str, ...]:
    """The words of each paragraph as a reader sees them, a tab as a space."""
    return tuple(
        "".join(
            _SHOWN_AS[e.tag] or e.text or ""
            for run in paragraph.iter(f"{_WORD}r")
            for e in run.iterchildren(*_SHOWN_AS)
        )
        for paragraph in _tree(part).iter(f"{_WORD}p")
    )
