"""A round's files: which one is the allocation, and whether the contacts fit to the register."""

import shutil
from pathlib import Path

import pytest

from tests.facts.conftest import Read


@pytest.mark.parametrize(
    "name", ["allocation.xlsx", "Allocation.xlsx", "ALLOCATION.CSV", "allocation.xlsm",
             "allocation.ods", "allocation_v3.csv"],
)  # fmt: skip
def test_a_round_with_two_allocations_is_a_fault_that_names_them(
    place: Path, folder: Path, read: Read, name: str
) -> None:
    shutil.copy(place / "data/rounds/2024/allocation.xlsx", folder / name)

    facts, findings = read()

    assert facts is None
    first, second = sorted(("allocation.csv", name))
    assert [str(fault) for fault in findings.faults] == [
        f"trial: There are 2 allocations: “{first}”, “{second}”."
        " Keep the one that counts, and move the others out of the folder."
    ]


@pytest.mark.parametrize("name", ["Allocation.CSV", "allocation 2018.csv", "allocation.txt"])
def test_an_allocation_is_known_by_how_its_name_begins(folder: Path, read: Read, name: str) -> None:
    (folder / "allocation.csv").rename(folder / name)
    (folder / "~$allocation.xlsx").touch()  # Excel's own, while it has the file open

    facts, findings = read()

    assert findings.faults == []
    assert facts.allocation.table.file == name


def test_an_allocation_of_a_kind_that_is_not_read_is_named(folder: Path, read: Read) -> None:
    (folder / "allocation.csv").rename(folder / "allocation.ods")

    assert [str(fault) for fault in read()[1].faults] == [
        "allocation.ods: Files of the kind “.ods” cannot be read."
        " Open it in Excel and save it as .xlsx or .csv."
    ]


@pytest.mark.parametrize("name", ["Fordeling_2027_v3_endelig.xlsx", "Fordeling.ods"])
def test_a_spreadsheet_by_another_name_is_named(folder: Path, read: Read, name: str) -> None:
    (folder / "allocation.csv").rename(folder / name)

    assert [str(fault) for fault in read()[1].faults] == [
        f"trial: There is no allocation, but there is “{name}”."
        " If it is the allocation, save it as allocation.xlsx."
    ]


def test_the_column_with_the_year_of_settlement_is_the_one_that_is_meant(
    folder: Path, read: Read
) -> None:
    file = folder / "allocation.csv"
    text = file.read_text(encoding="utf-8")
    text = text.replace("antall;", "Anmodning 2018;").replace("kilde", "Anmodning 2017")
    file.write_text(text.replace("enslige_mindreårige", "EM 2018"), encoding="utf-8")

    facts, findings = read()

    assert findings.faults == []
    assert [row.count("asked") for row in facts.allocation.rows][:2] == [10, 65]
    assert facts.allocation.table.extra == ("Anmodning 2017",)


def test_a_contact_whose_name_is_not_the_number_s_is_a_fault(place: Path, read: Read) -> None:
    file = place / "data" / "contacts.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("0219,Bærum,", "0219,Ås,"), encoding="utf-8")

    _, findings = read()

    (fault,) = findings.faults
    assert (fault.place.file, fault.place.column) == ("contacts.csv", "kommunenavn")
    assert fault.what == "0219 is Bærum, not Ås."
