"""An address in the row of another municipality is noticed by its domain."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from brevgen.facts.address_owners import Owners
from brevgen.facts.contacts import read_contacts
from brevgen.facts.municipalities import Register, read_register
from brevgen.findings import Findings
from tests.support.samples import ROOT

DAY = date(2017, 11, 6)
TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def register() -> Register:
    found = read_register(ROOT / "data" / "municipalities.csv", Findings(), shown_as="")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("address", "number", "day"),
    [
        ("ordforer@as.kommune.example", "0214", DAY),
        ("ordforer@aas.kommune.example", "0214", DAY),
        ("ORDFORER@Ås.Kommune.example", "0214", DAY),
        ("post@sor-varanger.kommune.example", "2030", DAY),
        ("post@kafjord.kommune.example", "1940", DAY),  # one of its three names
        ("post@ks.example", "0214", DAY),
        ("post@example", "0214", DAY),
        ("", "0214", DAY),
        ("post@ski.kommune.example", "3207", TODAY),  # Nordre Follo, which Ski became
        ("post@valer.kommune.example", "0137", DAY),  # of two with this name
        ("post@valer.kommune.example", "0426", DAY),
    ],
)
def test_an_address_of_its_own_or_of_nobody_is_no_others(
    register: Register, address: str, number: str, day: date
) -> None:
    assert Owners(register, day).other(address, number) is None


@pytest.mark.parametrize(
    ("address", "number", "other"),
    [
        ("ordforer@as.kommune.example", "0219", "0214 Ås"),
        ("ordforer@aas.kommune.example", "0219", "0214 Ås"),
        ("ordforer@mail.baerum.kommune.example", "0214", "0219 Bærum"),
        ("post@ski.kommune.example", "0214", "0213 Ski"),
    ],
)
def test_an_address_of_another_is_told_with_whose_it_is(
    register: Register, address: str, number: str, other: str
) -> None:
    found = Owners(register, DAY).other(address, number)
    assert found is not None
    assert found.label == other


def warnings(contacts: Path, register: Register) -> list[str]:
    findings = Findings()
    read_contacts(contacts, findings, shown_as="contacts.csv", register=register, day=DAY)
    return [str(each) for each in findings.warnings]


def test_none_of_the_addresses_that_ship_is_of_another(register: Register) -> None:
    assert warnings(ROOT / "data" / "contacts.csv", register) == []


def test_a_column_that_was_sorted_by_itself_is_one_warning(
    register: Register, tmp_path: Path
) -> None:
    lines = (ROOT / "data" / "contacts.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = [line.split(",") for line in lines]
    for row, next_one in pairwise(rows[1:]):
        row[4] = next_one[4]
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    (warning,) = warnings(contacts, register)
    assert warning.startswith(
        "contacts.csv, row 2, ordfører_epost: 814 rows have an address of another municipality, it"
        " seems: “ordforer@moss.kommune.example” in the row of 0101 looks like one of 0104 Moss;"
    )
    assert warning.endswith("See that number, name and addresses of the row belong together.")
