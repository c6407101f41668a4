"""What SvarUt gets, held to KS's own published schemas, where somebody has them in a folder."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from brevgen.channels.svarut.forsendelse import ArchiveNumbers, forsendelse
from brevgen.channels.svarut.states import MEANINGS
from tests.channels.svarut.samples import letter_to_aas

FOLDER = os.environ.get("SVARUT_SCHEMAS", "")

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="no folder of KS's schemas: make svarut-schemas SCHEMAS=FOLDER"
)


def schemas(name: str) -> dict[str, Any]:
    """The schemas of one specification, wherever in the folder it lies."""
    (file,) = Path(FOLDER).rglob(name)
    found: dict[str, Any] = json.loads(file.read_bytes())["components"]["schemas"]
    return found


def faults(value: Any, schema: dict[str, Any], all_: dict[str, Any], path: str = "") -> list[str]:
    """What in a value breaks a schema; the words of OpenAPI 3.0 that these specifications use."""
    if reference := schema.get("$ref"):
        return faults(value, all_[reference.rpartition("/")[2]], all_, path)
    kinds: dict[str, type] = {
        **{"object": dict, "array": list, "string": str},
        **{"integer": int, "boolean": bool},
    }
    if type(value) is not kinds[schema["type"]]:
        return [f"{path} is no {schema['type']}"]
    found: list[str] = []
    if isinstance(value, dict):
        found += [f"{path}.{n} is missing" for n in schema.get("required", ()) if n not in value]
        for name, each in value.items():
            if name not in schema["properties"]:
                found.append(f"{path}.{name} is not known")
            else:
                found += faults(each, schema["properties"][name], all_, f"{path}.{name}")
    elif isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            found.append(f"{path} has too many")
        if schema.get("uniqueItems") and len({json.dumps(e) for e in value}) != len(value):
            found.append(f"{path} has one twice")
        for number, each in enumerate(value):
            found += faults(each, schema["items"], all_, f"{path}[{number}]")
    elif isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            found.append(f"{path} is too short or too long")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{path} is not {schema['pattern']}")
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{path} is none of {schema['enum']}")
    elif isinstance(value, int) and value < schema.get("minimum", value):
        found.append(f"{path} is too small")
    return found


def against(told: Any) -> list[str]:
    all_ = schemas("forsendelse-send-api-v3.json")
    return faults(told, all_["OrganisasjonForsendelse"], all_)


def made(**changes: Any) -> Any:
    numbers = ArchiveNumbers(2017, 9235, 2017, 40011, 3)
    ready = forsendelse(
        letter_to_aas(docx=b"PK word", **changes),
        round_name="2018",
        accounting_code="IMDI-2018",
        numbers_of=lambda reference: numbers,
    )
    return json.loads(ready.data)


def test_a_letter_is_what_the_schema_says() -> None:
    assert against(made()) == []


def test_the_schema_is_really_asked() -> None:
    told = made()
    del told["mottaker"]["digitalId"]
    told["eksternReferanse"] = "x" * 101
    told["unknown"] = 1
    assert len(against(told)) == 3


def test_every_state_of_theirs_has_words_of_ours() -> None:
    status = schemas("forsendelse-status-api-v3.json")["ForsendelseStatus"]
    assert set(status["properties"]["status"]["enum"]) == MEANINGS.keys()
