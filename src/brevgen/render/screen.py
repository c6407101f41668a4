"""The letter as a page for the browser that looks as it will on paper, with nothing to fetch."""

import base64
import io
from collections.abc import Iterator

from brevgen.letter.content import Content
from brevgen.letter.printable import FACES, FONT_FAMILY, font_file
from brevgen.render.html import as_html

_SHEET = """
@media screen {
  html { background: #e4e9ea; }
  body {
    position: relative;  /* what is placed on the sheet is placed within its margins */
    box-sizing: border-box;
    width: 210mm;
    min-height: 297mm;
    margin: 8mm auto;
    border: 0 solid #fff;
    %s
    background: #fff;
    box-shadow: 0 1mm 4mm #0004;
  }
  body dl.contact { top: auto; bottom: -14mm; }  /* the foot, however long the letter is */
}
"""
"""An A4 sheet; its margins are a border."""


def as_screen_page(content: Content, *, reference: str, dated: str, stylesheet: str) -> str:
    """The letter as one HTML page with its font, its sheet and its margins.

    Args:
        dated: the letter's date as `YYYY-MM-DD`.
        stylesheet: the CSS of all letters.
    """
    words = "".join(block.text for block in content.blocks)
    margins = "; ".join(_margins(stylesheet))
    css = f"{''.join(_faces(words))}{stylesheet}{_SHEET % f'{margins};'}"
    return as_html(content, reference=reference, dated=dated, stylesheet=css)


def _margins(stylesheet: str) -> Iterator[str]:
    """The margins of the first sheet, as widths of a border."""
    import tinycss2  # type: ignore[import-untyped]

    rules = tinycss2.parse_stylesheet(stylesheet, skip_comments=True, skip_whitespace=True)
    for wanted in ("", ":first"):  # in this order, for the latter counts more
        for rule in rules:
            if rule.type != "at-rule" or rule.lower_at_keyword != "page" or not rule.content:
                continue
            if tinycss2.serialize(rule.prelude).strip() != wanted:
                continue
            for each in tinycss2.parse_blocks_contents(rule.content):
                if each.type == "declaration" and each.lower_name.startswith("margin"):
                    side = each.lower_name.removeprefix("margin")
                    yield f"border{side}-width: {tinycss2.serialize(each.value).strip()}"


def _faces(words: str) -> Iterator[str]:
    """The CSS that brings the font along, with no more than the signs of some words."""
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    for face, weight in FACES.items():
        with TTFont(font_file(face), recalcTimestamp=False) as font, io.BytesIO() as file:
            subsetter = Subsetter(Options(layout_features=["kern", "mark", "mkmk"]))
            subsetter.populate(text=f"{words} •-")
            subsetter.subset(font)
            font.flavor = "woff"
            font.save(file)
            data = base64.b64encode(file.getvalue()).decode()
        yield (
            f'@font-face {{ font-family: "{FONT_FAMILY}"; font-weight: {weight};'
            f' src: url("data:font/woff;base64,{data}") format("woff"); }}\n'
        )
