"""What the form for a `round.toml` is made of: sections, groups and fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from brevgen.findings import Finding
from brevgen.rounds.round_text import Key

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
        choices: what there is to choose from, each value with what it is called.
        form: the written form of what stands there; empty for any.
        meaning: what its key means in the file, in English.
        can_go: whether its key goes from the file when nothing stands in the field.
        mark: what a person is to do about it.
        is_missing: whether it must be filled in, and is not yet.
        faults: what is wrong with it.
    """

    name: str
    path: Key
    label: str
    help: str
    control: Control
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    form: str = ""
    meaning: str = ""
    can_go: bool = False
    mark: str = ""
    is_missing: bool = False
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
    def fields(self) -> list[Field]:
        """Every field."""
        return [each for row in self.rows for each in row]

    @property
    def is_open(self) -> bool:
        """Whether a person should see its fields without asking for them."""
        is_new = str(self.path[0]).startswith(NEW) if self.path else False
        return is_new or bool(self.faults) or any(each.faults or each.mark for each in self.fields)

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in any of its fields, and nothing is told of them."""
        told = (each.value or each.faults or each.mark for each in self.fields)
        return not self.faults and not any(told)

    @property
    def said(self) -> str:
        """What tells the row from others: who signs, or where the copy goes."""
        told = {str(each.path[-1]): each.value for each in self.fields}
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
        folds: whether its fields are folded away while nothing stands in them.
        faults: what is wrong with it as a whole.
    """

    name: str
    title: str
    groups: tuple[Group, ...]
    adds: str = ""
    add: str = ""
    help: str = ""
    folds: bool = False
    faults: tuple[Finding, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether its fields are to be seen at once."""
        return not self.folds or not all(each.is_blank for each in self.groups)


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
                yield from group.fields

    def missing(self) -> list[Field]:
        """The fields that must be filled in, and are not yet."""
        return [each for each in self.fields() if each.is_missing]

    def faulty(self) -> list[tuple[str, str, Finding]]:
        """What is wrong, with the anchor and the name of what it belongs to."""
        found = [("text", "", fault) for fault in self.elsewhere]
        for section in self.sections:
            found += [(section.name, section.title, each) for each in section.faults]
            for group in section.groups:
                legend = group.legend or section.title
                found += [(group.name or section.name, legend, each) for each in group.faults]
                for each in group.fields:
                    found += [(each.name, each.label, fault) for fault in each.faults]
        return found
