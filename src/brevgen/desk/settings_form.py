"""The keys of a `round.toml` as fields of a form: what they are called, show and mean."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import quote

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from brevgen.desk.settings_fields import Control, Field, Form, Group, Section
from brevgen.findings import Finding
from brevgen.language import tr, untranslated
from brevgen.rounds.edit_round import Key
from brevgen.settings.round import Copy, Office, Round

LABELS: Mapping[str, str] = {
    "settlement_year": untranslated("Year of settlement"),
    "letter_date": untranslated("Date on the letters"),
    "deadline": untranslated("Deadline"),
    "follows": untranslated("The round that it follows"),
    "neutral_written_form": untranslated("Written form of neutral municipalities"),
    "distribution": untranslated("Titles of those who get the letter"),
    "to": untranslated("Answers go to"),
    "copy_to": untranslated("Copy of the answer to"),
    "web": untranslated("Read more at"),
    "first": untranslated("Lowest reference"),
    "last": untranslated("Highest reference"),
    "pattern": untranslated("How references are written"),
    "name": untranslated("Name"),
    "counties": untranslated("Counties"),
    "signatory": untranslated("Signatory"),
    "title": untranslated("Title"),
    "telephone": untranslated("Telephone"),
    "email": untranslated("E-mail"),
    "accounts": untranslated("Accounts that may approve"),
    "address": untranslated("Address"),
    "region": untranslated("Region or county"),
    "mailbox_always": untranslated("The municipality’s mailbox always gets the letter"),
    "attach_docx": untranslated("Send the letter for Word too"),
    "largest_change": untranslated("Largest change without a warning"),
}
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
    "sums": untranslated(
        "Only where that is something else than the figures of the whole country; else leave it"
        " empty."
    ),
}
FORMS = {"nb": "bokmål", "nn": "nynorsk"}


def form_of(
    model: type[Round],
    keys: Mapping[str, Any],
    *,
    new_rows: Mapping[str, int],
    marks: Mapping[Key, str],
    findings: Sequence[Finding] = (),
    rounds: Sequence[str] = (),
) -> Form:
    """The form for a `round.toml`.

    Args:
        model: of a round of its kind.
        keys: what the file says, whatever faults that has.
        new_rows: how many empty rows there are to fill in, by list.
        marks: what a person is to do about values.
        findings: what is wrong with the file.
        rounds: the names of the rounds it may follow.
    """
    sections = []
    for name, title, wanted in SECTIONS:
        groups: list[Group] = []
        for key in wanted:
            groups += _groups(model.model_fields[key], (key,), keys, rounds)
        if groups:
            help_ = tr(HELP[name]) if name in HELP else ""
            sections.append(Section(name, tr(title), tuple(_joined(groups)), help=help_))
        if name == "references":
            sections.append(_offices(keys, new_rows.get("offices", 0)))
        if name == "sent":
            sections.append(_copies(keys, new_rows.get("copies", 0)))
    return _told(Form(tuple(sections)), findings, marks)


# -- what there is ---------------------------------------------------------------------------------


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
        rows = _pairs(table, path, keys)
        return (
            [Group(rows, tr(LABELS[str(path[-1])]) if path[-1] in LABELS else "")] if rows else []
        )
    groups: list[Group] = []
    for name, each in table.model_fields.items():
        if (*path, name) != ("dispatch", "copies"):
            groups += _groups(each, (*path, name), keys, rounds)
    return groups


def _pairs(
    table: type[BaseModel], path: Key, keys: Mapping[str, Any]
) -> tuple[tuple[Field, ...], ...]:
    """A text, or a table of texts, in both written forms side by side."""
    inner = _table(table.model_fields["nb"].annotation)
    names: Iterable[tuple[Key, FieldInfo]] = [((), table.model_fields["nb"])]
    if inner is not None:
        names = [((name,), info) for name, info in inner.model_fields.items()]
    rows = []
    for name, info in names:
        control = _control(info.annotation) or "text"
        pair = (
            _field(info, (*path, form, *name), keys, "long" if name else control, ())
            for form in FORMS
        )
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
    key, said = str(path[-1]), tr(info.description) if info.description else ""
    if key in FORMS:
        key = str(path[-2])
    value = value_at(keys, path)
    choices = tuple(map(str, get_args(info.annotation))) if control == "choice" else ()
    if path == ("follows",):
        control, choices = "choice", tuple(rounds)
    if control == "choice" and shown(value) not in choices:
        choices = (shown(value), *choices)
    if control == "date" and value not in (None, "") and type(value) is not date:
        control = "text"
    if key in LABELS:
        label = tr(LABELS[key])
    else:
        label, said = said[:1].upper() + said[1:], ""
    return Field(
        name_of(path),
        path,
        label,
        said,
        control,
        shown(value),
        choices,
        form=str(path[-1]) if path[-1] in FORMS else "",
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
    for key in there if isinstance(there, dict) else ():
        path: Key = ("offices", key)
        groups.append(Group(_rows(Office, path, keys), str(key), name_of(path), path))
    for position in range(new):
        path = ("+offices", position)
        of_key = Field(
            name_of((*path, "#key")),
            (*path, "#key"),
            tr("Which municipalities it is for"),
            tr("the region as the register has it, such as IMDi Øst; national for all others"),
            "text",
        )
        rows = ((of_key,), *_rows(Office, path, {}))
        groups.append(Group(rows, tr("New office"), name_of(path), path))
    return Section(
        "offices", tr("Offices and signatories"), tuple(groups), "offices", tr("Add an office")
    )


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


# -- what is told of it ----------------------------------------------------------------------------


def _told(form: Form, findings: Sequence[Finding], marks: Mapping[Key, str]) -> Form:
    """The form with findings and marks at their fields."""
    by_column: dict[str, list[Finding]] = {}
    for each in findings:
        by_column.setdefault(each.place.column, []).append(each)

    def taken(path: Key) -> tuple[Finding, ...]:
        return tuple(by_column.pop(".".join(map(str, path)), ())) if path else ()

    def of_field(each: Field) -> Field:
        mark = marks.get(each.path) or marks.get(each.path[:-1], "")
        found = taken(each.path)
        if each.control == "list":  # a fault of a line is one of the list
            begin = f"{'.'.join(map(str, each.path))}."
            for column in [one for one in by_column if one.startswith(begin)]:
                found += tuple(by_column.pop(column))
        return replace(each, mark=mark, faults=found)

    def of_group(group: Group) -> Group:
        rows = tuple(tuple(of_field(each) for each in row) for row in group.rows)
        first = rows[0][0].path if rows else ()
        whole = group.path or first[:1] if len(first) > 1 else ()
        return replace(group, rows=rows, faults=taken(whole))

    sections = tuple(
        replace(section, groups=tuple(map(of_group, section.groups))) for section in form.sections
    )
    return Form(sections, tuple(each for those in by_column.values() for each in those))


def value_at(keys: Any, path: Key) -> Any:
    """What stands somewhere; None where nothing does."""
    for part in path:
        try:
            keys = keys[part]
        except (KeyError, IndexError, TypeError):
            return None
    return keys


def name_of(path: Key) -> str:
    """What the field of a value is called."""
    return "/".join(quote(str(part), safe="") for part in path)


def shown(value: Any) -> str:
    """A value as a field shows it."""
    match value:
        case None | False:
            return ""
        case True:
            return "on"
        case date():
            return value.isoformat()
        case list():
            return "\n".join(map(str, value))
        case _:
            return str(value)
