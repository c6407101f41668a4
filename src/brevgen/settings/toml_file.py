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
from pydantic_core import ErrorDetails

from brevgen.errors import UnreadableFile
from brevgen.files import read_bytes
from brevgen.findings import Findings, Place, shortened
from brevgen.language import quoted, tr, tr_like, untranslated
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
                    tr("There are more than {most} dots in the line.", most=MAX_DOTS),
                    tr("Shorten it, or begin a line for each key."),
                    Place(shown_as, row=number),
                )
                return None
        return tomllib.loads(text)
    except UnreadableFile as reason:
        findings.fault(reason.what, reason.remedy, Place(shown_as))
    except UnicodeDecodeError:
        what, remedy = tr("The file is not UTF-8 text."), tr("Save it as UTF-8.")
        findings.fault(what, remedy, Place(shown_as))
    except RecursionError:
        findings.fault(
            tr("The file is not valid TOML: it is nested too deep."),
            tr("Look for brackets that are never closed."),
            Place(shown_as),
        )
    except ValueError as error:
        # tomllib.TOMLDecodeError, and a number of more digits than Python converts
        _note_slip(str(error), lines, findings, shown_as)
    return None


_SLIPS = (
    untranslated("Invalid statement"),
    untranslated("Invalid value"),
    untranslated("Invalid date or datetime"),
    untranslated("Invalid hex value"),
    untranslated("Invalid initial character for a key part"),
    untranslated("Escaped character is not a Unicode scalar value"),
    untranslated("Expected newline or end of document after a statement"),
    untranslated("Expected '=' after a key in a key/value pair"),
    untranslated("Expected ']' at the end of a table declaration"),
    untranslated("Expected ']]' at the end of an array declaration"),
    untranslated("Expected {sign}"),
    untranslated("Unclosed array"),
    untranslated("Unclosed inline table"),
    untranslated("Unterminated string"),
    untranslated("Unescaped '\\' in a string"),
    untranslated("Illegal character {sign}"),
    untranslated("Found invalid character {sign}"),
    untranslated("Cannot overwrite a value"),
    untranslated("Cannot declare {key} twice"),
    untranslated("Cannot redefine namespace {key}"),
    untranslated("Cannot mutate immutable namespace {key}"),
    untranslated("Duplicate inline table key {key}"),
)
"""What Python's reader of TOML says."""


def _note_slip(reason: str, lines: Sequence[str], findings: Findings, shown_as: str) -> None:
    """Quote the line that cannot be read, and say how it is meant where that can be told."""
    found = re.search(r" \(at line ([0-9]+), column [0-9]+\)| \(at end of document\)", reason)
    reason = tr_like(reason[: found.start()] if found else reason, _SLIPS)
    row = int(found[1]) if found and found[1] else None
    line = lines[row - 1] if row is not None and row <= len(lines) else ""
    what = tr("The file is not valid TOML: {reason}.", reason=reason)
    if quoted := shortened(line.strip(), 100):
        what = tr(
            "The file is not valid TOML: {reason}. The line is “{line}”.",
            reason=reason,
            line=quoted,
        )
    remedy = tr("Look for a quote or a bracket that is never closed.")
    if row is not None:
        remedy = tr("Look for a missing quote, bracket or equals sign at that line.")
    findings.fault(what, remedy_for(line) or remedy, Place(shown_as, row=row))


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
        what, remedy = _in_words(problem)
        meaning = known[key].description if key in known else None
        match problem["type"]:
            case "missing" if meaning:
                remedy = tr("Add it: {meaning}.", meaning=tr(meaning))
            case "extra_forbidden" if known:
                remedy = _other_key(key, known)
            case _ if problem["input"] == "" and meaning:
                what = tr("There is no value yet.")
                remedy = tr("Fill it in: {meaning}.", meaning=tr(meaning))
        # pydantic says “[key]” behind a name that will not do as a key
        column = ".".join(str(part) for part in location if part != "[key]")
        findings.fault(what, remedy, Place(shown_as, column=column))


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
        return tr("Remove it, or write “{key}” if that is meant.", key=near[0])
    return tr("Remove it; the keys here are {keys}.", keys=", ".join(known))


_PUT_RIGHT = untranslated("Put the value right.")
_TABLE = (
    untranslated("{value} will not do: it must be a table."),
    untranslated("Write it as a table, with a key for each part."),
)
_LIST = (
    untranslated("{value} will not do: it must be a list."),
    untranslated('Write a list, such as ["Oslo", "Akershus"].'),
)
_TRUTH = (
    untranslated("{value} will not do: it must be true or false."),
    untranslated("Write true or false, without quotes."),
)
_PARAGRAPH = (
    untranslated("The text is empty, too long or has line breaks."),
    untranslated("Write one plain paragraph."),
)
_IN_WORDS = {
    "missing": (untranslated("The key is missing."), untranslated("Add it.")),
    "extra_forbidden": (untranslated("The key is not known."), untranslated("Remove it.")),
    "string_pattern_mismatch": _PARAGRAPH,
    "string_too_long": _PARAGRAPH,
    "string_too_short": _PARAGRAPH,
    "int_type": (
        untranslated("{value} will not do: it must be a whole number."),
        untranslated("Write a whole number, without quotes, dots or blanks, such as 4400."),
    ),
    "greater_than_equal": (
        untranslated("{value} will not do: it must be {ge} or more."),
        _PUT_RIGHT,
    ),
    "less_than_equal": (
        untranslated("{value} will not do: it must be {le} or less."),
        _PUT_RIGHT,
    ),
    "literal_error": (
        untranslated("{value} will not do: it must be one of {expected}."),
        _PUT_RIGHT,
    ),
    "string_type": (
        untranslated("{value} will not do: it must be a text."),
        untranslated("Write it in straight quotes."),
    ),
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "model_type": _TABLE,
    "dict_type": _TABLE,
}
"""What is wrong and what to do, by pydantic's name of the error."""


def _in_words(problem: ErrorDetails) -> tuple[str, str]:
    """What is wrong and what to do; pydantic's own words only for what no table of ours has."""
    value = in_short(problem["input"])
    if problem["type"] == "value_error":
        text = str(problem["ctx"]["error"]).removesuffix(".")
        return f"{text[:1].upper()}{text[1:]}.", tr(_PUT_RIGHT)
    if problem["type"] not in _IN_WORDS:
        return tr("{value} will not do: {reason}.", value=value, reason=problem["msg"]), tr(
            _PUT_RIGHT
        )
    what, remedy = _IN_WORDS[problem["type"]]
    return tr(what, value=value, **_allowed(problem.get("ctx", {}))), tr(remedy)


def _allowed(context: Mapping[str, object]) -> dict[str, object]:
    """The bounds or the words that pydantic says are allowed, words in a plain list."""
    expected = re.findall("'([^']*)'", str(context.get("expected", "")))
    return {**context, "expected": ", ".join(map(quoted, expected))}


def in_short(value: object) -> str:
    """A value as it is quoted in a message, however long or deep it is."""
    short = reprlib.Repr()
    short.maxstring = short.maxother = short.maxlong = 60
    short.fillvalue = "…"
    return quoted(value) if isinstance(value, date) else short.repr(value)
