"""What a template says in Jinja: it prints facts, chooses by facts and goes through lists of facts.

Every fact must exist in `Letter`, and be printed as what it is: a date never without its filter, a
count never through the filter of a date. A template that passes here cannot fail when it is filled.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

from jinja2 import nodes
from pydantic import BaseModel

from brevgen.letter.letter import Letter
from brevgen.letter.printable import NEVER_MEANT
from brevgen.letter.templates import LAYOUT, WORDS_OF_MARKS
from brevgen.letter.wording import FILTERS

Breach = tuple[int, str]
"""The line, and what is wrong there."""

Types = Mapping[str, Any]
"""The facts that can be used at one place of a template, by name."""

_ALLOWED = (
    *(nodes.Template, nodes.Extends, nodes.Block, nodes.Output, nodes.TemplateData),
    *(nodes.If, nodes.For, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Scope, nodes.Keyword),  # have no line; what they belong to is checked
)
_GREATEST = 1_000_000
"""As great as any fact that counts people; numbers without end cannot be printed."""
_IN_WORDS = {
    **{"Call": "calls", "CallBlock": "calls", "Include": "include", "Import": "import"},
    **{"FromImport": "import", "Macro": "macros", "Assign": "set", "AssignBlock": "set"},
    **{"CondExpr": "if inside {{ }}", "Test": "is-tests", "Getitem": "[ ]"},
    **{"FilterBlock": "filter blocks", "ScopedEvalContextModifier": "autoescape"},
}


def breaches_of_statements(
    tree: nodes.Template, words: Collection[str], *, is_layout: bool
) -> Iterator[Breach]:
    """Everything in a template that is not allowed, not known or could not be printed.

    Args:
        tree: the template as Jinja has parsed it.
        words: the names of the fixed words.
        is_layout: whether it is the layout; those of earlier versions ask whether it is approved.
    """
    letter = get_type_hints(Letter) | {"words": dict.fromkeys(words, str)}
    if not is_layout:
        del letter["approved"]
        letter["words"] = dict.fromkeys(set(words) - set(WORDS_OF_MARKS), str)
    yield from _breaches(tree, letter, letter)


def breaches_of_the_frame(tree: nodes.Template, layout: nodes.Template | None) -> Iterator[Breach]:
    """Where the template of a kind does not fill the layout's blocks, or writes outside of them.

    Args:
        tree: the template as Jinja has parsed it.
        layout: the layout; None where it cannot be read.
    """
    extends = list(tree.find_all(nodes.Extends))
    for extend in extends:
        wanted = isinstance(extend.template, nodes.Const) and extend.template.value == LAYOUT
        if tree is layout or not wanted:
            yield extend.lineno, f"Only a kind of letter may extend, and only {LAYOUT}."
    if tree is layout:
        return
    if len(extends) != 1 or extends[0] not in tree.body:
        yield 1, f"A template must have {{% extends “{LAYOUT}” %}}, and only once."
    for node in tree.body:
        if isinstance(node, nodes.Output):
            yield from _outside(node)
        elif not isinstance(node, (nodes.Extends, nodes.Block)):
            yield node.lineno, f"What stands outside of the blocks of {LAYOUT} is never printed."
    if layout is None:
        return
    blocks = {block.name for block in layout.find_all(nodes.Block)}
    filled = {block.name: block.lineno for block in tree.find_all(nodes.Block)}
    for name in blocks - set(filled):
        yield 1, f"The block “{name}” of {LAYOUT} is missing."
    for name in set(filled) - blocks:
        yield filled[name], f"{LAYOUT} has no block “{name}”."


def _outside(output: nodes.Output) -> Iterator[Breach]:
    for node in output.nodes:
        said = node.data if isinstance(node, nodes.TemplateData) else "{{ }}"
        if said.strip():
            line = node.lineno + said[: -len(said.lstrip())].count("\n")
            yield line, f"What stands outside of the blocks of {LAYOUT} is never printed."


def _breaches(node: nodes.Node, types: Types, letter: Types) -> Iterator[Breach]:
    """Breaches of a node and all below it; `types` are the facts there, `letter` those anywhere."""
    if not isinstance(node, _ALLOWED):
        name = type(node).__name__
        yield node.lineno, f"A template may not use {_IN_WORDS.get(name, f'“{name.lower()}”')}."
    match node:
        case nodes.Name():
            if node.ctx == "load" and node.name not in types:
                yield node.lineno, f"The letter has no fact “{node.name}”."
            return
        case nodes.Getattr():
            if _type_of(node, types) is None:
                yield node.lineno, f"The letter has no fact “{_path(node)}”."
            return
        case nodes.Const():
            if isinstance(node.value, int) and abs(node.value) > _GREATEST:
                yield node.lineno, f"A number in a template may not be above {_GREATEST}."
            if isinstance(node.value, str) and NEVER_MEANT.search(node.value):
                yield node.lineno, "There is a character that cannot be printed."
        case nodes.Output():
            yield from _unprintable(node, types)
        case nodes.Filter():
            yield from _misused(node, types)
        case nodes.Compare():
            yield from _incomparable(node, types)
        case nodes.Extends():
            return  # a matter of the frame
        case nodes.Block():
            types = letter  # a block does not see the lists it stands in
        case nodes.For():
            yield from _breaches(node.iter, types, letter)
            listed = _type_of(node.iter, types)
            if (
                not isinstance(node.target, nodes.Name)
                or node.recursive
                or get_origin(listed) is not tuple
            ):
                yield node.lineno, "A template may only go through a list of the letter."
                return
            if node.target.name in get_type_hints(Letter) or node.target.name in letter:
                name = node.target.name
                yield node.lineno, f"“{name}” is a fact of the letter; call each item another name."
            for inner in node.find_all((nodes.For, nodes.Block)):
                what = "for" if isinstance(inner, nodes.For) else "block"
                yield inner.lineno, f"A template may not have a {what} inside of a for."
            inside = {**types, node.target.name: get_args(listed)[0]}
            for child in (*node.body, *([node.test] if node.test else [])):
                yield from _breaches(child, inside, letter)
            for child in node.else_:
                yield from _breaches(child, types, letter)
            return
    for child in node.iter_child_nodes():
        yield from _breaches(child, types, letter)


def _unprintable(output: nodes.Output, types: Types) -> Iterator[Breach]:
    """What is no text and no number cannot be printed."""
    for node in output.nodes:
        printed = _type_of(node, types)
        is_text = printed in (str, int) or get_origin(printed) is Literal
        if isinstance(node, nodes.TemplateData) or is_text:
            continue
        if isinstance(node, (nodes.Compare, nodes.And, nodes.Or, nodes.Not)):
            yield node.lineno, "A template may only print a fact."
        elif printed is not None:
            what = _path(node) or "This"
            yield node.lineno, f"“{what}” cannot be printed as it is; a date needs its filter."


def _misused(node: nodes.Filter, types: Types) -> Iterator[Breach]:
    """A filter must exist, be given what it is made for, and the words it needs."""
    if node.name not in FILTERS:
        yield node.lineno, f"There is no filter “{node.name}”."
        return
    takes, words = FILTERS[node.name]
    given = _type_of(node.node, types) if node.node else None
    if given is not takes and (given is not None or not _path(node.node)):
        what = f"“{_path(node.node)}”" if _path(node.node) else "this"
        yield node.lineno, f"The filter “{node.name}” is not made for {what}."
    plain = all(_type_of(argument, types) is str for argument in node.args)
    if len(node.args) != words or not plain or node.kwargs or node.dyn_args or node.dyn_kwargs:
        wanted = f"{words} words in parentheses" if words else "no parentheses"
        yield node.lineno, f"The filter “{node.name}” needs {wanted}."


def _incomparable(node: nodes.Compare, types: Types) -> Iterator[Breach]:
    """Only numbers are greater or smaller; anything may be equal."""
    for side in node.ops:
        if side.op in ("in", "notin"):
            yield node.lineno, "A template may not use “in”."
        elif side.op not in ("eq", "ne"):
            compared = [_type_of(each, types) for each in (node.expr, side.expr)]
            if any(each not in (int, None) for each in compared):
                yield node.lineno, "Only numbers can be greater or smaller."


def _path(node: nodes.Node | None) -> str:
    """A name with its attributes as text: `municipality.name`; empty for what is no fact."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    return ""


def _type_of(node: nodes.Node, types: Types) -> Any:
    """The type of what stands there, or None if there is no such fact."""
    match node:
        case nodes.Name():
            return types.get(node.name)
        case nodes.Const():
            return type(node.value)
        case nodes.Filter():
            return str
        case nodes.Getattr():
            owner = _type_of(node.node, types)
            if isinstance(owner, dict):
                return owner.get(node.attr)
            if isinstance(owner, type) and issubclass(owner, BaseModel):
                field = owner.model_fields.get(node.attr)
                return field.annotation if field else None
            if dataclasses.is_dataclass(owner):
                return get_type_hints(owner).get(node.attr)
    return None
