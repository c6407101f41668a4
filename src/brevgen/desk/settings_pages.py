"""The settings of a round as a form."""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.asked import changing, may_make, reading, with_form
from brevgen.desk.settings_fields import Form
from brevgen.desk.settings_form import form_of, name_of
from brevgen.desk.settings_text_pages import base_of, text_page
from brevgen.desk.settings_typed import changes_of, filled, new_rows_of
from brevgen.desk.settings_values import value_at
from brevgen.desk.show import page, round_at
from brevgen.findings import FaultyInput, Finding
from brevgen.rounds.edit_round import ChangedMeanwhile, round_text, write_settings
from brevgen.rounds.round_text import REMOVED, Key, RoundText, changed_keys, unfinished
from brevgen.rounds.session import RoundSession
from brevgen.settings.round import ROUND_FILE
from brevgen.settings.round_file import round_of

LISTS = ("offices", "copies")
MOST_NEW = 20
"""Rows that can be added at a time."""


@dataclass(frozen=True)
class Both:
    """A field that two people have changed.

    Args:
        name: its anchor.
        label: what it is called.
        now: what stands there now.
        mine: what the one who was too late had written.
    """

    name: str
    label: str
    now: str
    mine: str


def _settings(request: Request) -> Response:
    with reading(request) as session:
        text = round_text(session.workspace, session.name)
        if text.keys is None or not text.data:
            return RedirectResponse(f"{round_at(session.name)}/settings/text", 303)
        findings = [each for each in session.findings.items if each.place.file == ROUND_FILE]
        form = _form(session, text, *_parted(findings, text))
        return _page(request, session, form, text, is_saved="saved" in request.query_params)


def _form(
    session: RoundSession,
    text: RoundText,
    findings: Sequence[Finding] = (),
    missing: Collection[str] = (),
    new_rows: Mapping[str, int] = {},
) -> Form:
    keys = text.keys or {}
    kind = session.kinds.get(str(keys.get("kind", "")))
    names = [each for each in session.workspace.rounds() if each != session.name]
    return form_of(
        round_of(kind),
        keys,
        new_rows=new_rows,
        marks=text.marks(),
        findings=findings,
        missing=missing,
        rounds=names,
    )


def _parted(findings: Sequence[Finding], text: RoundText) -> tuple[list[Finding], set[str]]:
    """What is wrong with a text, and which keys of it have no value yet."""
    missing = {each.place.column for each in findings if unfinished(each, text)}
    return [each for each in findings if not unfinished(each, text)], missing


def _page(
    request: Request,
    session: RoundSession,
    form: Form,
    text: RoundText,
    status: int = 200,
    **more: Any,
) -> Response:
    keys = text.keys or {}
    kind = session.kinds.get(str(keys.get("kind", "")))
    values: dict[str, Any] = {
        "is_saved": False,
        "both": [],
        "theirs": [],
        "removed": [],
        "seen": [],
        **more,
    }
    return page(
        request,
        "settings",
        status,
        name=session.name,
        form=form,
        kind=kind.name.nb if kind is not None else keys.get("kind", ""),
        base=base64.b64encode(text.data).decode(),
        may=may_make(request),
        **values,
    )


