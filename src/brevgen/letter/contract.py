"""The template contract: what is checked in a template before any data is read.

Every fact a template states must exist in `Letter`; only the small set of elements may be used;
both written forms must be there, state the same facts in the same places and have the same outline.

A template can only print facts, choose by facts, and go through the lists of a fact. It cannot
call, compute, include or count, so that a number in a letter always is a number that was checked,
and no template can fail to end.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from jinja2 import Environment, TemplateSyntaxError, nodes
from pydantic import BaseModel

from brevgen.facts.faults import Findings, Place
from brevgen.letter.letter import Letter
from brevgen.letter.markup import BLOCK_ELEMENTS, ELEMENTS, LAYOUT_ELEMENTS, PARTS, STYLES
from brevgen.letter.templates import FORMS, LAYOUT, Templates
from brevgen.letter.wording import FILTERS

_ALLOWED_NODES = (
    *(nodes.Template, nodes.Extends, nodes.Block, nodes.Output, nodes.TemplateData),
    *(nodes.If, nodes.For, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
)
_REMEDY = "The README lists what a template may use."
_FACT = re.compile(r"[\w.]+")


def check_templates(templates: Templates, kind: str, findings: Findings, *, shown_as: str) -> None:
    """Hold the layout and both forms of a kind to the contract.

    Args:
        templates: the folder of templates.
        kind: which letter.
        findings: gets a fault with file and line for each breach.
        shown_as: the folder's name in faults.
    """
    names = [LAYOUT, *(f"{kind}/{form}.html" for form in FORMS)]
    sources = {name: _source(templates.folder / name, findings, shown_as) for name in names}
    outlines = [
        _check_one(source, f"{shown_as}/{name}", name == LAYOUT, templates.words, findings)
        for name, source in sources.items()
        if source is not None
    ]
    if len(outlines) == len(names) and None not in outlines:
        _compare(outlines[1:], [f"{shown_as}/{name}" for name in names[1:]], findings)


def _source(path: Path, findings: Findings, shown_as: str) -> str | None:
    file = f"{shown_as}/{path.parent.name}/{path.name}" if path.name != LAYOUT else path.name
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        what, remedy = "The template is missing.", "A kind of letter needs nb.html and nn.html."
    except (OSError, UnicodeDecodeError):
        what, remedy = "The template cannot be read.", "Save it as UTF-8 text."
    findings.fault(what, remedy, Place(file))
    return None


@dataclasses.dataclass(frozen=True)
class _Piece:
    """One step of an outline: an element with the facts it prints, or a choice."""

    line: int
    what: str
    facts: frozenset[str]


def _check_one(
    source: str, file: str, is_layout: bool, words: Mapping[str, Any], findings: Findings
) -> list[_Piece] | None:
    """Check a template by itself; its outline, or None where it does not even parse."""
    environment = Environment(autoescape=True)
    environment.filters = dict.fromkeys(FILTERS, str)
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        findings.fault(f"{error.message}", "Put the template right.", Place(file, row=error.lineno))
        return None
    for line, what in sorted(set(_statements(tree, words, is_layout))):
        findings.fault(what, _REMEDY, Place(file, row=line))
    outline = _Outline(is_layout)
    outline.feed(_skeleton(environment, source))
    outline.finish()
    for line, what in outline.breaches:
        findings.fault(what, _REMEDY, Place(file, row=line))
    return outline.pieces


# -- what is said in Jinja ------------------------------------------------------------------------


def _statements(
    tree: nodes.Template, words: Mapping[str, Any], is_layout: bool
) -> Iterator[tuple[int, str]]:
    """Line and breach for everything in the tree that is not allowed or not known."""
    types: dict[str, Any] = get_type_hints(Letter)
    types["words"] = dict.fromkeys(words, str)
    loops = {
        node.target.name: _element_type(_type_of(node.iter, types))
        for node in tree.find_all(nodes.For)
        if isinstance(node.target, nodes.Name)
    }
    names = types | loops
    targets = {id(node.target) for node in tree.find_all(nodes.For)}
    inner = {id(node.node) for node in tree.find_all(nodes.Getattr)}
    for node in _descend(tree):
        if not isinstance(node, _ALLOWED_NODES):
            yield node.lineno, f"A template may not use {_in_words(node)}."
        elif isinstance(node, nodes.Extends) and (
            is_layout or not isinstance(node.template, nodes.Const) or node.template.value != LAYOUT
        ):
            yield node.lineno, f"A template may only extend {LAYOUT}."
        elif isinstance(node, nodes.For) and (
            not isinstance(node.target, nodes.Name)
            or node.recursive
            or _element_type(_type_of(node.iter, types)) is None
        ):
            yield node.lineno, "A template may only go through a list of the letter."
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield node.lineno, f"There is no filter “{node.name}”."
        elif (
            isinstance(node, (nodes.Name, nodes.Getattr))
            and id(node) not in targets | inner
            and (path := _path(node)) is not None
            and _type_of(node, names) is None
        ):
            yield node.lineno, f"The letter has no fact “{path}”."


def _descend(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _descend(child)


def _in_words(node: nodes.Node) -> str:
    """A node of Jinja as its users know it."""
    names = {"Call": "calls", "Include": "include", "Import": "import", "Macro": "macros"}
    names |= {"CondExpr": "if inside {{ }}", "Test": "is-tests", "Getitem": "[ ]"}
    names |= {"Assign": "set", "AssignBlock": "set", "FromImport": "import", "CallBlock": "calls"}
    return names.get(type(node).__name__, f"“{type(node).__name__.lower()}”")


def _path(node: nodes.Node) -> str | None:
    """A name with its attributes as text: `municipality.name`."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr) and (inner := _path(node.node)) is not None:
        return f"{inner}.{node.attr}"
    return None


