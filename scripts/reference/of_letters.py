"""The page of the facts a template may state."""

import dataclasses
from collections.abc import Iterator
from typing import Any, get_type_hints

from pydantic import BaseModel

from brevgen.letter import letter as letter_module
from brevgen.letter import wording
from brevgen.letter.letter import Letter, fact_types
from brevgen.letter.markup import ELEMENTS, PARTS
from scripts.reference.markdown import args, code, in_code, page, sentence, table
from scripts.reference.of_kinds import KINDS, request
from scripts.reference.of_settings import WORDS, kind_in_words


def facts_of_request() -> Iterator[tuple[str, str, str]]:
    """Every fact a request may state: dotted name, type, meaning."""
    kind, told = request(), args(Letter)
    called = {name: str(each.called) for name, each in kind.columns.items()}
    called |= {f"national.{name}": str(each) for name, each in kind.figures.items()}
    called |= {f"background.{name}": str(each) for name, each in kind.texts.items()}
    for name, its_type in fact_types(kind, KINDS).items():
        if isinstance(its_type, dict):
            for below, its in its_type.items():
                path = f"{name}.{below}"
                yield code(path), kind_in_words(its), called[path]
        elif dataclasses.is_dataclass(its_type):
            yield from facts(its_type, f"{name}.")
        else:
            yield code(name), kind_in_words(its_type), called.get(name, "") or told[name]


def facts(kind: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Every fact below a model or dataclass: dotted name, type, meaning."""
    told = args(kind)
    for name, its_kind in get_type_hints(kind).items():
        if isinstance(its_kind, type) and (
            issubclass(its_kind, BaseModel) or dataclasses.is_dataclass(its_kind)
        ):
            yield from facts(its_kind, f"{path}{name}.")
            continue
        field = kind.model_fields.get(name) if hasattr(kind, "model_fields") else None
        meaning = (field.description or "") if field is not None else told[name]
        yield code(path + name), kind_in_words(its_kind), meaning


def letter_facts_page() -> str:
    """docs/reference/letter-facts.md."""
    printed = {
        name: sentence(getattr(wording, name).__doc__).rstrip(".") for name in wording.FILTERS
    }
    filters = [
        (code(name), WORDS[takes], f"{words or 'none'}", printed[name])
        for name, (takes, words) in wording.FILTERS.items()
    ]
    return page(
        "Facts of a letter",
        "All that the templates of a request may state. Other kinds have the same, but for the"
        " facts, figures and texts that their `kind.toml` tells, and `earlier.…` where they follow"
        " another round. Texts come in the letter's own written form. `words.NAME`"
        " prints an entry of `words.toml`. How templates are written:"
        " [Templates](../developer/templates.md).",
        table(("fact", "type", "meaning"), facts_of_request()),
        "A link may lead to "
        + in_code(sorted(letter_module.WEB_ADDRESSES))
        + ", or by `mailto:` to "
        + in_code(sorted(letter_module.MAIL_ADDRESSES))
        + ".",
        "## Filters",
        table(("filter", "of", "words it is given", "prints"), filters),
        "## Elements and parts",
        f"Elements: {in_code(f'<{each}>' for each in sorted(ELEMENTS))}. Parts of the layout, as"
        f" `class` of `<section>`: {in_code(sorted(PARTS))}.",
    )
