"""The styles document: opened, checked, and emptied of all that a letter does not need."""

import io
import re
import struct
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brevgen.errors import UnreadableFile
from brevgen.files import MEGABYTE, read_bytes
from brevgen.findings import FaultyInput, Findings, Place
from brevgen.language import tr
from brevgen.render.visibility import LEAST_CONTRAST, LEAST_SIZE, contrast

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.section import Section

MAX_STYLES = 5 * MEGABYTE
"""Bytes of the styles document, packed and unpacked; read into a tree, it takes many times that."""
MAX_PARTS = 1_000
"""Parts of it; Word writes about twenty."""

_BEGINNING_OF_TIME = struct.pack("<2H", 0, 1 << 5 | 1)
"""1 January 1980, the first moment a ZIP file can tell."""

_RELATIONSHIPS_OF = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = f"{{{_RELATIONSHIPS_OF}}}"

_HEADERS = {f"{_RELATIONSHIPS_OF}/{kind}" for kind in ("header", "footer")}
_THEME = f"{_RELATIONSHIPS_OF}/theme"
_SETTINGS = tuple(
    f"w:{name}"
    for name in (
        *("zoom", "defaultTabStop", "autoHyphenation", "hyphenationZone", "evenAndOddHeaders"),
        *("characterSpacingControl", "compat", "themeFontLang", "clrSchemeMapping"),
        *("decimalSymbol", "listSeparator"),
    )
)
"""The settings that say how a letter is set, and nothing of where it comes from."""
LIST_STYLE = "List Bullet"
"""The one style that has something before its words."""
_NEVER = (
    *("w:vanish", "w:specVanish", "w:webHidden", "w:background", "w:numPicBullet"),
    "w:framePr",
)
"""What hides words, shows more than words, or lets them float over others."""


@contextmanager
def as_unreadable(styles: Path) -> Iterator[None]:
    """Turn all that a damaged document can lead to into one answer."""
    try:
        yield
    except FaultyInput:
        raise
    except UnreadableFile as reason:
        raise _unreadable(styles, reason.what) from reason
    # python-docx has no error of its own for a document that is not as it should be
    except Exception as error:
        raise _unreadable(styles, type(error).__name__) from error


def _unreadable(styles: Path, why: str) -> FaultyInput:
    return FaultyInput.of(
        tr("The Word styles of the letters cannot be read ({why}).", why=why.removesuffix(".")),
        tr("Put the file back, saved by Word as an ordinary document (.docx)."),
        Place(styles.name),
    )


def open_styles(styles: Path) -> "Document":
    """The styles document, from parts that are known to be no larger than is bearable."""
    import docx

    data = read_bytes(styles, most=MAX_STYLES)
    unpacked, left = io.BytesIO(), MAX_STYLES
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(unpacked, "w") as target:
        names = dict.fromkeys(source.namelist())
        if len(names) > MAX_PARTS:
            raise UnreadableFile(tr("It has too many parts."), "")
        for name in names:
            with source.open(name) as part:
                content = part.read(left + 1)  # whatever the document says about its size
            left -= len(content)
            if left < 0:
                most = MAX_STYLES // MEGABYTE
                raise UnreadableFile(
                    tr("It holds more than {most} MB when unpacked.", most=most), ""
                )
            if b"<!DOCTYPE" in content:  # Word writes none; it could stand for any other file
                raise UnreadableFile(tr("It defines entities."), "")
            target.writestr(name, content)
    return docx.Document(unpacked)


def check_styles(
    document: "Document", paragraphs: Collection[str], words: Collection[str], place: Place
) -> None:
    """Refuse a styles document that lacks what the letters are written with.

    Args:
        paragraphs: names of the styles that paragraphs must have.
        words: names of those that words must have.
        place: its file, for faults.
    """
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn

    findings = Findings()
    needed = [(WD_STYLE_TYPE.PARAGRAPH, name) for name in paragraphs]
    needed += [(WD_STYLE_TYPE.CHARACTER, name) for name in words]
    present = {(style.type, style.name) for style in document.styles}
    if missing := [name for kind, name in needed if (kind, name) not in present]:
        findings.fault(
            tr("The Word styles are missing: {names}.", names=", ".join(missing)),
            tr("Make styles of these names, or rename those that stand for them."),
            place,
        )
    if next(document.styles.element.iter(qn("w:lang")), None) is None:
        findings.fault(
            tr("The Word styles have no language."), tr("Set one for the document."), place
        )
    header = document.sections[-1].header
    if header.is_linked_to_previous or not header.paragraphs:
        findings.fault(
            tr("The header of the later pages has no line for our reference."),
            tr("Put a line of any text there; each letter writes its own reference in its place."),
            place,
        )
    for style in document.styles:
        if (style.type, style.name) in needed:
            _check_sight(style, findings, place)
    findings.stop_on_faults()


def _check_sight(style: Any, findings: Findings, place: Place) -> None:
    """Refuse a style whose words nobody could read, or that shows a number before them."""
    name = style.name
    shade = _nearest(style, "w:rPr", "w:color")
    if re.fullmatch("[0-9A-Fa-f]{6}", shade) and (contrast(*bytes.fromhex(shade)) < LEAST_CONTRAST):
        what = tr("The words of the Word style “{name}” are not dark enough to be read.", name=name)
        findings.fault(what, tr("Give it a darker colour."), place)
    size = _nearest(style, "w:rPr", "w:sz")
    if size and float(size) / 2 < LEAST_SIZE:
        findings.fault(
            tr("The words of the Word style “{name}” are too small to be read.", name=name),
            tr("Give it at least {size} points.", size=f"{LEAST_SIZE:g}"),
            place,
        )
    if style.name != LIST_STYLE and _nearest(style, "w:pPr", "w:numPr", "w:numId") not in ("", "0"):
        findings.fault(
            tr("There are numbers before the Word style “{name}”.", name=name),
            tr("Take the numbering away."),
            place,
        )


