"""The allocation: every row is read as it was meant, or every fault in it is said."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brevgen.facts.allocation import read_allocation
from brevgen.findings import Findings
from tests.support.samples import REQUEST, request_row
from tests.support.tables import cells, edited, workbook

HEADER = "kommunenummer;kommunenavn;antall;enslige_mindreårige;herav_under_15;vår_ref;deres_ref\n"


@pytest.fixture
def read(tmp_path):
    """Reads an allocation that is written as the rows below the header."""

    def read_rows(text, header=HEADER):
        path = tmp_path / "allocation.csv"
        path.write_text(header + text, encoding="utf-8")
        findings = Findings()
        return read_allocation(path, REQUEST, findings, shown_as="allocation.csv"), findings

    return read_rows


def read_workbook(path):
    findings = Findings()
    return read_allocation(path, REQUEST, findings, shown_as=path.name), findings


def faults(result):
    return [str(fault).removeprefix("allocation.csv, ") for fault in result[1].faults]


def warnings(result):
    return [str(warning).removeprefix("allocation.csv, ") for warning in result[1].warnings]


def numbers(result):
    return [row.number for row in result[0].rows]


def test_a_row_is_read_with_all_that_it_says(read):
    allocation, findings = read("0219;Bærum;1 650;4;2;17-09235;2017/1\n")
    assert findings.items == []
    assert allocation.rows == (request_row(2, "0219", "Bærum", 1650, 4, 2, "17-09235", "2017/1"),)


def test_a_blank_is_not_zero(read):
    allocation, findings = read("0214;Ås;10;;;;\n0219;Bærum;65;0;0;;\n")
    assert findings.items == []
    assert [(row.count("minors"), row.count("minors_under_15")) for row in allocation.rows] == [
        (None, None),
        (0, 0),
    ]


def test_the_last_four_columns_may_be_missing(read):
    allocation, findings = read("0214;Ås;10\n", "kommunenummer;kommunenavn;antall\n")
    assert findings.items == []
    assert allocation.rows == (request_row(2, "0214", "Ås", 10),)


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
    assert allocation.rows == (request_row(2, "0214", "Ås", 10, 2, 1, "17-1", "x"),)


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
        request_row(3, "0214", "Ås", 10, 0, None, "1709235"),
        request_row(4, "0219", "Bærum", 1650, None, None, "17"),
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
        (
            "0214;Ås;;;;;",
            "antall: The number of refugees is missing. Write it; a blank",
        ),
        ("0214;Ås;100001;;;;", "antall: 100001 is more than any municipality"),
        ("0214;Ås;1.650;;;;", "antall: “1.650” can be read in two ways"),
        ("0214;Ås;10;:;;;", "enslige_mindreårige: “:” stands for a figure that is suppressed"),
        ("0214;Ås;10;.;;;", "enslige_mindreårige: “.” stands for a figure that is suppressed"),
        ("0214;Ås;10;11;;;", "enslige_mindreårige: 11 unaccompanied minors are more than the 10"),
        ("0214;Ås;10;2;3;;", "herav_under_15: 3 unaccompanied minors under 15 are more than the 2"),
        (
            "0214;Ås;10;;1;;",
            "herav_under_15: 1 unaccompanied minors under 15: the number",
        ),
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
    assert "the number they are a part of is blank" in faults(read("0214;Ås;10;;1;;\n"))[0]
    assert "more than the 0 unaccompanied minors" in faults(read("0214;Ås;10;0;1;;\n"))[0]


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


@pytest.mark.parametrize(
    "asked",
    ["0", "-", "–", "ikke anmodet", "Ikkje oppmoda", "ikke bedt", "blir ikke anmodet om bosetting",
     "ikke å anmode", "ingen", "nei"],
)  # fmt: skip
def test_municipalities_that_are_not_asked_are_listed_in_one_warning(read, asked):
    result = read(
        f"0214;Ås;10;2;;;\n2011;Kautokeino;{asked};–;-;;\n0219;Bærum;65;;;;\n"
        f"1804;Bodø;{asked};;;;\n;Sum;75;2;-;;\n"
    )
    assert faults(result) == []
    assert numbers(result) == ["0214", "0219"]
    assert warnings(result)[0] == (
        "allocation.csv: Not asked, since there stands 0, a dash or a word for it, in rows 3 and 5:"
        " 2011 Kautokeino, 1804 Bodø. Nothing to do, if none of them is to have a letter."
    )
    assert len(warnings(result)) == 2  # the other one is about the sum


def test_a_column_that_nobody_has_filled_in_yet_is_one_fault(read):
    (fault,) = faults(read("0214;Ås;;;;;\n0219;Bærum;;;;;\n"))
    assert "antall: The column is not filled in yet, for any of 2 municipalities" in fault


def test_a_word_beside_a_blank_number_says_that_nobody_is_asked(read):
    header = HEADER.replace("deres_ref", "merknad")
    rows = "0214;Ås;10;;;;ikke anmodet i fjor\n1804;Bodø;;;;;Ikke anmodet\n"
    result = read(rows, header)
    assert faults(result) == []
    assert numbers(result) == ["0214"]
    (fault,) = faults(read(rows.replace("Ikke", "x"), header))
    assert "antall: The number of refugees is missing" in fault


def test_who_is_not_asked_for_anybody_is_not_asked_for_minors(read):
    (fault,) = faults(read("0214;Ås;10;;;;\n1804;Bodø;0;3;;;\n"))
    assert fault.startswith(
        "row 3, enslige_mindreårige: 3 unaccompanied minors are more than the 0"
    )


def test_an_allocation_that_asks_nobody_is_a_fault(read):
    (fault,) = faults(read("0214;Ås;0;;;;\n1804;Bodø;-;;;;\n"))
    assert "The table asks no municipality." in fault


def test_a_dash_is_no_minors_and_a_blank_is_not_known(read):
    result = read("0214;Ås;10;–;-;;\n0219;Bærum;65;;;;\n")
    assert result[1].items == []
    assert [(row.count("minors"), row.count("minors_under_15")) for row in result[0].rows] == [
        (0, 0),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("asked", "minors"),
    [("Anmodning 2027", "EM 2027"), ("2027 anmodet", "herav EM i 2027"), ("Antall for 2027", "EM")],
)
def test_the_year_of_settlement_may_stand_in_a_header(tmp_path, asked, minors):
    path = tmp_path / "a.csv"
    path.write_text(f"knr;kommune;Anmodning 2026;{asked};{minors}\n0214;Ås;7;10;2\n")
    findings = Findings()
    allocation = read_allocation(path, REQUEST, findings, shown_as="a.csv", year=2027)
    assert findings.faults == []
    assert allocation is not None
    assert [(row.count("asked"), row.count("minors")) for row in allocation.rows] == [(10, 2)]
    assert allocation.table.extra == ("Anmodning 2026",)


def test_columns_of_other_years_are_named_where_the_right_one_is_missing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("knr;kommune;Anmodning 2025;Anmodning 2026;fylke\n0214;Ås;7;10;x\n")
    findings = Findings()
    assert read_allocation(path, REQUEST, findings, shown_as="a.csv", year=2027) is None
    assert [str(fault) for fault in findings.faults] == [
        "a.csv, row 1, antall: The column “antall” is missing. Write “antall” in this row, above"
        " the column that holds it, perhaps C (“Anmodning 2025”) or D (“Anmodning 2026”)."
    ]


LEFT = ("deres_ref", "vår_ref", "kommunenavn")


def test_what_a_spreadsheet_made_of_a_text_is_never_printed(tmp_path):
    from datetime import date

    left = (date(2017, 12, 1), True, 0.5, 201712345678901234567, "2,01712E+11", "#I/T", "USANN")
    for column in LEFT:
        header = ("kommunenummer", *LEFT, "antall")
        usual = {"kommunenavn": "Ås", "vår_ref": None, "deres_ref": None}
        rows = [(214 + n, *({**usual, column: x}[y] for y in LEFT), 10) for n, x in enumerate(left)]
        allocation, findings = read_workbook(workbook(tmp_path / "a.xlsx", cells(header, *rows)))
        assert [(f.place.row, f.place.column) for f in findings.faults] == [
            (n, column) for n in range(2, len(left) + 2)
        ]
        assert allocation.rows == ()


@pytest.mark.parametrize(
    "left",
    ["2017-12-01", "2017-12-01 00:00", "01.12.2017", "1.12.17", "des.17", "12. des", "TRUE", "SANN",
     "2,01712E+11", "2.01712E+11", "20171234567890100000", "#N/A", "#VERDI!", "########"],
)  # fmt: skip
def test_what_a_text_file_keeps_of_it_is_a_fault_too(read, left):
    assert [fault[:16] for fault in faults(read(f"0214;Ås;10;;;;{left}\n"))] == ["row 2, deres_ref"]


@pytest.mark.parametrize(
    "reference",
    [
        "2017/12",
        "17/00123-4",
        "2017",
        "20171234567890123456",
        "#12",
        "brev av 01.12.2017",
        "12-2017",
    ],
)
def test_what_somebody_wrote_is_printed_as_it_stands(read, reference):
    result = read(f"0214;Ås;10;;;;{reference}\n")
    assert result[1].items == []
    assert result[0].rows[0].your_reference == reference


@pytest.mark.parametrize("word", ["0", "-", "NULL", "nan", "(tom)", "?"])
def test_a_word_for_nothing_is_one_warning_for_all_its_rows(read, word):
    result = read(f"0214;Ås;10;;;;{word}\n0219;Bærum;65;;;;2017/1\n0220;Asker;5;;;;{word}\n")
    assert [str(item) for item in result[1].items] == [
        f"allocation.csv, row 2, deres_ref: “{word}” in rows 2 and 4 is taken as it stands there."
        " Empty the cells if nothing is meant."
    ]


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
    if any(item.what.startswith("Not asked") for item in findings.items):
        told |= {number for number, row in enumerate(grid, start=2) if row[2].strip() == "0"}
    if allocation:  # what is wrong in many rows for the same reason is one fault
        told |= {row.number for row in allocation.table.rows if row.unusable}
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
            assert (
                (row.count("asked") or 0)
                >= (row.count("minors") or 0)
                >= (row.count("minors_under_15") or 0)
            )
            assert (row.count("asked") or 0) > 0
    assert findings.faults or allocation.rows
