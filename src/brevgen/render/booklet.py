"""Many letters in one PDF, with bookmarks, and their pages side by side on few sheets.

These are for reading: the letters in them are as they are, but neither sealed nor tagged.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import count, groupby
from typing import TYPE_CHECKING

from brevgen.render.pdf import font_faces

if TYPE_CHECKING:
    import pikepdf

_MM = 72 / 25.4
_COLUMNS, _ROWS = 5, 2
_WIDTH, _HEIGHT = 52.0, 73.5
"""Of a page on a sheet; millimetres."""
_LEFT, _TOP, _RIGHT_BY, _DOWN_BY = 12.0, 24.0, 55.2, 86.0
"""Where the first page lies on a sheet, and how far it is to the next ones; millimetres."""
_SHEET_HEIGHT = 210.0

_STYLE = """
@page { size: A4 landscape; margin: 12mm }
html { font: 9pt/1.3 "Source Sans Pro"; color: #1a1a1a }
body { margin: 0 }
h1 { font-size: 15pt; color: #12383f; margin: 0 0 4mm }
table { border-collapse: collapse; width: 100% }
thead { display: table-header-group }
th, td { padding: 1mm 2mm; border-bottom: .2mm solid #c9d3d6 }
th, td { text-align: left; vertical-align: top }
tr { break-inside: avoid }
section { height: 185mm; position: relative; break-after: page }
section h1 { font-size: 11pt }
section p { position: absolute; margin: 0; width: 54mm; font-size: 7.5pt; line-height: 3.4mm }
"""


@dataclass(frozen=True)
class BoundLetter:
    """A letter to be bound with others.

    Args:
        chapter: what its bookmark stands below: a county.
        label: what its bookmark and its pictures are called: `0214 Ås`.
        detail: a second line below its pictures: what is asked.
        pdf: the letter.
    """

    chapter: str
    label: str
    detail: str
    pdf: bytes = field(repr=False)


def bound(letters: Sequence[BoundLetter], *, title: str, front: bytes = b"") -> bytes:
    """Letters in one PDF, in their order, with bookmarks by chapter and letter.

    Args:
        letters: at least one, those of a chapter together.
        title: the document's title.
        front: a PDF that comes first.
    """
    import pikepdf  # takes long to load

    with pikepdf.new() as book:
        if front:
            _append(book, front)
        first: dict[int, int] = {}
        for at, each in enumerate(letters):
            first[at] = len(book.pages)
            _append(book, each.pdf)
        with book.open_outline() as outline:
            for chapter, those in groupby(enumerate(letters), lambda item: item[1].chapter):
                marks = [pikepdf.OutlineItem(each.label, first[at]) for at, each in those]
                item = pikepdf.OutlineItem(chapter, marks[0].destination)
                item.children.extend(marks)
                outline.root.append(item)
        return _saved(book, title)


def contact_sheet(letters: Sequence[BoundLetter], *, title: str) -> bytes:
    """The pages of letters side by side, ten to a sheet in A4 landscape, each with its label.

    Args:
        letters: at least one.
        title: the document's title, which stands on every sheet.
    """
    import pikepdf  # takes long to load

    sources = [pikepdf.open(io.BytesIO(each.pdf)) for each in letters]
    pages = [
        (each, number, page)
        for each, source in zip(letters, sources, strict=True)
        for number, page in enumerate(source.pages, start=1)
    ]
    many = _COLUMNS * _ROWS
    sheets = [pages[at : at + many] for at in range(0, len(pages), many)]
    captions = "".join(
        f"<section><h1>{escape(title)} · {at}/{len(sheets)}</h1>"
        + "".join(
            f'<p style="left: {left - _LEFT}mm; top: {top + _HEIGHT - 11}mm">'
            f"<strong>{escape(each.label)}</strong>{f' · {number}' if number > 1 else ''}<br>"
            f"{escape(each.detail)}</p>"
            for (each, number, _), (left, top) in zip(those, _places(), strict=False)
        )
        + "</section>"
        for at, those in enumerate(sheets, start=1)
    )
    with pikepdf.open(io.BytesIO(_laid_out(captions, title))) as book:
        numbers = count(1)  # one for each page of all, for the sheets share their resources
        for sheet, those in zip(book.pages, sheets, strict=True):
            sheet.contents_add(b"q", prepend=True)  # what is laid out has turned the page over
            sheet.contents_add(b"Q")
            for (_, _, page), place in zip(those, _places(), strict=False):
                _show(book, sheet, page, f"/Page{next(numbers)}", place)
        return _saved(book, title)


def table_pages(title: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """A table as PDF, in A4 landscape, its headers on every page."""
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in headers)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return _laid_out(f"<h1>{escape(title)}</h1>{table}", title)


def _show(
    book: "pikepdf.Pdf",
    sheet: "pikepdf.Page",
    page: "pikepdf.Page",
    name: str,
    place: tuple[float, float],
) -> None:
    """Draw a page small on a sheet, with a frame; the name is given, for pikepdf draws lots."""
    import pikepdf

    drawing = book.copy_foreign(page.as_form_xobject())
    sheet.add_resource(drawing, pikepdf.Name.XObject, pikepdf.Name(name))
    _, _, width, height = map(float, page.mediabox)
    left, bottom = place[0] * _MM, (_SHEET_HEIGHT - place[1] - _HEIGHT) * _MM
    wide, high = _WIDTH * _MM, _HEIGHT * _MM
    sheet.contents_add(
        f"q {wide / width:.4f} 0 0 {high / height:.4f} {left:.2f} {bottom:.2f} cm {name} Do Q"
        f" q 0.3 w 0.7 G {left:.2f} {bottom:.2f} {wide:.2f} {high:.2f} re S Q".encode()
    )


def _places() -> Iterator[tuple[float, float]]:
    """Where pages lie on a sheet: millimetres from its left and its top."""
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            yield _LEFT + column * _RIGHT_BY, _TOP + row * _DOWN_BY


def _laid_out(body: str, title: str) -> bytes:
    """A page of our own as PDF, in the letters' typeface."""
    from weasyprint.text.fonts import FontConfiguration

    from brevgen.render.layouter import weasyprint

    page = f"<!doctype html><title>{escape(title)}</title>{body}"
    fonts = FontConfiguration()
    styles = [weasyprint.CSS(string=css, font_config=fonts) for css in (font_faces(), _STYLE)]
    pdf: bytes = weasyprint.HTML(string=page).write_pdf(stylesheets=styles, font_config=fonts)
    return pdf


def _append(book: "pikepdf.Pdf", pdf: bytes) -> None:
    """Append the pages of a PDF, without what led to tags and fields that do not come along."""
    import pikepdf

    source = pikepdf.open(io.BytesIO(pdf))
    before = len(book.pages)
    book.pages.extend(source.pages)
    for page in list(book.pages)[before:]:
        for thing in (page.obj, *page.get("/Annots", ())):
            for key in ("/StructParents", "/StructParent"):
                if key in thing:
                    del thing[key]


def _saved(book: "pikepdf.Pdf", title: str) -> bytes:
    import pikepdf

    book.docinfo["/Title"] = title
    file = io.BytesIO()
    book.save(
        file,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
    )
    return file.getvalue()
