"""Reading letters back, by other libraries than those that wrote them."""

import ctypes
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2
from lxml import etree
from pypdfium2 import raw

MM = 72 / 25.4
"""A millimetre in points."""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def tidy(text: str) -> str:
    """A text with single spaces; where PDFium marks a hyphen at the end of a line, a hyphen."""
    return " ".join(re.sub("[\x02\ufffe]\\s*", "-", text).split())


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [tidy(sheet.get_textpage().get_text_range()) for sheet in document]


@dataclass(frozen=True)
class Box:
    """A character and where it is drawn: millimetres from the left and the top of the sheet."""

    char: str
    left: float
    top: float
    right: float
    bottom: float


def boxes(pdf: bytes, page: int = 0) -> list[Box]:
    """Every visible character of a page, in reading order."""
    with pypdfium2.PdfDocument(pdf) as document:
        sheet = document[page]
        height = sheet.get_height()
        text = sheet.get_textpage()
        found = []
        for index in range(text.count_chars()):
            char = text.get_text_range(index, 1)
            if not char.strip():
                continue
            left, bottom, right, top = text.get_charbox(index)
            found.append(
                Box(char, left / MM, (height - top) / MM, right / MM, (height - bottom) / MM)
            )
        return found


def boxes_of(words: str, pdf: bytes, page: int = 0) -> list[Box]:
    """The characters of the first place where some words stand on a page."""
    drawn = boxes(pdf, page)
    bare = "".join(words.split())
    start = "".join(box.char for box in drawn).index(bare)
    return drawn[start : start + len(bare)]


@dataclass(frozen=True)
class Drawn:
    """Text that is drawn on a line: what marks it in the content stream, and its number there."""

    text: str
    line: float
    marks: tuple[str, ...]
    number: int


def drawn_texts(pdf: bytes) -> list[list[Drawn]]:
    """What each page draws as text, as it is marked for the structure tree."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_drawn_on(sheet) for sheet in document]


def _drawn_on(sheet: pypdfium2.PdfPage) -> list[Drawn]:
    text_page = sheet.get_textpage()
    found = []
    for item in sheet.get_objects([raw.FPDF_PAGEOBJ_TEXT]):
        size = raw.FPDFTextObj_GetText(item.raw, text_page.raw, None, 0)
        buffer = ctypes.create_string_buffer(size)
        raw.FPDFTextObj_GetText(
            item.raw, text_page.raw, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size
        )
        text = buffer.raw.decode("utf-16-le").rstrip("\0")
        marks = [
            _name_of(raw.FPDFPageObj_GetMark(item.raw, index))
            for index in range(raw.FPDFPageObj_CountMarks(item.raw))
        ]
        number = raw.FPDFPageObj_GetMarkedContentID(item.raw)
        found.append(Drawn(text, item.get_matrix().f, tuple(marks), number))
    return found


def _name_of(mark: object) -> str:
    length = ctypes.c_ulong()
    raw.FPDFPageObjMark_GetName(mark, None, 0, length)
    buffer = ctypes.create_string_buffer(length.value)
    raw.FPDFPageObjMark_GetName(
        mark, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), length.value, length
    )
    return buffer.raw.decode("utf-16-le").rstrip("\0")


BLOCKS = {"/P", "/H1", "/H2", "/LI"}


def read_aloud(pdf: bytes) -> list[tuple[str, str]]:
    """What a screen reader reads: tag and words of each block, as the structure tree has them."""
    marked: dict[tuple[int, int], list[Drawn]] = {}
    for page, items in enumerate(drawn_texts(pdf)):
        for item in items:
            marked.setdefault((page, item.number), []).append(item)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = {sheet.obj.objgen: number for number, sheet in enumerate(document.pages)}
        blocks: list[tuple[str, list[Drawn]]] = []
        for tag, page, number in _leaves(document.Root.StructTreeRoot, "", None):
            if tag:
                blocks.append((tag.removeprefix("/"), []))
            else:
                blocks[-1][1].extend(marked.pop((pages[page.objgen], number), ()))
    return [(tag, _joined(items)) for tag, items in blocks]


def _joined(items: list[Drawn]) -> str:
    """The words of pieces of text, with a space where a new line begins."""
    text, line = "", None
    for item in items:
        text += item.text if item.line == line else f" {item.text}"
        line = item.line
    return tidy(text)


def _leaves(element: Any, tag: str, page: Any) -> Iterator[tuple[str, Any, int]]:
    """Blocks as they begin, and the numbers of marked content in them, in order."""
    if isinstance(element, int):
        yield "", page, element
        return
    if element.get("/Type") == "/OBJR":
        return
    page = element.get("/Pg", page)
    if element.get("/Type") == "/MCR":
        yield "", page, int(element.MCID)
        return
    if str(element.get("/S", "")) in BLOCKS:
        yield str(element.S), page, -1
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        yield from _leaves(kid, tag, page)


def docx_blocks(document: bytes) -> list[str]:
    """The words of a Word document's paragraphs, a tab as a space, in the order of the content.

    Label and value of a pair are one; the agency's addresses, which stand at the foot of the first
    page, follow the agency.
    """
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    feet = [etree.fromstring(data) for name, data in parts.items() if "/footer" in name]
    addresses = [_words_of(cell) for foot in feet for cell in foot.iter(f"{W}tc")]
    blocks: list[str] = []
    for element in etree.fromstring(parts["word/document.xml"])[0].iter(f"{W}p", f"{W}tr"):
        in_rows = next(element.iterancestors(f"{W}tbl"), None)
        is_headed = in_rows is not None and bool(
            in_rows.xpath("w:tblPr/w:tblLook/@w:firstColumn='1'", namespaces={"w": W[1:-1]})
        )
        if is_headed == (element.tag == f"{W}tr"):
            blocks.append(_words_of(element))
    sender, *others = filter(None, blocks)
    numbers = r"Side \d+ av \d+|"
    return [sender, *(each for each in addresses if not re.fullmatch(numbers, each)), *others]


def _words_of(element: etree._Element) -> str:
    """The words of one or more paragraphs."""
    signs = {f"{W}tab": " ", f"{W}br": " ", f"{W}noBreakHyphen": "-"}
    return " ".join(
        "".join(e.text or "" if e.tag == f"{W}t" else signs.get(e.tag, "") for e in p.iter())
        for p in element.iter(f"{W}p")
    )


def columns(shown: str) -> list[str]:
    """The words of each column of the tables in the terminal, however their lines are broken."""
    rows = [line.split("│")[1:-1] for line in shown.splitlines() if line.startswith("│")]
    width = max(map(len, rows), default=0)
    return [tidy(" ".join(row[at] for row in rows if at < len(row))) for at in range(width)]
