"""A TOML file read, and what is wrong with it told key by key."""

import difflib
import re
import reprlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from brevgen.errors import UnreadableFile
from brevgen.files import read_bytes
from brevgen.findings import Findings, Place, shortened
from brevgen.settings.toml_slips import remedy_for

MAX_SETTINGS = 64 * 1024
"""Bytes of a settings file, several times what the longest texts need."""
MAX_DOTS = 1_000
"""Dots in a line of it: a key of 32 000 parts takes Python's parser gigabytes."""

Model = TypeVar("Model", bound=BaseModel)


def read_settings(
    model: type[Model], path: Path, findings: Findings, *, shown_as: str
) -> Model | None:
    """Read a TOML file as settings; None where it has faults, with all of them in `findings`."""
    keys = read_toml(path, findings, shown_as=shown_as)
    if keys is None:
        return None
    try:
        return model.model_validate(keys)
    except ValidationError as error:
        note_key_faults(error, findings, shown_as, model)
        return None


def read_toml(path: Path, findings: Findings, *, shown_as: str) -> dict[str, Any] | None:
    """Read a TOML file; None where it cannot be read, with the reason in `findings`."""
    lines: list[str] = []
    try:
        text = read_bytes(path, most=MAX_SETTINGS).decode("utf-8-sig")
        lines = text.split("\n")
        for number, line in enumerate(lines, start=1):
            if line.count(".") > MAX_DOTS:
                findings.fault(
                    f"There are more than {MAX_DOTS} dots in the line.",
                    "Shorten it, or begin a line for each key.",
                    Place(shown_as, row=number),
                )
                return None
        return tomllib.loads(text)
    except UnreadableFile as reason:
        findings.fault(reason.what, reason.remedy, Place(shown_as))
    except UnicodeDecodeError:
        findings.fault("The file is not UTF-8 text.", "Save it as UTF-8.", Place(shown_as))
    except RecursionError:
        findings.fault(
            "The file is not valid TOML: it is nested too deep.",
            "Look for brackets that are never closed.",
            Place(shown_as),
        )
    except ValueError as error:
        # tomllib.TOMLDecodeError, and a number of more digits than Python converts
        _note_slip(str(error), lines, findings, shown_as)
    return None


def _note_slip(reason: str, lines: Sequence[str], findings: Findings, shown_as: str) -> None:
    """Quote the line that cannot be read, and say how it is meant where that can be told."""
    found = re.search(r"\(at line ([0-9]+)", reason)
    row = int(found[1]) if found else None
    line = lines[row - 1] if row is not None and row <= len(lines) else ""
    quoted = f" The line is “{shortened(line.strip(), 100)}”." if line.strip() else ""
    findings.fault(
        f"The file is not valid TOML: {reason}.{quoted}",
        remedy_for(line) or "Look for a missing quote, bracket or equals sign at that line.",
        Place(shown_as, row=row),
    )


def note_key_faults(
    error: ValidationError,
    findings: Findings,
    shown_as: str,
    model: type[BaseModel] | None = None,
) -> None:
    """One fault for each key that pydantic found missing, unknown or wrong.

    With the model, the keys that are known are named in place of one that is not.
    """
    for problem in error.errors():
        location = problem["loc"]
        known = _known_keys(model, location) if model else {}
        key = str(location[-1]) if location else ""
        what, remedy = _in_words(problem["type"], problem["msg"], problem["input"])
        match problem["type"]:
            case "missing" if key in known and known[key].description:
                remedy = f"Add it: {known[key].description}."
            case "extra_forbidden" if known:
                remedy = _other_key(key, known)
            case _ if problem["input"] == "" and key in known and known[key].description:
                what, remedy = "There is no value yet.", f"Fill it in: {known[key].description}."
        findings.fault(what, remedy, Place(shown_as, column=".".join(map(str, location))))


def _known_keys(model: type[BaseModel], location: Sequence[int | str]) -> Mapping[str, FieldInfo]:
    """The keys of the table in which a key stands."""
    table = model
    for part in location[:-1]:
        # what is no key of the table is a name or a number that the user chose: offices."IMDi Øst"
        if field := table.model_fields.get(str(part)):
            table = _table_in(field.annotation) or table
    return table.model_fields


def _table_in(annotation: Any) -> type[BaseModel] | None:
    """The table that a key holds, alone, in a list or by name; None for any other value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_table_in, get_args(annotation))), None)


def _other_key(key: str, known: Mapping[str, FieldInfo]) -> str:
    """What to do about a key that is not known."""
    if near := difflib.get_close_matches(key[:100], known, n=1):
        return f"Remove it, or write “{near[0]}” if that is meant."
    return f"Remove it; the keys here are {', '.join(known)}."


_WRITE = {
    "int_type": "Write a whole number, without quotes, dots or blanks, such as 4400.",
    "bool_type": "Write true or false, without quotes.",
    "string_type": "Write it in straight quotes.",
    "tuple_type": 'Write a list, such as ["Oslo", "Akershus"].',
    "model_type": "Write it as a table, with a key for each part.",
}
"""What to do about a value of another type, by pydantic's name of the error."""


def _in_words(kind: str, message: str, value: object) -> tuple[str, str]:
    """A pydantic error type as what is wrong and what to do."""
    match kind:
        case "missing":
            return "The key is missing.", "Add it."
        case "extra_forbidden":
            return "The key is not known.", "Remove it."
        case "string_pattern_mismatch" | "string_too_long" | "string_too_short":
            return "The text is empty, too long or has line breaks.", "Write one plain paragraph."
        case "value_error":
            text = message.removeprefix("Value error, ").removesuffix(".")
            return f"{text[:1].upper()}{text[1:]}.", "Put the value right."
    what = f"{in_short(value)} will not do: {message[:1].lower()}{message[1:]}."
    return what, _WRITE.get(kind, "Put the value right.")


def in_short(value: object) -> str:
    """A value as it is quoted in a message, however long or deep it is."""
    short = reprlib.Repr()
    short.maxstring = short.maxother = short.maxlong = 60
    short.fillvalue = "…"
    return f"“{value}”" if isinstance(value, date) else short.repr(value)
