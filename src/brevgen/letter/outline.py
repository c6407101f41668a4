"""What a template says in elements: only the allowed ones, each in its place, closed where opened.

The outline that is gathered on the way is what the two written forms must have in common.
"""

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

from jinja2 import Environment

from brevgen.language import tr
from brevgen.letter.content import MARKS
from brevgen.letter.letter import MAIL_ADDRESSES, WEB_ADDRESSES
from brevgen.letter.markup import (
    BLOCK_ELEMENTS,
    ELEMENTS,
    INLINE_ELEMENTS,
    LAYOUT_ELEMENTS,
    LIST_OF,
    PARTS,
    STYLES,
    TEXT_ELEMENTS,
)
from brevgen.letter.printable import NEVER_MEANT, check_text
from brevgen.letter.statements import Breach
from brevgen.letter.templates import WORDS_OF_MARKS

_CLASSES = STYLES - {*BLOCK_ELEMENTS.values(), "contact"}
"""What the class of a paragraph may be: those styles that have no element of their own."""

_LISTS = set(LIST_OF.values())
_WORDS_OF_MARKS = {f"words.{name}" for name in WORDS_OF_MARKS}

_DEEPEST = 20
"""Elements inside of each other; what is allowed needs no more than five."""

_FACT = re.compile(r"[\w.]+")
_MARK = "\x01"  # sets our own processing instructions apart; no template can hold it
_PRINT = re.compile(rf"<\?{_MARK}print ([^>]*)>")
_OURS = re.compile(rf"<\?{_MARK}\w+ ?([^>]*)>?")
_REFERENCE = re.compile(r"&#?\w+;?")
_LONE_SIGN = re.compile(r"<(?![A-Za-z/!?])")


@dataclass(frozen=True)
class Piece:
    """One step of an outline: an element or a choice, with the facts printed since the last one."""

    line: int
    what: str
    facts: frozenset[str]


@dataclass(frozen=True)
class _Open:
    """An element that is open, and the line where it began."""

    tag: str
    line: int
    is_mark: bool = False


def outline_of(
    environment: Environment, source: str, *, is_layout: bool, is_printed: bool
) -> tuple[list[Piece], list[Breach]]:
    """The outline of a template that parses, and every breach of the rules of elements.

    Args:
        is_layout: whether it is the layout, which may use more.
        is_printed: whether it is for letters on paper, and not for mails.
    """
    reader = _Reader(is_layout, is_printed)
    try:
        reader.feed(_skeleton(environment, source))
        reader.close()
    except AssertionError:  # how the parser of Python 3.11 meets a declaration that is none
        reader.breach(tr("A template may not have declarations."))
    reader.finish()
    return reader.pieces, reader.breaches + _unprintable(source)


def _unprintable(source: str) -> list[Breach]:
    """Characters that cannot be printed, as they stand or as what a reference stands for."""
    breaches = [
        (found.start(), tr("There is a character that cannot be printed."))
        for found in NEVER_MEANT.finditer(source)
    ]
    for found in _REFERENCE.finditer(source):
        meant = unescape(found[0])
        if not meant or NEVER_MEANT.search(meant):
            what = tr("“{found}” stands for a character that cannot be printed.", found=found[0])
            breaches.append((found.start(), what))
        elif meant == found[0] and meant.endswith(";"):
            breaches.append(
                (found.start(), tr("There is no character by the name “{meant}”.", meant=meant))
            )
    return [(source.count("\n", 0, at) + 1, what) for at, what in breaches]


def _skeleton(environment: Environment, source: str) -> str:
    """The template's elements as they stand, with prints and choices as processing instructions.

    Lines stay where they are, so that a breach can name its line.
    """
    skeleton = ""
    inside: list[str] | None = None
    for line, kind, text in environment.lex(source):
        if kind in ("variable_begin", "block_begin", "comment_begin"):
            inside = []
            skeleton += "\n" * (line - 1 - skeleton.count("\n"))
        elif kind in ("variable_end", "block_end", "comment_end"):
            said = "".join(inside or []).replace(">", "›").replace('"', "'")
            verb = {"variable_end": "print", "block_end": "choose"}.get(kind)
            skeleton += f"<?{_MARK}{verb} {' '.join(said.split())}>" if verb else ""
            inside = None
        elif inside is not None:
            inside.append(text)
        else:
            skeleton += "\n" * (line - 1 - skeleton.count("\n"))
            is_raw = kind in ("raw_begin", "raw_end")
            skeleton += f"<?{_MARK}raw>" if is_raw else _LONE_SIGN.sub(f"<?{_MARK}sign>", text)
    return skeleton


