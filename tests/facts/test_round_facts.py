"""A round is read in one go: everything there is, and every fault of every file."""

import shutil

import pytest

from brevgen.facts.round_facts import read_round_facts
from brevgen.findings import Findings
from tests.support.samples import make_round, make_workspace


@pytest.fixture
def place(tmp_path):
    return make_workspace(tmp_path / "workspace")


@pytest.fixture
def folder(place):
    return make_round(place)


@pytest.fixture
def read(place, folder):
    def read_it():
        findings = Findings()
        return read_round_facts(folder, place / "data", findings), findings

    return read_it


def test_a_round_without_faults_is_all_there(read):
    facts, findings = read()

    assert findings.faults == []
    assert facts.name == "trial"
    assert [(row.number, m.name) for row, m in facts.asked()] == [
        ("0214", "Ås"),
        ("0219", "Bærum"),
        ("0834", "Vinje"),
        ("1515", "Herøy"),
        ("1940", "Gáivuotna – Kåfjord – Kaivuono"),
        ("2011", "Guovdageaidnu – Kautokeino"),
    ]
    assert facts.contacts["0214"].mailbox.endswith(".example")
    assert facts.area(facts.municipalities["0214"]) == "IMDi Øst"


def test_those_asked_come_in_the_order_of_their_numbers_however_the_rows_stand(place):
    folder = make_round(place, ("1515;Herøy;12;;;;;", "0214;Ås;10;;;;;"))

    facts = read_round_facts(folder, place / "data", Findings())

    assert [row.number for row, _ in facts.asked()] == ["0214", "1515"]


def test_where_no_region_has_an_office_figures_are_summed_by_county(place, folder):
    settings = folder / "round.toml"
    text = settings.read_text(encoding="utf-8").partition("[offices.")[0]
    national = '[offices.national]\nname = "IMDi"\ntitle = { nb = "direktør", nn = "direktør" }\n'
    settings.write_text(text + national, encoding="utf-8")

    facts = read_round_facts(folder, place / "data", Findings())

    assert facts.area(facts.municipalities["0214"]) == "Akershus"


def test_the_faults_of_every_file_and_every_check_are_told_at_once(place, folder, read):
    (folder / "allocation.csv").write_text(
        "kommunenummer;kommunenavn;antall;vår_ref\n"
        "0213;Ås;10;\n"  # another's number
        "0219;Bærum;sixty;\n"  # no number at all
        "3021;Ås;5;17-1\n",  # of another year, too few, no reference, no mailbox
        encoding="utf-8",
    )
    settings = folder / "round.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('"2 months"', "2017-11-01"), encoding="utf-8"
    )
    for name, old, new in (
        ("municipalities.csv", "bokmål", "samisk"),
        ("contacts.csv", "postmottak@halden", "postmottak halden"),
        ("contacts.csv", "\n3021,Ås,postmottak@as.kommune.example", "\n3021,Ås,"),
    ):
        file = place / "data" / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    _, findings = read()

    told = {(fault.place.file, fault.place.row, fault.place.column) for fault in findings.faults}
    assert told == {
        ("municipalities.csv", 2, "målform"),
        ("contacts.csv", 2, "postmottak"),
        ("allocation.csv", 2, "kommunenavn"),
        ("allocation.csv", 3, "antall"),
        ("allocation.csv", 4, "kommunenummer"),
        ("allocation.csv", 4, "vår_ref"),
        ("allocation.csv", 4, "antall"),
        ("round.toml", None, "deadline"),
    }


@pytest.mark.parametrize("missing", ["municipalities.csv", "contacts.csv"])
def test_without_one_of_the_common_files_the_others_are_still_checked(place, folder, read, missing):
    (place / "data" / missing).unlink()
    settings = folder / "round.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("total = ", "total = 9"), encoding="utf-8"
    )

    facts, findings = read()

    assert facts is None
    assert [fault.place.file for fault in findings.faults] == [missing, "allocation.csv"]


