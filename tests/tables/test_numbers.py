"""Numbers as caseworkers write them: read as they are meant, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brevgen.language import speaking
from brevgen.tables.cells import Formatted
from brevgen.tables.leavings import leaving
from brevgen.tables.numbers import Reason, count, count_or_dash, municipality_number, quoted, shown

SPACES = [" ", "\u00a0", "\u202f", "\u2009"]


def grouped(number, space):
    return f"{number:,}".replace(",", space)


@given(number=st.integers(100, 9999))
def test_a_municipality_number_is_the_same_in_every_spelling(number):
    spellings = [
        number,
        float(number),
        f"{number}",
        f"{number:04}",
        f"{number}.0",
        f"{number:04}.00",
        f"'{number:04}",
    ]
    assert {municipality_number(spelling) for spelling in spellings} == {f"{number:04}"}


@pytest.mark.parametrize(
    "cell",
    [
        *("02140", 12140, "21", 21, "000", "021A", "K-0214", "-214", -214, 214.5, "214.5"),
        *("٠٢١٤", "0214\n", "", "214,0", "02 14", "''0214", True, float("nan"), "0" * 20),
    ],
)
def test_anything_else_is_no_municipality_number(cell):
    reason = municipality_number(cell)
    assert isinstance(reason, Reason)
    assert "is not a municipality number" in reason.what
    assert "0214" in reason.remedy


@given(number=st.integers(0, 10**12), space=st.sampled_from(SPACES))
def test_a_count_is_the_same_in_every_spelling(number, space):
    spellings = [
        number,
        float(number),
        f"{number}",
        f"{number}.0",
        f"{number},00",
        grouped(number, space),
        f"{grouped(number, space)},0",
    ]
    assert {count(spelling) for spelling in spellings} == {number}


@given(number=st.integers(0, 10**9), decimals=st.text("0123456789", min_size=3, max_size=3))
def test_a_point_or_comma_before_three_digits_can_be_read_in_two_ways(number, decimals):
    for sign in ".,":
        reason = count(f"{number}{sign}{decimals}")
        assert isinstance(reason, Reason)
        assert "two ways" in reason.what
        assert f"{number}{decimals}" in reason.remedy


@given(text=st.text(max_size=12))
def test_any_text_is_a_count_or_there_is_a_reason(text):
    figure = count(text)
    assert isinstance(figure, Reason) or (figure >= 0 and str(figure)[0] in text)


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        (":", "suppressed or missing"),
        (".", "suppressed or missing"),
        ("..", "suppressed or missing"),
        ("1.650", "two ways"),
        ("1,650", "two ways"),
        ("1.650.000", "two ways"),
        ("1 650.000", "two ways"),
        (-1, "less than nothing"),
        (-1.5, "less than nothing"),
        ("-10", "less than nothing"),
        ("−10", "less than nothing"),
        (10.5, "not a whole number"),
        (1.125, "not a whole number"),
        ("10,5", "not a whole number"),
        ("10.5", "not a whole number"),
        (float("inf"), "not a whole number"),
        (float("nan"), "not a whole number"),
        ("9" * 16, "more people than there are"),
        (1e300, "more people than there are"),
        ("2017-11-06", "is a date"),
        ("TRUE", "not a number"),
        (True, "not a number"),
        ("+10", "not a number"),
        ("ti", "not a number"),
        ("10 stk", "not a number"),
        ("ca. 10", "not a number"),
        ("1 65", "not a number"),
        ("16 50", "not a number"),
        ("1  650", "not a number"),
        ("1e3", "not a number"),
        ("1_000", "not a number"),
        ("١٠", "not a number"),
        ("-", "not a number"),
        ("", "not a number"),
    ],
)
def test_what_is_no_count_is_told_why(cell, what):
    reason = count(cell)
    assert isinstance(reason, Reason)
    assert what in reason.what
    assert reason.remedy


def test_a_quoted_cell_is_short_and_on_one_line():
    assert quoted("a\nb") == "“a b”"
    assert quoted(10.0) == "“10”"
    assert len(quoted("x" * 1000)) == 62


def test_a_whole_number_is_shown_without_a_point():
    assert [shown(cell) for cell in (17.0, 17, 17.5, "17.0")] == ["17", "17", "17.5", "17.0"]


@pytest.mark.parametrize("dash", ["-", "–", "—", "--"])
def test_a_dash_is_none_where_none_may_be_meant(dash):
    assert count_or_dash(dash) == 0
    assert isinstance(count(dash), Reason)
    assert isinstance(count_or_dash("-1"), Reason)


def test_what_is_wrong_with_a_cell_is_said_in_bokmaal():
    with speaking("nb"):
        assert count("1.234") == Reason(
            "«1.234» kan leses på to måter.",
            "Skriv det uten punktum og komma, 1234 eller det som er ment.",
        )
        assert leaving(Formatted("2017-12-01", "date")) == Reason(
            "«2017-12-01» er en dato, og ville blitt skrevet ut slik.",
            "Formater cellen som tekst og skriv på nytt det som skal stå der, eller tøm den.",
        )