def _nearest(style: Any, *path: str) -> str:
    """What a style says of something, or the nearest of those it is based on; empty for nothing."""
    from docx.oxml.ns import qn

    seen = []
    while style is not None and style.style_id not in seen:
        found = style.element.find("/".join(map(qn, path)))
        if found is not None:
            return found.get(qn("w:val")) or ""
        seen.append(style.style_id)
        style = style.base_style
    return ""


def blank_of(document: "Document", language: str) -> bytes:
    """Of the styles document only what a letter needs, in the language of a letter.

    That is page, styles, bullets and fonts; no text, comments, pictures, macros or other data, and
    nothing that lies elsewhere.
    """
    from docx.opc.constants import RELATIONSHIP_TYPE as TYPE
    from docx.opc.part import XmlPart
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document._body.clear_content()
    document.core_properties._element.clear()
    package, main = document.part.package, document.part
    _keep_relations(package.rels, {TYPE.OFFICE_DOCUMENT, TYPE.CORE_PROPERTIES})
    _keep_relations(main.rels, {TYPE.STYLES, TYPE.NUMBERING, TYPE.SETTINGS, *_HEADERS, _THEME})
    for relation in list(main.rels.values()):
        part = relation.target_part
        if not isinstance(part, XmlPart):
            if b"r:id" in part.blob or b"r:embed" in part.blob:  # pictures come along
                del main.rels[relation.rId]
            continue
        part.rels.clear()
        if relation.reltype == TYPE.SETTINGS:
            _remove(e for e in part.element if e.tag not in map(qn, _SETTINGS))
            zoom = part.element.find(qn("w:zoom"))
            part.element.insert(0 if zoom is None else 1, OxmlElement("w:embedTrueTypeFonts"))
    _empty_headers(document.sections[-1])
    linked = (qn("w:headerReference"), qn("w:footerReference"))
    for part in package.iter_parts():
        if isinstance(part, XmlPart):
            every = list(part.element.iter("*"))
            _remove(e for e in every if e.tag in map(qn, _NEVER))
            _remove(e for e in every if e.tag not in linked and _is_linked(e))
            for tag in part.element.iter(qn("w:lang"), qn("w:themeFontLang")):
                tag.set(qn("w:val"), language)
    return packed(document)


def _keep_relations(relations: Any, kept: Collection[str]) -> None:
    for key, relation in list(relations.items()):
        if relation.is_external or relation.reltype not in kept:
            del relations[key]


def _is_linked(element: "BaseOxmlElement") -> bool:
    """Whether an element stands for something in another part, such as a picture."""
    return any(name.startswith(_RELATIONSHIPS) for name in map(str, element.attrib))


def _remove(elements: Iterable["BaseOxmlElement"]) -> None:
    for element in list(elements):
        if (parent := element.getparent()) is not None:
            parent.remove(element)


def _empty_headers(section: "Section") -> None:
    """Leave of each header and footer its first paragraph, without words."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    section.different_first_page_header_footer = True
    first = section.first_page_header
    for story in (section.header, first, section.footer, section.first_page_footer):
        story.is_linked_to_previous = False
        if not story.paragraphs:
            story.add_paragraph()
        kept = story.paragraphs[0]
        _remove(each for each in story._element if each is not kept._p)
        _remove(each for each in kept._p if each.tag != qn("w:pPr"))
    # nothing may push the letterhead down
    first.paragraphs[0].style = None
    first.paragraphs[0].paragraph_format.line_spacing = Pt(1)


def page_numbers(page: int, pages: int) -> "list[BaseOxmlElement]":
    """The number of a page, in fields that Word works out anew.

    Args:
        page: what they show until then.
        pages: and how many pages.
    """
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    runs = "".join(
        f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'
        f'<w:fldSimple w:instr=" {field} "><w:r><w:t>{shown}</w:t></w:r></w:fldSimple>'
        for words, field, shown in (("Side ", "PAGE", page), (" av ", "NUMPAGES", pages))
    )
    return list(parse_xml(f"<w:p {nsdecls('w')}>{runs}</w:p>"))


def packed(document: "Document") -> bytes:
    """The document's bytes without anything of the moment it was saved."""
    saved = io.BytesIO()
    document.save(saved)
    packed = bytearray(saved.getbuffer())
    with zipfile.ZipFile(saved) as archive:
        entries, at = archive.infolist(), archive.start_dir
    for entry in entries:  # in the order in which the directory at the end lists them
        # the time and the date, beside each part and in the directory (APPNOTE.TXT, 4.3.7, 4.3.12)
        for place in (entry.header_offset + 10, at + 12):
            packed[place : place + 4] = _BEGINNING_OF_TIME
        packed[at + 5] = 3  # where it was made: as on Unix, on every machine
        at += 46 + sum(struct.unpack_from("<3H", packed, at + 28))
    return bytes(packed)
