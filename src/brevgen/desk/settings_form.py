"""The keys of a `round.toml` as fields of a form: what they are called, show and mean."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import quote

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from brevgen.desk.settings_fields import Control, Field, Form, Group, Section
from brevgen.desk.settings_told import told
from brevgen.desk.settings_values import shown, value_at
from brevgen.desk.settings_words import FORMS, OWN_KEY, choice, words_of
from brevgen.findings import Finding
from brevgen.language import tr, untranslated
from brevgen.rounds.round_text import Key
from brevgen.settings.round import NATIONAL, Copy, Office, Round

SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "round",
        untranslated("The round"),
        ("settlement_year", "letter_date", "deadline", "follows", "neutral_written_form"),
    ),
    ("national", untranslated("Figures of the whole country"), ("national",)),
    ("sums", untranslated("What the allocation must add up to"), ("sums",)),
    ("background", untranslated("The words of the round"), ("background",)),
    ("answers", untranslated("Answers"), ("answers",)),
    ("references", untranslated("References"), ("references",)),
    ("sent", untranslated("How the letters are sent"), ("distribution", "dispatch")),
    ("checks", untranslated("Checks"), ("checks",)),
)
HELP: Mapping[str, str] = {
    "sums": untranslated("The figures of the whole country, unless it says otherwise here."),
    "background": untranslated("They stand in every letter of the round."),
}


def form_of(
    model: type[Round],
    keys: Mapping[str, Any],
    *,
    new_rows: Mapping[str, int],
    marks: Mapping[Key, str],
    findings: Sequence[Finding] = (),
    missing: Collection[str] = (),
    rounds: Sequence[str] = (),
) -> Form:
    """The form for a `round.toml`.

    Args:
        model: of a round of its kind.
        keys: what the file says, whatever faults that has.
        new_rows: how many empty rows there are to fill in, by list.
        marks: what a person is to do about values.
        findings: what is wrong with the file.
        missing: what must be filled in, and is not yet, as findings name it.
        rounds: the names of the rounds it may follow.
    """
    sections = []
    for name, title, wanted in SECTIONS:
        groups: list[Group] = []
        for key in wanted:
            groups += _groups(model.model_fields[key], (key,), keys, rounds)
        if groups:
            help_ = tr(HELP[name]) if name in HELP else ""
            sections.append(
                Section(name, tr(title), tuple(_joined(groups)), help=help_, folds=name == "sums")
            )
        if name == "references":
            sections.append(_offices(keys, new_rows.get("offices", 0)))
        if name == "sent":
            sections.append(_copies(keys, new_rows.get("copies", 0)))
    return told(Form(tuple(sections)), findings, marks, missing)


def _groups(
    info: FieldInfo, path: Key, keys: Mapping[str, Any], rounds: Sequence[str]
) -> list[Group]:
    """The fields of a key: its own, those of the table it is, or none where its kind has it not."""
    table = _table(info.annotation)
    if table is None:
        control = _control(info.annotation)
        if control is None:
            return []
        return [Group(((_field(info, path, keys, control, rounds),),))]
    if set(table.model_fields) == {"nb", "nn"}:
        rows = _pairs(info, table, path, keys)
        return [Group(rows)] if rows else []
    groups: list[Group] = []
    for name, each in table.model_fields.items():
        if (*path, name) != ("dispatch", "copies"):
            groups += _groups(each, (*path, name), keys, rounds)
    return groups


def _pairs(
    info: FieldInfo, table: type[BaseModel], path: Key, keys: Mapping[str, Any]
) -> tuple[tuple[Field, ...], ...]:
    """A text, or a table of texts, in both written forms side by side."""
    text = table.model_fields["nb"]
    inner = _table(text.annotation)
    names: Iterable[tuple[Key, FieldInfo, Control]]
    if inner is None:
        names = [((), info, _control(text.annotation) or "text")]
    else:
        names = [((name,), each, "long") for name, each in inner.model_fields.items()]
    rows = []
    for name, each_info, control in names:
        pair = (_field(each_info, (*path, form, *name), keys, control, ()) for form in FORMS)
        rows.append(
            tuple(
                replace(each, label=f"{each.label} ({said})", form=form)
                for each, (form, said) in zip(pair, FORMS.items(), strict=True)
            )
        )
    return tuple(rows)


def _field(
    info: FieldInfo,
    path: Key,
    keys: Mapping[str, Any],
    control: Control,
    rounds: Sequence[str],
) -> Field:
    meaning, value = info.description or "", value_at(keys, path)
    default = None if info.is_required() else info.default
    if value is None and control in ("choice", "number", "text"):
        value = default
    choices = tuple(map(str, get_args(info.annotation))) if control == "choice" else ()
    if path == ("follows",):
        control, choices = "choice", tuple(rounds)
    if control == "choice" and shown(value) not in choices:
        choices = (shown(value), *choices)
    if control == "date" and value not in (None, "") and type(value) is not date:
        control = "text"
    said = tr(meaning) if meaning else ""
    words = words_of(path)
    return Field(
        name_of(path),
        path,
        words.label if words is not None else said[:1].upper() + said[1:],
        words.help if words is not None else "",
        control,
        shown(value, control),
        tuple((each, choice(each)) for each in choices),
        meaning=meaning,
        can_go=not info.is_required() and (default is None or shown(default) != ""),
    )


def _table(annotation: Any) -> type[BaseModel] | None:
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, BaseModel):
            return each
    return None


def _control(annotation: Any) -> Control | None:
    """How a value of a type is filled in; None for what is no value of one field."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        kinds = {each for each in get_args(annotation) if each is not type(None)}
        if len(kinds) > 1:
            return "deadline"
        return _control(next(iter(kinds)))
    if origin is Literal:
        return "choice"
    if origin is tuple:
        return "list"
    if annotation is Any:
        return None
    if get_args(annotation):  # Annotated
        return _control(get_args(annotation)[0])
    controls: Mapping[Any, Control] = {
        bool: "yes_no",
        int: "number",
        float: "number",
        date: "date",
        str: "text",
    }
    return controls.get(annotation)


