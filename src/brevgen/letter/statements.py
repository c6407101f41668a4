"""What a template says in Jinja: it prints facts, chooses by facts and goes through lists of facts.

Every fact must be one of the letter's kind, and be printed as what it is: a date never without its
filter, a count never through the filter of a date. What is not always known can be stated only
where an `if` has made sure of it. A template that passes here cannot fail when it is filled.
"""

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from jinja2 import nodes

from brevgen.language import tr, untranslated
from brevgen.letter.letter import Types
from brevgen.letter.printable import NEVER_MEANT
from brevgen.letter.templates import LAYOUT, WORDS_OF_MARKS
from brevgen.letter.wording import FILTERS
from brevgen.settings.kind import LETTER_FACTS

Breach = tuple[int, str]
"""The line, and what is wrong there."""

_ALLOWED = (
    *(nodes.Template, nodes.Extends, nodes.Block, nodes.Output, nodes.TemplateData),
    *(nodes.If, nodes.For, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Scope, nodes.Keyword),  # have no line; what they belong to is checked
)
_GREATEST = 1_000_000
"""As great as any fact that counts people; numbers without end cannot be printed."""
_IN_WORDS = {
    **{"Call": untranslated("calls"), "CallBlock": untranslated("calls")},
    **{"Include": "include", "Import": "import", "FromImport": "import"},
    **{"Macro": untranslated("macros"), "Assign": "set", "AssignBlock": "set"},
    **{"CondExpr": untranslated("if inside {{ }}"), "Test": untranslated("is-tests")},
    **{"Getitem": "[ ]", "FilterBlock": untranslated("filter blocks")},
    **{"ScopedEvalContextModifier": "autoescape"},
}
_EXTENDS = f"{{% extends “{LAYOUT}” %}}"


def breaches_of_statements(
    tree: nodes.Template, facts: Types, words: Collection[str], *, is_layout: bool
) -> Iterator[Breach]:
    """Everything in a template that is not allowed, not known or could not be printed.

    Args:
        tree: the template as Jinja has parsed it.
        facts: what the letter may state.
        words: the names of the fixed words.
        is_layout: whether it is the layout; those of earlier versions ask whether it is approved.
    """
    letter = {**facts, "words": dict.fromkeys(words, str)}
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
            what = tr("Only a kind of letter may extend, and only {layout}.", layout=LAYOUT)
            yield extend.lineno, what
    if tree is layout:
        return
    if len(extends) != 1 or extends[0] not in tree.body:
        what = tr("A template must have {statement}, and only once.", statement=_EXTENDS)
        yield 1, what
    for node in tree.body:
        if isinstance(node, nodes.Output):
            yield from _outside(node)
        elif not isinstance(node, (nodes.Extends, nodes.Block)):
            yield node.lineno, _never_printed()
    if layout is None:
        return
    blocks = {block.name for block in layout.find_all(nodes.Block)}
    filled = {block.name: block.lineno for block in tree.find_all(nodes.Block)}
    for name in blocks - set(filled):
        yield 1, tr("The block “{name}” of {layout} is missing.", name=name, layout=LAYOUT)
    for name in set(filled) - blocks:
        yield filled[name], tr("{layout} has no block “{name}”.", name=name, layout=LAYOUT)


def _never_printed() -> str:
    return tr("What stands outside of the blocks of {layout} is never printed.", layout=LAYOUT)


def unsaid(tree: nodes.Template, facts: Sequence[str]) -> list[str]:
    """Those of some facts that a template never prints."""
    printed = {
        _path(fact)
        for output in tree.find_all(nodes.Output)
        for node in output.nodes
        for fact in (node, *node.find_all((nodes.Name, nodes.Getattr)))
    }
    return [fact for fact in facts if fact not in printed]


def _outside(output: nodes.Output) -> Iterator[Breach]:
    for node in output.nodes:
        said = node.data if isinstance(node, nodes.TemplateData) else "{{ }}"
        if said.strip():
            line = node.lineno + said[: -len(said.lstrip())].count("\n")
            yield line, _never_printed()


def _breaches(node: nodes.Node, types: Types, letter: Types) -> Iterator[Breach]:
    """Breaches of a node and all below it; `types` are the facts there, `letter` those anywhere."""
    if not isinstance(node, _ALLOWED):
        name = type(node).__name__
        used = tr(_IN_WORDS[name]) if name in _IN_WORDS else f"“{name.lower()}”"
        yield node.lineno, tr("A template may not use {what}.", what=used)
    match node:
        case nodes.Name():
            if node.ctx == "load" and node.name not in types:
                yield node.lineno, _no_fact(node.name)
            return
        case nodes.Getattr():
            yield from _unknown(node, types)
            return
        case nodes.Const():
            if isinstance(node.value, int) and abs(node.value) > _GREATEST:
                what = tr("A number in a template may not be above {most}.", most=_GREATEST)
                yield node.lineno, what
            if isinstance(node.value, str) and NEVER_MEANT.search(node.value):
                yield node.lineno, tr("There is a character that cannot be printed.")
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
        case nodes.If():
            yield from _breaches(node.test, types, letter)
            inside = {**types, **_known_after(node.test, types)}
            for child in node.body:
                yield from _breaches(child, inside, letter)
            for child in (*node.elif_, *node.else_):
                yield from _breaches(child, types, letter)
            return
        case nodes.And():
            yield from _breaches(node.left, types, letter)
            inside = {**types, **_known_after(node.left, types)}
            yield from _breaches(node.right, inside, letter)
            return
        case nodes.For():
            yield from _breaches_of_loop(node, types, letter)
            return
    for child in node.iter_child_nodes():
        yield from _breaches(child, types, letter)


