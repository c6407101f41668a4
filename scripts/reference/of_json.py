"""The page of what `--json` prints, with its schemas."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter

from brevgen.findings import Finding
from brevgen.rounds.answer import Registered
from brevgen.rounds.archive import Archived
from brevgen.rounds.archive_numbers import KeptNumbers
from brevgen.rounds.bounces import Bounces
from brevgen.rounds.check import ControlFigures
from brevgen.rounds.history import History
from brevgen.rounds.status import RoundLine, Status
from brevgen.rounds.verification import Verification
from brevgen.rounds.verify_ledger import LedgerVerification
from scripts.reference.markdown import args, page, sentence


@dataclasses.dataclass(frozen=True)
class CheckedJson:
    """What a check has found.

    Args:
        findings: every fault and warning.
        figures: by area, then all together; empty where there are faults.
        year_before: the last year of which it is known what was asked; null where none is, and
            where there are faults.
    """

    findings: tuple[Finding, ...]
    figures: tuple[ControlFigures, ...]
    year_before: int | None


JSON = {
    "brevgen check ROUND --json": CheckedJson,
    "brevgen status --json": list[RoundLine],
    "brevgen status ROUND --json": Status,
    "brevgen answer ROUND WHO --json": Registered,
    "brevgen answers ROUND FILE --json": Registered,
    "brevgen history WHO --json": History,
    "brevgen archive ROUND --json": Archived,
    "brevgen archive ROUND --numbers FILE --json": KeptNumbers,
    "brevgen bounces FOLDER --json": Bounces,
    "brevgen verify FILE… --json": list[Verification],
    "brevgen verify --ledger --json": LedgerVerification,
}
"""What each command prints."""


def dataclasses_in(kind: Any) -> Iterator[type]:
    """Every dataclass that a type is made of, itself among them."""
    for each in get_args(kind):
        yield from dataclasses_in(each)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        yield kind
        for each in get_type_hints(kind).values():
            yield from dataclasses_in(each)


def told_in(node: Any, told: Mapping[str, Mapping[str, str]], name: str) -> Any:
    """A schema in which each field is told of, and descriptions are sentences.

    Args:
        node: the schema, or a part of it.
        told: what the docstring of each dataclass says of its fields.
        name: the dataclass the part is of.
    """
    if isinstance(node, list):
        return [told_in(each, told, name) for each in node]
    if not isinstance(node, dict):
        return node
    found = {key: told_in(each, told, name) for key, each in node.items() if key != "properties"}
    found.pop("title", None)
    if "description" in found:
        found["description"] = sentence(found["description"])
    if "$defs" in node:
        found["$defs"] = {key: told_in(each, told, key) for key, each in node["$defs"].items()}
    if "properties" in node:
        meaning = told.get(name, {})
        found["properties"] = {
            key: told_in(each, told, "") | ({"description": meaning[key]} if key in meaning else {})
            for key, each in node["properties"].items()
        }
    return found


def json_page() -> str:
    """docs/reference/json.md."""
    parts = [
        "What `--json` prints, one JSON text on stdout, and its schema (JSON Schema 2020-12). Times"
        " are ISO 8601 in UTC. Keys are English and stay; new ones may be added.",
    ]
    for command, kind in JSON.items():
        told = {each.__name__: args(each) for each in dataclasses_in(kind)}
        outermost = getattr(kind, "__name__", "")
        schema = told_in(TypeAdapter(kind).json_schema(mode="serialization"), told, outermost)
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        parts += [f"## {command}", f"```json\n{text}\n```"]
    return page("JSON", *parts)
