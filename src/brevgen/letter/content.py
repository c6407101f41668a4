"""The content of a letter: the one small tree from which every format is written.

PDF, DOCX, plain text and preview are all written from a `Content`, so they cannot say different
things. It holds words and their roles, never looks.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Literal

WrittenForm = Literal["nb", "nn"]
Part = Literal["sender", "draft", "recipient", "references", "body", "closing"]
"""The parts of a letter, in the order they are read."""

Style = Literal[
    "sender",  # the agency in the letterhead
    "draft",  # the UTKAST mark
    "recipient",  # the municipality, in the window of the envelope
    "distribution",  # who is to have the letter, label and titles
    "contact",  # where the agency is reached: a label and its value, at the foot of the first page
    "reference",  # a label and its value; in older layouts the label is strong words
    "title",  # the subject; exactly one
    "heading",
    "fact",  # a label and its value, in the box that says at a glance what is asked
    "paragraph",
    "bullet",
    "closing",  # regards, and on whose behalf
    "signature",  # name, title and office
    "approval",  # the approval line
]
"""What a block is; the stylesheet and the Word styles have one style for each."""


PAIRS: dict[Part, Style] = {"sender": "contact", "references": "reference"}
"""The style of pairs of label and value by their part; in any other part they are facts."""

MARKS: tuple[Style, Style] = ("draft", "approval")
"""What tells a draft from an approved letter; no template decides which of them is there."""


@dataclass(frozen=True)
class Run:
    """A piece of text in one look: plain, strong, or the words of a link.

    Args:
        text: the words; never empty, no line breaks, spaces kept at the edges between runs.
        strong: set apart in bold.
        href: where a link leads (`https:` or `mailto:`); empty for plain text.
    """

    text: str
    strong: bool = False
    href: str = ""


@dataclass(frozen=True)
class Block:
    """One paragraph, heading, list item, line of an address, or pair of a label and its value.

    Args:
        part: where in the letter.
        style: what it is.
        runs: its words; of a pair, the value.
        label: what the value is of, in plain words; pairs of one style that follow each other make
            one list. Empty for all else.
    """

    part: Part
    style: Style
    runs: tuple[Run, ...]
    label: str = ""

    @property
    def text(self) -> str:
        """The words of the block, the label first."""
        words = "".join(run.text for run in self.runs)
        return f"{self.label} {words}" if self.label else words


@dataclass(frozen=True)
class Content:
    """All a letter says, in reading order.

    Args:
        written_form: `nb` or `nn`.
        title: the document's title for readers and archives.
        author: the agency, for the document's properties.
        blocks: the words, in reading order.
    """

    written_form: WrittenForm
    title: str
    author: str
    blocks: tuple[Block, ...]

    def part(self, name: Part) -> tuple[Block, ...]:
        """The blocks of one part of the letter."""
        return tuple(block for block in self.blocks if block.part == name)

    def links(self) -> Iterator[Run]:
        """Every live link, in reading order."""
        for block in self.blocks:
            yield from (run for run in block.runs if run.href)

    @property
    def is_draft(self) -> bool:
        """Whether the letter carries the UTKAST mark."""
        return any(block.style == "draft" for block in self.blocks)

    @property
    def is_approved(self) -> bool:
        """Whether the letter says that it is approved."""
        return any(block.style == "approval" for block in self.blocks)

    def running_header(self, reference: str) -> str:
        """The words at the top of the later pages: mark of a draft, recipient, references, date."""
        drafts = [block.text for block in self.blocks if block.style == "draft"]
        recipient = [block.text for block in self.blocks if block.style == "recipient"]
        stated = [b.text for b in self.part("references") if b.label or len(b.runs) > 1]
        if not any(reference in words for words in stated):
            stated.append(reference)
        return " · ".join([*drafts, *recipient, *stated])

    def as_json(self) -> str:
        """Everything a reader can see, as the one JSON text that stands for it."""
        return self._json

    @cached_property
    def _json(self) -> str:
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        return json.dumps(
            told, default=_keys, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )

    def digest(self) -> str:
        """SHA-256 of `as_json`, as 64 hexadecimal digits."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()


def _keys(item: Any) -> dict[str, Any]:
    """The fields of a block or run; a label only where there is one, as of old."""
    return {name: value for name, value in vars(item).items() if value != "" or name != "label"}
