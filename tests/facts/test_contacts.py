"""Contacts: one row for each municipality, and no address that cannot be one."""

import pytest

from brevgen.facts.contacts import Contact, Person, read_contacts
from brevgen.findings import Findings

HEADER = "kommunenummer,kommunenavn,postmottak,ordfører,ordfører_epost,rådmann,rådmann_epost\n"
AAS = "0214,Ås,post@as.example,Ola Nordmann,ordforer@as.example,,radmann@as.example\n"


@pytest.fixture
def read(tmp_path):
    def read_text(text, header=HEADER):
        path = tmp_path / "contacts.csv"
        path.write_text(header + text, encoding="utf-8")
        findings = Findings()
        return read_contacts(path, findings, shown_as="contacts.csv"), findings

    return read_text


def faults(result):
    return [str(fault) for fault in result[1].items]


def test_a_row_is_read_with_all_that_it_says(read):
    contacts, findings = read(AAS)

    assert findings.items == []
    assert contacts == {
        "0214": Contact(
            "0214",
            "post@as.example",
            Person("Ola Nordmann", "ordforer@as.example"),
            Person("", "radmann@as.example"),
        )
    }


def test_a_number_that_lost_its_zero_gets_it_back(read):
    assert list(read(AAS.removeprefix("0"))[0]) == ["0214"]


def test_a_chief_executive_may_be_called_by_the_title_of_today(read):
    header = HEADER.replace("rådmann", "kommunedirektør")

    contacts, findings = read(AAS, header)

    assert findings.items == []
    assert contacts["0214"].chief_executive.address == "radmann@as.example"


@pytest.mark.parametrize("column", ["postmottak", "ordfører_epost", "rådmann_epost"])
def test_a_malformed_address_is_a_fault_at_its_cell(read, column):
    at = HEADER.strip().split(",").index(column)
    cells = AAS.strip().split(",")
    cells[at] = "post as.example"

    assert faults(read(",".join(cells))) == [
        f"contacts.csv, row 2, {column}: “post as.example” is not an e-mail address: an email"
        " address must have an @-sign. Write it as name@municipality.example, one address in the"
        " cell."
    ]


def test_two_addresses_in_one_cell_are_a_fault(read):
    (fault,) = faults(read(AAS.replace("post@as.example", "post@as.example; rad@as.example")))

    assert "one address in the cell" in fault


def test_addresses_that_are_not_known_are_blank(read):
    contacts, findings = read("0214,Ås,,,,,\n")

    assert findings.items == []
    assert contacts["0214"] == Contact("0214", "", Person(), Person())


def test_a_second_row_for_one_municipality_is_a_fault_and_its_addresses_are_checked_too(read):
    contacts, findings = read(AAS + "214,Ås,post,,,,\n")

    assert [(fault.place.row, fault.place.column) for fault in findings.faults] == [
        (3, "postmottak"),
        (3, "kommunenummer"),
    ]
    assert "Municipality 0214 stands here a second time." in str(findings.faults[1])
    assert contacts["0214"].mailbox == "post@as.example"


@pytest.mark.parametrize("number", ["", "Ås", "02140", "0"])
def test_a_row_without_a_municipality_number_is_a_fault(read, number):
    contacts, findings = read(AAS.replace("0214", number, 1))

    assert contacts == {}
    assert [str(fault.place) for fault in findings.faults] == ["contacts.csv, row 2, kommunenummer"]


def test_a_number_that_cannot_be_read_is_told_once(read):
    assert len(faults(read(AAS.replace("0214", "02\x0114", 1)))) == 1


def test_every_fault_of_every_row_is_told(read):
    result = read("0214,Ås,a,,b,,c\n0219,Bærum,d,,,,\n")

    assert [(fault.place.row, fault.place.column) for fault in result[1].faults] == [
        *((2, column) for column in ("postmottak", "ordfører_epost", "rådmann_epost")),
        (3, "postmottak"),
    ]


def test_contacts_that_cannot_be_read_are_a_fault(tmp_path, read):
    findings = Findings()

    assert read_contacts(tmp_path / "none.csv", findings, shown_as="none.csv") is None
    assert str(findings.faults[0]).startswith("none.csv: ")
    contacts, findings = read("0214;Ås\n", "kommunenummer;kommunenavn\n")
    assert contacts is None
    assert findings.faults[0].place.column == "postmottak"