def _type_of(node: nodes.Node, types: Mapping[str, Any]) -> Any:
    """The type of a fact, or None if there is no such fact."""
    if isinstance(node, nodes.Name):
        return types.get(node.name)
    if isinstance(node, nodes.Getattr):
        owner = _type_of(node.node, types)
        if isinstance(owner, dict):
            return owner.get(node.attr)
        if isinstance(owner, type) and issubclass(owner, BaseModel):
            field = owner.model_fields.get(node.attr)
            return field.annotation if field else None
        if dataclasses.is_dataclass(owner):
            return get_type_hints(owner).get(node.attr)
    return None


def _element_type(listed: Any) -> Any:
    """What a list holds, or None if the type is no list."""
    return get_args(listed)[0] if get_origin(listed) is tuple else None


# -- what is said in elements ---------------------------------------------------------------------


def _skeleton(environment: Environment, source: str) -> str:
    """The template's elements as they stand, with prints and choices as processing instructions.

    Lines stay where they are, so that a breach can name its line.
    """
    parts: list[str] = []
    inside: list[str] | None = None
    for _, kind, text in environment.lex(source):
        if kind in ("variable_begin", "block_begin", "comment_begin", "raw_begin"):
            inside = []
        elif kind in ("variable_end", "block_end", "comment_end", "raw_end"):
            said = "".join(inside or [])
            sign = {"variable_end": "print ", "block_end": "choose "}.get(kind)
            lines = "\n" * said.count("\n")
            tidy = " ".join(said.replace(">", "›").replace('"', "'").split())
            parts.append((f"<?{sign}{tidy}>" if sign else "") + lines)
            inside = None
        elif inside is not None:
            inside.append(text)
        else:
            parts.append(text)
    return "".join(parts)


