"""Sums by area: each municipality counts once, in the one area it is in."""

import pytest

from brevgen.facts.round_facts import RoundFacts, read_round_facts
from brevgen.facts.sums import AreaSums, alphabetical, sum_of_all, sums_by_area
from brevgen.findings import Findings
from tests.support.samples import ROOT, make_round, make_workspace


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> RoundFacts:
    workspace = make_workspace(tmp_path_factory.mktemp("sums") / "workspace")
    read = read_round_facts(make_round(workspace), workspace / "data", Findings())
    assert read is not None
    return read


def test_what_is_asked_is_summed_by_area_in_the_order_of_their_names(facts: RoundFacts) -> None:
    assert sums_by_area(facts) == [
        AreaSums("IMDi Midt-Norge", municipalities=1, asked=12, minors=1, minors_under_15=1),
        AreaSums("IMDi Nord", municipalities=2, asked=21, minors=2, minors_under_15=0),
        AreaSums("IMDi Sør", municipalities=1, asked=10, minors=0, minors_under_15=0),
        AreaSums("IMDi Øst", municipalities=2, asked=75, minors=4, minors_under_15=2),
    ]
    assert sum_of_all(facts) == AreaSums("", 6, 118, 7, 3)


def test_only_some_may_count(facts: RoundFacts) -> None:
    assert sums_by_area(facts, {"0214", "1940"}) == [
        AreaSums("IMDi Nord", 1, 10, 0, 0),
        AreaSums("IMDi Øst", 1, 10, 0, 0),
    ]
    assert sum_of_all(facts, set()) == AreaSums("", 0, 0, 0, 0)
    assert sums_by_area(facts, set()) == []


@pytest.mark.parametrize("name", ["2018", "2024"])
def test_the_sums_of_the_rounds_that_ship_are_the_national_figures(name: str) -> None:
    facts = read_round_facts(ROOT / "data/rounds" / name, ROOT / "data", Findings())
    assert facts is not None

    national, everywhere = facts.round.national, sum_of_all(facts)
    by_area = sums_by_area(facts)

    assert (everywhere.asked, everywhere.minors) == (national.total, national.minors)
    assert sum(each.asked for each in by_area) == national.total
    assert sum(each.municipalities for each in by_area) == national.municipalities


def test_names_are_in_norwegian_order() -> None:
    names = ["Ålesund", "Østfold", "Oslo", "Ærlig", "agder"]

    assert sorted(names, key=alphabetical) == ["agder", "Oslo", "Ærlig", "Østfold", "Ålesund"]
