"""The letter as a Word document, from the same content as the PDF.

How a letter looks is decided in the styles document, which anyone can edit in Word; here each block
and run is only given the name of one of its styles. A letter is written with python-docx on an
emptied copy of that document, so that page, header and footer come along.
"""

import io
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.findings import Place
from brevgen.letter.content import Content
from brevgen.render import word_tables
from brevgen.render.word_fonts import embed
from brevgen.render.word_logo import word_logo
from brevgen.render.word_styles import (
    as_unreadable,
    blank_of,
    check_styles,
    open_styles,
    packed,
    page_numbers,
)
from brevgen.render.word_writing import (
    CHARACTER_STYLES,
    DRAFT_STRONG,
    PARAGRAPH_STYLES,
    YOUNGER,
    Writing,
)

if TYPE_CHECKING:
    from docx.document import Document

LANGUAGES = {"nb": "nb-NO", "nn": "nn-NO"}


class DocxWriter:
    """Writes letters as DOCX; reads the Word styles once and keeps them for all letters.

    Args:
        styles: the Word document that holds the named styles, page and footer.

    Raises:
        FaultyInput: the styles document cannot be read, or lacks something the letters need; or the
            logo beside it is not plain outlines.
    """

    def __init__(self, styles: Path) -> None:
        with as_unreadable(styles):
            document = open_styles(styles)
            needed = [name for name in PARAGRAPH_STYLES.values() if name not in YOUNGER]
            check_styles(document, needed, CHARACTER_STYLES, Place(styles.name))
            ids = {style.name: style.style_id for style in document.styles}
            self._ids = {**{new: ids[old] for new, old in YOUNGER.items()}, **ids}
            self._blanks = {form: blank_of(document, tag) for form, tag in LANGUAGES.items()}
        self._logo = word_logo(styles.parent)

    def write(self, content: Content, *, reference: str, dated: datetime, pages: int = 1) -> bytes:
        """The bytes of the document, always the same for the same arguments.

        Args:
            reference: our reference, for the document's properties and the running header.
            dated: the letter's date, as creation and change time in the properties; UTC.
            pages: how many the PDF has: the first page bears a number only if there are more.
        """
        import docx
        from docx.shared import Pt

        document = docx.Document(io.BytesIO(self._blanks[content.written_form]))
        end, section = document.element.body.sectPr, document.sections[0]
        writing = Writing(content, self._ids, document.part, self._logo)
        for element in writing.elements():
            end.addprevious(element)
        running = section.header.paragraphs[0].add_run(content.running_header(reference))
        if content.is_draft:
            running._r.style = self._ids[DRAFT_STRONG]
        section.footer.paragraphs[0]._p.extend(page_numbers(2, pages))
        first = section.first_page_footer
        if pages > 1:
            first.paragraphs[0]._p.extend(page_numbers(1, pages))
        if contacts := writing.contacts(first.part):
            number = first.paragraphs[0]
            number.paragraph_format.left_indent = number.paragraph_format.right_indent = Pt(0)
            first._element.insert(0, word_tables.foot(contacts, number._p))
            first.add_paragraph().paragraph_format.line_spacing = Pt(1)  # Word wants one at the end
        embed(document)
        _set_properties(document, content, reference, dated)
        return packed(document)


def _set_properties(
    document: "Document", content: Content, reference: str, dated: datetime
) -> None:
    """Set what archives and screen readers ask a document first."""
    properties = document.core_properties
    properties.title = content.title
    properties.author = properties.last_modified_by = content.author
    properties.subject = properties.identifier = reference
    properties.language = LANGUAGES[content.written_form]
    properties.created = properties.modified = dated
    properties.revision = 1
