"""The page of the facts a template may state."""

import dataclasses
from collections.abc import Iterator
from typing import Any, get_type_hints

from pydantic import BaseModel

from brevgen.letter import letter as letter_module
from brevgen.letter import wording
from brevgen.letter.letter import Letter
from brevgen.letter.markup import ELEMENTS, PARTS
from scripts.reference.markdown import args, code, in_code, page, sentence, table
from scripts.reference.of_settings import WORDS, kind_in_words


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
        "All that a template may state. Texts come in the letter's own written form. `words.NAME`"
        " prints an entry of `words.toml`. How templates are written:"
        " [Templates](../developer/templates.md).",
        table(("fact", "type", "meaning"), facts(Letter)),
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
