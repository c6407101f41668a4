"""A TOML file read, and what is wrong with it told key by key."""

import re
import reprlib
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from brevgen.errors import UnreadableFile
from brevgen.files import read_bytes
from brevgen.findings import Findings, Place

MAX_SETTINGS = 64 * 1024
"""Bytes of a settings file, several times what the longest texts need."""
MAX_DOTS = 1_000
"""Dots in a line of it; a key of very many parts would take the parser minutes and gigabytes."""


def read_toml(path: Path, findings: Findings, *, shown_as: str) -> dict[str, Any] | None:
    """Read a TOML file; None where it cannot be read, with the reason in `findings`."""
    try:
        text = read_bytes(path, most=MAX_SETTINGS).decode("utf-8-sig")
        for number, written in enumerate(text.split("\n"), start=1):
            if written.count(".") > MAX_DOTS:
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
        line = re.search(r"\(at line ([0-9]+)", str(error))
        findings.fault(
            f"The file is not valid TOML: {error}.",
            "Look for a missing quote, bracket or equals sign at that line.",
            Place(shown_as, row=int(line[1]) if line else None),
        )
    return None


def note_key_faults(error: ValidationError, findings: Findings, shown_as: str) -> None:
    """One fault for each key that pydantic found missing, unknown or wrong."""
    for problem in error.errors():
        key = ".".join(map(str, problem["loc"]))
        what, remedy = _in_words(problem["type"], problem["msg"], problem["input"])
        findings.fault(what, remedy, Place(shown_as, column=key))


def _in_words(kind: str, message: str, value: object) -> tuple[str, str]:
    """A pydantic error type as what is wrong and what to do."""
    match kind:
        case "missing":
            return "The key is missing.", "Add it; the README lists every key."
        case "extra_forbidden":
            return "The key is not known.", "Take it away, or see the README for its right name."
        case "string_pattern_mismatch" | "string_too_long" | "string_too_short":
            return "The text is empty, too long or has line breaks.", "Write one plain paragraph."
        case "value_error":
            text = message.removeprefix("Value error, ").removesuffix(".")
            return f"{text[:1].upper()}{text[1:]}.", "Put the value right."
    what = f"{in_short(value)} will not do: {message[:1].lower()}{message[1:]}."
    return what, "Put the value right."


def in_short(value: object) -> str:
    """A value as it is quoted in a message, however long or deep it is."""
    short = reprlib.Repr()
    short.maxstring = short.maxother = short.maxlong = 60
    short.fillvalue = "…"
    return f"“{value}”" if isinstance(value, date) else short.repr(value)
