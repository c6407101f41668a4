"""Figures of earlier years: read, and carried to the municipalities of another day."""

from datetime import date
from pathlib import Path

import pytest

from brevgen.facts.municipalities import Register, read_register
from brevgen.facts.past_figures import (
    PastFigures,
    PastYears,
    read_past_year,
    read_past_years,
)
from brevgen.findings import Findings
from tests.support.samples import ROOT

TODAY = date(2026, 1, 1)
HEAD = "kommunenummer,år,anmodet,vedtatt,bosatt,enslige_mindreårige\n"


@pytest.fixture(scope="module")
def register() -> Register:
    found = read_register(ROOT / "data/municipalities.csv", Findings(), shown_as="")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def shipped() -> PastYears:
    findings = Findings()
    years = read_past_years(ROOT / "data/history.csv", findings)
    assert years is not None
    assert findings.items == []
    return years


def years_of(years: PastYears, register: Register, number: str) -> dict[int, PastFigures]:
    municipality = register.on(TODAY)[number]
    return {each.year: each for each in years.of(municipality, register, TODAY)}


def read(tmp_path: Path, rows: str) -> tuple[PastYears | None, Findings]:
    file = tmp_path / "history.csv"
    file.write_text(HEAD + rows, encoding="utf-8")
    findings = Findings()
    return read_past_years(file, findings), findings


def test_baerum_has_one_history_under_the_three_numbers_it_has_borne(
    shipped: PastYears, register: Register
) -> None:
    found = years_of(shipped, register, "3201")
    assert {year: each.asked for year, each in found.items() if year >= 2017} == {
        **{2017: 180, 2018: 79, 2019: 65, 2020: 46, 2021: 65, 2022: 350, 2023: 470, 2024: 400}
    }
    assert [found[year].decided for year in range(2017, 2024)] == [190, 89, 65, 70, 65, 350, 390]
    assert [found[year].settled for year in range(2017, 2024)] == [182, 85, 51, 43, 41, 277, 180]
    # The letter of November 2017 asked for 65, and a supplement for 24 more; 89 were decided.
    assert (found[2018].asked, found[2018].decided) == (79, 65 + 24)


def test_asker_has_the_figures_that_it_told_itself_where_these_count_the_same(
    shipped: PastYears, register: Register
) -> None:
    """The municipality's own page of 2016 is the source it is held to.

    It says 135 to be settled in 2016, as was asked in November 2015. For 2017 it says 160, as was
    asked then: the request was lowered to 97 during the year, and 100 were decided. For 2015 it
    counts 91 settled with those who joined their families, IMDi 72 without them; for 2014 it
    counts 56 and 10 minors, which is one more than IMDi. For 2012 and 2013 it tells 40 and 41
    without minors, IMDi 48 and 46 with them. What it tells of 2010 and 2011, 46 and 40, is older
    than what is published by municipality and year.
    """
    day = date(2019, 12, 31)
    asker = register.on(day)["0220"]  # alone, as it was before Røyken and Hurum joined it
    found = {each.year: each for each in shipped.of(asker, register, day)}
    assert {year: each.asked for year, each in found.items() if year <= 2017} == {
        **{2012: 85, 2013: 70, 2014: 75, 2015: 90, 2016: 135, 2017: 97}
    }
    assert {year: each.decided for year, each in found.items() if year <= 2017} == {
        **{2012: 50, 2013: 50, 2014: 65, 2015: 87, 2016: 135, 2017: 100}
    }
    assert {year: each.settled for year, each in found.items() if year <= 2017} == {
        **{2012: 48, 2013: 46, 2014: 65, 2015: 72, 2016: 127, 2017: 77}
    }


def test_those_that_were_merged_are_added_up(shipped: PastYears, register: Register) -> None:
    asker = years_of(shipped, register, "3203")
    assert asker[2017].asked == 97 + 55 + 25  # Asker, Røyken and Hurum
    assert asker[2017].decided == 100 + 55 + 25


