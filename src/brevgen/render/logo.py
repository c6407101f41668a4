"""The agency's logo, which is set beside its name where the folder of the stylesheet has one."""

import re
from pathlib import Path

from brevgen.errors import UnreadableFile
from brevgen.files import read_bytes
from brevgen.findings import FaultyInput, Finding, Place
from brevgen.language import tr

LOGO = "logo.svg"
MAX_LOGO = 128 * 1024
"""Bytes; outlines of a logo need a tenth of it."""

MAX_RATIO = 20
"""How many times as wide as high a logo may be, or as high as wide."""

_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset(
    f"{_SVG}{name}"
    for name in (
        *("svg", "g", "defs", "title", "desc", "metadata"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    )
)
_SEE_THROUGH = ("opacity", "fill-opacity", "stroke-opacity", "filter", "mask", "clip-path")


def read_logo(folder: Path) -> bytes:
    """The logo of a folder of letter templates, an SVG of outlines; empty where it has none.

    Raises:
        FaultyInput: it cannot be read, or has something in it but plain outlines.
    """
    path = folder / LOGO
    if not path.exists():
        return b""
    try:
        svg = read_bytes(path, most=MAX_LOGO)
    except UnreadableFile as reason:
        raise FaultyInput.of(reason.what, reason.remedy, Place(LOGO)) from reason
    if faults := _faults_of(svg):
        raise FaultyInput(Finding("fault", *each, Place(LOGO)) for each in faults)
    return svg


def _faults_of(svg: bytes) -> list[tuple[str, str]]:
    """What keeps an SVG from being drawn the same everywhere, and how to mend it."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(svg, parser)
    except etree.XMLSyntaxError:
        return [(tr("The logo is no SVG."), tr("Save it as plain SVG."))]
    faults = {}
    if root.tag != f"{_SVG}svg" or not _has_size(root.get("viewBox", "")):
        faults[tr("The logo has no size that can be drawn.")] = tr(
            "Save it as plain SVG, with a viewBox around it that is at most {most} times as wide as"
            " high, or as high as wide.",
            most=MAX_RATIO,
        )
    for element in root.iter():
        tag = element.tag if isinstance(element.tag, str) else ""
        if any("metadata" in str(each.tag) for each in element.iterancestors()):
            continue
        if (tag.startswith(_SVG) and tag not in _ELEMENTS) or not tag:
            what = tr("The logo has <{element}> in it.", element=tag.removeprefix(_SVG) or "?")
            faults[what] = tr("Turn text into outlines, and save without pictures and styles.")
        for name, value in element.attrib.items():
            plain = name.rpartition("}")[2]
            if plain in ("href", "src") or plain.startswith("on") or "url(" in value.lower():
                what = tr("The logo refers to something else, by {name}.", name=plain)
                faults[what] = tr("Save it as plain SVG, with colours only.")
            elif plain in _SEE_THROUGH or "opacity" in value:
                what = tr("The logo has something that can be seen through, by {name}.", name=plain)
                faults[what] = tr("Use full colours: archives allow no others.")
    return list(faults.items())


def _has_size(view_box: str) -> bool:
    """Whether a viewBox is left, top, width and height of something that can be drawn."""
    try:
        _, _, width, height = map(float, re.split(r"[\s,]+", view_box.strip()))
    except ValueError:
        return False
    # that is false of what is no number, too
    return width > 0 and height > 0 and 1 / MAX_RATIO <= width / height <= MAX_RATIO
