"""Whatever of a round cannot be printed is told at its key or cell, before a letter is made."""

from dataclasses import replace
from pathlib import Path

import pytest

from brevgen.facts.round_facts import RoundFacts, read_round_facts
from brevgen.findings import Findings
from brevgen.letter.printed import check_printed
from brevgen.settings.workspace import AgencySettings
from tests.support.samples import KINDS, ROWS, make_round, make_workspace

AGENCY = AgencySettings.model_validate({"short_name": "IMDi", "name": {"nb": "Dir", "nn": "Dir"}})


def facts_of(folder: Path) -> RoundFacts:
    findings = Findings()
    facts = read_round_facts(folder, folder.parents[1], findings, kinds=KINDS)
    assert facts is not None, findings.faults
    assert findings.faults == []
    return facts


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return make_workspace(tmp_path / "workspace")


def told(facts: RoundFacts, agency: AgencySettings | None = None) -> list[tuple[str, str]]:
    findings = Findings()
    check_printed(facts, agency or AGENCY, findings)
    return [(str(fault.place), fault.what) for fault in findings.faults]


def test_the_rounds_that_ship_can_be_printed(workspace: Path) -> None:
    for name in ("2018", "2026"):
        if (workspace / "data" / "rounds" / name).exists():
            assert told(facts_of(workspace / "data" / "rounds" / name)) == []
    assert told(facts_of(make_round(workspace))) == []


def test_every_fault_is_told_at_its_key(workspace: Path) -> None:
    folder = make_round(workspace)
    settings = folder / "round.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace('need = "', 'need = "Skriv til a@b.example \u2011 ', 1)
        .replace('web = "https://', 'web = "https://imdi.no:99999/?', 1)
        .replace('name = "IMDi', 'name = "\U0001f600IMDi', 1),
        encoding="utf-8",
    )
    found = told(facts_of(folder))
    assert [place for place, _ in found].count("round.toml, background.nb.need") == 2
    assert any(
        place == "round.toml, answers.web" and "cannot work" in what for place, what in found
    )
    assert any("offices." in place and "U+1F600" in what for place, what in found)
    assert len(found) == 4


def test_every_fault_is_told_at_its_cell(workspace: Path) -> None:
    rows = list(ROWS)
    rows[1] = rows[1].replace("2017/311", "ola@baerum.example")
    rows[2] = rows[2].replace(";;;", f";;{'1' * 31};")
    found = told(facts_of(make_round(workspace, rows)))
    assert [place for place, _ in found] == [
        "allocation.csv, row 3, deres_ref",
        "allocation.csv, row 4, deres_ref",
    ]
    assert "“ola@baerum.example” would not be a link" in found[0][1]
    assert "has 31 characters without a blank; 30 fit" in found[1][1]


def test_the_agencys_own_name_is_checked_too(workspace: Path) -> None:
    agency = AGENCY.model_copy(update={"short_name": "IMDi \u2011"})
    (fault,) = told(facts_of(make_round(workspace)), agency)
    assert fault[0] == "brevgen.toml, agency.short_name"


def test_letters_that_name_nobody_to_reach_or_to_sign_are_warned_of(workspace: Path) -> None:
    facts = facts_of(workspace / "data" / "rounds" / "2018")
    findings = Findings()
    check_printed(facts, AGENCY, findings)

    unreached, unsigned = findings.warnings

    assert unreached.what.startswith("Letters tell neither telephone nor e-mail of IMDi Region Øst")
    assert unsigned.what.startswith("No name stands under the letters of IMDi Region Indre Øst, IM")
    assert "IMDi Region Øst" not in unsigned.what
    assert {str(each.place) for each in findings.warnings} == {"round.toml, offices"}


def test_an_office_that_can_be_reached_and_whose_signatory_is_known_is_not(workspace: Path) -> None:
    facts = facts_of(workspace / "data" / "rounds" / "2018")
    office = facts.round.offices["IMDi Øst"].model_copy(update={"email": "ost@imdi.example"})
    round_ = facts.round.model_copy(update={"offices": {"IMDi Øst": office}})
    findings = Findings()
    check_printed(replace(facts, round=round_), AGENCY, findings)

    assert findings.items == []


def test_the_agency_itself_is_reached_by_what_stands_at_the_foot_of_its_letters(
    workspace: Path,
) -> None:
    facts = facts_of(workspace / "data" / "rounds" / "2018")
    office = facts.round.offices["IMDi Øst"].model_copy(update={"name": AGENCY.short_name})
    round_ = facts.round.model_copy(update={"offices": {"IMDi Øst": office}})
    for telephone, warnings in (("40 00 00 00", 0), ("", 1)):
        findings = Findings()
        agency = AGENCY.model_copy(update={"telephone": telephone, "email": ""})
        check_printed(replace(facts, round=round_), agency, findings)
        assert len(findings.warnings) == warnings
