"""What the form for a `round.toml` is made of: sections, groups and fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from brevgen.findings import Finding
from brevgen.rounds.edit_round import Key

Control = Literal["text", "long", "number", "date", "deadline", "yes_no", "choice", "list"]

NEW = "+"
"""What the name of a row begins with that is not in the file yet."""


@dataclass(frozen=True)
class Field:
    """One field.

    Args:
        name: what it is called in the form, and its anchor.
        path: where its value stands.
        label: what it is called for a person.
        help: what belongs there.
        control: how it is filled in.
        value: what is shown in it.
        choices: what there is to choose from.
        form: the written form of what stands there; empty for any.
        mark: what a person is to do about it.
        faults: what is wrong with it.
    """

    name: str
    path: Key
    label: str
    help: str
    control: Control
    value: str = ""
    choices: tuple[str, ...] = ()
    form: str = ""
    mark: str = ""
    faults: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Group:
    """Fields that belong together: a row of a list, or the fields of a table.

    Args:
        rows: fields beside each other: one, or both written forms of it.
        legend: what it is called; empty where the section's heading says it.
        name: of the row that can be taken away; empty for what stays.
        path: where it stands.
        faults: what is wrong with it as a whole.
    """

    rows: tuple[tuple[Field, ...], ...]
    legend: str = ""
    name: str = ""
    path: Key = ()
    faults: tuple[Finding, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether a person should see its fields without asking for them."""
        fields = [each for row in self.rows for each in row]
        is_new = str(self.path[0]).startswith(NEW) if self.path else False
        return is_new or bool(self.faults) or any(each.faults or each.mark for each in fields)

    @property
    def said(self) -> str:
        """What tells the row from others: who signs, or where the copy goes."""
        told = {str(each.path[-1]): each.value for row in self.rows for each in row}
        return told.get("signatory", "") or told.get("address", "") or told.get("name", "")


@dataclass(frozen=True)
class Section:
    """A part of the form.

    Args:
        name: its anchor.
        title: its heading.
        groups: what it has.
        adds: the list that a row can be added to; empty for none.
        add: what the button for that says.
        help: what it is for, where that is not plain.
    """

    name: str
    title: str
    groups: tuple[Group, ...]
    adds: str = ""
    add: str = ""
    help: str = ""


@dataclass(frozen=True)
class Form:
    """The whole form.

    Args:
        sections: its parts.
        elsewhere: what is wrong that belongs to no field.
    """

    sections: tuple[Section, ...]
    elsewhere: tuple[Finding, ...] = ()

    def fields(self) -> Iterator[Field]:
        """Every field."""
        for section in self.sections:
            for group in section.groups:
                for row in group.rows:
                    yield from row

    def faulty(self) -> list[tuple[str, str, Finding]]:
        """What is wrong, with the anchor and the name of what it belongs to."""
        found = [("text", "", fault) for fault in self.elsewhere]
        for section in self.sections:
            for group in section.groups:
                legend = group.legend or section.title
                found += [(group.name or section.name, legend, each) for each in group.faults]
                for each in (one for row in group.rows for one in row):
                    found += [(each.name, each.label, fault) for fault in each.faults]
        return found