@with_form
def _save(request: Request, posted: FormData) -> Response:
    typed = {name: str(value) for name, value in posted.items()}  # the last, for check boxes
    base, do = base_of(typed), typed.get("do", "")
    if base.keys is None:
        raise HTTPException(400)
    new_rows = {each: _new_rows(typed, each) + (do == f"add {each}") for each in LISTS}
    with changing(request) as session:
        form = _form(session, base, new_rows=new_rows)
        fields = {each.name: each for each in form.fields()}
        removed = set(map(str, posted.getlist("remove")))
        seen = [name for name in map(str, posted.getlist("seen")) if name in fields]
        more: dict[str, Any] = {"removed": removed, "seen": seen}
        if do.startswith("add "):
            return _page(request, session, filled(form, typed), base, **more)
        there = {name: each for name, each in typed.items() if not _is_removed(name, removed)}
        changes = changes_of(form, base.keys, there)
        new = new_rows_of(form, base.keys, there)
        changes |= new.changes
        for group in (each for section in form.sections for each in section.groups):
            if group.name in removed and group.path[0] not in ("+offices", "+copies"):
                changes[group.path] = REMOVED
        _drop_empty_sums(changes, base.keys)
        if new.faults:
            form = filled(_form(session, base, new.faults, new_rows=new_rows), typed)
            return _page(request, session, form, base, 422, **more)
        made = base
        try:
            made = base.with_changes(changes, [fields[name].path for name in seen])
            write_settings(session, made, base.digest)
        except ChangedMeanwhile as changed:
            return _meanwhile(request, session, base, changed.now, changes, typed, new_rows, more)
        except FaultyInput as error:
            faults, missing = _parted(error.findings, made)
            faults = [_in_form(each, new.stands_at) for each in faults]
            form = _form(session, base, faults, missing, new_rows)
            return _page(request, session, filled(form, typed), base, 422, **more)
        return RedirectResponse(f"{round_at(session.name)}/settings?saved=1", 303)


def _new_rows(typed: Mapping[str, str], which: str) -> int:
    begin = name_of((f"+{which}",)) + "/"
    positions = [name.removeprefix(begin).split("/")[0] for name in typed if name.startswith(begin)]
    numbers = [int(each) + 1 for each in positions if each.isdecimal() and len(each) < 8]
    return min(max(numbers, default=0), MOST_NEW)


def _is_removed(name: str, removed: set[str]) -> bool:
    return any(name.startswith(f"{each}/") for each in removed)


def _drop_empty_sums(changes: dict[Key, Any], keys: Mapping[str, Any]) -> None:
    """Remove the table of sums with its last sum, for an empty one is a fault."""
    sums = keys.get("sums")
    if isinstance(sums, dict) and sums:
        gone = {path for path, each in changes.items() if path[0] == "sums" and each is REMOVED}
        added = any(path[0] == "sums" and path not in gone for path in changes)
        if len(gone) == len(sums) and not added:
            for path in gone:
                del changes[path]
            changes["sums",] = REMOVED


def _in_form(fault: Finding, stands_at: Mapping[str, str]) -> Finding:
    """A fault of a row that was added, at its place in the form."""
    column = fault.place.column
    for there, here in stands_at.items():
        if column == there or column.startswith(f"{there}."):
            place = replace(fault.place, column=here + column.removeprefix(there))
            return replace(fault, place=place)
    return fault


def _meanwhile(
    request: Request,
    session: RoundSession,
    base: RoundText,
    now: RoundText,
    changes: Mapping[Key, Any],
    typed: Mapping[str, str],
    new_rows: Mapping[str, int],
    more: Mapping[str, Any],
) -> Response:
    """Both people's work in one form: theirs, with what this one has changed; nothing is written.

    Where both changed the same, what this one wrote stands in the field and theirs is told beside.
    """
    if now.keys is None:  # it can only be read as text
        return text_page(request, session, now, base.with_text(base.text).lines, before=base)
    form = _form(session, now, new_rows=new_rows)
    mine = {name_of(path) for path in changes}
    kept = {
        name: value
        for name, value in typed.items()
        if name in mine or name.startswith(("%2B", *(f"{each}/" for each in mine)))
    }
    both = [
        Both(each.name, each.label, each.value, kept[each.name])
        for each in form.fields()
        if each.name in kept
        and each.path[0] not in ("+offices", "+copies")
        and value_at(now.keys, each.path) != value_at(base.keys, each.path)
        and each.value != kept[each.name].replace("\r\n", "\n")
    ]
    theirs = changed_keys(base, now)
    filled_form = filled(form, kept)
    return _page(request, session, filled_form, now, 409, both=both, theirs=theirs, **more)


ROUTES = [
    Route("/rounds/{name}/settings", _settings),
    Route("/rounds/{name}/settings", _save, methods=["POST"]),
]