def test_without_its_settings_a_round_is_still_checked_as_far_as_it_goes(folder, read):
    (folder / "round.toml").unlink()
    with (folder / "allocation.csv").open("a", encoding="utf-8") as allocation:
        allocation.write("9999;Atlantis;x;;;;;\n9998;Utopia;10;;;;;\n")

    facts, findings = read()

    assert facts is None
    assert [(fault.place.file, fault.place.row) for fault in findings.faults] == [
        ("round.toml", None),
        ("allocation.csv", 8),
        ("allocation.csv", 9),
    ]


def test_a_round_without_an_allocation_is_a_fault(folder, read):
    (folder / "allocation.csv").unlink()

    facts, findings = read()

    assert facts is None
    assert [str(fault) for fault in findings.faults] == [
        "trial: There is no allocation."
        " Put the spreadsheet there as allocation.xlsx or allocation.csv."
    ]


@pytest.mark.parametrize(
    "name", ["allocation.xlsx", "Allocation.xlsx", "ALLOCATION.CSV", "allocation.xlsm",
             "allocation.ods", "allocation_v3.csv"],
)  # fmt: skip
def test_a_round_with_two_allocations_is_a_fault_that_names_them(place, folder, read, name):
    shutil.copy(place / "data/rounds/2024/allocation.xlsx", folder / name)

    facts, findings = read()

    assert facts is None
    first, second = sorted(("allocation.csv", name))
    assert [str(fault) for fault in findings.faults] == [
        f"trial: There are 2 allocations: “{first}”, “{second}”."
        " Keep the one that counts, and move the others out of the folder."
    ]


@pytest.mark.parametrize("name", ["Allocation.CSV", "allocation 2018.csv", "allocation.txt"])
def test_an_allocation_is_known_by_how_its_name_begins(folder, read, name):
    (folder / "allocation.csv").rename(folder / name)
    (folder / "~$allocation.xlsx").touch()  # Excel's own, while it has the file open

    facts, findings = read()

    assert findings.faults == []
    assert facts.allocation.table.file == name


def test_an_allocation_of_a_kind_that_is_not_read_is_named(folder, read):
    (folder / "allocation.csv").rename(folder / "allocation.ods")

    assert [str(fault) for fault in read()[1].faults] == [
        "allocation.ods: Files of the kind “.ods” cannot be read."
        " Open it in Excel and save it as .xlsx or .csv."
    ]


@pytest.mark.parametrize("name", ["Fordeling_2027_v3_endelig.xlsx", "Fordeling.ods"])
def test_a_spreadsheet_by_another_name_is_named(folder, read, name):
    (folder / "allocation.csv").rename(folder / name)

    assert [str(fault) for fault in read()[1].faults] == [
        f"trial: There is no allocation, but there is “{name}”."
        " If it is the allocation, save it as allocation.xlsx."
    ]


def test_the_column_with_the_year_of_settlement_is_the_one_that_is_meant(folder, read):
    file = folder / "allocation.csv"
    text = file.read_text(encoding="utf-8")
    text = text.replace("antall;", "Anmodning 2018;").replace("kilde", "Anmodning 2017")
    file.write_text(text.replace("enslige_mindreårige", "EM 2018"), encoding="utf-8")

    facts, findings = read()

    assert findings.faults == []
    assert [row.asked for row in facts.allocation.rows][:2] == [10, 65]
    assert facts.allocation.table.extra == ("Anmodning 2017",)


def test_a_contact_whose_name_is_not_the_number_s_is_a_fault(place, read):
    file = place / "data" / "contacts.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("0219,Bærum,", "0219,Ås,"), encoding="utf-8")

    _, findings = read()

    (fault,) = findings.faults
    assert (fault.place.file, fault.place.column) == ("contacts.csv", "kommunenavn")
    assert fault.what == "0219 is Bærum, not Ås."


def test_a_row_that_cannot_be_read_does_not_make_the_sums_wrong_as_well(read, folder):
    file = folder / "allocation.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Ås;10;", "Ås;ti;"), encoding="utf-8")

    _, findings = read()

    assert [fault.place.column for fault in findings.faults] == ["antall"]
