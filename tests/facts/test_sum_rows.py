"""Sums and notes in an allocation: told from municipalities, and held against the rows."""

import pytest

from brevgen.facts.allocation import read_allocation
from brevgen.findings import Findings
from tests.support.samples import REQUEST

HEADER = "kommunenummer;kommunenavn;antall;enslige_mindreårige;herav_under_15;merknad\n"
ROWS = "0214;Ås;10;;;\n0219;Bærum;65;4;2;\n"


@pytest.fixture
def read(tmp_path):
    def read_rows(text):
        path = tmp_path / "a.csv"
        path.write_text(HEADER + text, encoding="utf-8")
        findings = Findings()
        return read_allocation(path, REQUEST, findings, shown_as="a.csv"), findings

    return read_rows


def told(findings):
    """The warnings, except the one about extra columns."""
    return [str(warning) for warning in findings.warnings if warning.place.row]


@pytest.mark.parametrize(
    "row",
    [
        ";Sum;75;4;2;",
        ";SUM:;75;;;",
        "Sum;;75;4;2;",
        "Totalt;;75;;;",
        ";Hele landet;75;4;;",
        ";Heile landet;75;4;;",
        "I alt;;75;4;2;",
        ";Til sammen;75;4;2;",
        ";Til saman, alle;75;4;2;",
        ";Kommuner i alt;75;;;",
        ";Sum alle kommuner;75;;;",
        ";;75;4;2;",
        ";;75;;;sum",
        ";Totalt;;;;",
        ";;;4;;",
        ";;75,0;;;75",
    ],
)
def test_a_sum_that_adds_up_is_left_out_with_a_warning(read, row):
    allocation, findings = read(ROWS + row)
    assert findings.faults == []
    assert len(told(findings)) == 1
    assert told(findings)[0].startswith("a.csv, row 4: Taken as a sum and not as a municipality: “")
    assert [r.number for r in allocation.rows] == ["0214", "0219"]


def test_a_sum_that_does_not_add_up_is_a_fault_with_both_figures(read):
    _, findings = read(ROWS + ";Sum;85;4;3;")
    assert [str(fault) for fault in findings.faults] == [
        "a.csv, row 4, antall: The sum says 85, but the rows add up to 75."
        " See whether a row is missing, hidden, twice there or wrong; then put the sum right.",
        "a.csv, row 4, herav_under_15: The sum says 3, but the rows add up to 2."
        " See whether a row is missing, hidden, twice there or wrong; then put the sum right.",
    ]


def test_a_sum_may_be_greater_than_what_one_municipality_can_be_asked_for(read):
    rows = "".join(f"{number};x;90000;;;\n" for number in (214, 219))
    assert read(rows + ";Sum;180 000;;;")[1].faults == []


def test_a_sum_that_is_no_number_is_a_fault(read):
    _, findings = read(ROWS + ";Sum;4.400;;;")
    assert "“4.400” can be read in two ways" in str(findings.faults[0])


def test_where_a_figure_is_unknown_the_sum_is_not_held_against_it(read):
    _, findings = read(ROWS + "0220;Asker;ti;3;1;\n;Sum;999;7;3;")
    assert [fault.place.row for fault in findings.faults] == [4]


def test_a_row_that_is_left_out_for_another_reason_still_counts(read):
    _, findings = read(ROWS + "0220;;35;3;1;\n0219;Bærum;5;0;0;\n;Sum;115;7;3;")
    assert [fault.place.column for fault in findings.faults] == ["kommunenavn", "kommunenummer"]


def test_sums_of_parts_and_of_sums_are_each_left_out(read):
    text = (
        "0214;Ås;10;;;\n0219;Bærum;65;4;2;\n;Sum Akershus;75;4;2;\n"
        "0301;Oslo;100;10;;\n;Sum Oslo;100;10;;\n;Sum Øst;175;14;2;\n"
        "1601;Trondheim;50;5;;\n;Sum Midt;50;5;;\n;Hele landet;225;19;2;\n"
    )
    allocation, findings = read(text)
    assert findings.faults == []
    assert len(told(findings)) == 5
    assert len(allocation.rows) == 4


def test_a_sum_of_a_part_that_does_not_add_up_is_held_against_the_nearest_rows(read):
    text = ROWS + ";Sum Akershus;75;;;\n0301;Oslo;100;;;\n;Sum Oslo;{};;;\n;Sum;175;;;\n"
    for told, actual in (90, 100), (160, 175):
        _, findings = read(text.format(told))
        assert len(findings.faults) == 1
        assert f"The sum says {told}, but the rows add up to {actual}." in str(findings.faults[0])


def test_the_sum_of_all_may_stand_above_the_rows(read):
    assert read(";Hele landet;75;4;2;\n" + ROWS)[1].faults == []


def test_notes_below_the_rows_are_left_out_and_quoted(read):
    text = ROWS + "\nKilde: IMDi, 6.11.2017\n;Foreløpige tall\n;;;;;rettet\n;;(per 1.11.);;;\n"
    allocation, findings = read(text)
    assert findings.faults == []
    assert [warning.split(". ")[0] for warning in told(findings)] == [
        "a.csv, row 5: Taken as a note and left out: “Kilde: IMDi, 6.11.2017”",
        "a.csv, row 6: Taken as a note and left out: “Foreløpige tall”",
        "a.csv, row 7: Taken as a note and left out: “rettet”",
        "a.csv, row 8: Taken as a note and left out: “(per 1.11.)”",
    ]
    assert len(allocation.rows) == 2


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (";Region Øst;75;;;", ["kommunenummer"]),
        (";;75;;;", ["kommunenummer", "kommunenavn"]),
        (";Ås;;;;", ["kommunenummer", "antall"]),
        (";Ås;10;;;til sammen med Vestby", ["kommunenummer"]),
        (";Sumsdal;10;;;", ["kommunenummer"]),
        ("Region Øst;;;;;", ["kommunenummer", "kommunenavn", "antall"]),
    ],
)
def test_between_municipalities_only_what_says_so_is_a_sum(read, row, columns):
    _, findings = read(f"0214;Ås;10;;;\n{row}\n0219;Bærum;65;4;2;\n")
    assert [(f.place.row, f.place.column) for f in findings.faults] == [(3, c) for c in columns]


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("0220;;;;;", ["kommunenavn", "antall"]),
        ("220", ["kommunenavn", "antall"]),
        (";Asker;35;;;", ["kommunenummer"]),
        ("02x0;Asker;35;;;", ["kommunenummer"]),
    ],
)
def test_below_the_rows_what_may_be_a_municipality_is_not_left_out(read, row, columns):
    _, findings = read(ROWS + row)
    assert [(f.place.row, f.place.column) for f in findings.faults] == [(4, c) for c in columns]


def test_a_table_of_sums_and_notes_alone_has_no_municipalities(read):
    allocation, findings = read(";Sum;0;;;\nForeløpig;;;;;\n")
    assert allocation.rows == ()
    assert [str(f).partition(".csv: ")[2].split(".")[0] for f in findings.faults] == [
        "The table has no municipalities"
    ]
