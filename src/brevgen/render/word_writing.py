"""The paragraphs and tables of a letter in Word, each with the name of its style."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from brevgen.letter.content import Block, Content, Part, Run, Style
from brevgen.letter.printable import last_words, pieces
from brevgen.render import word_tables
from brevgen.render.html import RUNNING
from brevgen.render.word_logo import GAP, HEIGHT, RAISED, WordLogo
from brevgen.render.word_styles import LIST_STYLE

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.parts.story import StoryPart
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run as WordRun

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
FACT_LABEL, CONTACT_LABEL = "Fact Label", "Contact Label"
LINK, STRONG, LABEL = "Hyperlink", "Strong", "Label"
FIRST_FACT, DRAFT_STRONG = "First Fact", "Draft Strong"
"""Strong words of the first fact, and the header of a draft."""
YOUNGER = {
    **{"Contact": "Distribution", CONTACT_LABEL: "Distribution"},
    **{"Fact": "Body Text", FACT_LABEL: "Body Text"},
    **{FIRST_FACT: STRONG, DRAFT_STRONG: STRONG},
}
"""Styles that older styles documents lack, and which of theirs stands in for each."""

STRONG_IN: dict[Style, str] = {"sender": "Sender Strong", "distribution": LABEL, "reference": LABEL}
"""The Word style of strong words where they are a name or a label, set apart in another way."""
CHARACTER_STYLES = sorted({LINK, STRONG, *STRONG_IN.values()})
LABELLED: set[Style] = {"sender", "reference"}
"""Where a tab stands for the space after the first run, so that what follows has its column."""
IN_CELLS: dict[Style, str] = {"fact": FACT_LABEL, "contact": CONTACT_LABEL}
"""Where a label has a cell or a line of its own, and the style of it."""
_GAP = "\N{EM SPACE}"
"""What is between those whom the letter is for."""
NAME_COLUMN = 16.5
"""Millimetres between the agency's short name and its name, beside a logo."""
HEAD: tuple[Part, ...] = ("sender", "draft", "recipient", "references")
"""The parts at the head of a letter, each in a cell of its own."""


