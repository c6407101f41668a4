"""Whom a person means by what they type, and what is said when that is nobody or several."""

from dataclasses import replace
from pathlib import Path

import pytest

from brevgen.errors import WrongUse
from brevgen.facts.round_facts import RoundFacts, read_round_facts
from brevgen.facts.selection import municipality_meant, select
from brevgen.findings import Findings
from tests.support.samples import KINDS, ROOT, make_round, make_workspace


def facts_of(round_folder: Path, data: Path) -> RoundFacts:
    findings = Findings()
    facts = read_round_facts(round_folder, data, findings, kinds=KINDS)
    assert findings.faults == []
    assert facts is not None
    return facts


@pytest.fixture(scope="module")
def in_2018() -> RoundFacts:
    return facts_of(ROOT / "data/rounds/2018", ROOT / "data")


@pytest.fixture(scope="module")
def in_2024() -> RoundFacts:
    return facts_of(ROOT / "data/rounds/2024", ROOT / "data")


@pytest.fixture(scope="module")
def of_namesakes(tmp_path_factory: pytest.TempPathFactory) -> RoundFacts:
    """A round that asks one of the two Herøy, and both Bø."""
    workspace = make_workspace(tmp_path_factory.mktemp("selection") / "workspace")
    rows = ("1515;Herøy;12;;;;;", "0821;Bø;10;;;;;", "1867;Bø;10;;;;;", "0214;Ås;10;;;;;")
    return facts_of(make_round(workspace, rows), workspace / "data")


@pytest.mark.parametrize(
    ("who", "number"),
    [
        ("0214", "0214"),
        ("214", "0214"),
        ("ås", "0214"),
        ("Ås kommune", "0214"),
        ("Herøy (Møre og Romsdal)", "1515"),
        ("bø (nordland)", "1867"),
        ("1515", "1515"),
    ],
)
def test_a_number_or_a_name_means_one_municipality(
    of_namesakes: RoundFacts, who: str, number: str
) -> None:
    assert municipality_meant(of_namesakes, who) == number


@pytest.mark.parametrize(
    ("name", "both"),
    [
        ("Herøy", "1515 Herøy (Møre og Romsdal), 1818 Herøy (Nordland)"),
        ("Våler", "0137 Våler (Østfold), 0426 Våler (Hedmark)"),
        ("bø", "0821 Bø (Telemark), 1867 Bø (Nordland)"),
        ("NES", "0236 Nes (Akershus), 0616 Nes (Buskerud)"),
        ("Os", "0441 Os (Hedmark), 1243 Os (Hordaland)"),
        ("Sande kommune", "0713 Sande (Vestfold), 1514 Sande (Møre og Romsdal)"),
    ],
)
def test_a_name_borne_twice_is_refused_and_both_are_named_even_if_one_is_not_asked(
    of_namesakes: RoundFacts, name: str, both: str
) -> None:
    with pytest.raises(WrongUse) as refused:
        municipality_meant(of_namesakes, name)

    assert str(refused.value) == f"“{name}” means several municipalities: {both}. Give the number."


def test_a_municipality_that_is_not_asked_is_refused_as_such(of_namesakes: RoundFacts) -> None:
    with pytest.raises(WrongUse, match=r"0301 Oslo is not asked in the round trial\."):
        municipality_meant(of_namesakes, "oslo")


@pytest.mark.parametrize("who", ["", "Atlantis", "9999", "3021", "Ås og Ski"])
def test_who_is_nobody_that_year_is_refused(of_namesakes: RoundFacts, who: str) -> None:
    with pytest.raises(WrongUse, match=f"There is no municipality “{who}” on 2018-01-01"):
        municipality_meant(of_namesakes, who)


def test_without_a_choice_everybody_asked_is_meant(of_namesakes: RoundFacts) -> None:
    assert select(of_namesakes) == {"0214", "0821", "1515", "1867"}


def test_several_may_be_named_in_any_way(of_namesakes: RoundFacts) -> None:
    assert select(of_namesakes, ["ås", "0821", "ÅS"]) == {"0214", "0821"}


