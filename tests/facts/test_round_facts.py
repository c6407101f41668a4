"""A round is read in one go: everything there is, and every fault of every file."""

import shutil
from pathlib import Path

import pytest

from brevgen.facts.round_facts import read_round_facts
from brevgen.findings import Findings
from tests.facts.conftest import Read
from tests.support.samples import KINDS, make_round


def test_a_round_without_faults_is_all_there(read: Read) -> None:
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


def test_those_asked_come_in_the_order_of_their_numbers_however_the_rows_stand(place: Path) -> None:
    folder = make_round(place, ("1515;Herøy;12;;;;;", "0214;Ås;10;;;;;"))

    facts = read_round_facts(folder, place / "data", Findings(), kinds=KINDS)
    assert facts is not None

    assert [row.number for row, _ in facts.asked()] == ["0214", "1515"]


def test_where_no_region_has_an_office_figures_are_summed_by_county(
    place: Path, folder: Path
) -> None:
    settings = folder / "round.toml"
    text = settings.read_text(encoding="utf-8").partition("[offices.")[0]
    national = '[offices.national]\nname = "IMDi"\ntitle = { nb = "direktør", nn = "direktør" }\n'
    settings.write_text(text + national, encoding="utf-8")

    facts = read_round_facts(folder, place / "data", Findings(), kinds=KINDS)
    assert facts is not None

    assert facts.area(facts.municipalities["0214"]) == "Akershus"


def test_copies_go_to_those_for_all_and_those_for_the_municipalitys_region_or_county(
    folder: Path, read: Read
) -> None:
    with (folder / "round.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            """
[dispatch]
copies = [
    "ks@ks.example",
    { address = "nord@imdi.example", region = "IMDi Nord" },
    { address = "akershus@imdi.example", region = "Akershus" },
]
"""
        )
    facts, findings = read()

    def copies(number: str) -> list[str]:
        return [copy.address for copy in facts.copies(facts.municipalities[number])]

    assert findings.faults == []
    assert copies("0214") == ["ks@ks.example", "akershus@imdi.example"]
    assert copies("1940") == ["ks@ks.example", "nord@imdi.example"]
    assert copies("0834") == ["ks@ks.example"]


def test_an_office_of_no_region_is_a_fault_that_does_not_hide_the_others(
    folder: Path, read: Read
) -> None:
    settings = folder / "round.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("IMDi Øst", "IMDi Ost"), encoding="utf-8")

    _, findings = read()

    assert [(fault.place.file, fault.place.column) for fault in findings.faults] == [
        ("round.toml", "offices.IMDi Ost"),
        ("allocation.csv", "kommunenummer"),
        ("allocation.csv", "kommunenummer"),
    ]


def test_the_faults_of_every_file_and_every_check_are_told_at_once(
    place: Path, folder: Path, read: Read
) -> None:
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
def test_without_one_of_the_common_files_the_others_are_still_checked(
    place: Path, folder: Path, read: Read, missing: str
) -> None:
    (place / "data" / missing).unlink()
    settings = folder / "round.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("total = ", "total = 9"), encoding="utf-8"
    )

    facts, findings = read()

    assert facts is None
    assert [fault.place.file for fault in findings.faults] == [missing, "allocation.csv"]


def test_where_its_settings_have_faults_a_round_is_still_checked_as_far_as_it_goes(
    folder: Path, read: Read
) -> None:
    settings = (folder / "round.toml").read_text(encoding="utf-8")
    settings = settings.replace("= 2018", '= "2018"')
    (folder / "round.toml").write_text(settings, encoding="utf-8")
    with (folder / "allocation.csv").open("a", encoding="utf-8") as allocation:
        allocation.write("9999;Atlantis;x;;;;;\n9998;Utopia;10;;;;;\n")

    facts, findings = read()

    assert facts is None
    assert [(fault.place.file, fault.place.row) for fault in findings.faults] == [
        ("round.toml", None),
        ("allocation.csv", 8),
        ("allocation.csv", 9),
    ]


def test_a_round_without_an_allocation_is_a_fault(folder: Path, read: Read) -> None:
    (folder / "allocation.csv").unlink()

    facts, findings = read()

    assert facts is None
    assert [str(fault) for fault in findings.faults] == [
        "trial: There is no allocation."
        " Put the spreadsheet there as allocation.xlsx or allocation.csv."
    ]


def test_a_round_with_two_allocations_is_a_fault(place: Path, folder: Path, read: Read) -> None:
    shutil.copy(place / "data/rounds/2024/allocation.xlsx", folder)

    facts, findings = read()

    assert facts is None
    assert [str(fault) for fault in findings.faults] == [
        "trial: There are 2 allocations: “allocation.csv”, “allocation.xlsx”."
        " Keep the one that counts, and move the others out of the folder."
    ]


def test_a_row_that_cannot_be_read_does_not_make_the_sums_wrong_as_well(
    read: Read, folder: Path
) -> None:
    file = folder / "allocation.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Ås;10;", "Ås;ti;"), encoding="utf-8")

    _, findings = read()

    assert [fault.place.column for fault in findings.faults] == ["antall"]