class Writing:
    """Writes one letter.

    Args:
        content: what it says.
        ids: the id of each style, by its name; to look them up for each paragraph takes long.
        part: the part of the package with the letter's body.
        logo: the agency's, if it has one.
    """

    def __init__(
        self,
        content: Content,
        ids: Mapping[str, str],
        part: "StoryPart",
        logo: WordLogo | None,
    ) -> None:
        self._content, self._ids, self._part, self._logo = content, ids, part, logo
        self._name = next((b.text for b in content.blocks if b.style == "recipient"), "")

    def elements(self) -> "Iterator[BaseOxmlElement]":
        """The paragraphs and tables of the letter, in reading order."""
        from docx.shared import Mm

        blocks = [block for block in self._content.blocks if block.style != "contact"]
        head = [[block for block in blocks if block.part == name] for name in HEAD]
        if any(head):
            yield word_tables.head([list(self._cell(of_part)) for of_part in head])
        rest = [block for block in blocks if block.part not in HEAD]
        facts: list[Block] = []
        for before, block, after in zip([None, *rest], rest, [*rest[1:], None], strict=False):
            if block.style == "fact":
                facts.append(block)
                if after is None or after.style != "fact":
                    yield self._facts(facts)
                    facts = []
                continue
            paragraph = self._paragraph(block)
            around = paragraph.paragraph_format
            if before and before.style == "fact":
                around.space_before = Mm(word_tables.AFTER_FACTS)
            if after and after.style == "fact":
                around.space_after = Mm(word_tables.BEFORE_FACTS)
            if after and (block.part, after.part) == ("body", "closing"):
                around.keep_with_next = True  # so that a signature never stands alone on a page
            yield paragraph._p
        if self._content.is_draft:
            # the room of the approval line, so that the final letter breaks where the draft does
            yield self._empty("Approval")._p

    def _cell(self, blocks: Sequence[Block]) -> "Iterator[BaseOxmlElement]":
        """The paragraphs of a part of the head; those whom the letter is for share a line."""
        from docx.text.paragraph import Paragraph

        for style, group in groupby(blocks, lambda block: block.style):
            paragraphs = [self._paragraph(block)._p for block in group]
            first, *others = paragraphs
            if style == "distribution":
                for other in others:
                    Paragraph(first, self._part).add_run(_GAP)
                    first.extend(other.r_lst)
                others = []
            yield from (first, *others)

    def contacts(self, part: "StoryPart") -> "list[list[BaseOxmlElement]]":
        """The cells for each way in which the agency is reached.

        Args:
            part: the part of the package they are for.
        """
        self._part = part
        blocks = [block for block in self._content.blocks if block.style == "contact"]
        cells = [[*self._label(block), self._paragraph(block)] for block in blocks]
        return [[paragraph._p for paragraph in cell] for cell in cells]

    def _facts(self, blocks: Sequence[Block]) -> "BaseOxmlElement":
        """Pairs of label and value as one table, in which no page ends."""
        from docx.shared import Mm

        rows = [
            [[*self._label(block)], [self._paragraph(block, is_first=block is blocks[0])]]
            for block in blocks
        ]
        for row in rows:
            for paragraph in (each for cell in row for each in cell):
                around = paragraph.paragraph_format
                around.keep_with_next = row is not rows[-1] or None
                around.space_before = Mm(word_tables.WITHIN_FACTS) if row is rows[0] else None
                around.space_after = Mm(word_tables.WITHIN_FACTS) if row is rows[-1] else None
        return word_tables.facts(
            [[[paragraph._p for paragraph in cell] for cell in row] for row in rows],
            style=self._ids.get(word_tables.FACTS_STYLE, ""),
            caption=word_tables.CAPTION[self._content.written_form],
        )

    def _empty(self, style: str) -> "Paragraph":
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.text.paragraph import Paragraph

        element = OxmlElement("w:p")
        properties = OxmlElement("w:pPr")
        properties.append(OxmlElement("w:pStyle", attrs={qn("w:val"): self._ids[style]}))
        element.append(properties)
        return Paragraph(element, self._part)

    def _add_logo(self, paragraph: "Paragraph", logo: WordLogo) -> None:
        """Begin the letterhead with the logo; the name and what follows it move to the right."""
        from docx.enum.text import WD_LINE_SPACING
        from docx.shared import Mm

        around = paragraph.paragraph_format
        around.line_spacing = Mm(HEIGHT)
        around.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
        paragraph._p.append(logo.drawing(self._part, f"Logo: {self._content.author}"))
        beside = Mm(logo.width + GAP)
        around.tab_stops.add_tab_stop(beside)
        around.tab_stops.add_tab_stop(beside + Mm(NAME_COLUMN))
        paragraph.add_run().add_tab()

    def _label(self, block: Block) -> "Iterator[Paragraph]":
        """The label of a pair, where it has a paragraph of its own."""
        if block.label:
            paragraph = self._empty(IN_CELLS[block.style])
            paragraph.add_run(block.label)
            yield paragraph

    def _paragraph(self, block: Block, *, is_first: bool = False) -> "Paragraph":
        """A block as a paragraph, each run in its look; the first fact has one of its own."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        paragraph = self._empty(PARAGRAPH_STYLES[block.style])
        if block.style == "sender" and self._logo:
            self._add_logo(paragraph, self._logo)
        runs = list(block.runs)
        if block.label and block.style not in IN_CELLS:
            label = paragraph.add_run(block.label)
            label._r.style = self._ids[LABEL]
            label.add_tab()
        elif block.style in LABELLED and len(runs) > 1:
            runs[0] = replace(runs[0], text=runs[0].text.rstrip(" ") + "\t")
            runs[1] = replace(runs[1], text=runs[1].text.lstrip(" "))
        length = len("".join(run.text for run in runs))
        name = "" if block.style == "recipient" else self._name  # the window has room for two lines
        end = length - (last_words(block.text) if block.style in RUNNING else 0)
        for run in runs:
            words = paragraph.add_run()
            for text, is_held in _held(run, end, name):
                _add_text(words, text, is_held=is_held)
            end -= len(run.text)
            if run.href:
                if block.style != "contact":
                    words._r.style = self._ids[LINK]
                words.bold = run.strong or None
                _make_link(words, run.href)
            elif run.strong:
                strong = FIRST_FACT if is_first else STRONG_IN.get(block.style, STRONG)
                words._r.style = self._ids[strong]
        if block.style == "sender" and self._logo:
            for words in paragraph.runs[1:]:
                position = OxmlElement("w:position", attrs={qn("w:val"): str(RAISED)})
                words._r.get_or_add_rPr().append(position)
        return paragraph


def _held(run: Run, end: int, name: str) -> Iterator[tuple[str, bool]]:
    """A run in pieces, each with whether it stays on one line.

    Args:
        end: the character from where on all words are to stand in the last line.
        name: the recipient, which is never broken.
    """
    at = 0
    for piece, is_whole in [(run.text, False)] if run.href else pieces(run.text, name):
        cut = min(max(end - at, 0), len(piece))
        yield piece[:cut], is_whole
        yield piece[cut:], not run.href
        at += len(piece)


def _add_text(words: "WordRun", text: str, *, is_held: bool) -> None:
    """Add text that has no line ends in it, held together on one line or not."""
    from docx.oxml import OxmlElement

    if is_held:
        first, *others = text.replace(" ", "\N{NO-BREAK SPACE}").split("-")
    else:
        first, *others = [text]
    for number, piece in enumerate((first, *others)):
        if number:
            words._r.append(OxmlElement("w:noBreakHyphen"))
        if piece.endswith("\t"):
            words._r.add_t(piece[:-1])
            words.add_tab()
        elif piece:
            words._r.add_t(piece)


def _make_link(words: "WordRun", address: str) -> None:
    """Turn words into a live link, for which python-docx has no call of its own."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    target = words.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink", attrs={qn("r:id"): target, qn("w:history"): "1"})
    words._r.addprevious(link)
    link.append(words._r)
