"""Two contents beside each other, word by word, paragraph by paragraph.

Figures, dates and addresses are compared whole: 10 that became 11 is never shown as a 0 that became
a 1.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from brevgen.letter.content import Style
from brevgen.letter.differences import styled_lines

_WORDS = re.compile(r" *(?:\w+(?:[^\w ]+\w+)*|[^\w ]+)| +$")
"""A word, with signs and no-break spaces that stand inside of it, or signs alone; blanks before."""

LEAST_ALIKE = 0.3
"""So much of two paragraphs must be the same that marking single words tells more than both."""
SAME_STYLE = 0.2
"""What it counts that two paragraphs have the same style, beside the words they share."""

Fate = Literal["same", "removed", "added"]


@dataclass(frozen=True)
class Stretch:
    """Words that follow each other and have had the same fate.

    Args:
        fate: whether they stand in both, only in the old or only in the new one.
        text: the words, with the blanks before them.
    """

    fate: Fate
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, heading or pair of label and value of either content.

    Args:
        style: what it is.
        stretches: its words in reading order, what was removed before what took its place.
    """

    style: Style
    stretches: tuple[Stretch, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing in it has changed."""
        return all(each.fate == "same" for each in self.stretches)


_Line = tuple[Style, str]


def compared(old_json: str, new_json: str) -> tuple[Paragraph, ...]:
    """Two contents compared, as `Content.as_json` wrote them down."""
    return tuple(
        Paragraph(style, tuple(_stretches(old, new)))
        for style, old, new in _paired(styled_lines(old_json), styled_lines(new_json))
    )


def _paired(old: Sequence[_Line], new: Sequence[_Line]) -> Iterator[tuple[Style, str, str]]:
    """Paragraphs of both in their order, those that are most alike together.

    Yields:
        style, old and new words; empty where there is none.
    """
    for change, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            yield from ((style, text, text) for style, text in old[i:j])
        else:
            yield from _most_alike(old[i:j], new[k:m])


def _most_alike(old: Sequence[_Line], new: Sequence[_Line]) -> Iterator[tuple[Style, str, str]]:
    """Pairs in order so that they are as alike as can be, all taken together."""
    alike = [[_alike(before, after) for after in new] for before in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for k in reversed(range(len(new))):
            best[i][k] = max(best[i + 1][k], best[i][k + 1], alike[i][k] + best[i + 1][k + 1])
    i = k = 0
    while i < len(old) or k < len(new):
        if i == len(old) or (k < len(new) and best[i][k] == best[i][k + 1]):
            yield new[k][0], "", new[k][1]
            k += 1
        elif k == len(new) or best[i][k] == best[i + 1][k]:
            yield old[i][0], old[i][1], ""
            i += 1
        else:
            yield new[k][0], old[i][1], new[k][1]
            i, k = i + 1, k + 1


def _alike(old: _Line, new: _Line) -> float:
    """How alike two paragraphs are by the words they share and their style."""
    return _shared(_WORDS.findall(old[1]), _WORDS.findall(new[1])) + SAME_STYLE * (old[0] == new[0])


def _shared(old: Sequence[str], new: Sequence[str]) -> float:
    """The part of all words that two texts have in common, from 0 to 1."""
    common = Counter(each.strip(" ") for each in old) & Counter(each.strip(" ") for each in new)
    return 2 * common.total() / max(1, len(old) + len(new))


def _stretches(old: str, new: str) -> Iterator[Stretch]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if old != new and _shared(before, after) < LEAST_ALIKE:
        yield from (Stretch("removed", old),) if old else ()
        yield from (Stretch("added", new),) if new else ()
        return
    was, now = ([word.strip(" ") for word in words] for words in (before, after))
    for change, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if change == "equal":
            yield Stretch("same", "".join(after[k:m]))
            continue
        if i < j:
            yield Stretch("removed", "".join(before[i:j]))
        if k < m:
            yield Stretch("added", "".join(after[k:m]))
