"""From a rendered template to content: the few elements there are, and what they become."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import cast, get_args

from brevgen.letter.content import MARKS, PAIRS, Block, Content, Part, Run, Style, WrittenForm
from brevgen.letter.printable import without_ligatures

BLOCK_ELEMENTS = {"h1": "title", "h2": "heading", "p": "paragraph", "li": "bullet", "dd": "fact"}
"""Elements that make a block, and its style where no class says another."""
TEXT_ELEMENTS = {*BLOCK_ELEMENTS, "dt"}
"""Elements that words stand in; a `dt` is the label of the `dd` that follows it."""
LIST_OF = {"li": "ul", "dt": "dl", "dd": "dl"}
"""Elements that only stand in a list, and in which."""
INLINE_ELEMENTS = {"strong", "a"}
LAYOUT_ELEMENTS = {"section", "h1"}
"""What only the layout may use: the parts of the letter, and its one title."""
ELEMENTS = {*TEXT_ELEMENTS, *INLINE_ELEMENTS, *LAYOUT_ELEMENTS, *LIST_OF.values()}
PARTS = frozenset(get_args(Part))
STYLES = frozenset(get_args(Style))

_BLANKS = re.compile(r"[ \t\r\n]+")  # not the no-break space: that one is meant


class _Reader(HTMLParser):
    """Gathers blocks; the template contract has made sure that elements are in their places."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._part: Part = "body"
        self._style: Style | None = None
        self._in_label = False
        self._label = ""
        self._runs: list[Run] = []
        self._strong = False
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self._part = cast(Part, given["class"])
        elif tag in BLOCK_ELEMENTS:
            self._style = cast(Style, given.get("class") or BLOCK_ELEMENTS[tag])
            self._runs = []
        elif tag == "dt":
            self._in_label, self._label = True, ""
        elif tag == "strong":
            self._strong = True
        elif tag == "a":
            self._href = given["href"] or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCK_ELEMENTS and self._style is not None:
            if runs := _tidy(self._runs):  # else its words hung on facts that are not known
                self.blocks.append(self._block(tag, self._style, runs))
            self._style = None
        elif tag == "dt":
            self._in_label = False
        elif tag == "strong":
            self._strong = False
        elif tag == "a":
            self._href = ""

    def _block(self, tag: str, style: Style, runs: tuple[Run, ...]) -> Block:
        if tag != "dd":
            return Block(self._part, style, runs)
        label = _BLANKS.sub(" ", self._label).strip(" ")
        return Block(self._part, PAIRS.get(self._part, style), runs, label)

    def handle_data(self, data: str) -> None:
        if self._in_label:
            self._label += data
        elif self._style is not None:
            self._runs.append(Run(data, self._strong, self._href))


def _tidy(runs: list[Run]) -> tuple[Run, ...]:
    """Runs with their blanks as a browser would show them, and equal neighbours made one."""
    joined: list[Run] = []
    for run in runs:
        text = _BLANKS.sub(" ", run.text)
        before = joined[-1] if joined else None
        if before is None or before.text.endswith(" "):
            text = text.removeprefix(" ")
        if not text:
            continue
        if before is not None and (before.strong, before.href) == (run.strong, run.href):
            joined[-1] = Run(before.text + text, run.strong, run.href)
        else:
            joined.append(Run(text, run.strong, run.href))
    while joined and not joined[-1].text.rstrip(" "):
        joined.pop()
    if joined:
        last = joined[-1]
        joined[-1] = Run(last.text.rstrip(" "), last.strong, last.href)
    return tuple(joined)


def blocks_of(markup: str) -> list[Block]:
    """The blocks that rendered markup stands for, without the mark of a draft and the like."""
    reader = _Reader()
    reader.feed(without_ligatures(markup))
    reader.close()
    return [block for block in reader.blocks if block.style not in MARKS]


def with_marks(
    said: Sequence[Block],
    *,
    marks: Sequence[Block],
    written_form: WrittenForm,
    recipient: str,
    author: str,
) -> Content:
    """The content of some blocks.

    Args:
        said: the blocks of a letter.
        marks: the mark of a draft, or the lines of the approval, which go to their place.
        written_form: `nb` or `nn`.
        recipient: whom the letter is to; stands behind the subject in the document's title.
    """
    order = get_args(Part)
    blocks = list(said)
    later = order[order.index(marks[0].part) + 1 :]
    at = next((at for at, block in enumerate(blocks) if block.part in later), len(blocks))
    blocks[at:at] = marks
    subject = "".join(block.text for block in blocks if block.style == "title")
    return Content(written_form, f"{subject} – {recipient}", author, tuple(blocks))
