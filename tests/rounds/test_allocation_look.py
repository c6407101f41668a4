"""What is shown of an allocation comes in the order in which it is mended."""

from brevgen.findings import Finding, Place
from brevgen.rounds.allocation_look import AllocationLook, RowFinding, in_order


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
