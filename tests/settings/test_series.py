"""What a reference looks like, and the series a round gives from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brevgen.settings.series import Series, is_reference

numbers = st.integers(min_value=0, max_value=99_999)


def test_the_reference_of_the_known_letter_is_a_reference() -> None:
    assert is_reference("17-09235")


@pytest.mark.parametrize(
    "text",
    ["", "17-9235", "2017-09235", "17/09235", "17-09235\n", " 17-09235", "17–09235", "١٧-٠٩٢٣٥"],
)
def test_anything_else_is_not(text: str) -> None:
    assert not is_reference(text)
    assert text not in Series("17-00000", "17-99999")


def test_a_series_holds_its_first_and_its_last_and_no_more() -> None:
    series = Series("17-09100", "17-09102")

    assert list(series) == ["17-09100", "17-09101", "17-09102"]
    assert len(series) == 3
    assert "17-09099" not in series
    assert "17-09103" not in series
    assert "18-09101" not in series
    assert 9101 not in series


def test_a_series_may_be_a_single_reference() -> None:
    assert list(Series("17-09100", "17-09100")) == ["17-09100"]


@given(numbers, st.integers(min_value=0, max_value=200))
def test_a_series_counts_upwards_without_gaps_and_holds_what_it_counts(
    first: int, more: int
) -> None:
    last = min(first + more, 99_999)
    series = Series(f"17-{first:05}", f"17-{last:05}")

    listed = list(series)

    assert listed == sorted(set(listed))
    assert len(listed) == len(series) == last - first + 1
    assert all(is_reference(each) and each in series for each in listed)


@pytest.mark.parametrize(
    ("pattern", "first", "last", "listed"),
    [
        ("26/#####-#", "26/04512-1", "26/04514-1", ["26/04512-1", "26/04513-1", "26/04514-1"]),
        ("26/#####-#", "26/04512-8", "26/04512-9", ["26/04512-8", "26/04512-9"]),
        ("####/*", "2026/998", "2026/1000", ["2026/998", "2026/999", "2026/1000"]),
        ("####/####", "2026/0009", "2026/0010", ["2026/0009", "2026/0010"]),
        ("S####", "S0009", "S0010", ["S0009", "S0010"]),
        ("##-#####", "17-00001", "17-00001", ["17-00001"]),
    ],
)
def test_a_series_counts_in_the_one_number_that_changes(
    pattern: str, first: str, last: str, listed: list[str]
) -> None:
    series = Series(first, last, pattern)

    assert list(series) == listed
    assert len(series) == len(listed)
    assert all(each in series for each in listed)


def test_what_is_written_in_another_way_is_not_in_a_series() -> None:
    series = Series("2026/8", "2026/12", "####/*")

    assert "2026/9" in series
    for other in ("2026/09", "2025/9", "2026/13", "2026/7", "2026-9", "2026/9 ", ""):
        assert other not in series
    assert series.fits("2026/09")
    assert not series.fits("2026-9")


def test_a_point_or_another_sign_of_a_pattern_stands_only_for_itself() -> None:
    assert is_reference("26.1", "##.#")
    assert not is_reference("26x1", "##.#")


@pytest.mark.parametrize(
    ("pattern", "first", "year"),
    [
        ("##-#####", "17-09100", 2017),
        ("####/*", "2026/9", 2026),
        ("S##-*", "S26-9", 2026),
        ("*", "2026", None),
        ("###-#", "126-1", None),
        ("####/#", "1926/1", None),
    ],
)
def test_a_series_knows_its_year_where_there_is_one(
    pattern: str, first: str, year: int | None
) -> None:
    assert Series(first, first, pattern).year == year


@pytest.mark.parametrize("pattern", ["", "26/x", "#" * 41, "#\n", "..\\#", "[0-9]#", "#^"])
def test_a_pattern_without_digits_or_with_strange_signs_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="is no pattern of references"):
        Series("1", "2", pattern)


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("26/04512-1", "26/04513-2", "several differ"),
        ("26/1-1", "27/1-1", "one year"),
        ("26/9-1", "26/010-1", "not written alike"),
        ("26/1-1", "26/100001-1", "more than 100000"),
        ("26/1-1", f"26/1{'0' * 30}-1", "more than 100000"),
        (f"26/{'1' * 40}-1", "26/2-1", "is no reference"),
    ],
)
def test_a_series_of_a_pattern_that_makes_no_sense_is_refused(
    first: str, last: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        Series(first, last, "##/*-*")


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("17-9100", "17-09499", "“17-9100” is no reference"),
        ("17-09100", "", "“” is no reference"),
        ("17-09100", "18-09499", "one year"),
        ("17-09499", "17-09100", "low to high"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused_and_says_why(
    first: str, last: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        Series(first, last)