def _breaches_of_loop(node: nodes.For, types: Types, letter: Types) -> Iterator[Breach]:
    yield from _breaches(node.iter, types, letter)
    listed = _type_of(node.iter, types)
    is_of_list = get_origin(listed) is tuple and not node.recursive
    if not isinstance(node.target, nodes.Name) or not is_of_list:
        yield node.lineno, tr("A template may only go through a list of the letter.")
        return
    if (name := node.target.name) in letter or name in LETTER_FACTS:
        what = tr("“{name}” is a fact of the letter; call each item another name.", name=name)
        yield node.lineno, what
    for inner in node.find_all((nodes.For, nodes.Block)):
        inner_name = "for" if isinstance(inner, nodes.For) else "block"
        what = tr("A template may not have a {what} inside of a for.", what=inner_name)
        yield inner.lineno, what
    inside = {**types, name: get_args(listed)[0]}
    for child in (*node.body, *([node.test] if node.test else [])):
        yield from _breaches(child, inside, letter)
    for child in node.else_:
        yield from _breaches(child, types, letter)


def _no_fact(path: str) -> str:
    return tr("The letter has no fact “{name}”.", name=path)


def _unknown(node: nodes.Getattr, types: Types) -> Iterator[Breach]:
    """A part of a fact that there is not, or of one that is not always known."""
    if _type_of(node, types) is not None:
        return
    if _is_uncertain(_type_of(node.node, types)):
        yield node.lineno, _not_always_known(_path(node.node))
    else:
        yield node.lineno, _no_fact(_path(node))


def _is_uncertain(type_: Any) -> bool:
    """Whether it is the type of a fact that is not always known."""
    return NoneType in get_args(type_)


def _not_always_known(path: str) -> str:
    return tr(
        "“{name}” is not always known; state it inside of {condition} … {end}.",
        name=path,
        condition=f"{{% if {path} %}}",
        end="{% endif %}",
    )


def _known_after(test: nodes.Node, types: Types) -> dict[str, Any]:
    """The facts that a condition makes sure of, by path."""
    if isinstance(test, nodes.And):
        return _known_after(test.left, types) | _known_after(test.right, types)
    path, type_ = _path(test), _type_of(test, types)
    if not path or not _is_uncertain(type_):
        return {}
    (known,) = (each for each in get_args(type_) if each is not NoneType)
    return {path: known}


def _unprintable(output: nodes.Output, types: Types) -> Iterator[Breach]:
    """What is no text and no number cannot be printed."""
    for node in output.nodes:
        printed = _type_of(node, types)
        is_text = printed in (str, int) or get_origin(printed) is Literal
        if isinstance(node, nodes.TemplateData) or is_text:
            continue
        if isinstance(node, (nodes.Compare, nodes.And, nodes.Or, nodes.Not)):
            yield node.lineno, tr("A template may only print a fact.")
        elif _is_uncertain(printed):
            yield node.lineno, _not_always_known(_path(node))
        elif path := _path(node):
            if printed is not None:
                what = tr(
                    "“{name}” cannot be printed as it is; a date needs its filter.", name=path
                )
                yield node.lineno, what
        elif printed is not None:
            yield node.lineno, tr("This cannot be printed as it is.")


def _misused(node: nodes.Filter, types: Types) -> Iterator[Breach]:
    """A filter must exist, be given what it is made for, and the words it needs."""
    if node.name not in FILTERS:
        yield node.lineno, tr("There is no filter “{name}”.", name=node.name)
        return
    takes, words = FILTERS[node.name]
    given = _type_of(node.node, types) if node.node else None
    path = _path(node.node)
    if _is_uncertain(given) and takes in get_args(given):
        yield node.lineno, _not_always_known(path)
    elif given is not takes and given is not None and path:
        what = tr("The filter “{name}” is not made for “{fact}”.", name=node.name, fact=path)
        yield node.lineno, what
    elif given is not takes and not path:
        yield node.lineno, tr("The filter “{name}” is not made for this.", name=node.name)
    plain = all(_type_of(argument, types) is str for argument in node.args)
    if len(node.args) != words or not plain or node.kwargs or node.dyn_args or node.dyn_kwargs:
        what = (
            tr(
                "The filter “{name}” needs {count} words in parentheses.",
                name=node.name,
                count=words,
            )
            if words
            else tr("The filter “{name}” needs no parentheses.", name=node.name)
        )
        yield node.lineno, what


def _incomparable(node: nodes.Compare, types: Types) -> Iterator[Breach]:
    """Only numbers are greater or smaller; anything may be equal."""
    for side in node.ops:
        if side.op in ("in", "notin"):
            yield node.lineno, tr("A template may not use {what}.", what="“in”")
        elif side.op not in ("eq", "ne"):
            compared = [_type_of(each, types) for each in (node.expr, side.expr)]
            if any(each not in (int, None) for each in compared):
                yield node.lineno, tr("Only numbers can be greater or smaller.")


def _path(node: nodes.Node | None) -> str:
    """A name with its attributes as text: `municipality.name`; empty for what is no fact."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    return ""


def _type_of(node: nodes.Node, types: Types) -> Any:
    """The type of what stands there, or None if there is no such fact."""
    if (path := _path(node)) in types:
        return types[path]  # also where a condition has made sure of it
    match node:
        case nodes.Const():
            return type(node.value)
        case nodes.Filter():
            return str
        case nodes.Getattr():
            owner = _type_of(node.node, types)
            if isinstance(owner, dict):
                return owner.get(node.attr)
            if dataclasses.is_dataclass(owner):
                return get_type_hints(owner).get(node.attr)
    return None
