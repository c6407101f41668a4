"""The letter as a Word document, from the same content as the PDF.

How a letter looks is decided in the styles document, which anyone can edit in Word; here each block
and run is only given the name of one of its styles. A letter is written with python-docx on an
emptied copy of that document, so that page, header and footer come along.
"""

import io
from copy import deepcopy
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.findings import Place
from brevgen.letter.content import Block, Content, Style
from brevgen.render.word_styles import (
    LIST_STYLE,
    as_unreadable,
    blank_of,
    check_styles,
    open_styles,
    packed,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.styles.style import BaseStyle
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run as WordRun

LANGUAGES = {"nb": "nb-NO", "nn": "nn-NO"}

PARAGRAPH_STYLES: dict[Style, str] = {
    "sender": "Sender",
    "draft": "Draft",
    "recipient": "Recipient",
    "distribution": "Distribution",
    "contact": "Distribution",
    "reference": "Reference",
    "fact": "Body Text",
    # Word's own headings, so that screen readers and the navigation pane know them
    "title": "Heading 1",
    "heading": "Heading 2",
    "paragraph": "Body Text",
    "bullet": LIST_STYLE,
    "closing": "Closing",
    "signature": "Signature",
    "approval": "Approval",
}
"""The Word style of each kind of block, by the name that Word shows in English."""

LINK, STRONG = "Hyperlink", "Strong"
STRONG_IN: dict[Style, str] = {
    "sender": "Sender Strong",
    "distribution": "Label",
    "reference": "Label",
}
"""The Word style of strong words where they are a name or a label, set apart in another way."""
LABELLED: set[Style] = {"sender", "reference"}
"""Where a tab stands for the space after the first run, so that what follows has its column."""
CHARACTER_STYLES = sorted({LINK, STRONG, *STRONG_IN.values()})


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
            check_styles(document, PARAGRAPH_STYLES.values(), CHARACTER_STYLES, Place(str(styles)))
            named = {style.name: style for style in document.styles}
            self._formats = {kind: _format(named[name]) for kind, name in PARAGRAPH_STYLES.items()}
            self._looks = {name: named[name].style_id for name in CHARACTER_STYLES}
            self._blanks = {form: blank_of(document, tag) for form, tag in LANGUAGES.items()}

    def write(self, content: Content, *, reference: str, dated: datetime) -> bytes:
        """The bytes of the document, always the same for the same arguments.

        Args:
            content: what the letter says.
            reference: our reference, for the document's properties and the running header.
            dated: the letter's date, as creation and change time in the properties; UTC.
        """
        import docx
        from docx.oxml import OxmlElement
        from docx.text.paragraph import Paragraph

        document = docx.Document(io.BytesIO(self._blanks[content.written_form]))
        end = document.element.body.sectPr  # python-docx would look for it for each paragraph
        for block, following in zip_longest(content.blocks, content.blocks[1:]):
            paragraph = Paragraph(OxmlElement("w:p"), document._body)
            end.addprevious(paragraph._p)
            # naming the style by its id is ten times faster than letting python-docx look it up
            paragraph._p.append(deepcopy(self._formats[block.style]))
            self._add_runs(paragraph, block)
            if following and block.part == "body" and following.part == "closing":
                # so that a signature never stands alone on a page
                paragraph.paragraph_format.keep_with_next = True
        document.sections[0].header.paragraphs[0].text = content.running_header(reference)
        _set_properties(document, content, reference, dated)
        return packed(document)

    def _add_runs(self, paragraph: "Paragraph", block: Block) -> None:
        """Add the words of a block, each run in its look."""
        if block.label:
            label = paragraph.add_run(block.label)
            label._r.style = self._looks[STRONG_IN.get(block.style, STRONG)]
            label.add_tab()
        for number, run in enumerate(block.runs):
            text = run.text
            if block.label:
                pass
            elif block.style in LABELLED and number == 0:
                text = text.rstrip(" ")
            elif block.style in LABELLED and number == 1:
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


def _make_link(words: "WordRun", address: str) -> None:
    """Turn words into a live link, for which python-docx has no call of its own."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    target = words.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink", attrs={qn("r:id"): target, qn("w:history"): "1"})
    words._r.addprevious(link)
    link.append(words._r)


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


def _format(style: "BaseStyle") -> "BaseOxmlElement":
    """What a paragraph of a style carries: the style's name, and the style's frame if it has one.

    Word finds the frame in the style; LibreOffice before 7.6 only in the paragraph itself.
    """
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = OxmlElement("w:pPr")
    properties.append(OxmlElement("w:pStyle", attrs={qn("w:val"): style.style_id}))
    properties.extend([deepcopy(frame) for frame in style.element.iter(qn("w:framePr"))])
    return properties
