"""The data that ship: complete, without faults, and unable to reach a real office."""

import re
from collections import Counter
from datetime import date

import pytest

from brevgen.facts.contacts import read_contacts
from brevgen.facts.municipalities import read_register
from brevgen.facts.round_facts import read_round_facts
from brevgen.findings import Findings
from brevgen.letter.contract import check_templates
from brevgen.letter.templates import kinds_in, read_templates
from brevgen.workspace import find_workspace
from tests.support.samples import KINDS, ROOT

DATA = ROOT / "data"


@pytest.fixture(scope="module")
def register():
    findings = Findings()
    read = read_register(DATA / "municipalities.csv", findings, shown_as="municipalities.csv")
    assert findings.items == []
    return read


@pytest.fixture(scope="module")
def contacts():
    findings = Findings()
    read = read_contacts(DATA / "contacts.csv", findings, shown_as="contacts.csv")
    assert findings.items == []
    return read


@pytest.fixture(scope="module")
def rounds():
    """The two rounds, and the warnings of each."""
    read = {}
    for name in ("2018", "2024"):
        findings = Findings()
        facts = read_round_facts(DATA / "rounds" / name, DATA, findings, kinds=KINDS)
        assert findings.faults == []
        read[name] = facts, [str(warning) for warning in findings.warnings]
    return read


def test_the_workspace_has_valid_settings_and_these_rounds():
    workspace = find_workspace(DATA / "rounds")

    assert workspace.root == ROOT
    assert workspace.rounds() == [
        *("2017", "2017-revised", "2018", "2018-not-asked", "2018-supplement", "2024")
    ]
    assert workspace.settings.agency.short_name == "IMDi"


def test_the_templates_keep_the_contract():
    findings = Findings()
    folder = ROOT / "templates" / "letters"
    templates = read_templates(folder, findings, shown_as="letters")

    assert kinds_in(folder) == [
        *("extension", "not-asked", "notice", "receipt"),
        *("reminder", "request", "revised", "supplement"),
    ]
    assert templates is not None
    check_templates(templates, KINDS, findings, shown_as="letters")
    assert findings.items == []


@pytest.mark.parametrize(
    ("year", "count"),
    [(2017, 426), (2018, 422), (2019, 422), (2020, 356), (2023, 356), (2024, 357), (2026, 357)],
)
def test_the_register_has_the_municipalities_of_each_year(register, year, count):
    assert len(register.on(date(year, 1, 1))) == count


@pytest.mark.parametrize(
    ("day", "forms"),
    [
        (date(2017, 1, 1), {"bokmål": 157, "nynorsk": 114, "nøytral": 155}),
        (date(2026, 2, 9), {"bokmål": 118, "nynorsk": 88, "nøytral": 151}),
    ],
)
def test_the_written_forms_are_those_decided_on(register, day, forms):
    assert Counter(m.decided_form for m in register.on(day).values()) == forms


@pytest.mark.parametrize(
    ("number", "name", "form"),
    [
        ("0214", "Ås", "nøytral"),
        ("0219", "Bærum", "bokmål"),
        ("1515", "Herøy", "nynorsk"),
        ("1940", "Gáivuotna – Kåfjord – Kaivuono", "bokmål"),
        ("2021", "Kárášjohka – Karasjok", "bokmål"),
    ],
)
def test_names_and_written_forms_are_right_where_they_are_easily_wrong(
    register, number, name, form
):
    municipality = register.on(date(2018, 1, 1))[number]

    assert (municipality.name, municipality.decided_form) == (name, form)


def test_a_successor_begins_the_day_after(register):
    for municipality in register:
        assert bool(municipality.valid_to) == bool(municipality.successors), municipality.label
        if municipality.valid_to:
            next_day = date.fromordinal(municipality.valid_to.toordinal() + 1)
            assert set(municipality.successors) <= set(register.on(next_day)), municipality.label


def test_no_two_municipalities_of_one_day_share_an_organisation_number(register):
    for year in (2017, 2018, 2020, 2024):
        known = [
            m.organisation_number
            for m in register.on(date(year, 1, 1)).values()
            if m.organisation_number
        ]
        assert len(known) == len(set(known))


def test_the_round_of_2018_asks_as_it_did(rounds):
    facts, warnings = rounds["2018"]
    rows = {row.number: row for row in facts.allocation.rows}

    assert (len(rows), sum((row.count("asked") or 0) for row in rows.values())) == (210, 4400)
    assert sum(row.count("minors") or 0 for row in rows.values()) == 150
    assert min((row.count("asked") or 0) for row in rows.values()) == 10
    assert (rows["0214"].count("asked"), rows["0214"].reference) == (10, "17-09235")
    assert not rows["0214"].count("minors")
    assert rows["0219"].facts == {"asked": 65, "minors": 4, "minors_under_15": 2}
    assert [row.number for row in rows.values() if row.reference] == ["0214"]
    assert facts.round.last_day == date(2018, 1, 6)
    assert any("2018-01-06 is a Saturday" in warning for warning in warnings)


def test_the_round_of_2024_asks_as_it_did(rounds):
    facts, warnings = rounds["2024"]
    rows = facts.allocation.rows

    assert (len(rows), sum((row.count("asked") or 0) for row in rows)) == (355, 36_985)
    assert sum(row.count("minors") or 0 for row in rows) == 610
    assert sum(bool(row.count("minors")) for row in rows) == 57
    assert any("2024-02-25 is a Sunday" in warning for warning in warnings)


def test_everybody_in_the_register_can_be_reached(register, contacts):
    assert set(contacts) == {municipality.number for municipality in register}
    assert all(contact.mailbox for contact in contacts.values())


@pytest.mark.parametrize(
    "day", [date(2017, 1, 1), date(2018, 1, 1), date(2020, 1, 1), date(2024, 1, 1)]
)
def test_no_two_municipalities_of_one_day_share_an_address(register, contacts, day):
    addresses = [
        address
        for number in register.on(day)
        for address in (
            contacts[number].mailbox,
            contacts[number].mayor.address,
            contacts[number].chief_executive.address,
        )
        if address
    ]

    assert len(addresses) == len(set(addresses))


def test_no_address_that_ships_can_reach_a_real_office():
    files = [*DATA.rglob("*.csv"), *DATA.rglob("*.toml"), ROOT / "brevgen.toml"]
    files += (ROOT / "templates" / "letters").rglob("*.html")
    files += (ROOT / "templates" / "letters").rglob("*.toml")
    found = [
        address
        for file in files
        for address in re.findall(r"[^\s@,;\"<>]+@[^\s@,;\"<>]+", file.read_text(encoding="utf-8"))
    ]

    assert len(found) > 2500
    assert [address for address in found if not address.endswith(".example")] == []
