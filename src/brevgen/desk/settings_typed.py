"""What came back from the form of a `round.toml`: what was typed, and what that changes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from brevgen.desk.settings_fields import Form, Group
from brevgen.desk.settings_form import copy_parts
from brevgen.desk.settings_values import meant, value_at
from brevgen.desk.settings_words import OWN_KEY
from brevgen.findings import Finding, Place
from brevgen.language import tr
from brevgen.rounds.round_text import REMOVED, Key, Renamed
from brevgen.settings.round import NATIONAL, ROUND_FILE


def changes_of(form: Form, keys: Mapping[str, Any], typed: Mapping[str, str]) -> dict[Key, Any]:
    """What a person has changed in a form, by where it stands.

    Args:
        form: as it was shown.
        keys: what the file said then.
        typed: what came back, by the names of the fields.
    """
    changes: dict[Key, Any] = {}
    for each in form.fields():
        is_of_row = each.path[0] in ("+offices", "+copies") or each.path[-1] == OWN_KEY
        if each.name not in typed or is_of_row:
            continue
        now = value_at(keys, each.path)
        posted = typed[each.name].replace("\r\n", "\n")
        value = meant(each.control, posted)
        if each.path[:2] == ("dispatch", "copies"):
            now = copy_parts(value_at(keys, each.path[:3])).get(str(each.path[3]))
        is_same = posted.strip() == each.value.strip()
        if is_same and (now is None or type(value) is type(now) or value == ""):
            continue
        changes[each.path] = REMOVED if value == "" and each.can_go else value
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
        if group.path[:1] == ("offices",):
            before, now = str(group.path[1]), _key_typed(group, typed)
            if now == before:
                continue
            if now in names:
                faults.append(_there_already(now, group.path))
                continue
            names.add(now)  # and its old one is free when that is saved
            changes[group.path] = Renamed(now)
            stands_at[f"offices.{now}"] = f"offices.{before}"
        if group.path[:1] not in (("+offices",), ("+copies",)):
            continue
        values = {
            each.path[2:]: value
            for each in group.fields
            if (value := meant(each.control, typed.get(each.name, ""))) not in ("", [])
        }
        if not values:
            continue
        if group.path[0] == "+copies":
            path: Key = ("dispatch", "copies", copies)
            copies += 1
            changes[path] = as_copy({str(key[0]): value for key, value in values.items()})
        else:
            key = values.pop((OWN_KEY,), NATIONAL)
            if key in names:
                faults.append(_there_already(key, group.path))
                continue
            names.add(key)
            path = ("offices", key)
            changes |= {(*path, *below): value for below, value in values.items()}
            if not values:
                changes[path] = {}
        stands_at[".".join(map(str, path))] = ".".join(map(str, group.path))
    return NewRows(changes, stands_at, tuple(faults))


def _key_typed(group: Group, typed: Mapping[str, str]) -> str:
    """What an office is to be called by; as it is where nothing was sent."""
    ((field,), *_) = group.rows
    if field.name not in typed:
        return str(group.path[1])
    return typed[field.name].strip() or NATIONAL


def _there_already(key: str, path: Key) -> Finding:
    place = Place(ROUND_FILE, column=".".join(map(str, (*path, OWN_KEY))))
    what = tr("There is an office for “{key}” already.", key=key)
    if key == NATIONAL:
        what = tr("There is an office for all other municipalities already.")
    return Finding("fault", what, tr("Change that one, or name another region."), place)


def filled(form: Form, typed: Mapping[str, str]) -> Form:
    """The form with what was typed into it."""

    def with_typed(group: Group) -> Group:
        rows = (
            tuple(replace(each, value=typed.get(each.name, each.value)) for each in row)
            for row in group.rows
        )
        return replace(group, rows=tuple(rows))

    sections = (
        replace(section, groups=tuple(map(with_typed, section.groups))) for section in form.sections
    )
    return replace(form, sections=tuple(sections))
