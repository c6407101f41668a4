"""How archives write their numbers."""

import pytest

from brevgen.archive.numbers import case_in_year, entry_in_case, is_number, taken_apart


@pytest.mark.parametrize(
    ("case", "known"),
    [
        ("2017/9235", (2017, 9235)),
        ("17/9235", (2017, 9235)),
        ("2017-9235", (2017, 9235)),
        ("SAK-9235", None),
        ("", None),
        ("2017/9235-2", None),
    ],
)
def test_year_and_number_of_a_case(case: str, known: tuple[int, int] | None) -> None:
    assert case_in_year(case) == known


@pytest.mark.parametrize("text", ["2017/9235", "17/5-2", "SAK-9235", "2017/00123 (2)", "Å 1", "7"])
def test_what_archives_write_is_a_number(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize(
    "text", ["=1+1", "+47", "-1", "@A1", "<b>1</b>", "sak", "", " 1", "2028/\n1", '"1"', "1;2"]
)
def test_formulas_and_markup_are_none(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize(
    ("number", "known"),
    [("2", 2), ("2017/9235-2", 2), ("17/9235-12", 12), ("a", None), ("", None), ("2/3", None)],
)
def test_number_of_an_entry(number: str, known: int | None) -> None:
    assert entry_in_case(number) == known


@pytest.mark.parametrize(
    ("told", "apart"),
    [
        (("2017/9235-2", ""), ("2017/9235", "2")),
        (("2017/9235-2", "2"), ("2017/9235", "2")),
        (("2017/9235-2", "2017/9235-2"), ("2017/9235", "2")),
        (("2017/9235-2", "5"), ("2017/9235-2", "5")),
        (("2017/9235", "2"), ("2017/9235", "2")),
        (("2017-9235", ""), ("2017-9235", "")),
    ],
)
def test_case_and_entry_in_one(told: tuple[str, str], apart: tuple[str, str]) -> None:
    assert taken_apart(*told) == apart
