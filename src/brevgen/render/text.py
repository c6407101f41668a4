"""The letter as plain text, for the terminal and for mail."""

import textwrap
from collections.abc import Sequence
from itertools import groupby

from brevgen.letter.content import Block, Content, Run, Style

LINES_OF_A_GROUP: set[Style] = {
    "sender",
    "recipient",
    "distribution",
    "contact",
    "reference",
    "fact",
    "bullet",
    "closing",
    "signature",
}
"""Styles whose blocks follow each other without blank lines."""

UNDERLINES: dict[Style, str] = {"title": "=", "heading": "-"}


def as_text(content: Content, *, width: int = 72) -> str:
    """The letter as plain text, wrapped at `width` columns, ending in a newline."""
    numbered = enumerate(content.blocks)
    groups = groupby(
        numbered, key=lambda item: item[1].style if item[1].style in LINES_OF_A_GROUP else item[0]
    )
    parts = [_group([block for _, block in group], width) for _, group in groups]
    return "\n\n".join(parts) + "\n"


def _group(blocks: Sequence[Block], width: int) -> str:
    """Blocks that follow each other without blank lines, the values of pairs below each other."""
    column = max(len(block.label) for block in blocks)
    return "\n".join(_lines(block, width, column) for block in blocks)


def _lines(block: Block, width: int, column: int) -> str:
    """A block as one or more lines, with its bullet, label or underline."""
    bullet = f"{block.label:{column}}  " if column else "• " if block.style == "bullet" else ""
    # textwrap breaks at ASCII spaces only, so what a no-break space holds together stays together
    lines = textwrap.wrap(
        "".join(map(_words, block.runs)).strip(" "),
        width,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
    if underline := UNDERLINES.get(block.style):
        lines.append(underline * max(map(len, lines), default=0))
    return "\n".join(lines)


def _words(run: Run) -> str:
    """The words of a run; a link is followed by its address where its words do not tell it."""
    address = run.href.removeprefix("mailto:")
    if not address or _bare(run.text) == _bare(address):
        return run.text
    words = run.text.rstrip(" ")
    return f"{words} <{address}>{run.text[len(words) :]}"


def _bare(address: str) -> str:
    """An address as people write it, without scheme and closing slash."""
    return address.strip().removeprefix("https://").removeprefix("http://").rstrip("/")
