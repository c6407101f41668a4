"""What came back from the form of a `round.toml`: what was typed, and what that changes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from babel.dates import get_month_names

from brevgen.desk.settings_fields import Control, Form
from brevgen.desk.settings_form import copy_parts, shown, value_at
from brevgen.findings import Finding, Place
from brevgen.language import tr
from brevgen.rounds.edit_round import REMOVED, Key
from brevgen.settings.round import ROUND_FILE

_SPAN = re.compile("([1-9][0-9]{0,2}) (dag|dager|uke|uker|måned|måneder)", re.IGNORECASE)
_DAY_FIRST = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4}|[0-9]{2})")
_WITH_MONTH = re.compile(r"([0-9]{1,2})\. ?([A-Za-z]{3,9})\.? ([0-9]{4})")
_YEAR_FIRST = re.compile("([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_UNITS = {"d": "days", "u": "weeks", "m": "months"}
"""How `round.toml` calls what a person writes in Norwegian."""


def meant(control: Control, typed: str) -> Any:
    """The value that was typed into a field; the text itself where it is none that fits."""
    typed = typed.strip()
    match control:
        case "number":
            bare = re.sub(r"\s", "", typed)
            if re.fullmatch("-?(0|[1-9][0-9]{0,15})", bare):
                return int(bare)
            if re.fullmatch("-?[0-9]{1,15}[.,][0-9]{1,15}", bare):
                return float(bare.replace(",", "."))
        case "date" | "deadline":
            if span := _SPAN.fullmatch(typed):
                return f"{span[1]} {_UNITS[span[2][0].lower()]}"
            return _day(typed) or typed
        case "yes_no":
            return typed == "on"
        case "list":
            return [line.strip() for line in typed.splitlines() if line.strip()]
        case _:
            pass
    return typed


def _day(typed: str) -> date | None:
    """A day as people here write it: 1.12.2018, 1. desember 2018, 1.12.18 or 2018-12-01."""
    if found := _DAY_FIRST.fullmatch(typed):
        day, month, year = found.groups()
        parts = (year if len(year) == 4 else f"20{year}", month, day)
    elif found := _WITH_MONTH.fullmatch(typed):
        day, name, year = found.groups()
        numbers = get_month_names("wide", locale="nb").items()
        month = next((f"{n}" for n, each in numbers if each.startswith(name.lower())), "")
        parts = (year, month, day)
    elif found := _YEAR_FIRST.fullmatch(typed):
        parts = (found[1], found[2], found[3])
    else:
        return None
    try:
        year, month, day = map(int, parts)
        return date(year, month, day)
    except ValueError:
        return None


def changes_of(form: Form, keys: Mapping[str, Any], typed: Mapping[str, str]) -> dict[Key, Any]:
    """What a person has changed in a form, by where it stands.

    Args:
        form: as it was shown.
        keys: what the file said then.
        typed: what came back, by the names of the fields.
    """
    changes: dict[Key, Any] = {}
    for each in form.fields():
        if each.name not in typed or each.path[:1] in (("+offices",), ("+copies",)):
            continue
        now = value_at(keys, each.path)
        posted = typed[each.name].replace("\r\n", "\n")
        value = meant(each.control, posted)
        if each.path[:2] == ("dispatch", "copies"):
            now = copy_parts(value_at(keys, each.path[:3])).get(str(each.path[3]))
        is_same = posted.strip() == shown(now).strip()
        if is_same and (now is None or type(value) is type(now) or value == ""):
            continue
        if is_same and isinstance(now, str) and not isinstance(value, str) and not each.faults:
            continue
        is_gone = value == "" and each.path[0] == "sums"
        changes[each.path] = REMOVED if is_gone else value
    return _whole_copies(changes, keys)


def _whole_copies(changes: Mapping[Key, Any], keys: Mapping[str, Any]) -> dict[Key, Any]:
    """The changes, where a copy that is an address alone is written anew as a whole."""
    found: dict[Key, Any] = {}
    for path, value in changes.items():
        now = value_at(keys, path[:3])
        if path[:2] != ("dispatch", "copies") or isinstance(now, dict):
            found[path] = value
            continue
        before = found.get(path[:3], now)
        found[path[:3]] = as_copy({**copy_parts(before), str(path[3]): value})
    return found


def as_copy(parts: Mapping[str, Any]) -> Any:
    """A row of the list of copies: the address alone where there is no more."""
    told = {key: value for key, value in parts.items() if value}
    return told.get("address", "") if set(told) <= {"address"} else told


@dataclass(frozen=True)
class NewRows:
    """The rows that were filled in below those of the file.

    Args:
        changes: what is to be written of them.
        stands_at: where each will stand, by its place in the form.
        faults: what is wrong with them.
    """

    changes: Mapping[Key, Any]
    stands_at: Mapping[str, str]
    faults: tuple[Finding, ...]


def new_rows_of(form: Form, keys: Mapping[str, Any], typed: Mapping[str, str]) -> NewRows:
    """What was filled in for rows that the file does not have yet; blank ones are passed over."""
    changes: dict[Key, Any] = {}
    stands_at: dict[str, str] = {}
    faults: list[Finding] = []
    there = value_at(keys, ("dispatch", "copies"))
    copies = len(there) if isinstance(there, list) else 0
    names = set(keys.get("offices") or ())
    for group in (each for section in form.sections for each in section.groups):
        if group.path[:1] not in (("+offices",), ("+copies",)):
            continue
        values = {
            each.path[2:]: value
            for (each, *others) in group.rows
            for each in (each, *others)
            if (value := meant(each.control, typed.get(each.name, ""))) not in ("", [])
        }
        if not values:
            continue
        if group.path[0] == "+copies":
            path: Key = ("dispatch", "copies", copies)
            copies += 1
            changes[path] = as_copy({str(key[0]): value for key, value in values.items()})
        else:
            key = values.pop(("#key",), "")
            if not key or key in names:
                faults.append(_no_name(key, group.path))
                continue
            names.add(key)
            path = ("offices", key)
            changes |= {(*path, *below): value for below, value in values.items()}
            if not values:
                changes[path] = {}
        stands_at[".".join(map(str, path))] = ".".join(map(str, group.path))
    return NewRows(changes, stands_at, tuple(faults))


def _no_name(key: str, path: Key) -> Finding:
    place = Place(ROUND_FILE, column=".".join(map(str, (*path, "#key"))))
    if key:
        what = tr("There is an office for “{key}” already.", key=key)
        return Finding("fault", what, tr("Change that one, or name another region."), place)
    what = tr("It is not said which municipalities the office is for.")
    return Finding("fault", what, tr("Write the name of the region, or national."), place)


def filled(form: Form, typed: Mapping[str, str]) -> Form:
    """The form with what was typed into it."""
    return replace(
        form,
        sections=tuple(
            replace(
                section,
                groups=tuple(
                    replace(
                        group,
                        rows=tuple(
                            tuple(
                                replace(each, value=typed.get(each.name, each.value))
                                for each in row
                            )
                            for row in group.rows
                        ),
                    )
                    for group in section.groups
                ),
            )
            for section in form.sections
        ),
    )