def test_a_sum_with_something_unknown_is_not_known(tmp_path: Path, register: Register) -> None:
    rows = "0220,2017,97,100,77,\n0627,2017,20,,0,\n0628,2017,1,1,1,\n0220,2018,5,5,5,\n"
    years, findings = read(tmp_path, rows)
    assert years is not None
    assert findings.items == []
    assert years_of(years, register, "3203") == {
        2017: PastFigures(2017, 118, None, 78, None),
        2018: PastFigures(2018, None, None, None, None),  # nothing is told of Røyken and Hurum
    }


def test_what_a_divided_municipality_had_is_given_to_none_of_its_heirs(
    shipped: PastYears, register: Register
) -> None:
    assert {year for year in years_of(shipped, register, "1580") if year < 2024} == set()  # Haram
    assert 2024 in years_of(shipped, register, "1580")


def test_the_sums_of_the_country_are_those_that_were_published(
    shipped: PastYears, register: Register
) -> None:
    day = date(2017, 1, 1)
    figures = [each for one in register.on(day).values() for each in shipped.of(one, register, day)]
    of_2016 = [each for each in figures if each.year == 2016]
    assert sum(each.asked or 0 for each in of_2016) == 18_517
    assert sum(each.decided or 0 for each in of_2016) == 16_523


def test_signs_of_statistics_are_unknown_and_zero_is_a_number(
    tmp_path: Path, register: Register
) -> None:
    years, findings = read(tmp_path, "0301,2020,:,0,.,\n")
    assert years is not None
    assert findings.items == []
    assert years_of(years, register, "0301")[2020] == PastFigures(2020, None, 0, None, None)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("031,2020,1,1,1,", "“031” is not a municipality number."),
        ("0301,20,1,1,1,", "“20” is no year."),
        ("0301,,1,1,1,", "“” is no year."),
        ("0301,2020,1,-1,1,", "“-1” is less than nothing."),
        ("0301,2020,1,1,1,\n0301,2020,2,2,2,", "0301 stands here twice for 2020."),
    ],
)
def test_what_cannot_be_is_a_fault(tmp_path: Path, row: str, told: str) -> None:
    _, findings = read(tmp_path, row + "\n")
    assert [each.what for each in findings.faults] == [told]


def test_a_workspace_without_the_file_has_no_earlier_years(
    tmp_path: Path, register: Register
) -> None:
    findings = Findings()
    years = read_past_years(tmp_path / "history.csv", findings)
    assert years is not None
    assert years_of(years, register, "0301") == {}
    assert findings.items == []


@pytest.mark.parametrize("year", [2016, 2023])
def test_one_year_read_alone_tells_what_all_years_tell_of_it(
    shipped: PastYears, register: Register, year: int
) -> None:
    alone = read_past_year(ROOT / "data/history.csv", year)
    told = {number: years_of(alone, register, number) for number in register.on(TODAY)}
    assert sum(bool(years) for years in told.values()) > 300
    for number, years in told.items():
        asked = {year: figures.asked for year, figures in years.items()}
        whole = years_of(shipped, register, number).get(year)
        assert asked.get(year) == (whole.asked if whole is not None else None), number


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffår;Kommunenummer;anmodet\n2023;301;2170\n2022;301;2000\n2023;0302;mange\n2023;x\n",
        'kommunenummer\tår\tanmodet\n0301\t2023\t2170\n"2023\n',
    ],
)
def test_one_year_is_read_however_the_file_was_saved_without_what_cannot_be_read(
    tmp_path: Path, register: Register, text: str
) -> None:
    file = tmp_path / "history.csv"
    file.write_text(text, encoding="utf-8")
    assert years_of(read_past_year(file, 2023), register, "0301")[2023].asked == 2170


@pytest.mark.parametrize("data", [b"", b"\0\0", b"a,b\n1,2023\n"])
def test_a_year_of_a_file_that_cannot_be_read_has_no_figures(
    tmp_path: Path, register: Register, data: bytes
) -> None:
    file = tmp_path / "history.csv"
    file.write_bytes(data)
    assert years_of(read_past_year(file, 2023), register, "0301") == {}
    assert years_of(read_past_year(tmp_path / "none.csv", 2023), register, "0301") == {}
