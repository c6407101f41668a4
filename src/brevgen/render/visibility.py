"""Whether a reader sees what the text layer says: every word dark, upright, whole and alone.

A page holds words, thin lines, pale panels that were drawn before what stands on them, and pictures
that touch none of these. So nothing can lie upon a word, and every word can be held to the paper or
to its panel.
"""

from ctypes import c_float, c_int, c_uint
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from brevgen.language import tr

LEAST_CONTRAST = 4.5
"""Of words to the paper (WCAG 2.1, 1.4.3)."""
LEAST_SIZE = 6.0
"""Points of the smallest words."""
PALE = 1.2
"""Contrast of a panel to the paper at most, so that it is no more than a tint."""
THICKEST_LINE = 3.0
"""Points of a line, with the half point on each side that PDFium adds."""
UNDERLINED = 0.25
"""How far up a line may reach into a word it underlines, as a share of the word's height."""
NEIGHBOURS = 1.5
"""Points that words may reach into each other from side to side, as letters do."""
STACKED = 0.35
"""How far they may from line to line, as a share of the lower one."""


@dataclass(frozen=True)
class _Drawn:
    """Words or a line, and where: points from the left and the lower edge of the sheet."""

    is_line: bool
    left: float
    bottom: float
    right: float
    top: float
    shade: float = 1.0
    """Of a panel, its contrast to the paper."""

    def touches(self, other: "_Drawn") -> bool:
        """Whether the two share a part of the sheet."""
        return min(self.right, other.right) > max(self.left, other.left) and min(
            self.top, other.top
        ) > max(self.bottom, other.bottom)

    def spoils(self, other: "_Drawn") -> bool:
        """Whether it lies over another one that was drawn earlier or, if it is a line, later."""
        if min(self.right, other.right) - max(self.left, other.left) <= NEIGHBOURS:
            return False
        overlap = min(self.top, other.top) - max(self.bottom, other.bottom)
        if self.is_line == other.is_line:
            least = min(self.top - self.bottom, other.top - other.bottom)
            return not self.is_line and overlap > STACKED * least
        line, word = (self, other) if self.is_line else (other, self)
        middle = (line.bottom + line.top) / 2
        into = (middle - word.bottom) / (word.top - word.bottom)
        return into < 1 and into > (0 if line is self else UNDERLINED)


def invisible_on(sheet: Any) -> list[str]:
    """What keeps a reader from seeing the words of a page as they are; empty if nothing does.

    Args:
        sheet: the page, a `pypdfium2.PdfPage`.
    """
    import pypdfium2.raw as pdfium

    faults: dict[str, None] = {}
    drawn: list[_Drawn] = []
    panels: list[_Drawn] = []
    pictures: list[_Drawn] = []
    for number in range(pdfium.FPDFPage_CountObjects(sheet)):
        item = pdfium.FPDFPage_GetObject(sheet, number)
        edges = [c_float() for _ in range(4)]
        pdfium.FPDFPageObj_GetBounds(item, *edges)
        left, bottom, right, top = (edge.value for edge in edges)
        kind = pdfium.FPDFPageObj_GetType(item)
        place = _Drawn(kind != pdfium.FPDF_PAGEOBJ_TEXT, left, bottom, right, top)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            ground = max((each.shade for each in panels if each.touches(place)), default=1.0)
            faults |= dict.fromkeys(_faults_of_words(item, ground))
        elif kind != pdfium.FPDF_PAGEOBJ_PATH or min(right - left, top - bottom) > THICKEST_LINE:
            shade = _shade_of_panel(item) if kind == pdfium.FPDF_PAGEOBJ_PATH else None
            if shade is None or any(place.touches(each) for each in (*drawn, *panels)):
                pictures.append(place)
            else:
                panels.append(replace(place, shade=shade))
            continue
        if pdfium.FPDFClipPath_CountPaths(pdfium.FPDFPageObj_GetClipPath(item)) > 0:
            faults[tr("something is cut off")] = None
        if pdfium.FPDFPageObj_HasTransparency(item):
            faults[tr("something is transparent")] = None
        if right > left and top > bottom:  # else it is a blank
            drawn.append(place)
    if any(picture.touches(each) for picture in pictures for each in (*drawn, *panels)):
        faults[tr("something other than words and lines is on the page")] = None
    drawn_at_one_height = (
        (earlier, later)
        for earlier, later in combinations(drawn, 2)
        if earlier.bottom < later.top and later.bottom < earlier.top
    )
    if any(later.spoils(earlier) for earlier, later in drawn_at_one_height):
        faults[tr("words and lines lie upon each other")] = None
    return list(faults)


def _shade_of_panel(item: Any) -> float | None:
    """The contrast of a filled panel to the paper; None if it is no panel, or not pale."""
    import pypdfium2.raw as pdfium

    red, green, blue, alpha = (c_uint() for _ in range(4))
    fill, stroke = c_int(), c_int()
    if (
        not pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
        or stroke.value
        or not fill.value
        or not pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
    ):
        return None
    shade = contrast(red.value, green.value, blue.value)
    return shade if shade <= PALE else None


def _faults_of_words(item: Any, ground: float) -> list[str]:
    """What is wrong with how words are drawn; `ground` is the contrast of their panel to white."""
    import pypdfium2.raw as pdfium

    faults = []
    red, green, blue, alpha = (c_uint() for _ in range(4))
    if (
        not pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
        or pdfium.FPDFTextObj_GetTextRenderMode(item) != pdfium.FPDF_TEXTRENDERMODE_FILL
        or contrast(red.value, green.value, blue.value) < LEAST_CONTRAST * ground
    ):
        faults.append(tr("words are not dark enough to be read"))
    matrix, size = pdfium.FS_MATRIX(), c_float()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    pdfium.FPDFTextObj_GetFontSize(item, size)
    if abs(matrix.b) + abs(matrix.c) + abs(matrix.a - matrix.d) > 0.01:
        faults.append(tr("words are turned or stretched"))
    elif matrix.a * size.value < LEAST_SIZE:
        faults.append(tr("words are smaller than {size} points", size=f"{LEAST_SIZE:g}"))
    return faults


def contrast(red: int, green: int, blue: int) -> float:
    """Of a colour, in parts of 255, to white: from 1 to 21 (WCAG 2.1, relative luminance)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (red / 255, green / 255, blue / 255)
    ]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
