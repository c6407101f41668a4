"""What a cell says, by the type of its column."""

from datetime import date

import pytest

from brevgen.facts.values import value_in
from brevgen.settings.kind import Fact, FactType
from brevgen.tables.cells import Cell
from brevgen.tables.numbers import Reason


@pytest.mark.parametrize(
    ("type_", "cell", "value"),
    [
        ("count", "1 650", 1650),
        ("count", "–", 0),
        ("count", 10.0, 10),
        ("date", "2018-01-06", date(2018, 1, 6)),
        ("date", "6.1.2018", date(2018, 1, 6)),
        ("date", "2018-01-06 00:00:00", date(2018, 1, 6)),
        ("yes_no", "Ja", True),
        ("yes_no", "x", True),
        ("yes_no", "TRUE", True),
        ("yes_no", "SANN", True),
        ("yes_no", "nei", False),
        ("yes_no", "-", False),
        ("yes_no", "FALSE", False),
        ("text", "Takk for hjelpen.", "Takk for hjelpen."),
        ("text", 17.0, "17"),
    ],
)
def test_a_cell_is_read_by_the_type_of_its_column(type_: FactType, cell: Cell, value: Fact) -> None:
    found = value_in(cell, type_)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("type_", "cell", "told"),
    [
        ("count", "1.650", "“1.650” can be read in two ways."),
        ("count", 100_001, "100001 is more than any municipality is asked for."),
        ("date", "6. januar", "“6. januar” is not a date."),
        ("date", "31.2.2018", "“31.2.2018” is not a date."),
        ("date", 43106, "“43106” is not a date."),
        ("yes_no", "kanskje", "“kanskje” is neither yes nor no."),
        ("text", "Se {{ navn }}.", "There is “{{” in the text, which would be printed as it"),
        ("text", "a " * 1001, "The text has more than 2000 characters."),
        ("yes_no", 1, "“1” is neither yes nor no."),
    ],
)
def test_what_it_cannot_be_has_a_reason(type_: FactType, cell: Cell, told: str) -> None:
    found = value_in(cell, type_)

    assert isinstance(found, Reason)
    assert found.what.startswith(told)
    assert found.remedy
