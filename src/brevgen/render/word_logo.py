"""The agency's logo in a Word document: outlines, and a picture for programs that draw none."""

import io
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.render.logo import read_logo

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.parts.story import StoryPart

HEIGHT = 8
"""Millimetres, as in the PDF."""
GAP = 3
RAISED = 8
"""Half points by which the name beside it stands higher than its foot."""
_PIXELS = 24
"""Of the picture, in a millimetre: about 600 to the inch."""
_EMU = 36_000
_DRAWING = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main">'
    "<w:drawing>"
    '<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>'
    '<wp:docPr id="1" name="Logo" descr="{words}"/><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
    '<pic:nvPicPr><pic:cNvPr id="1" name="Logo" descr="{words}"/><pic:cNvPicPr/></pic:nvPicPr>'
    '<pic:blipFill><a:blip r:embed="{png}"><a:extLst>'
    '<a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}"><asvg:svgBlip r:embed="{svg}"/></a:ext>'
    "</a:extLst></a:blip><a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
    '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
    "</a:graphic></wp:inline></w:drawing></w:r>"
)


@dataclass(frozen=True)
class WordLogo:
    """A logo as it is put into documents.

    Args:
        svg: its outlines.
        png: the picture of them.
        width: in millimetres.
    """

    svg: bytes
    png: bytes
    width: float

    def drawing(self, part: "StoryPart", words: str) -> "BaseOxmlElement":
        """A run with the logo; the package of the part carries it from then on.

        Args:
            part: where the run will stand.
            words: what a screen reader says of it.
        """
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from docx.oxml import parse_xml

        def carried(ending: str, kind: str, data: bytes) -> str:
            added = Part(PackURI(f"/word/media/logo.{ending}"), kind, data, part.package)
            return part.relate_to(added, RELATIONSHIP_TYPE.IMAGE)

        png = carried("png", "image/png", self.png)
        svg = carried("svg", "image/svg+xml", self.svg)
        wide, high = round(self.width * _EMU), HEIGHT * _EMU
        return parse_xml(
            _DRAWING.format(wide=wide, high=high, words=escape(words), png=png, svg=svg)
        )


def word_logo(folder: Path) -> WordLogo | None:
    """The logo of a folder of letter templates, if it has one.

    Raises:
        FaultyInput: it cannot be read, or has something in it but plain outlines.
    """
    svg = read_logo(folder)
    if not svg:
        return None
    from lxml import etree

    _, _, wide, high = map(float, etree.fromstring(svg).get("viewBox").replace(",", " ").split())
    width = HEIGHT * wide / high
    return WordLogo(svg, _picture(svg, width), width)


def _picture(svg: bytes, width: float) -> bytes:
    """The logo as PNG, laid out as in the PDF."""
    import base64

    import pypdfium2

    from brevgen.render.layouter import weasyprint

    address = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
    page = weasyprint.HTML(
        string=f"<style>@page {{ size: {width}mm {HEIGHT}mm; margin: 0 }}"
        "body { margin: 0 }"
        f"img {{ display: block; width: {width}mm; height: {HEIGHT}mm }}</style>"
        f'<img src="{address}" alt="">'
    )
    saved = io.BytesIO()
    with pypdfium2.PdfDocument(page.write_pdf()) as document:
        picture = document[0].render(scale=_PIXELS * 25.4 / 72).to_pil()
        picture.save(saved, "PNG", optimize=True)
    return saved.getvalue()
