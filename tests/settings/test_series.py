"""What a reference looks like, and the series a round gives from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brevgen.settings.series import Series, is_reference

numbers = st.integers(min_value=0, max_value=99_999)


def test_the_reference_of_the_known_letter_is_a_reference():
    assert is_reference("17-09235")


@pytest.mark.parametrize(
    "text",
    ["", "17-9235", "2017-09235", "17/09235", "17-09235\n", " 17-09235", "17–09235", "١٧-٠٩٢٣٥"],
)
def test_anything_else_is_not(text):
    assert not is_reference(text)
    assert text not in Series("17-00000", "17-99999")


def test_a_series_holds_its_first_and_its_last_and_no_more():
    series = Series("17-09100", "17-09102")

    assert list(series) == ["17-09100", "17-09101", "17-09102"]
    assert len(series) == 3
    assert "17-09099" not in series
    assert "17-09103" not in series
    assert "18-09101" not in series
    assert 9101 not in series


def test_a_series_may_be_a_single_reference():
    assert list(Series("17-09100", "17-09100")) == ["17-09100"]


@given(numbers, st.integers(min_value=0, max_value=200))
def test_a_series_counts_upwards_without_gaps_and_holds_what_it_counts(first, more):
    last = min(first + more, 99_999)
    series = Series(f"17-{first:05}", f"17-{last:05}")

    listed = list(series)

    assert listed == sorted(set(listed))
    assert len(listed) == len(series) == last - first + 1
    assert all(is_reference(each) and each in series for each in listed)


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("17-9100", "17-09499", "“17-9100” is no reference"),
        ("17-09100", "", "“” is no reference"),
        ("17-09100", "18-09499", "one year"),
        ("17-09499", "17-09100", "low to high"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused_and_says_why(first, last, says):
    with pytest.raises(ValueError, match=says):
        Series(first, last)