def test_one_that_is_nobody_refuses_them_all(of_namesakes: RoundFacts) -> None:
    with pytest.raises(WrongUse, match="Atlantis"):
        select(of_namesakes, ["ås", "Atlantis"])


@pytest.mark.parametrize("region", ["IMDi Øst", "øst", "ØST", "imdi  øst"])
def test_a_region_may_be_named_with_or_without_the_agency(in_2018: RoundFacts, region: str) -> None:
    chosen = select(in_2018, region=region)

    regions = {m.region for row, m in in_2018.asked() if row.number in chosen}
    assert regions == {"IMDi Øst"}
    assert "0214" in chosen


def test_the_regions_together_are_the_round_and_none_is_in_two(in_2018: RoundFacts) -> None:
    regions = [
        select(in_2018, region=name)
        for name in ("Øst", "Indre Øst", "Sør", "Vest", "Midt-Norge", "Nord")
    ]

    assert sum(map(len, regions)) == len(set().union(*regions)) == 210


def test_a_round_without_regions_is_chosen_from_by_county(in_2024: RoundFacts) -> None:
    chosen = select(in_2024, region="akershus")

    assert "3218" in chosen
    assert {m.county for row, m in in_2024.asked() if row.number in chosen} == {"Akershus"}


def test_a_round_with_regions_may_be_chosen_from_by_county_too(in_2018: RoundFacts) -> None:
    chosen = select(in_2018, region="akershus")

    assert "0214" in chosen
    assert {m.county for row, m in in_2018.asked() if row.number in chosen} == {"Akershus"}


@pytest.mark.parametrize("region", ["IMDi Øst", "Øst"])
def test_regions_that_have_closed_choose_nobody_though_rows_live_on_that_have_one(
    in_2024: RoundFacts, region: str
) -> None:
    assert in_2024.municipalities["0301"].region == "IMDi Øst"

    with pytest.raises(WrongUse, match="No municipality asked is in"):
        select(in_2024, region=region)


def test_an_office_by_counties_may_be_chosen_by_its_name(in_2024: RoundFacts) -> None:
    national = in_2024.round.offices["national"]
    east = national.model_copy(update={"counties": ("Oslo", "Akershus")})
    offices = {"IMDi hovedstaden": east, "national": national}
    facts = replace(in_2024, round=in_2024.round.model_copy(update={"offices": offices}))

    chosen = select(facts, region="hovedstaden")

    assert {m.county for row, m in facts.asked() if row.number in chosen} == {"Oslo", "Akershus"}
    assert facts.area(facts.municipalities["3218"]) == "IMDi hovedstaden"
    assert facts.area(facts.municipalities["1804"]) == "Nordland"


def test_some_may_be_left_out(of_namesakes: RoundFacts) -> None:
    assert select(of_namesakes, except_=["ås", "821"]) == {"1515", "1867"}
    assert select(of_namesakes, ["ås", "821"], except_=["Ås"]) == {"0821"}
    with pytest.raises(WrongUse, match="Nobody is left"):
        select(of_namesakes, ["ås"], except_=["Ås"])


def test_who_is_left_out_must_be_somebody_who_is_asked(of_namesakes: RoundFacts) -> None:
    with pytest.raises(WrongUse, match=r"0301 Oslo is not asked in the round trial\."):
        select(of_namesakes, except_=["Oslo"])


def test_names_and_a_region_are_both_to_hold(in_2018: RoundFacts) -> None:
    assert select(in_2018, ["Ås", "Bodø"], region="nord") == {"1804"}


def test_a_region_that_is_none_is_refused_and_those_there_are_named(
    of_namesakes: RoundFacts,
) -> None:
    with pytest.raises(WrongUse) as refused:
        select(of_namesakes, region="Hedmark")

    assert str(refused.value) == (
        "No municipality asked is in “Hedmark”."
        " There are: IMDi Midt-Norge, IMDi Nord, IMDi Sør, IMDi Øst."
    )