class _Outline(HTMLParser):
    """Reads a skeleton: gathers the outline and every breach of the rules of elements."""

    def __init__(self, is_layout: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[_Piece] = []
        self.breaches: list[tuple[int, str]] = []
        self._is_layout = is_layout
        self._open: list[tuple[str, int]] = []
        self._block: tuple[int, str] | None = None
        self._facts: set[str] = set()

    def _breach(self, what: str) -> None:
        self.breaches.append((self.getpos()[0], what))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS or (tag in LAYOUT_ELEMENTS and not self._is_layout):
            self._breach(f"The element <{tag}> is not allowed here.")
            return
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag in ("section", "a") and not attrs:
            self._breach(f"<{tag}> needs its {'class' if tag == 'section' else 'href'}.")
        parents = [name for name, _ in self._open]
        in_block = any(name in BLOCK_ELEMENTS for name in parents)
        if tag in ("strong", "a"):
            if not in_block or any(name in ("strong", "a") for name in parents):
                self._breach(f"<{tag}> may only stand in a paragraph, heading or list item.")
        elif in_block or (tag == "li") != (parents[-1:] == ["ul"]):
            self._breach(f"<{tag}> may not stand there.")
        if tag in BLOCK_ELEMENTS:
            self._block, self._facts = (self.getpos()[0], f"<{tag}>"), set()
        self._open.append((tag, self.getpos()[0]))

    def _attribute(self, tag: str, name: str, value: str) -> None:
        printed = re.findall(r"<\?print ([^>]*)>", value)
        self._facts.update(fact for text in printed for fact in _FACT.findall(text)[:1])
        match tag, name:
            case "section", "class":
                known = value in PARTS
            case "p", "class":
                known = value in STYLES
            case "a", "href":
                known = bool(re.fullmatch(r"(mailto:)?<\?print [^>]*>", value))
            case _:
                self._breach(f"<{tag}> may not have {name}.")
                return
        if not known:
            self._breach(f"<{tag}> may not have {name} “{value}”.")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            self._breach(f"</{tag}> closes nothing that is open.")
            return
        self._open.pop()
        if tag in BLOCK_ELEMENTS and self._block:
            line, what = self._block
            self.pieces.append(_Piece(line, what, frozenset(self._facts)))
            self._block = None

    def handle_pi(self, data: str) -> None:
        verb, _, said = data.partition(" ")
        if verb == "print":
            self._facts.update(_FACT.findall(said)[:1])
            if self._block is None and not self._is_layout and not self._in_subject():
                self._breach("A fact may only be printed in a paragraph, heading or list item.")
            return
        said = said.strip("-+ ")
        in_subject = self._in_subject()
        self.pieces.append(
            _Piece(self.getpos()[0], said, frozenset(self._facts if in_subject else ()))
        )
        if self._in_subject() or in_subject:
            self._facts = set()

    def _in_subject(self) -> bool:
        """Whether the text belongs to a block of the layout's own heading."""
        blocks = [p.what for p in self.pieces if p.what.startswith(("block", "endblock"))]
        return blocks[-1:] == ["block subject"]

    def handle_data(self, data: str) -> None:
        if data.strip() and self._block is None and not self._in_subject():
            self._breach(f"“{data.strip()[:30]}” stands outside of any paragraph.")

    def handle_comment(self, data: str) -> None:
        self._breach("Write comments as {# … #}; others would be printed into the letter.")

    def handle_decl(self, decl: str) -> None:
        self._breach("A template may not have declarations.")

    def finish(self) -> None:
        """Note what was never closed."""
        self.close()
        for tag, line in self._open:
            self.breaches.append((line, f"<{tag}> is never closed."))


def _compare(outlines: list[list[_Piece] | None], files: list[str], findings: Findings) -> None:
    """Note where the written forms do not state the same facts in the same outline."""
    first, second = outlines[0] or [], outlines[1] or []
    for mine, other in zip(first, second, strict=False):
        if mine.what != other.what:
            findings.fault(
                f"Here stands {mine.what}, but {other.what} in {files[1]}, line {other.line}.",
                "Both written forms must have the same outline.",
                Place(files[0], row=mine.line),
            )
            return  # all that follows would differ too
        for facts, file, line, without in (
            (mine.facts - other.facts, files[1], other.line, files[0]),
            (other.facts - mine.facts, files[0], mine.line, files[1]),
        ):
            if facts:
                findings.fault(
                    f"{', '.join(sorted(facts))} is not stated here, but it is in {without}.",
                    "Both written forms must state the same facts in the same places.",
                    Place(file, row=line),
                )
    if len(first) != len(second):
        longer = 0 if len(first) > len(second) else 1
        extra = (first, second)[longer][min(len(first), len(second))]
        findings.fault(
            f"{extra.what} has no counterpart in {files[1 - longer]}.",
            "Both written forms must have the same outline.",
            Place(files[longer], row=extra.line),
        )
