"""Dates, numbers and counted things as they are printed in both written forms."""

import os
import re
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brevgen.letter import wording

FORMS = ("nb", "nn")
MONTHS = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)
forms = st.sampled_from(FORMS)
days = st.dates(date(2016, 1, 1), date(2110, 12, 31))
counts = st.integers(0, 10**7)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2017, 11, 6), "6. november 2017", "6.11.2017"),
        (date(2018, 1, 6), "6. januar 2018", "6.1.2018"),
        (date(2024, 2, 29), "29. februar 2024", "29.2.2024"),
        (date(2023, 12, 31), "31. desember 2023", "31.12.2023"),
    ],
)
def test_a_date_is_written_without_leading_zeros(form, day, long, short):
    assert wording.long_date(day, form) == long
    assert wording.short_date(day, form) == short


@settings(deadline=None)
@given(days, forms)
def test_a_date_holds_its_day_month_and_year_and_no_more(day, form):
    assert wording.long_date(day, form) == f"{day.day}. {MONTHS[day.month - 1]} {day.year}"
    assert wording.short_date(day, form) == f"{day.day}.{day.month}.{day.year}"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("count", "printed"),
    [
        *((0, "0"), (1, "1"), (999, "999"), (1000, "1\u00a0000"), (4400, "4\u00a0400")),
        *((36985, "36\u00a0985"), (1_000_000, "1\u00a0000\u00a0000")),
    ],
)
def test_thousands_are_set_off_by_a_no_break_space(form, count, printed):
    assert wording.number(count, form) == printed


@settings(deadline=None)
@given(counts, forms)
def test_a_number_keeps_its_digits_and_gets_nothing_but_no_break_spaces(count, form):
    printed = wording.number(count, form)

    assert printed.replace("\u00a0", "") == str(count)
    assert re.fullmatch("[0-9]{1,3}(\u00a0[0-9]{3})*", printed)


@settings(deadline=None)
@given(counts, forms)
def test_one_is_counted_in_the_singular_and_everything_else_in_the_plural(count, form):
    printed = wording.counted(count, form, "plass", "plasser")

    assert printed == f"{wording.number(count, form)} {'plass' if count == 1 else 'plasser'}"


def test_counted_things_as_they_stand_in_letters():
    assert wording.counted(1, "nb", "flyktning", "flyktninger") == "1 flyktning"
    assert wording.counted(10, "nb", "flyktning", "flyktninger") == "10 flyktninger"
    assert wording.counted(0, "nn", "plass", "plassar") == "0 plassar"
    assert wording.counted(1650, "nn", "flyktning", "flyktningar") == "1\u00a0650 flyktningar"


@pytest.mark.parametrize("form", FORMS)
def test_a_telephone_number_does_not_break_at_its_blanks(form):
    assert wording.telephone("40 00 19 60", form) == "40\u00a000\u00a019\u00a060"
    assert wording.telephone("", form) == ""


@pytest.mark.parametrize("form", FORMS)
def test_the_filters_of_templates_are_these_and_take_what_is_said_of_them(form):
    filters = wording.filters(form)

    assert set(filters) == set(wording.FILTERS)
    examples = {date: date(2018, 1, 6), int: 4400, str: "40 00 19 60"}
    for name, (takes, words) in wording.FILTERS.items():
        assert filters[name](examples[takes], *["ord"] * words)


SAID = """
from datetime import date
from brevgen.letter import wording
for form in ("nb", "nn"):
    print(wording.long_date(date(2018, 1, 6), form), wording.short_date(date(2017, 11, 6), form))
    print(wording.counted(4400, form, "en", "flere"))
"""


def test_no_locale_and_no_time_zone_changes_a_word():
    outputs = set()
    for locale, zone in (
        ("C", "UTC"),
        ("nb_NO.UTF-8", "Pacific/Auckland"),
        ("ar_EG", "Etc/GMT+12"),
    ):
        settings = {"LC_ALL": locale, "LANG": locale, "LANGUAGE": locale, "TZ": zone}
        ran = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", SAID],
            env=os.environ | settings,
            capture_output=True,
            check=True,
        )
        outputs.add(ran.stdout.decode())

    assert outputs == {"6. januar 2018 6.11.2017\n4\u00a0400 flere\n" * 2}
