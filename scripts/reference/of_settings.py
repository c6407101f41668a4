"""The pages of `brevgen.toml` and `round.toml`, from their models."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from brevgen.settings.kind import Kind
from brevgen.settings.round_file import round_of
from brevgen.settings.workspace import Settings
from scripts.reference.markdown import code, page, table

WORDS = {
    str: "text",
    int: "number",
    float: "number",
    bool: "`true` or `false`",
    date: "date",
    datetime: "time",
}


def kind_in_words(kind: Any) -> str:
    """A type as a person calls it: `number`, `list of texts`."""
    if get_origin(kind) is Annotated:
        return kind_in_words(get_args(kind)[0])
    if get_origin(kind) is Literal:
        return " or ".join(code(json.dumps(each)) for each in get_args(kind))
    if get_origin(kind) in (Union, UnionType):
        return " or ".join(kind_in_words(each) for each in get_args(kind) if each is not type(None))
    if get_origin(kind) is Mapping:
        return f"table of {kind_in_words(get_args(kind)[1])}s"
    if get_origin(kind) is tuple:
        return f"list of {kind_in_words(get_args(kind)[0])}s"
    if isinstance(kind, type) and (issubclass(kind, BaseModel) or dataclasses.is_dataclass(kind)):
        return "table"
    return WORDS[kind]


def bounds(field: FieldInfo) -> str:
    """The least and the greatest a number may be: `, 2017 to 2100`; empty where not told."""
    least = next((each.ge for each in field.metadata if hasattr(each, "ge")), None)
    most = next((each.le for each in field.metadata if hasattr(each, "le")), None)
    return "" if least is None or most is None else f", {least} to {most}"


def models_in(kind: Any) -> list[type[BaseModel]]:
    """The models in a type: those of a union, of a mapping's values, of a list."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [model for each in get_args(kind) for model in models_in(each)]


def default_of(field: FieldInfo) -> str:
    """What a key is if it is not there, in words."""
    if field.is_required():
        return "must be there"
    value = field.default
    if value in (None, "", (), {}) or isinstance(value, BaseModel):
        return "may be missing"
    return code(json.dumps(value, ensure_ascii=False))


def keys(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Every key of a model: its dotted name, type, default and meaning."""
    for name, field in model.model_fields.items():
        if field.annotation is Any:
            continue  # a key that rounds of other kinds have
        below = models_in(field.annotation)
        dotted = f"{path}{name}"
        is_list = get_origin(field.annotation) is tuple
        if below and not is_list:
            named = ".REGION" if name == "offices" else ".NAME"
            region = named if get_origin(field.annotation) is Mapping else ""
            meaning = field.description or ""
            yield f"{code(dotted + region)}", "table", default_of(field), meaning
            yield from keys(below[0], f"{dotted}{region}.")
        else:
            yield (
                code(dotted),
                kind_in_words(field.annotation) + bounds(field),
                default_of(field),
                field.description or "",
            )
            if below:
                yield from keys(below[0], f"{dotted}[].")


KEY_HEADERS = ("key", "type", "without it", "meaning")


def brevgen_toml_page() -> str:
    """docs/reference/brevgen-toml.md."""
    intro = (
        "The settings of a workspace, and the file that marks it. TOML in UTF-8. A missing or"
        " unknown key is a fault that names it. Paths are relative to the workspace, or absolute."
        " No password, passphrase or PIN stands here. What the keys are for is told in"
        " [Settings](../administrator/settings.md)."
    )
    return page("brevgen.toml", intro, table(KEY_HEADERS, keys(Settings)))


def round_toml_page(kind: Kind) -> str:
    """docs/reference/round-toml.md, of a round of a kind."""
    intro = (
        "One round of requests: `data/rounds/ROUND/round.toml`. What stands in `national`,"
        " `sums` and `background`, and whether there is a `deadline` or a round that it"
        " `follows`, its kind tells. TOML in UTF-8, at most 64 kB. A"
        " missing or unknown key is a fault that names it. Texts are one plain paragraph of at most"
        " 2000 characters: no line breaks, no `{{`, `}}`, `{%` or `None`; signs such as `<` are"
        " printed as they are. REGION stands for the name of a region, or any name where the office"
        " names its `counties`. Keys of each element of a list have `[]` behind the list's name."
    )
    return page("round.toml", intro, table(KEY_HEADERS, keys(round_of(kind))))
