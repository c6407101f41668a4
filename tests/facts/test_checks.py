"""Facts that do not fit together: each is told at its place, and all of them at once."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brevgen.facts import checks
from brevgen.facts.allocation import read_allocation
from brevgen.facts.contacts import Contact, Person
from brevgen.facts.municipalities import read_register
from brevgen.findings import Findings
from brevgen.settings.round import read_round
from tests.support.samples import HEADER, ROOT


@pytest.fixture(scope="module")
def register():
    return read_register(ROOT / "data" / "municipalities.csv", Findings(), shown_as="x")


@pytest.fixture(scope="module")
def rounds():
    """The two rounds that ship, by name."""
    return {
        name: read_round(ROOT / "data/rounds" / name / "round.toml", Findings(), shown_as="x")
        for name in ("2018", "2024")
    }


@pytest.fixture
def allocate(tmp_path):
    """An allocation of these lines; the first is row 2."""

    def read_lines(*lines):
        path = tmp_path / "allocation.csv"
        path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
        findings = Findings()
        allocation = read_allocation(path, findings, shown_as="allocation.csv")
        assert findings.faults == []
        return allocation

    return read_lines


def told(findings: Findings) -> list[str]:
    return [str(finding) for finding in findings.items]


# -- the allocation with the register -------------------------------------------------------------


def municipalities(allocation, register, round_):
    findings = Findings()
    checks.check_municipalities(allocation, register, round_, findings)
    return told(findings)


@pytest.mark.parametrize(
    "row",
    [
        "0214;Ås;10",
        "0214;ÅS KOMMUNE;10",
        "1940;Gáivuotna - Kåfjord - Kaivuono;10",
        "1940;Kåfjord;10",
        "1515;Herøy (Møre og Romsdal);10",
        "1818;Herøy;10",
        "5001;Trondheim;10",
    ],
)
def test_a_municipality_of_the_year_under_its_own_name_is_no_fault(row, allocate, register, rounds):
    assert municipalities(allocate(row), register, rounds["2018"]) == []


def test_a_number_under_another_name_is_a_fault_at_the_name(allocate, register, rounds):
    allocation = allocate("0214;Ås;10", "0213;Ås;10")

    assert municipalities(allocation, register, rounds["2018"]) == [
        "allocation.csv, row 3, kommunenavn: 0213 is Ski, not Ås. Put the number or the name right."
    ]


def test_a_name_borne_twice_does_not_excuse_the_wrong_county(allocate, register, rounds):
    (fault,) = municipalities(allocate("1515;Herøy (Nordland);10"), register, rounds["2018"])

    assert "1515 is Herøy, not Herøy (Nordland)." in fault


def test_a_number_nobody_ever_had_is_a_fault(allocate, register, rounds):
    assert municipalities(allocate("0999;Ås;10"), register, rounds["2018"]) == [
        "allocation.csv, row 2, kommunenummer: There is no municipality 0999."
        " Put the number right, or add it to municipalities.csv."
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("0214;Ås;10", "0214 Ås is no longer a municipality on 2024-01-01: it has become 3218 Ås."),
        ("3021;Ås;10", "3021 Ås is no longer a municipality on 2024-01-01: it has become 3218 Ås."),
        ("0602;Drammen;10", "it has become 3301 Drammen."),
        ("0627;Røyken;10", "it has become 3203 Asker."),
        ("1507;Ålesund;10", "it has become 1508 Ålesund and 1580 Haram."),
        ("1850;Tysfjord;10", "it has become 1806 Narvik and 1875 Hábmer – Hamarøy."),
        ("1601;Trondheim;10", "it has become 5001 Trondheim – Tråante."),
    ],
)
def test_an_outdated_number_is_a_fault_that_names_what_it_has_become(
    row, says, allocate, register, rounds
):
    (fault,) = municipalities(allocate(row), register, rounds["2024"])

    assert fault.startswith("allocation.csv, row 2, kommunenummer: ")
    assert says in fault
    assert fault.endswith("Ask the successor instead.")


def test_the_successor_named_is_the_one_of_the_rounds_own_year(allocate, register, rounds):
    (fault,) = municipalities(allocate("1601;Trondheim;10"), register, rounds["2018"])

    assert "on 2018-01-01: it has become 5001 Trondheim. Ask" in fault


def test_a_number_of_later_years_is_a_fault(allocate, register, rounds):
    assert municipalities(allocate("3218;Ås;10"), register, rounds["2018"]) == [
        "allocation.csv, row 2, kommunenummer: 3218 Ås is not a municipality on 2018-01-01."
        " Use the number that is valid then."
    ]


def test_a_region_without_an_office_is_a_fault(allocate, register, rounds):
    offices = {k: v for k, v in rounds["2018"].offices.items() if k != "IMDi Øst"}
    round_ = rounds["2018"].model_copy(update={"offices": offices})

    assert municipalities(allocate("0214;Ås;10", "1103;Stavanger;10"), register, round_) == [
        "allocation.csv, row 2, kommunenummer: The round has no office for 0214 Ås (IMDi Øst)."
        " Add the region or “national” under [offices] in round.toml."
    ]
    national = {**offices, "national": rounds["2024"].offices["national"]}
    round_ = round_.model_copy(update={"offices": national})
    assert municipalities(allocate("0214;Ås;10"), register, round_) == []


def test_each_row_is_checked_whatever_is_wrong_with_those_above(allocate, register, rounds):
    allocation = allocate("0999;Ås;10", "0213;Ås;10", "3218;Ås;10", "0214;Ås;10", "1601;Ås;10")

    faults = municipalities(allocation, register, rounds["2018"])

    assert [fault.partition(":")[0] for fault in faults] == [
        "allocation.csv, row 2, kommunenummer",
        "allocation.csv, row 3, kommunenavn",
        "allocation.csv, row 4, kommunenummer",
        "allocation.csv, row 6, kommunenummer",
    ]


# -- figures --------------------------------------------------------------------------------------


def figures(allocation, round_, **national):
    findings = Findings()
    national = round_.national.model_copy(update=national)
    checks.check_figures(allocation, round_.model_copy(update={"national": national}), findings)
    return told(findings)


def test_figures_that_add_up_are_no_fault(allocate, rounds):
    allocation = allocate("0214;Ås;10;0", "0219;Bærum;65;4", "0301;Oslo;12;")

    assert figures(allocation, rounds["2018"], total=87, minors=4, municipalities=3) == []


def test_sums_that_differ_from_the_national_figures_are_faults_with_the_difference(
    allocate, rounds
):
    allocation = allocate("0214;Ås;10;1", "0219;Bærum;65;4")

    faults = figures(allocation, rounds["2018"], total=74, minors=7, municipalities=3)

    assert faults == [
        "allocation.csv: The allocation has 75 refugees, the round 74 (1 too many)."
        " Find the row that is wrong, or put total under [national] in round.toml right.",
        "allocation.csv: The allocation has 5 unaccompanied minors, the round 7 (2 too few)."
        " Find the row that is wrong, or put minors under [national] in round.toml right.",
        "allocation.csv: The allocation has 2 municipalities, the round 3 (1 too few)."
        " Find the row that is wrong, or put municipalities under [national] in round.toml right.",
    ]


def test_fewer_than_the_minimum_is_a_fault_for_each_row_and_the_minimum_itself_is_none(
    allocate, rounds
):
    allocation = allocate("0214;Ås;9", "0219;Bærum;10", "0301;Oslo;1")

    faults = figures(allocation, rounds["2018"], total=20, minors=0, municipalities=3)

    assert faults == [
        f"allocation.csv, row {row}, antall: {name} is asked for {asked}, fewer than the round's"
        " 10. Put the number right, or the minimum under [national] in round.toml."
        for row, name, asked in ((2, "Ås", 9), (4, "Oslo", 1))
    ]


# -- contacts and references ----------------------------------------------------------------------


def test_a_municipality_that_cannot_be_reached_is_a_fault(allocate):
    findings = Findings()
    contacts = {
        "0214": Contact("0214", "post@as.example", Person(), Person()),
        "0219": Contact("0219", "", Person("", "ordforer@baerum.example"), Person()),
    }

    checks.check_contacts(
        allocate("0214;Ås;10", "0219;Bærum;10", "0301;Oslo;10"),
        contacts,
        findings,
        shown_as="contacts.csv",
    )

    assert told(findings) == [
        f"allocation.csv, row {row}, kommunenummer: {name} has {what} in contacts.csv."
        " Write its official mailbox (postmottak) into contacts.csv."
        for row, name, what in ((3, "0219 Bærum", "no mailbox"), (4, "0301 Oslo", "no contact"))
    ]


def test_a_reference_must_be_one_and_be_of_the_series(allocate, rounds):
    allocation = allocate(
        "0214;Ås;10;;;17-09235",
        "0219;Bærum;10;;;17-9236",
        "0301;Oslo;10;;;17-09500",
        "0403;Hamar;10;;;",
        "0101;Halden;10;;;18-09236",
    )
    findings = Findings()

    checks.check_references(allocation, rounds["2018"], findings)

    assert told(findings) == [
        "allocation.csv, row 3, vår_ref: “17-9236” is no reference. Write it like 17-09235.",
        *(
            f"allocation.csv, row {row}, vår_ref: {reference} is outside of the round's series,"
            " 17-09100 to 17-09499. Put the reference right, or the series under [references] in"
            " round.toml."
            for row, reference in ((4, "17-09500"), (6, "18-09236"))
        ),
    ]


# -- dates ----------------------------------------------------------------------------------------


def dates(round_, sent: date, deadline: date):
    findings = Findings()
    changed = round_.model_copy(update={"letter_date": sent, "deadline": deadline})
    checks.check_dates(changed, findings, shown_as="round.toml")
    assert all(finding.place.column == "deadline" for finding in findings.items)
    return [(finding.severity, str(finding)) for finding in findings.items]


@pytest.mark.parametrize(
    ("deadline", "why", "following"),
    [
        (date(2018, 1, 6), "a Saturday", "Monday 2018-01-08"),
        (date(2024, 2, 25), "a Sunday", "Monday 2024-02-26"),
        (date(2018, 5, 1), "a holiday (Arbeidernes dag)", "Wednesday 2018-05-02"),
        (date(2018, 5, 17), "a holiday (Grunnlovsdag)", "Friday 2018-05-18"),
        (date(2018, 12, 25), "a holiday (Første juledag)", "Thursday 2018-12-27"),
        (date(2021, 12, 25), "a holiday (Første juledag)", "Monday 2021-12-27"),
        (date(2018, 1, 1), "a holiday (Første nyttårsdag)", "Tuesday 2018-01-02"),
        (date(2018, 3, 29), "a holiday (Skjærtorsdag)", "Tuesday 2018-04-03"),
        (date(2018, 4, 2), "a holiday (Andre påskedag)", "Tuesday 2018-04-03"),
        (date(2024, 3, 28), "a holiday (Skjærtorsdag)", "Tuesday 2024-04-02"),
        (date(2018, 5, 10), "a holiday (Kristi himmelfartsdag)", "Friday 2018-05-11"),
        (date(2024, 5, 20), "a holiday (Andre pinsedag)", "Tuesday 2024-05-21"),
    ],
)
def test_a_deadline_on_a_day_off_is_a_warning_that_names_the_next_working_day(
    rounds, deadline, why, following
):
    assert dates(rounds["2018"], deadline - timedelta(60), deadline) == [
        (
            "warning",
            f"round.toml, deadline: The deadline {deadline} is {why}."
            f" The next working day is {following}.",
        )
    ]


@pytest.mark.parametrize(
    "deadline", [date(2018, 1, 8), date(2018, 5, 16), date(2018, 12, 24), date(2018, 4, 3)]
)
def test_a_deadline_on_a_working_day_is_nothing_to_say(rounds, deadline):
    assert dates(rounds["2018"], deadline - timedelta(60), deadline) == []


@pytest.mark.parametrize(("days", "warned"), [(0, 1), (14, 1), (20, 1), (21, 0)])
def test_less_than_three_weeks_is_a_warning(rounds, days, warned):
    deadline = date(2018, 1, 29)

    found = dates(rounds["2018"], deadline - timedelta(days), deadline)

    warning = (
        f"round.toml, deadline: The deadline is {days} days after the letter's date, less than"
        " three weeks. See that the municipal councils have time to decide."
    )
    assert found == [("warning", warning)] * warned


def test_a_short_deadline_on_a_sunday_is_two_warnings(rounds):
    found = dates(rounds["2018"], date(2018, 1, 8), date(2018, 1, 14))

    assert [severity for severity, _ in found] == ["warning", "warning"]


def test_a_deadline_before_the_letter_is_a_fault_and_the_rest_is_not_asked(rounds):
    assert dates(rounds["2018"], date(2018, 1, 8), date(2018, 1, 7)) == [
        (
            "fault",
            "round.toml, deadline: The deadline 2018-01-07 is before the letter's date 2018-01-08."
            " Put one of the two right.",
        )
    ]


@settings(deadline=None)
@given(st.dates(date(2016, 1, 1), date(2100, 12, 31)))
def test_the_next_working_day_is_the_first_after_a_day_that_is_one(day):
    following = checks.next_working_day(day)

    between = [day + timedelta(n) for n in range(1, (following - day).days)]
    assert following > day
    assert checks.not_a_working_day(following) == ""
    assert all(map(checks.not_a_working_day, between))
    assert following.weekday() < 5
    assert len(between) <= 6
