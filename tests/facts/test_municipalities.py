"""The register: whose number it is on a day, what became of it, and how its name may be written."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from brevgen.facts.municipalities import (
    Municipality,
    Register,
    name_key,
    names_of,
    read_register,
)
from brevgen.facts.register_row import is_organisation_number
from brevgen.findings import Findings
from tests.support.samples import ROOT

HEADER = (
    "kommunenummer,kommunenavn,målform,orgnr,region,fylke,innbyggere,innbyggere_år,"
    "gyldig_fra,gyldig_til,etterfølger,merknad\n"
)
NEW_YEAR_2018, NEW_YEAR_2020, NEW_YEAR_2024 = (date(year, 1, 1) for year in (2018, 2020, 2024))


@pytest.fixture
def read(tmp_path):
    """Reads a register of these lines: the register and what was found."""

    def read_lines(*lines):
        path = tmp_path / "municipalities.csv"
        path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
        findings = Findings()
        return read_register(path, findings, shown_as="municipalities.csv"), findings

    return read_lines


@pytest.fixture(scope="module")
def shipped():
    findings = Findings()
    register = read_register(ROOT / "data" / "municipalities.csv", findings, shown_as="x")
    assert findings.items == []
    return register


def municipality(name: str, county: str = "Nordland", number: str = "1818") -> Municipality:
    return Municipality(number, name, "bokmål", "", "", county, None, None, None, ())


def only_fault(result, severity="faults") -> str:
    assert [finding.severity for finding in result[1].items] == ["fault"]
    return str(result[1].items[0])


AAS = "0214,Ås,nøytral,964948798,IMDi Øst,Akershus,19288,2017,,2019-12-31,3021,"
AAS_IN_VIKEN = "3021,Ås,nøytral,964948798,,Viken,20000,2020,2020-01-01,,,"


# -- reading --------------------------------------------------------------------------------------


def test_a_row_is_read_with_all_that_it_says(read):
    register, findings = read(AAS, AAS_IN_VIKEN)

    assert findings.items == []
    assert next(iter(register)) == Municipality(
        number="0214",
        name="Ås",
        decided_form="nøytral",
        organisation_number="964948798",
        region="IMDi Øst",
        county="Akershus",
        population=19288,
        valid_from=None,
        valid_to=date(2019, 12, 31),
        successors=("3021",),
    )


def test_a_number_that_lost_its_zero_gets_it_back(read):
    register, _ = read(AAS.removeprefix("0"), AAS_IN_VIKEN)

    assert register.on(NEW_YEAR_2018)["0214"].name == "Ås"


@pytest.mark.parametrize(
    ("right", "wrong", "column", "says"),
    [
        ("0214,", "21a4,", "kommunenummer", "“21a4” is not a municipality number"),
        ("0214,", ",", "kommunenummer", "“” is not a municipality number"),
        ("0214,", "02141,", "kommunenummer", "“02141” is not a municipality number"),
        ("0214,", "٠٢١٤,", "kommunenummer", "is not a municipality number"),
        (",Ås,", ",,", "kommunenavn", "has no name"),
        (",nøytral,", ",samisk,", "målform", "“samisk” is no written form"),
        (",nøytral,", ",,", "målform", "“” is no written form"),
        (",964948798,", ",964948799,", "orgnr", "“964948799” is not an organisation number"),
        (",964948798,", ",96494879,", "orgnr", "“96494879” is not an organisation number"),
        (",19288,", ",mange,", "innbyggere", "“mange” is not a number of people"),
        (",19288,", ",19²,", "innbyggere", "“19²” is not a number of people"),
        (",19288,", ",-5,", "innbyggere", "“-5” is not a number of people"),
        (",2017,,", ",2017,1. januar,", "gyldig_fra", "“1. januar” is not a date"),
        ("2019-12-31", "31.13.2019", "gyldig_til", "“31.13.2019” is not a date"),
        ("2019-12-31", "31.12.19", "gyldig_til", "“31.12.19” is not a date"),
        ("2019-12-31", "2019-02-29", "gyldig_til", "“2019-02-29” is not a date"),
        (",,2019-12-31", ",2020-01-01,2019-12-31", "gyldig_til", "2019-12-31 is before 2020-01-01"),
        (",3021,", ",3022,", "etterfølger", "0214 Ås became 3022, which is not in the register"),
        (",3021,", ",3021 3O22,", "etterfølger", "0214 Ås became 3O22, which is not in the"),
    ],
)
def test_a_wrong_cell_is_one_fault_at_its_place(read, right, wrong, column, says):
    assert right in AAS

    fault = only_fault(read(AAS_IN_VIKEN, AAS.replace(right, wrong, 1)))

    assert fault.startswith(f"municipalities.csv, row 3, {column}: ")
    assert says in fault


def test_what_is_not_known_may_be_blank(read):
    register, findings = read("3021,Ås,nøytral,,,,,,,,,")

    assert findings.items == []
    assert list(register) == [
        Municipality("3021", "Ås", "nøytral", "", "", "", None, None, None, ())
    ]


def test_every_fault_of_every_row_is_told(read):
    result = read("x,,y,1,,,z,,a,b,,", AAS_IN_VIKEN.replace("nøytral", "samisk"))

    assert [(fault.place.row, fault.place.column) for fault in result[1].faults] == [
        *((2, column) for column in ("kommunenummer", "kommunenavn", "målform", "orgnr")),
        *((2, column) for column in ("innbyggere", "gyldig_fra", "gyldig_til")),
        (3, "målform"),
    ]


def test_a_cell_that_cannot_be_used_is_told_once(read):
    fault = only_fault(read(AAS.replace("Ås", "Å\x01s"), AAS_IN_VIKEN))

    assert "row 2, kommunenavn: The cell holds a character that cannot be printed" in fault


def test_a_fault_in_one_row_makes_no_faults_in_others(read):
    register, findings = read(AAS, AAS_IN_VIKEN.replace("964948798", "1"))

    assert [fault.place.row for fault in findings.faults] == [3]
    assert list(register.on(NEW_YEAR_2024)) == ["3021"]
    _, findings = read(AAS, AAS_IN_VIKEN.replace("nøytral", "samisk"))
    assert [fault.place.row for fault in findings.faults] == [3]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("", ""), ("", "")),
        (("", "2019-12-31"), ("2019-12-31", "")),
        (("", ""), ("2020-01-01", "")),
        (("2018-01-01", "2020-06-30"), ("2020-01-01", "2023-12-31")),
    ],
)
def test_two_municipalities_with_one_number_on_one_day_are_a_fault_at_the_later(
    read, first, second
):
    fault = only_fault(
        read(
            f"1103,Stavanger,nøytral,,,,,,{second[0]},{second[1]},,",
            f"1103,Rennesøy,bokmål,,,,,,{first[0]},{first[1]},,",
        )
    )

    assert "bear the same number at the same time" in fault
    assert fault.startswith("municipalities.csv, row ")
    assert "Stavanger" in fault
    assert "Rennesøy" in fault


def test_a_number_may_be_used_again_the_day_after(read):
    register, findings = read(
        "1103,Stavanger,bokmål,,,,,,,2019-12-31,1103,",
        "1103,Stavanger,nøytral,,,,,,2020-01-01,,,",
    )

    assert findings.items == []
    assert register.on(date(2019, 12, 31))["1103"].decided_form == "bokmål"
    assert register.on(date(2020, 1, 1))["1103"].decided_form == "nøytral"


def test_a_register_is_read_anew_once_it_says_something_else(read):
    first, _ = read(AAS, AAS_IN_VIKEN)
    assert read(AAS, AAS_IN_VIKEN)[0] is first
    second, _ = read(AAS, AAS_IN_VIKEN.replace("Viken", "Akershus"))
    assert [each.county for each in second] == ["Akershus", "Akershus"]
    for _ in range(2):  # a fault is told every time
        assert "nordsamisk" in only_fault(read(AAS_IN_VIKEN.replace("nøytral", "nordsamisk")))


def test_a_register_without_its_columns_or_its_file_is_a_fault(tmp_path):
    findings = Findings()
    (tmp_path / "m.csv").write_text("kommunenummer,kommunenavn\n0214,Ås\n", encoding="utf-8")

    assert read_register(tmp_path / "m.csv", findings, shown_as="m.csv") is None
    assert read_register(tmp_path / "none.csv", findings, shown_as="none.csv") is None

    assert "m.csv, row 1, målform: The column “målform” is missing." in str(findings.faults[0])
    assert str(findings.faults[-1]).startswith("none.csv: ")


# -- organisation numbers -------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["964948798", "974760673", "958935420"])
def test_a_number_with_the_right_check_digit_is_an_organisation_number(number):
    assert is_organisation_number(number)


@pytest.mark.parametrize(
    "text", ["", "96494879", "9649487980", "964 948 798", "NO964948798", "٩٦٤٩٤٨٧٩٨", "964948798\n"]
)
def test_what_is_not_nine_digits_is_none(text):
    assert not is_organisation_number(text)


@settings(deadline=None)
@given(st.integers(0, 99_999_999))
def test_at_most_one_last_digit_fits_and_a_wrong_digit_or_a_swap_is_noticed(start):
    fitting = [
        f"{start:08}{last}" for last in "0123456789" if is_organisation_number(f"{start:08}{last}")
    ]

    assert len(fitting) <= 1
    for number in fitting:
        for at in range(8):
            other = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
            swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
            assert not is_organisation_number(other)
            assert swapped == number or not is_organisation_number(swapped)


# -- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "Gáivuotna – Kåfjord – Kaivuono",
        "Gáivuotna - Kåfjord - Kaivuono",
        "Gáivuotna-Kåfjord-Kaivuono",
        "GÁIVUOTNA — KÅFJORD − KAIVUONO",
        "Gáivuotna/Kåfjord/Kaivuono",
        "Gáivuotna\u00a0–\u00a0Kåfjord  –\tKaivuono",
        "Gáivuotna",
        "kåfjord",
        "Ka\u030afjord",
        "Kåfjord kommune",
        "Kåfjord (Troms)",
        "KÅFJORD (TROMS) KOMMUNE",
        " Kaivuono ",
        "Gáivuotna – Kåfjord – Kaivuono kommune",
    ],
)
def test_a_name_may_be_written_in_each_of_these_ways(written):
    named = municipality("Gáivuotna – Kåfjord – Kaivuono", "Troms", "1940")

    assert name_key(written) in names_of(named)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Kåfjor",
        "Kafjord",
        "Kåfjord (Finnmark)",
        "Gáivuotna – Kåfjord",
        "Kåfjord kommune kommune",
    ],
)
def test_another_name_is_not_accepted(written):
    named = municipality("Gáivuotna – Kåfjord – Kaivuono", "Troms", "1940")

    assert name_key(written) not in names_of(named)


def test_a_hyphen_inside_a_name_is_no_parallel_name():
    named = municipality("Nord-Aurdal", "Oppland", "0542")

    assert name_key("nord – aurdal") in names_of(named)
    assert name_key("Aurdal") not in names_of(named)


@settings(deadline=None)
@given(st.text(max_size=40))
@example("ẞ ß SS – ŊŦŽ")
def test_case_and_the_kind_of_blank_never_tell_names_apart(name):
    key = name_key(name)

    assert name_key(key) == key
    assert name_key(f" {name.replace(' ', chr(160))} ") == key
    assert name_key(name.replace("-", "–")) == key


# -- what became of a number ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "day", "heirs"),
    [
        ("0214", NEW_YEAR_2018, ["0214 Ås"]),
        ("0214", NEW_YEAR_2020, ["3021 Ås"]),
        ("0214", NEW_YEAR_2024, ["3218 Ås"]),
        ("0602", NEW_YEAR_2024, ["3301 Drammen"]),
        ("1850", NEW_YEAR_2020, ["1806 Narvik", "1875 Hábmer – Hamarøy"]),
        ("1504", NEW_YEAR_2024, ["1508 Ålesund", "1580 Haram"]),
        ("1601", NEW_YEAR_2018, ["5001 Trondheim"]),
        ("1601", NEW_YEAR_2024, ["5001 Trondheim – Tråante"]),
        ("1703", NEW_YEAR_2018, ["5005 Namsos"]),
        ("1103", NEW_YEAR_2018, ["1103 Stavanger"]),
        ("1103", NEW_YEAR_2020, ["1103 Stavanger"]),
        ("1141", NEW_YEAR_2020, ["1103 Stavanger"]),
        ("3021", NEW_YEAR_2018, []),
        ("9999", NEW_YEAR_2018, []),
    ],
)
def test_a_number_is_followed_to_what_it_had_become_by_a_day(shipped, number, day, heirs):
    assert [heir.label for heir in shipped.heirs(number, day)] == heirs


def test_every_number_there_has_been_leads_to_somebody_on_every_new_year_after_it(shipped):
    for municipality in shipped:
        for year in range(2017, 2031):
            day = date(year, 1, 1)
            if municipality.valid_on(day) or municipality.ended_before(day):
                heirs = shipped.heirs(municipality.number, day)
                assert heirs, (municipality.label, day)
                assert all(heir.valid_on(day) for heir in heirs)


def test_a_register_that_goes_in_circles_comes_to_an_end():
    def ended(number: str, *successors: str) -> Municipality:
        return Municipality(
            number, "X", "bokmål", "", "", "", None, None, date(2019, 12, 31), successors
        )

    register = Register(
        [ended("0001", "0002"), ended("0002", "0001", "0002", "0003"), ended("0003")]
    )

    assert register.heirs("0001", NEW_YEAR_2024) == []


numbers = st.sampled_from(["0001", "0002", "0003", "0004"])
days = st.dates(date(2017, 1, 1), date(2025, 1, 1))
periods = st.builds(
    lambda number, begin, length, successors: Municipality(
        number, "X", "bokmål", "", "", "", None, begin, begin + timedelta(length), successors
    ),
    numbers,
    days,
    st.integers(0, 2000),
    st.lists(numbers, max_size=3).map(tuple),
)


@settings(deadline=None)
@given(st.lists(periods, max_size=8), numbers, days)
def test_in_any_register_the_heirs_are_each_named_once_and_in_use_that_day(rows, number, day):
    heirs = Register(rows).heirs(number, day)

    assert all(heir.valid_on(day) for heir in heirs)
    assert [heir.number for heir in heirs] == sorted({heir.number for heir in heirs})


def test_ever_is_the_last_that_bore_a_number(shipped):
    assert shipped.ever("0214").label == "0214 Ås"
    assert shipped.ever("1103").decided_form == "nøytral"
    assert shipped.ever("9999") is None


# -- finding by what a person types ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("0214", ["0214"]),
        ("214", ["0214"]),
        (" 0214 ", ["0214"]),
        ("ås", ["0214"]),
        ("ÅS KOMMUNE", ["0214"]),
        ("Karasjok", ["2021"]),
        ("kárášjohka - karasjok", ["2021"]),
        ("Herøy", ["1515", "1818"]),
        ("herøy (nordland)", ["1818"]),
        ("Våler", ["0137", "0426"]),
        ("Bø", ["0821", "1867"]),
        ("Nes", ["0236", "0616"]),
        ("Os", ["0441", "1243"]),
        ("Sande", ["0713", "1514"]),
        ("3021", []),
        ("²", []),
        ("", []),
        ("Oslo og omegn", []),
    ],
)
def test_a_municipality_is_found_by_number_or_name(shipped, who, found):
    assert [each.number for each in shipped.find(who, NEW_YEAR_2018)] == found


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50
)
@given(st.text(max_size=10))
def test_anything_may_be_typed(shipped, who):
    assert all(each.valid_on(NEW_YEAR_2018) for each in shipped.find(who, NEW_YEAR_2018))


def test_a_register_that_excel_in_norwegian_has_saved_says_the_same(read):
    register, findings = read(
        AAS.removeprefix("0").replace("2019-12-31", "31.12.2019"),
        AAS_IN_VIKEN.replace("2020-01-01", "01.01.2020"),
        "1021,Marnardal,bokmål,,,Agder,,,1.1.2020,,,",
        "1001,Ny,bokmål,,,Oslo,,,,31.12.2019,214,",
    )
    assert findings.items == []
    assert register.ever("0214").valid_to == date(2019, 12, 31)
    assert register.ever("3021").valid_from == date(2020, 1, 1)
    assert register.ever("1021").valid_from == date(2020, 1, 1)
    assert register.ever("1001").successors == ("0214",)
