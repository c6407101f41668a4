"""Which office a municipality has, and what is said of an office that is for nobody."""

import pytest

from brevgen.facts.municipalities import Register
from brevgen.facts.offices import check_offices, office_of
from brevgen.findings import Findings
from brevgen.settings.round import Copy, DispatchKeys, Office, Round
from brevgen.settings.types import InBothForms


def office(name: str = "IMDi", *counties: str) -> Office:
    return Office(name=name, counties=counties, title=InBothForms(nb="direktør", nn="direktør"))


def faults(round_: Round, register: Register, **offices: Office) -> list[tuple[str, str, str]]:
    findings = Findings()
    changed = round_.model_copy(update={"offices": {**round_.offices, **offices}})
    check_offices(changed, register, findings, shown_as="round.toml")
    assert findings.warnings == []
    return [(each.place.column, each.what, each.remedy) for each in findings.faults]


@pytest.mark.parametrize("name", ["2018", "2024"])
def test_the_offices_of_the_rounds_that_ship_are_for_somebody(
    rounds: dict[str, Round], register: Register, name: str
) -> None:
    assert faults(rounds[name], register) == []


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("IMDi Ost", ""),
        ("IMDi  Øst", " See its blanks and capital letters."),
        ("IMDi\u00a0Øst", " See its blanks and capital letters."),
        ("IMDi Øst ", " See its blanks and capital letters."),
        ("Imdi Øst", " See its blanks and capital letters."),
    ],
)
def test_an_office_of_a_region_that_is_none_is_a_fault_that_names_the_nearest(
    rounds: dict[str, Round], register: Register, key: str, hint: str
) -> None:
    assert faults(rounds["2018"], register, **{key: office(), "national": office()}) == [
        (
            f"offices.{key}",
            f"There is no region “{key}” on 2018-01-01, so no municipality has this office.",
            f'Write [offices."IMDi Øst"].{hint}',
        )
    ]


def test_an_office_called_by_a_county_is_told_how_counties_are_named(
    rounds: dict[str, Round], register: Register
) -> None:
    ((_, _, remedy),) = faults(rounds["2024"], register, akershus=office())

    assert remedy == 'That is a county: write counties = ["Akershus"] in the office.'


def test_a_region_that_has_closed_is_no_region_of_a_later_round(
    rounds: dict[str, Round], register: Register
) -> None:
    # rows that live on have kept their region, so it is there; a name near to none has no other
    ((_, what, remedy),) = faults(rounds["2024"], register, Xyzzy=office())

    assert "no region “Xyzzy” on 2024-01-01" in what
    assert remedy == 'Name its counties, such as counties = ["Oslo"], or remove it.'


def test_an_office_by_counties_may_have_any_name(
    rounds: dict[str, Round], register: Register
) -> None:
    assert faults(rounds["2024"], register, hovedstaden=office("IMDi", "Oslo", "Akershus")) == []


def test_a_county_that_is_none_is_a_fault_that_names_the_nearest(
    rounds: dict[str, Round], register: Register
) -> None:
    found = faults(rounds["2024"], register, viken=office("IMDi", "Akershuus", "Hordaland"))

    assert [each[:2] for each in found] == [
        ("offices.viken.counties", f"There is no county “{county}” on 2024-01-01.")
        for county in ("Akershuus", "Hordaland")
    ]
    assert found[0][2] == "Write “Akershus”."
    assert "Nordland" in found[1][2]


def test_a_copy_for_an_area_that_is_none_is_a_fault(
    rounds: dict[str, Round], register: Register
) -> None:
    copies = (
        Copy(address="a@b.example", region="Oslo"),
        Copy(address="a@b.example", region="IMDi Øst"),
        Copy(address="a@b.example", region="Olso"),
    )

    def of(name: str) -> list[tuple[str, str]]:
        round_ = rounds[name].model_copy(update={"dispatch": DispatchKeys(copies=copies)})
        return [(key, remedy) for key, _, remedy in faults(round_, register)]

    assert of("2018") == [("dispatch.copies.2.region", "Write “Oslo”.")]
    by_now = [key for key, _ in of("2024")]
    assert by_now == ["dispatch.copies.1.region", "dispatch.copies.2.region"]


def test_with_todays_register_offices_by_county_reach_everybody(
    rounds: dict[str, Round], register: Register
) -> None:
    east, rest = office("IMDi Øst", "Oslo", "Akershus", "Østfold"), office("IMDi")
    round_ = rounds["2024"].model_copy(update={"offices": {"east": east, "national": rest}})

    signed = {
        m.county: office_of(m, round_).name for m in register.on(round_.register_day).values()
    }

    assert {county for county, name in signed.items() if name == "IMDi Øst"} == {
        *("Oslo", "Akershus", "Østfold"),
    }
    assert signed["Nordland"] == "IMDi"