def _offices(keys: Mapping[str, Any], new: int) -> Section:
    there = keys.get("offices")
    groups = []
    there = there if isinstance(there, dict) else {}
    for key in there:
        path: Key = ("offices", key)
        legend = str(key)
        if key == NATIONAL:
            legend = tr("All other municipalities") if len(there) > 1 else tr("All municipalities")
        rows = (_key_row(path, "" if key == NATIONAL else str(key)), *_rows(Office, path, keys))
        groups.append(Group(rows, legend, name_of(path), path))
    for position in range(new):
        path = ("+offices", position)
        rows = (_key_row(path, ""), *_rows(Office, path, {}))
        groups.append(Group(rows, tr("New office"), name_of(path), path))
    return Section(
        "offices",
        tr("Offices and signatories"),
        tuple(groups),
        "offices",
        tr("Add an office"),
        tr("Who signs a letter, and whom the municipality can talk to, by region or county."),
    )


def _key_row(path: Key, value: str) -> tuple[Field, ...]:
    """What an office is called by, as a field; nothing for that of all other municipalities."""
    path = (*path, OWN_KEY)
    words = words_of(path)
    assert words is not None, "it is among the words"
    return (Field(name_of(path), path, words.label, words.help, "text", value),)


def _copies(keys: Mapping[str, Any], new: int) -> Section:
    there = value_at(keys, ("dispatch", "copies"))
    groups = []
    for position, copy in enumerate(there if isinstance(there, list) else ()):
        path: Key = ("dispatch", "copies", position)
        legend = tr("Copy {number}", number=position + 1)
        rows = tuple(
            (replace(each, value=shown(copy_parts(copy).get(str(each.path[-1])))),)
            for (each,) in _rows(Copy, path, {})
        )
        groups.append(Group(rows, legend, name_of(path), path))
    for position in range(new):
        path = ("+copies", position)
        groups.append(Group(_rows(Copy, path, {}), tr("New copy"), name_of(path), path))
    return Section("copies", tr("Copies"), tuple(groups), "copies", tr("Add a copy"))


def copy_parts(value: Any) -> dict[str, Any]:
    """A row of the list of copies, which may be an address alone, as a table."""
    return value if isinstance(value, dict) else {"address": value}


def _rows(
    table: type[BaseModel], path: Key, keys: Mapping[str, Any]
) -> tuple[tuple[Field, ...], ...]:
    rows: list[tuple[Field, ...]] = []
    for name, info in table.model_fields.items():
        for group in _groups(info, (*path, name), keys, ()):
            rows += group.rows
    return tuple(rows)


def _joined(groups: Sequence[Group]) -> Iterator[Group]:
    """Groups without a name, one after the other, as one."""
    rows: list[tuple[Field, ...]] = []
    for each in groups:
        if each.legend:
            if rows:
                yield Group(tuple(rows))
                rows = []
            yield each
        else:
            rows += each.rows
    if rows:
        yield Group(tuple(rows))


def name_of(path: Key) -> str:
    """What the field of a value is called."""
    return "/".join(quote(str(part), safe="") for part in path)
