"""Faults of settings and of the stylesheet are found in their texts."""

import pytest

from brevgen.desk.finding_lines import line_of
from brevgen.findings import Finding, Place

TEXT = """name = { nb = "a", nn = "b" }
must_say = ["x"]

[columns.asked]
header = "antall"
at_least = 5

[columns.minors]
header = "em"

[texts]
need = "x"
"""


@pytest.mark.parametrize(
    ("column", "line"),
    [
        ("must_say", 2),
        ("name.nb", 1),
        ("columns.asked", 4),
        ("columns.asked.at_least", 6),
        ("columns.minors.header", 9),
        ("columns.minors.missing", 8),
        ("texts.need.nb", 12),
        ("nothing", None),
        ("", None),
    ],
)
def test_a_key_is_found(column: str, line: int | None) -> None:
    fault = Finding("fault", "", "", Place("letters/x/kind.toml", column=column))
    assert line_of(fault, TEXT) == line


def test_a_line_that_is_told_is_believed() -> None:
    assert line_of(Finding("fault", "", "", Place("letters/x/nb.html", row=3)), "") == 3
    what = "Ignored `size: 3` at 12:5, unknown property."
    assert line_of(Finding("fault", what, "", Place("letters/letter.css")), "") == 12
