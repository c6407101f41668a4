"""Contacts: one row for each municipality, and no address that cannot be one."""

from datetime import date

import pytest

from brevgen.facts.contacts import Contact, Person, read_contacts
from brevgen.facts.municipalities import Municipality, Register
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


REGISTER = Register(
    Municipality(number, name, "bokmål", "", "", "Viken", None, first, last, ())
    for number, name, first, last in (
        ("0214", "Ås", None, date(2019, 12, 31)),
        ("1804", "Bodø", None, None),
        ("5430", "Guovdageaidnu – Kautokeino", date(2020, 1, 1), None),
    )
)


@pytest.fixture
def held_to_names(tmp_path):
    def read_text(*rows, day=date(2027, 1, 1)):
        path = tmp_path / "contacts.csv"
        path.write_text(HEADER + "".join(f"{row},,,,,\n" for row in rows), encoding="utf-8")
        findings = Findings()
        read_contacts(path, findings, shown_as="contacts.csv", register=REGISTER, day=day)
        return [str(item) for item in findings.items]

    return read_text


def test_contacts_are_held_to_the_names_of_another_register_though_they_were_read(tmp_path):
    path = tmp_path / "contacts.csv"
    path.write_text(HEADER + AAS, encoding="utf-8")
    moss = Municipality("0214", "Moss", "bokmål", "", "", "Viken", None, None, None, ())
    other = Register([moss])
    for register, faults_ in ((REGISTER, 0), (REGISTER, 0), (other, 1), (REGISTER, 0)):
        findings = Findings()
        contacts = read_contacts(path, findings, shown_as="contacts.csv", register=register)
        assert contacts is not None
        assert (list(contacts), len(findings.faults)) == (["0214"], faults_)
        contacts.clear()  # which is the reader's own


@pytest.mark.parametrize("day", [date(2018, 1, 1), date(2027, 1, 1), None])
def test_numbers_that_have_changed_places_are_faults_on_any_day(held_to_names, day):
    remedy = "See that number, name and addresses of the row belong together."
    assert held_to_names("1804,Ås", "0214,Bodø", day=day) == [
        f"contacts.csv, row 2, kommunenavn: 1804 is Bodø, not Ås. {remedy}",
        f"contacts.csv, row 3, kommunenavn: 0214 is Ås, not Bodø. {remedy}",
    ]


def test_every_way_of_writing_the_name_will_do(held_to_names):
    assert held_to_names("1804,BODØ KOMMUNE", "0214,Ås (Viken)", "5430,Kautokeino") == []


def test_a_number_that_the_register_does_not_know_is_a_warning(held_to_names):
    (warning,) = held_to_names("9999,Atlantis")
    assert "There is no municipality 9999 in the register." in warning


@pytest.mark.parametrize("left", ["#I/T", "#N/A", "#NAVN?", "Err:502", "TRUE", "2017-12-01"])
def test_what_a_spreadsheet_left_is_nobody_s_name(read, left):
    (fault,) = faults(read(AAS.replace("Ola Nordmann", left)))

    assert fault.startswith("contacts.csv, row 2, ordfører: ")
    assert left in fault


def test_a_dash_for_a_name_is_a_warning(read):
    (warning,) = faults(read(AAS.replace("Ola Nordmann", "-")))

    assert "“-” in row 2 is taken as it stands there" in warning
