"""Facts that do not fit together: each is told at its place, and all of them at once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from brevgen.facts import checks
from brevgen.facts.allocation import Allocation, read_allocation
from brevgen.facts.contacts import Contact, Person
from brevgen.facts.municipalities import Register
from brevgen.findings import Findings
from brevgen.settings.round import Round, SeriesKeys
from tests.support.samples import HEADER, REQUEST, with_sums

Allocate = Callable[..., Allocation]


@pytest.fixture
def allocate(tmp_path: Path) -> Allocate:
    """An allocation of these lines; the first is row 2."""

    def read_lines(*lines: str) -> Allocation:
        path = tmp_path / "allocation.csv"
        path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
        findings = Findings()
        allocation = read_allocation(path, REQUEST, findings, shown_as="allocation.csv")
        assert findings.faults == []
        assert allocation is not None
        return allocation

    return read_lines


def told(findings: Findings) -> list[str]:
    return [str(finding) for finding in findings.items]


# -- the allocation with the register -------------------------------------------------------------


def municipalities(allocation: Allocation, register: Register, round_: Round) -> list[str]:
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
def test_a_municipality_of_the_year_under_its_own_name_is_no_fault(
    row: str, allocate: Allocate, register: Register, rounds: dict[str, Round]
) -> None:
    assert municipalities(allocate(row), register, rounds["2018"]) == []


def test_a_number_under_another_name_is_a_fault_at_the_name(
    allocate: Allocate, register: Register, rounds: dict[str, Round]
) -> None:
    allocation = allocate("0214;Ås;10", "0213;Ås;10")

    assert municipalities(allocation, register, rounds["2018"]) == [
        "allocation.csv, row 3, kommunenavn: 0213 is Ski, not Ås. Put the number or the name right."
    ]


def test_a_name_borne_twice_does_not_excuse_the_wrong_county(
    allocate: Allocate, register: Register, rounds: dict[str, Round]
) -> None:
    (fault,) = municipalities(allocate("1515;Herøy (Nordland);10"), register, rounds["2018"])

    assert "1515 is Herøy, not Herøy (Nordland)." in fault


def test_a_number_nobody_ever_had_is_a_fault(
    allocate: Allocate, register: Register, rounds: dict[str, Round]
) -> None:
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
        ("1507;Ålesund;10", "it has become 1508 Ålesund, 1580 Haram."),
        ("1850;Tysfjord;10", "it has become 1806 Narvik, 1875 Hábmer – Hamarøy."),
        ("1601;Trondheim;10", "it has become 5001 Trondheim – Tråante."),
    ],
)
def test_an_outdated_number_is_a_fault_that_names_what_it_has_become(
    row: str, says: str, allocate: Allocate, register: Register, rounds: dict[str, Round]
) -> None:
    (fault,) = municipalities(allocate(row), register, rounds["2024"])

    assert fault.startswith("allocation.csv, row 2, kommunenummer: ")
    assert says in fault
    assert fault.endswith("Ask the successor instead.")


def test_the_successor_named_is_the_one_of_the_rounds_own_year(
    allocate: Allocate, register: Register, rounds: dict[str, Round]
) -> None:
    (fault,) = municipalities(allocate("1601;Trondheim;10"), register, rounds["2018"])

    assert "on 2018-01-01: it has become 5001 Trondheim. Ask" in fault


def test_a_number_of_later_years_is_a_fault(
    allocate: Allocate, register: Register, rounds: dict[str, Round]
) -> None:
    assert municipalities(allocate("3218;Ås;10"), register, rounds["2018"]) == [
        "allocation.csv, row 2, kommunenummer: 3218 Ås is not a municipality on 2018-01-01."
        " Use the number that is valid then."
    ]


def test_a_region_without_an_office_is_a_fault(
    allocate: Allocate, register: Register, rounds: dict[str, Round]
) -> None:
    offices = {k: v for k, v in rounds["2018"].offices.items() if k != "IMDi Øst"}
    round_ = rounds["2018"].model_copy(update={"offices": offices})

    assert municipalities(allocate("0214;Ås;10", "1103;Stavanger;10"), register, round_) == [
        "allocation.csv, row 2, kommunenummer: The round has no office for 0214 Ås (IMDi Øst,"
        " Akershus). Add one for the region, the county or “national” under [offices] in"
        " round.toml."
    ]
    national = {**offices, "national": rounds["2024"].offices["national"]}
    round_ = round_.model_copy(update={"offices": national})
    assert municipalities(allocate("0214;Ås;10"), register, round_) == []


def test_each_row_is_checked_whatever_is_wrong_with_those_above(
    allocate: Allocate, register: Register, rounds: dict[str, Round]
) -> None:
    allocation = allocate("0999;Ås;10", "0213;Ås;10", "3218;Ås;10", "0214;Ås;10", "1601;Ås;10")

    faults = municipalities(allocation, register, rounds["2018"])

    assert [fault.partition(":")[0] for fault in faults] == [
        "allocation.csv, row 2, kommunenummer",
        "allocation.csv, row 3, kommunenavn",
        "allocation.csv, row 4, kommunenummer",
        "allocation.csv, row 6, kommunenummer",
    ]


# -- figures --------------------------------------------------------------------------------------


def figures(
    allocation: Allocation, round_: Round, *, sums: dict[str, int] | None = None, **national: int
) -> list[str]:
    findings = Findings()
    round_ = round_.model_copy(update={"national": round_.national.model_copy(update=national)})
    if sums is not None:
        round_ = with_sums(round_, **sums)
    checks.check_figures(allocation, round_, findings)
    return told(findings)


OWN_SUMS = (
    " If the round asks only a part of the country, leave [national] as letters are to say it, and"
    " write the round's own sums as [sums]."
)


def test_figures_that_add_up_are_no_fault(allocate: Allocate, rounds: dict[str, Round]) -> None:
    allocation = allocate("0214;Ås;10;0", "0219;Bærum;65;4", "0301;Oslo;12;")

    assert figures(allocation, rounds["2018"], total=87, minors=4, municipalities=3) == []


def test_sums_that_differ_from_the_national_figures_are_faults_with_the_difference(
    allocate: Allocate, rounds: dict[str, Round]
) -> None:
    allocation = allocate("0214;Ås;10;1", "0219;Bærum;65;4")

    faults = figures(allocation, rounds["2018"], total=74, minors=7, municipalities=3)

    assert faults == [
        f"allocation.csv: The allocation has {what}."
        f" Find the row that is wrong, or put {key} under [national] in round.toml right.{OWN_SUMS}"
        for key, what in (
            ("total", "75 refugees, the round 74 (1 too many)"),
            ("minors", "5 unaccompanied minors, the round 7 (2 too few)"),
            ("municipalities", "2 municipalities, the round 3 (1 too few)"),
        )
    ]


def test_fewer_than_the_minimum_is_a_fault_for_each_row_and_the_minimum_itself_is_none(
    allocate: Allocate, rounds: dict[str, Round]
) -> None:
    allocation = allocate("0214;Ås;9", "0219;Bærum;10", "0301;Oslo;1")

    faults = figures(allocation, rounds["2018"], total=20, minors=0, municipalities=3)

    assert faults == [
        f"allocation.csv, row {row}, antall: {name} has {asked} refugees, fewer than the round's"
        " 10. Put the number right, or minimum under [national] in round.toml."
        for row, name, asked in ((2, "Ås", 9), (4, "Oslo", 1))
    ]


def test_a_round_of_one_municipality_can_tell_the_true_figures_of_the_country(
    allocate: Allocate, rounds: dict[str, Round]
) -> None:
    allocation = allocate("1235;Voss;90;2")

    own = {"asked": 90, "minors": 2, "municipalities": 1, "minimum": 10}

    assert figures(allocation, rounds["2018"], sums=own) == []
    assert rounds["2018"].national.total == 4400


def test_a_round_with_its_own_sums_is_held_to_these(
    allocate: Allocate, rounds: dict[str, Round]
) -> None:
    allocation = allocate("1235;Voss;9;2")

    faults = figures(allocation, rounds["2018"], sums={"asked": 90, "minimum": 10})

    assert faults == [
        "allocation.csv, row 2, antall: Voss has 9 refugees, fewer than the round's 10."
        " Put the number right, or minimum under [sums] in round.toml.",
        "allocation.csv: The allocation has 9 refugees, the round 90 (81 too few)."
        " Find the row that is wrong, or put asked under [sums] in round.toml right.",
    ]


def test_more_than_in_the_whole_country_is_a_warning(
    allocate: Allocate, rounds: dict[str, Round]
) -> None:
    own = {"asked": 90, "minors": 2}

    assert figures(allocate("1235;Voss;90;2"), rounds["2018"], sums=own, total=89) == [
        "allocation.csv: The allocation has 90 refugees; letters say that there are 89 in the whole"
        " country. See that total under [national] in round.toml is right."
    ]


def test_only_the_sums_that_are_stated_are_checked(
    allocate: Allocate, rounds: dict[str, Round]
) -> None:
    assert figures(allocate("1235;Voss;9;2"), rounds["2018"], sums={"municipalities": 1}) == []


# -- contacts and references ----------------------------------------------------------------------


def test_a_municipality_that_cannot_be_reached_is_a_fault(allocate: Allocate) -> None:
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


def references(allocation: Allocation, round_: Round, **keys: str) -> list[str]:
    findings = Findings()
    series = SeriesKeys.model_validate(round_.references.model_dump() | keys)
    checks.check_references(allocation, round_.model_copy(update={"references": series}), findings)
    return told(findings)


def test_a_reference_may_be_outside_of_the_series_but_not_of_the_pattern(
    allocate: Allocate, rounds: dict[str, Round]
) -> None:
    allocation = allocate(
        "0214;Ås;10;;;17-09235",
        "0219;Bærum;10;;;17-9236",
        "0301;Oslo;10;;;17-09500",
        "0403;Hamar;10;;;",
        "0101;Halden;10;;;18-09236",
    )

    assert references(allocation, rounds["2018"]) == [
        "allocation.csv, row 3, vår_ref: “17-9236” is no reference of the pattern ##-#####."
        " Write it like 17-09100, or, if the archive writes it so, change pattern under"
        " [references] in round.toml."
    ]


@pytest.mark.parametrize(
    ("pattern", "first", "last", "given"),
    [
        ("26/#####-#", "26/04500-1", "26/04599-1", "26/04512-3"),
        ("####/*", "2026/4000", "2026/4999", "2026/14513"),
    ],
)
def test_a_round_may_have_a_pattern_of_its_own(
    allocate: Allocate, rounds: dict[str, Round], pattern: str, first: str, last: str, given: str
) -> None:
    keys = {"pattern": pattern, "first": first, "last": last}

    assert references(allocate(f"0214;Ås;10;;;{given}"), rounds["2018"], **keys) == []
    (fault,) = references(allocate("0214;Ås;10;;;17-09235"), rounds["2018"], **keys)
    assert f"Write it like {first}, or" in fault


@pytest.mark.parametrize(("channel", "count"), [("mail", 0), ("svarut", 1), ("svarut-folder", 1)])
def test_who_has_no_organisation_number_cannot_be_reached_through_svarut(
    channel: str, count: int, read: Callable[[], tuple[object, Findings]], place: Path, folder: Path
) -> None:
    register, settings = place / "data" / "municipalities.csv", folder / "round.toml"
    text = register.read_text(encoding="utf-8")
    assert ",964948798," in text
    register.write_text(text.replace(",964948798,", ",,"), encoding="utf-8")
    with settings.open("a", encoding="utf-8") as file:
        file.write(f'\n[dispatch]\nchannel = "{channel}"\n')
    _, findings = read()
    found = [each for each in told(findings) if "organisation number" in each]
    assert len(found) == count
    assert all("allocation.csv, row 2" in each for each in found)
