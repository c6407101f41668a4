"""The letter as a Word document, from the same content as the PDF.

How a letter looks is decided in the styles document, which anyone can edit in Word; here each block
and run is only given the name of one of its styles. A letter is written with python-docx on an
emptied copy of that document, so that page, header and footer come along.
"""

import io
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.findings import Place
from brevgen.letter.content import Block, Content, Part, Style
from brevgen.render import word_tables
from brevgen.render.word_fonts import embed
from brevgen.render.word_styles import (
    LIST_STYLE,
    as_unreadable,
    blank_of,
    check_styles,
    open_styles,
    packed,
    page_numbers,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.parts.story import StoryPart
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run as WordRun

LANGUAGES = {"nb": "nb-NO", "nn": "nn-NO"}

PARAGRAPH_STYLES: dict[Style, str] = {
    "sender": "Sender",
    "contact": "Contact",
    "draft": "Draft",
    "recipient": "Recipient",
    "distribution": "Distribution",
    "reference": "Reference",
    # Word's own headings, so that screen readers and the navigation pane know them
    "title": "Heading 1",
    "heading": "Heading 2",
    "fact": "Fact",
    "paragraph": "Body Text",
    "bullet": LIST_STYLE,
    "closing": "Closing",
    "signature": "Signature",
    "approval": "Approval",
}
"""The Word style of each kind of block, by the name that Word shows in English."""
FACT_LABEL = "Fact Label"
YOUNGER = {"Contact": "Distribution", "Fact": "Body Text", FACT_LABEL: "Body Text"}
"""Styles that older styles documents lack, and which of theirs stands in for each."""

LINK, STRONG, LABEL = "Hyperlink", "Strong", "Label"
STRONG_IN: dict[Style, str] = {"sender": "Sender Strong", "distribution": LABEL, "reference": LABEL}
"""The Word style of strong words where they are a name or a label, set apart in another way."""
CHARACTER_STYLES = sorted({LINK, STRONG, *STRONG_IN.values()})
LABELLED: set[Style] = {"sender", "reference"}
"""Where a tab stands for the space after the first run, so that what follows has its column."""
HEAD: tuple[Part, ...] = ("sender", "draft", "recipient", "references")
"""The parts at the head of a letter, each in a cell of its own."""


class DocxWriter:
    """Writes letters as DOCX; reads the Word styles once and keeps them for all letters.

    Args:
        styles: the Word document that holds the named styles, page and footer.

    Raises:
        FaultyInput: the styles document cannot be read, or lacks something the letters need.
    """

    def __init__(self, styles: Path) -> None:
        with as_unreadable(styles):
            document = open_styles(styles)
            needed = [name for name in PARAGRAPH_STYLES.values() if name not in YOUNGER]
            check_styles(document, needed, CHARACTER_STYLES, Place(str(styles)))
            ids = {style.name: style.style_id for style in document.styles}
            ids = {**{new: ids[old] for new, old in YOUNGER.items()}, **ids}
            self._styles = {kind: ids[name] for kind, name in PARAGRAPH_STYLES.items()}
            self._fact_label = ids[FACT_LABEL]
            self._facts_style = ids.get(word_tables.FACTS_STYLE, "")
            self._looks = {name: ids[name] for name in CHARACTER_STYLES}
            self._blanks = {form: blank_of(document, tag) for form, tag in LANGUAGES.items()}

    def write(self, content: Content, *, reference: str, dated: datetime, pages: int = 1) -> bytes:
        """The bytes of the document, always the same for the same arguments.

        Args:
            content: what the letter says.
            reference: our reference, for the document's properties and the running header.
            dated: the letter's date, as creation and change time in the properties; UTC.
            pages: how many the PDF has: the first page bears a number only if there are more.
        """
        import docx

        document = docx.Document(io.BytesIO(self._blanks[content.written_form]))
        end = document.element.body.sectPr
        for element in self._elements(content, document.part):
            end.addprevious(element)
        section = document.sections[0]
        section.header.paragraphs[0].text = content.running_header(reference)
        foot = section.first_page_footer
        for block in content.blocks:
            if block.style == "contact":
                foot.paragraphs[-1]._p.addprevious(self._paragraph(block, foot.part))
        _set_page_numbers(document, pages)
        embed(document)
        _set_properties(document, content, reference, dated)
        return packed(document)

    def _elements(self, content: Content, part: "StoryPart") -> "Iterable[BaseOxmlElement]":
        """The paragraphs and tables of a letter, in reading order."""
        shown = [block for block in content.blocks if block.style != "contact"]
        if any(block.part in HEAD for block in shown):
            cells = [[self._paragraph(b, part) for b in shown if b.part == name] for name in HEAD]
            yield word_tables.head(cells)
        rest = [block for block in shown if block.part not in HEAD]
        last = max((at for at, block in enumerate(rest) if block.part == "body"), default=-1)
        for is_fact, together in groupby(enumerate(rest), lambda item: item[1].style == "fact"):
            if is_fact:
                yield self._facts([block for _, block in together], content, part)
                continue
            for at, block in together:
                # so that a signature never stands alone on a page
                yield self._paragraph(block, part, keep_next=at == last < len(rest) - 1)

    def _facts(self, blocks: list[Block], content: Content, part: "StoryPart") -> "BaseOxmlElement":
        """Pairs of label and value as one table."""
        pairs = []
        for block in blocks:
            label = self._empty(self._fact_label, part, keep_next=True)
            label.add_run(block.label)
            pairs.append((label._p, self._paragraph(block, part, keep_next=block != blocks[-1])))
        caption = word_tables.CAPTION[content.written_form]
        return word_tables.facts(pairs, style=self._facts_style, caption=caption)

    def _empty(self, style: str, part: "StoryPart", *, keep_next: bool) -> "Paragraph":
        """A paragraph without words; its style by the id, for to look the name up takes long."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.text.paragraph import Paragraph

        element = OxmlElement("w:p")
        properties = OxmlElement("w:pPr")
        properties.append(OxmlElement("w:pStyle", attrs={qn("w:val"): style}))
        if keep_next:
            properties.append(OxmlElement("w:keepNext"))
        element.append(properties)
        return Paragraph(element, part)

    def _paragraph(
        self, block: Block, part: "StoryPart", *, keep_next: bool = False
    ) -> "BaseOxmlElement":
        """A block as a paragraph, each run in its look; the label of a fact is in another cell."""
        paragraph = self._empty(self._styles[block.style], part, keep_next=keep_next)
        if block.label and block.style != "fact":
            label = paragraph.add_run(block.label)
            label._r.style = self._looks[LABEL]
            label.add_tab()
        has_column = block.style in LABELLED and not block.label
        for number, run in enumerate(block.runs):
            text = run.text
            if has_column and number == 0:
                text = text.rstrip(" ")
            elif has_column and number == 1:
                paragraph.add_run("\t")
                text = text.lstrip(" ")
            words = paragraph.add_run()
            words._r.add_t(text)  # at once: there are no tabs and line ends in it to look for
            if run.href:
                words._r.style = self._looks[LINK]
                words.bold = run.strong or None
                _make_link(words, run.href)
            elif run.strong:
                words._r.style = self._looks[STRONG_IN.get(block.style, STRONG)]
        return paragraph._p


def _make_link(words: "WordRun", address: str) -> None:
    """Turn words into a live link, for which python-docx has no call of its own."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    target = words.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink", attrs={qn("r:id"): target, qn("w:history"): "1"})
    words._r.addprevious(link)
    link.append(words._r)


def _set_page_numbers(document: "Document", pages: int) -> None:
    """Number the pages; a letter of one page that grows in Word has numbers from the second on."""
    section = document.sections[0]
    section.footer.paragraphs[-1]._p.extend(page_numbers(2, pages))
    if pages > 1:
        section.first_page_footer.paragraphs[-1]._p.extend(page_numbers(1, pages))


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