def _as_written(text: str) -> str:
    """Part of a skeleton as the template has it."""
    return _OURS.sub(r"{{ \1 }}", text)


class _Reader(HTMLParser):
    """Reads a skeleton: gathers the outline and every breach of the rules of elements."""

    def __init__(self, is_layout: bool, is_printed: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.breaches: list[Breach] = []
        self._is_layout, self._is_printed = is_layout, is_printed
        self._elements: list[_Open] = []
        self._choices: list[tuple[str, int]] = []  # with how many elements are open around each
        self._facts: set[str] = set()
        self._used: list[str] = []
        self._label = 0  # the line of a label that still has no value

    def breach(self, what: str, lines_down: int = 0) -> None:
        """Note a breach where the reader is now."""
        self.breaches.append((self.getpos()[0] + lines_down, what))

    # -- elements ---------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS or (tag in LAYOUT_ELEMENTS and not self._is_layout):
            self.breach(tr("The element <{element}> is not allowed here.", element=tag))
            return
        if len(self._elements) >= _DEEPEST:
            self.breach(
                tr(
                    "<{element}> stands inside of more than {most} other elements.",
                    element=tag,
                    most=_DEEPEST,
                )
            )
            return
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag in ("section", "a") and not attrs:
            self.breach(
                tr("<section> needs its class.") if tag == "section" else tr("<a> needs its href.")
            )
        if tag not in INLINE_ELEMENTS:
            self._leave_text(tag)
        around = [element.tag for element in self._elements]
        if tag in INLINE_ELEMENTS:
            if not self._in_text() or {*INLINE_ELEMENTS, "dt"} & set(around):
                self.breach(
                    tr(
                        "<{element}> may only stand in a paragraph, heading or list item.",
                        element=tag,
                    )
                )
        elif (
            self._in_text()
            or LIST_OF.get(tag) != next((each for each in around[-1:] if each in _LISTS), None)
            or (self._is_layout and (tag == "section") == bool(around))
        ):
            self.breach(tr("<{element}> may not stand there.", element=tag))
        if tag not in INLINE_ELEMENTS:
            self._follow_label(with_value=tag == "dd")
        is_mark = dict(attrs).get("class") in MARKS
        if tag in TEXT_ELEMENTS:
            self._used.append(tag)
            if not is_mark and re.search(r"\bapproved\b", " ".join(self._conditions())):
                self.breach(
                    tr("Nothing may hang on the approval: its line and mark are put there.")
                )
        self._elements.append(_Open(tag, self.getpos()[0], is_mark))

    def _leave_text(self, tag: str) -> None:
        """Close a paragraph that was forgotten, so that it makes no faults of all that follows."""
        for at, element in enumerate(self._elements):
            if at >= self._floor() and element.tag in TEXT_ELEMENTS:
                self._close_down_to(at, f"<{tag}>")
                return

    def _follow_label(self, *, with_value: bool) -> None:
        """Note where a label is not followed by its value at once, in the same branch."""
        if with_value and not self._label:
            self.breach(tr("<dd> needs a <dt> before it."))
        elif self._label and not with_value:
            self.breaches.append((self._label, tr("<dt> needs a <dd> right after it.")))
        self._label = 0

    def _floor(self) -> int:
        """How many of the open elements were opened outside of the branch the reader is in."""
        return self._choices[-1][1] if self._choices else 0

    def _close_down_to(self, floor: int, before: str) -> None:
        """Note every element above a floor as not closed, and forget it."""
        for element in self._elements[floor:]:
            what = tr(
                "<{element}> is not closed before {before}.", element=element.tag, before=before
            )
            self.breaches.append((element.line, what))
        del self._elements[floor:]

    def _attribute(self, tag: str, name: str, value: str) -> None:
        for said in _PRINT.findall(value):
            self._facts.update(f"a link to {fact}" for fact in _FACT.findall(said)[:1])
        match tag, name:
            case "section", "class":
                known = value in PARTS
            case "p", "class" if self._is_layout:
                known = value in _CLASSES
            case "a", "href":
                link = re.fullmatch(f"(mailto:)?{_PRINT.pattern}", value)
                addresses = MAIL_ADDRESSES if value.startswith("mailto:") else WEB_ADDRESSES
                known = link is not None and link[2] in addresses
            case _:
                self.breach(
                    tr("<{element}> may not have {name}.", element=tag, name=_as_written(name))
                )
                return
        if not known:
            self.breach(
                tr(
                    "<{element}> may not have {name} “{value}”.",
                    element=tag,
                    name=name,
                    value=_as_written(value),
                )
            )

    def handle_endtag(self, tag: str) -> None:
        if len(self._elements) <= self._floor() or self._elements[-1].tag != tag:
            self.breach(tr("</{element}> closes nothing that is open here.", element=tag))
            return
        opened = self._elements.pop()
        if tag in TEXT_ELEMENTS:
            self._piece(f"<{tag}>", opened.line)
        if tag == "dt":
            self._label = opened.line
        elif tag in _LISTS:
            self._follow_label(with_value=False)

    def _in_text(self) -> bool:
        """Whether words may stand here: in a paragraph, heading, list item, or the subject."""
        return any(element.tag in TEXT_ELEMENTS for element in self._elements) or (
            "block subject" in self._conditions()
        )

    # -- prints and choices -----------------------------------------------------------------------

    def handle_pi(self, data: str) -> None:
        verb, _, said = data.partition(" ")
        if verb == f"{_MARK}print":
            fact = set(_FACT.findall(said)[:1])
            self._facts.update(fact)
            if fact & _WORDS_OF_MARKS and not any(each.is_mark for each in self._elements):
                self.breach(tr("“{fact}” is put into letters by the program.", fact=fact.pop()))
            if not self._in_text():
                self.breach(tr("A fact may only be printed in a paragraph, heading or list item."))
        elif verb == f"{_MARK}choose":
            self._piece(said, self.getpos()[0])
            self._choice(said)
        elif verb == f"{_MARK}raw":
            self.breach(tr("A template may not use raw."))
        elif verb == f"{_MARK}sign":
            self.breach(tr("Write the sign < as &lt;."))
        else:
            self.breach(tr("A template may not have processing instructions."))

    def _choice(self, said: str) -> None:
        """Elements begin and end in the same branch, or there could be letters with half of one."""
        verb = said.partition(" ")[0]
        self._follow_label(with_value=False)
        if verb in ("if", "for", "block"):
            self._choices.append((said, len(self._elements)))
        elif verb in ("elif", "else", "endif", "endfor", "endblock") and self._choices:
            _, floor = self._choices.pop()
            self._close_down_to(floor, f"{{% {said} %}}")
            if verb in ("elif", "else"):
                self._choices.append((said, floor))

    def _conditions(self) -> list[str]:
        return [said for said, _ in self._choices]

    def _piece(self, what: str, line: int) -> None:
        self.pieces.append(Piece(line, what, frozenset(self._facts)))
        self._facts = set()

    # -- words ------------------------------------------------------------------------------------

    def handle_data(self, data: str) -> None:
        words = data.lstrip()
        # Words of a kind outside of all blocks are for `breaches_of_the_frame` to note.
        if words and not self._in_text() and (self._is_layout or self._conditions()):
            lines_down = data[: len(data) - len(words)].count("\n")
            self.breach(
                tr("“{words}” stands outside of any paragraph.", words=words.rstrip()[:30]),
                lines_down,
            )
        if self._is_printed and not any(element.tag == "a" for element in self._elements):
            for what, _ in check_text(data):
                self.breach(what)

    def handle_comment(self, data: str) -> None:
        self.breach(tr("Write comments as {# … #}; others would be printed into the letter."))

    def handle_decl(self, decl: str) -> None:
        self.breach(tr("A template may not have declarations."))

    def unknown_decl(self, data: str) -> None:
        self.breach(tr("A template may not have declarations."))

    def finish(self) -> None:
        """Note what was never closed, and what a layout lacks."""
        self._close_down_to(0, tr("the end"))
        self._follow_label(with_value=False)
        if self._is_layout and self._used.count("h1") != 1:
            self.breaches.append((1, tr("A layout needs “<h1>” exactly once.")))
