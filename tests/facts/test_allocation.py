"""The allocation: every row is read as it was meant, or every fault in it is said."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brevgen.facts.allocation import AllocationRow, read_allocation
from brevgen.findings import Findings
from tests.support.tables import cells, edited, workbook

HEADER = "kommunenummer;kommunenavn;antall;enslige_mindreårige;herav_under_15;vår_ref;deres_ref\n"


@pytest.fixture
def read(tmp_path):
    """Reads an allocation that is written as the rows below the header."""

    def read_rows(text, header=HEADER):
        path = tmp_path / "allocation.csv"
        path.write_text(header + text, encoding="utf-8")
        findings = Findings()
        return read_allocation(path, findings, shown_as="allocation.csv"), findings

    return read_rows


def read_workbook(path):
    findings = Findings()
    return read_allocation(path, findings, shown_as=path.name), findings


def faults(result):
    return [str(fault).removeprefix("allocation.csv, ") for fault in result[1].faults]


def warnings(result):
    return [str(warning).removeprefix("allocation.csv, ") for warning in result[1].warnings]


def numbers(result):
    return [row.number for row in result[0].rows]


def test_a_row_is_read_with_all_that_it_says(read):
    allocation, findings = read("0219;Bærum;1 650;4;2;17-09235;2017/1\n")
    assert findings.items == []
    assert allocation.rows == (AllocationRow(2, "0219", "Bærum", 1650, 4, 2, "17-09235", "2017/1"),)


def test_a_blank_is_not_zero(read):
    allocation, findings = read("0214;Ås;10;;;;\n0219;Bærum;65;0;0;;\n")
    assert findings.items == []
    assert [(row.minors, row.minors_under_15) for row in allocation.rows] == [
        (None, None),
        (0, 0),
    ]


def test_the_last_four_columns_may_be_missing(read):
    allocation, findings = read("0214;Ås;10\n", "kommunenummer;kommunenavn;antall\n")
    assert findings.items == []
    assert allocation.rows == (AllocationRow(2, "0214", "Ås", 10),)


@pytest.mark.parametrize(
    "header",
    [
        "Knr;Kommune;Anmodet;EM;Under 15;Saksnummer;Deres referanse",
        "Komm. nr.;Navn;Antall flyktninger;Herav enslige mindreårige;Herav under 15 år;"
        "Vår referanse;Deres ref.",
        "kommune-nr;kommunenamn;Talet;Einslege mindreårige;herav under 15;Referanse;Dykkar ref.",
        "NUMMER;NAMN;Oppmoding;enslige_mindrearige;EM under 15;var_ref;dykkar referanse",
        "kommunenr.;kommune;anmodning;Enslige\u00a0mindrea\u030arige;av dei under 15;Vår ref:;"
        "deres_ref",
    ],
)
def test_columns_are_known_by_the_names_caseworkers_give_them(read, header):
    allocation, findings = read("214;Ås;10;2;1;17-1;x\n", header + "\n")
    assert findings.items == []
    assert allocation.rows == (AllocationRow(2, "0214", "Ås", 10, 2, 1, "17-1", "x"),)


def test_numbers_in_a_workbook_may_be_numbers_or_text(tmp_path):
    fill = cells(
        ("Fordeling 2018",),
        ("Knr", "Kommune", "Antall", "EM", "Vår ref"),
        (214, "Ås", 10.0, 0, 1709235),
        ("0219", "Bærum", "1\u00a0650", None, 17.0),
        (None, "Sum", 1660, 0, None),
    )
    allocation, findings = read_workbook(workbook(tmp_path / "a.xlsx", fill))
    assert findings.faults == []
    assert allocation.rows == (
        AllocationRow(3, "0214", "Ås", 10, 0, None, "1709235"),
        AllocationRow(4, "0219", "Bærum", 1650, None, None, "17"),
    )
    assert str(allocation.place(allocation.rows[0], "kommunenummer")) == (
        "a.xlsx, Fordeling, row 3, Knr"
    )


def test_dates_and_truths_are_no_numbers(tmp_path):
    from datetime import date

    header = ("kommunenummer", "kommunenavn", "antall")
    fill = cells(header, (214, "Ås", date(2018, 1, 10)), (219, "Bærum", True))
    _, findings = read_workbook(workbook(tmp_path / "a.xlsx", fill))
    assert "“2018-01-10” is a date" in str(findings.faults[0])
    assert "“TRUE” is not a number" in str(findings.faults[1])


def test_a_cell_the_reader_refused_is_a_fault_once_and_its_row_is_left_out(tmp_path):
    header = ("kommunenummer", "kommunenavn", "antall", "EM")
    path = workbook(
        tmp_path / "a.xlsx",
        cells(header, ("=214", "Ås", "=5*2", "#N/A"), (219, "#REF!", 65, 0), (220, "Asker", 35)),
    )
    allocation, findings = read_workbook(path)
    assert [(f.place.row, f.place.column) for f in findings.faults] == [
        (2, "kommunenummer"),
        (2, "antall"),
        (2, "EM"),
        (3, "kommunenavn"),
    ]
    assert [row.number for row in allocation.rows] == ["0220"]


def test_an_unusable_cell_in_an_extra_column_is_a_fault_but_the_row_is_good(tmp_path):
    header = ("kommunenummer", "kommunenavn", "antall", "andel")
    path = workbook(tmp_path / "a.xlsx", cells(header, (214, "Ås", 10, "=C2/100")))
    allocation, findings = read_workbook(path)
    assert [fault.place.column for fault in findings.faults] == ["andel"]
    assert len(allocation.rows) == 1
    edited(path, "<f>C2/100</f><v></v>", "<f>C2/100</f><v>0.1</v>")
    edited(path, 'fullCalcOnLoad="1"', "", "xl/workbook.xml")
    allocation, findings = read_workbook(path)
    assert findings.faults == []
    assert allocation.rows[0].extra == {"andel": 0.1}


def test_every_fault_of_a_row_is_said_at_its_cell_as_the_sheet_shows_it(read):
    result = read("K-0214;;ti;-1;x;;\n0219;Bærum;65;4;2;;\n", HEADER.replace("antall", "Anmodet"))
    assert [fault.split(":")[0] for fault in faults(result)] == [
        "row 2, kommunenummer",
        "row 2, kommunenavn",
        "row 2, Anmodet",
        "row 2, enslige_mindreårige",
        "row 2, herav_under_15",
    ]
    assert numbers(result) == ["0219"]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (";Ås;10;;;;", "kommunenummer: The municipality's number is missing"),
        ("0214;;10;;;;", "kommunenavn: The municipality's name is missing"),
        ("0214;Ås;;;;;", "antall: The number asked for is missing. Write it; a blank cell is not"),
        ("0214;Ås;0;;;;", "antall: Asking for nobody makes no letter"),
        ("0214;Ås;100001;;;;", "antall: 100001 is more than any municipality"),
        ("0214;Ås;1.650;;;;", "antall: “1.650” can be read in two ways"),
        ("0214;Ås;10;:;;;", "enslige_mindreårige: “:” stands for a figure that is suppressed"),
        ("0214;Ås;10;.;;;", "enslige_mindreårige: “.” stands for a figure that is suppressed"),
        ("0214;Ås;10;11;;;", "enslige_mindreårige: 11 unaccompanied minors are more than the 10"),
        ("0214;Ås;10;2;3;;", "herav_under_15: 3 of the unaccompanied minors"),
        ("0214;Ås;10;;1;;", "herav_under_15: 1 of the unaccompanied minors"),
    ],
)
def test_a_faulty_row_is_said_and_left_out(read, row, fault):
    result = read(f"{row}\n0219;Bærum;65;4;2;;\n")
    assert len(faults(result)) == 1
    assert faults(result)[0].startswith(f"row 2, {fault}")
    assert numbers(result) == ["0219"]


def test_all_may_be_minors_and_all_minors_under_15(read):
    assert faults(read("0214;Ås;10;10;10;;\n")) == []
    assert faults(read("0214;Ås;100000;;;;\n")) == []


def test_none_under_15_needs_no_number_of_minors(read):
    assert faults(read("0214;Ås;10;;0;;\n")) == []
    assert "but that number is blank" in faults(read("0214;Ås;10;;1;;\n"))[0]
    assert "but there are only 0" in faults(read("0214;Ås;10;0;1;;\n"))[0]


def test_a_name_that_is_a_number_is_a_fault(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", cells(("kommunenummer", "kommunenavn", "antall"), (214, 219, 10))
    )
    _, findings = read_workbook(path)
    assert "“219” is not a name" in str(findings.faults[0])


def test_a_municipality_that_stands_there_twice_is_a_fault_on_the_second_row(read):
    result = read("0214;Ås;10;;;;\n0219;Bærum;65;;;;\n214;Ås;12;;;;\n")
    assert faults(result) == [
        "row 4, kommunenummer: Municipality 0214 is in row 2 already."
        " Keep one row for each municipality."
    ]
    assert numbers(result) == ["0214", "0219"]


def test_a_reference_that_is_given_twice_is_a_fault_that_names_both_rows(read):
    result = read("0214;Ås;10;;;17-1;\n0219;Bærum;65;;;;\n0220;Asker;35;;;17-1;\n")
    assert [fault.split(".")[0] for fault in faults(result)] == [
        "row 4, vår_ref: The reference “17-1” is in row 2 already"
    ]


def test_extra_columns_are_kept_for_the_report_and_named_in_one_warning(read):
    header = HEADER.replace("deres_ref", "fylke;merknad")
    result = read("0214;Ås;10;;;;Akershus;ny\n0219;Bærum;65;;;;Akershus;\n", header)
    assert warnings(result) == [
        "allocation.csv: Columns that are not used: “fylke”, “merknad”."
        " Nothing to do: they are kept for the report."
    ]
    assert [dict(row.extra) for row in result[0].rows] == [
        {"fylke": "Akershus", "merknad": "ny"},
        {"fylke": "Akershus"},
    ]


def test_a_file_that_cannot_be_read_is_no_allocation(read):
    assert read("0214;Ås\n", "kommunenummer;kommunenavn\n")[0] is None


any_cell = st.sampled_from(
    ["", "0214", "0219", "Ås", "Sum", "10", "1 650", "1.650", ":", "-1", "0", "17-1", "x\u202ey"]
) | st.text(st.characters(codec="utf-8", exclude_characters='";\r\n'), max_size=5)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(grid=st.lists(st.tuples(*[any_cell] * 7), max_size=8))
def test_any_rows_at_all_are_read_or_have_a_reason(read, grid):
    allocation, findings = read("\n".join(";".join(row) for row in grid))
    told = {item.place.row for item in findings.items}
    kept = {row.row for row in allocation.rows} if allocation else set()
    # Nothing is lost without a word, and nothing is kept that has not been checked.
    filled = {
        number
        for number, row in enumerate(grid, start=2)
        if any(cell.strip().strip("\u200b\ufeff") for cell in row)
    }
    if allocation:
        assert {row.number for row in allocation.table.rows} <= kept | told
        assert {row.number for row in allocation.table.rows} <= filled
        for row in allocation.rows:
            assert len(row.number) == 4
            assert row.asked >= (row.minors or 0) >= (row.minors_under_15 or 0)
            assert row.asked > 0
    assert findings.faults or allocation.rows
