"""What is shown of an allocation comes in the order in which it is mended."""

from pathlib import Path

from brevgen.findings import Finding, Place
from brevgen.rounds.allocation_look import (
    AllocationLook,
    RowFinding,
    in_order,
    look_at_allocation,
)
from tests.support.samples import HEADER
from tests.support.sessions import session


def fault(file: str, row: int | None = None) -> Finding:
    return Finding("fault", "What.", "Remedy.", Place(file, row=row, column="antall"))


def test_faults_of_the_file_come_before_those_of_rows_and_of_other_files() -> None:
    cells = {3: (("antall", "ti"),)}
    found = [fault("round.toml", 3), fault("a.csv", 9), fault("a.csv", 3), fault("a.csv")]
    shown = list(in_order(found, "a.csv", cells))
    assert [(each.finding.place.file, each.finding.place.row) for each in shown] == [
        ("a.csv", None),
        ("a.csv", 3),
        ("a.csv", 9),
        ("round.toml", 3),
    ]
    assert [each.cells for each in shown] == [(), cells[3], (), ()]


def test_only_its_own_faults_keep_an_allocation_from_being_used() -> None:
    own, other = fault("a.csv", 3), fault("round.toml")
    warning = Finding("warning", "What.", "Remedy.", Place("a.csv"))
    look = AllocationLook("a.csv", tuple(map(RowFinding, (own, other, warning))))
    assert (look.blocking, look.elsewhere) == ((own,), (other,))


BEFORE = f"""{HEADER};anmodet 2017
0214;Ås;20;0;0;;;ny;10
0219;Bærum;50;0;0;;;ny;100
0834;Vinje;13;0;0;;;ny;10
1515;Herøy;12;0;0;;;ny;12
2011;Kautokeino;5;0;0;;;ny;
"""


def test_the_largest_changes_come_first_in_numbers_and_per_cent(workspace: Path) -> None:
    file = workspace / "data/rounds/trial/allocation.csv"
    file.write_text(BEFORE, encoding="utf-8")
    with session(workspace) as opened:
        look = look_at_allocation(opened)
    assert look.year_before == 2017
    assert [(each.number, each.before, each.change, each.percent) for each in look.largest] == [
        ("0219", 100, -50, -50),
        ("0214", 10, 10, 100),
        ("0834", 10, 3, 30),
    ]
    everybody = look.areas[-1]
    assert (everybody.counts["asked"], everybody.before, everybody.change) == (100, 132, -32)
