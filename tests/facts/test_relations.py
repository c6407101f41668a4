"""Counts that do not fit together: each relation's fault names file, row, column, both figures."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from brevgen.facts.allocation import Allocation, read_allocation
from brevgen.facts.earlier import EarlierLetter
from brevgen.findings import Findings
from tests.support.kinds import read_kind

EARLIER = EarlierLetter("17-09100", date(2017, 11, 6), facts={"asked": 65, "minors": 4})

COLUMN = """
[columns.{name}]
header = "{header}"
called = "{called}"
required = false
"""


def kind_toml(**relations: str) -> str:
    """A kind with the counts a, b, c and d, and a relation of some of them."""
    text = 'name = { nb = "x", nn = "x" }\nanswer = true\nfollows = ["request"]\n'
    for name in "abcd":
        text += COLUMN.format(name=name, header=f"kolonne_{name}", called=f"{name}-er")
        text += relations.get(name, "") + "\n"
    return text


Read = Callable[..., tuple[Allocation | None, list[str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """An allocation of one row with these cells, and its faults."""

    def read_row(cells: str, **relations: str) -> tuple[Allocation | None, list[str]]:
        kind = read_kind(tmp_path / "letters", "x", kind_toml(**relations))
        path = tmp_path / "allocation.csv"
        header = "kommunenummer;kommunenavn;" + ";".join(f"kolonne_{each}" for each in "abcd")
        path.write_text(f"{header}\n0219;Bærum;{cells}\n", encoding="utf-8")
        findings = Findings()
        earlier = {"0219": EARLIER}
        found = read_allocation(path, kind, findings, shown_as="a.csv", earlier=earlier)
        return found, [str(fault) for fault in findings.faults]

    return read_row


@pytest.mark.parametrize(
    ("relations", "cells", "fault"),
    [
        (
            {"b": 'part_of = "a"'},
            "10;11;;",
            "a.csv, row 2, kolonne_b: 11 b-er are more than the 10 a-er they are a part of. They"
            " are counted inside that number: put one of the two right.",
        ),
        (
            {"b": 'part_of = "a"'},
            ";11;;",
            "a.csv, row 2, kolonne_b: 11 b-er: the number they are a part of is blank. Fill in that"
            " number, or put this one right.",
        ),
        (
            {"b": 'part_of = "earlier.minors"'},
            ";5;;",
            "a.csv, row 2, kolonne_b: 5 b-er are more than the 4 in the letter 17-09100 they are a"
            " part of. They are counted inside that number: put one of the two right.",
        ),
        (
            {"a": 'sum_of = ["b", "c", "d"]'},
            "40;10;20;",
            "a.csv, row 2, kolonne_a: 40 a-er: the parts add up to 30 (10 + 20 + –). Put the sum or"
            " one of its parts right.",
        ),
        (
            {"a": 'sum_of = ["earlier.asked", "b"]'},
            "90;24;;",
            "a.csv, row 2, kolonne_a: 90 a-er: the parts add up to 89 (65 + 24). Put the sum or one"
            " of its parts right.",
        ),
        (
            {"a": "at_least = 5"},
            "4;;;",
            "a.csv, row 2, kolonne_a: 4 a-er are fewer than 5. Put the number right.",
        ),
        (
            {"a": 'at_least = "b"'},
            "4;7;;",
            "a.csv, row 2, kolonne_a: 4 a-er are fewer than 7 b-er. Put the number right.",
        ),
        (
            {"a": 'differs_from = "earlier.asked"'},
            "65;;;",
            "a.csv, row 2, kolonne_a: 65 a-er is the same number as 65 in the letter 17-09100."
            " Write the new number, or delete the row if nothing changes for the municipality.",
        ),
        (
            {"a": 'differs_from = "b"'},
            "0;0;;",
            "a.csv, row 2, kolonne_a: 0 a-er is the same number as 0 b-er."
            " Write the new number, or delete the row if nothing changes for the municipality.",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_both_figures(
    read: Read, relations: dict[str, str], cells: str, fault: str
) -> None:
    allocation, faults = read(cells, **relations)

    assert faults == [fault]
    assert allocation is not None
    assert allocation.rows == ()


@pytest.mark.parametrize(
    ("relations", "cells"),
    [
        ({"b": 'part_of = "a"'}, "10;10;;"),
        ({"b": 'part_of = "a"'}, ";0;;"),
        ({"b": 'part_of = "a"'}, "10;;;"),
        ({"a": 'sum_of = ["b", "c", "d"]'}, "40;10;20;10"),
        ({"a": 'sum_of = ["b", "c", "d"]'}, "40;;;"),
        ({"a": 'sum_of = ["b", "c", "d"]'}, ";10;20;10"),
        ({"a": 'sum_of = ["b", "c"]'}, "0;0;0;"),
        ({"a": "at_least = 5"}, "5;;;"),
        ({"a": "at_least = 5"}, ";;;"),
        ({"a": 'at_least = "b"'}, "4;;;"),
        ({"a": 'differs_from = "earlier.asked"'}, "64;;;"),
        ({"a": 'differs_from = "earlier.asked"'}, ";;;"),
        ({"a": 'differs_from = "b"'}, "4;;;"),
    ],
)
def test_what_fits_or_is_blank_is_no_fault(
    read: Read, relations: dict[str, str], cells: str
) -> None:
    assert read(cells, **relations)[1] == []


def test_a_figure_that_cannot_be_read_is_compared_with_nothing(read: Read) -> None:
    relations = {"a": 'sum_of = ["b", "c"]', "b": 'part_of = "c"'}

    (fault,) = read("40;10;tjue;", **relations)[1]

    assert fault.startswith("a.csv, row 2, kolonne_c: “tjue” is not a number.")


def test_every_fault_of_a_row_is_told(read: Read) -> None:
    relations = {"a": "at_least = 5", "b": 'part_of = "a"', "d": 'differs_from = "c"'}

    assert [fault.split(":")[0] for fault in read("4;5;6;6", **relations)[1]] == [
        *("a.csv, row 2, kolonne_a", "a.csv, row 2, kolonne_b", "a.csv, row 2, kolonne_d"),
    ]
