"""What is wrong with a `round.toml`, and what a person is to do, told at the fields of its form."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from brevgen.desk.settings_fields import Field, Form, Group
from brevgen.findings import Finding
from brevgen.rounds.round_text import Key, told_mark


def told(
    form: Form,
    findings: Sequence[Finding],
    marks: Mapping[Key, str],
    missing: Collection[str],
) -> Form:
    """The form with findings and marks at their fields.

    Args:
        form: the form.
        findings: what is wrong with the file.
        marks: what a person is to do about values.
        missing: what must be filled in, and is not yet, as findings name it.
    """
    by_column: dict[str, list[Finding]] = {}
    for each in findings:
        by_column.setdefault(each.place.column, []).append(each)

    def taken(path: Key) -> tuple[Finding, ...]:
        return tuple(by_column.pop(".".join(map(str, path)), ())) if path else ()

    def of_field(each: Field) -> Field:
        mark = marks.get(each.path) or marks.get(each.path[:-1], "")
        is_missing = ".".join(map(str, each.path)) in missing
        found = taken(each.path)
        if each.control == "list":  # a fault of a line is one of the list
            begin = f"{'.'.join(map(str, each.path))}."
            for column in [one for one in by_column if one.startswith(begin)]:
                found += tuple(by_column.pop(column))
        if mark or is_missing:
            mark = told_mark(mark, each.meaning, is_empty=not each.value)
        return replace(each, mark=mark, faults=found, is_missing=is_missing)

    def of_group(group: Group) -> Group:
        rows = tuple(tuple(of_field(each) for each in row) for row in group.rows)
        first = rows[0][0].path if rows else ()
        whole = group.path or first[:1] if len(first) > 1 else ()
        return replace(group, rows=rows, faults=taken(whole))

    sections = []
    for section in form.sections:
        groups = tuple(map(of_group, section.groups))
        sections.append(replace(section, groups=groups, faults=taken((section.name,))))
    return Form(tuple(sections), tuple(each for those in by_column.values() for each in those))
