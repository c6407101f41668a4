"""Sums by area: each municipality counts once, in the one area it is in."""

import pytest

from brevgen.facts.round_facts import RoundFacts, read_round_facts
from brevgen.facts.sums import AreaSums, alphabetical, sum_of_all, sums_by_area
from brevgen.findings import Findings
from tests.support.samples import KINDS, REQUEST, ROOT, make_round, make_workspace


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> RoundFacts:
    workspace = make_workspace(tmp_path_factory.mktemp("sums") / "workspace")
    read = read_round_facts(make_round(workspace), workspace / "data", Findings(), kinds=KINDS)
    assert read is not None
    return read


def sums(area: str, municipalities: int, asked: int, minors: int, under_15: int) -> AreaSums:
    plans = dict.fromkeys(REQUEST.counts, 0)
    counts = {**plans, "asked": asked, "minors": minors, "minors_under_15": under_15}
    return AreaSums(area, municipalities, counts)


def test_what_is_asked_is_summed_by_area_in_the_order_of_their_names(facts: RoundFacts) -> None:
    assert sums_by_area(facts) == [
        sums("IMDi Midt-Norge", 1, 12, 1, 1),
        sums("IMDi Nord", 2, 21, 2, 0),
        sums("IMDi Sør", 1, 10, 0, 0),
        sums("IMDi Øst", 2, 75, 4, 2),
    ]
    assert sum_of_all(facts) == sums("", 6, 118, 7, 3)


@pytest.mark.parametrize("name", ["2018", "2024"])
def test_the_sums_of_the_rounds_that_ship_are_the_national_figures(name: str) -> None:
    facts = read_round_facts(ROOT / "data/rounds" / name, ROOT / "data", Findings(), kinds=KINDS)
    assert facts is not None

    national, everywhere = facts.round.national, sum_of_all(facts)
    by_area = sums_by_area(facts)

    assert (everywhere.counts["asked"], everywhere.counts["minors"]) == (
        national.total,
        national.minors,
    )
    assert sum(each.counts["asked"] for each in by_area) == national.total
    assert sum(each.municipalities for each in by_area) == national.municipalities


def test_names_are_in_norwegian_order() -> None:
    names = ["Ålesund", "Østfold", "Oslo", "Ærlig", "agder"]

    assert sorted(names, key=alphabetical) == ["agder", "Oslo", "Ærlig", "Østfold", "Ålesund"]
