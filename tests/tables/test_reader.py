"""Tables: what a caseworker's file holds is what is read, or a fault says why not."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brevgen.tables.cells import column_letters
from brevgen.tables.reader import Column
from tests.support.tables import (
    COLUMNS,
    HEADER,
    faults,
    good,
    only_fault,
    places,
    read,
    read_text,
    rows,
)


@pytest.mark.parametrize(
    "header",
    [
        "NUMMER;NAVN;Vår ref.",
        " Nummer ;Kommune_navn;VÅR-REF:",
        "knr;Navn;va\u030ar ref",
        "\u200bNum\u00admer\u00a0;kommune\u00a0navn;Vår\u2011ref",
    ],
)
def test_headers_are_known_however_they_are_spelt(tmp_path, header):
    table = good(read_text(tmp_path, f"{header}\n0214;Ås;17-1\n"))
    assert rows(table) == {2: ("0214", "Ås", "17-1")}


def test_faults_are_placed_by_the_header_as_written(tmp_path):
    table = good(read_text(tmp_path, "Knr.;Navn\n1;Ås\n"))
    assert str(table.place(table.rows[0], "nummer")) == "t.csv, row 2, Knr."


def test_the_header_may_stand_below_a_title_but_within_thirty_rows(tmp_path):
    assert good(read_text(tmp_path, "tittel\n" * 29 + HEADER + "1;Ås;\n")).rows[0].number == 31
    result = read_text(tmp_path, "tittel\n" * 30 + HEADER + "1;Ås;\n")
    assert result[0] is None
    assert "first 30 rows" in faults(result)[0]


def test_every_missing_column_is_said_with_the_row_that_looks_like_the_header(
    tmp_path,
):
    columns = (*COLUMNS, Column("antall"), Column("frist"))
    path = tmp_path / "t.csv"
    path.write_text("Tittel;\n\nknr;navn;noe\n1;Ås;2\n", encoding="utf-8")
    result = read(path, columns)
    assert result[0] is None
    assert places(result) == [(3, "antall"), (3, "frist")]


def test_two_columns_that_mean_the_same_are_named_by_their_letters(tmp_path):
    result = read_text(tmp_path, "nummer;Kommune;noe;Navn\n1;Ås;x;Ås\n")
    assert result[0] is None
    assert "B (“Kommune”) and D (“Navn”)" in faults(result)[0]


def test_extra_columns_are_kept_and_none_overwrites_another(tmp_path):
    text = "merknad;nummer;navn;merknad;;column E\na;1;Ås;b;c;d;e\n"
    table = good(read_text(tmp_path, text))
    assert table.extra == (
        "merknad",
        "merknad (column D)",
        "column E",
        "column E (column F)",
        "column G",
    )
    assert [table.rows[0].cells[name] for name in table.extra] == ["a", "b", "c", "d", "e"]


def test_unnamed_columns_without_content_do_not_exist(tmp_path):
    assert good(read_text(tmp_path, "nummer;navn;;;\n1;Ås;;;\n")).extra == ()


def test_text_is_stripped_of_all_that_cannot_be_seen(tmp_path):
    text = HEADER + "\ufeff 1\u200b;\u00a0\u202fA\u030as\u200e \t;\u200b\n"
    assert rows(good(read_text(tmp_path, text))) == {2: ("1", "Ås")}


def test_a_line_break_in_a_cell_that_is_used_is_a_blank(tmp_path):
    table = good(read_text(tmp_path, 'nummer;navn;merknad\n1;"Vestre \n\tToten";"a\nb"\n'))
    assert rows(table) == {2: ("1", "Vestre Toten", "a\nb")}


@pytest.mark.parametrize("bad", ["\x01", "\x7f", "\x9f", "\u202e", "\u2066", "\ufffd", "\x0b"])
def test_a_character_that_cannot_be_printed_is_a_fault_at_its_cell(tmp_path, bad):
    table, findings = read_text(tmp_path, HEADER + f"1;Å{bad}s;\n2;Os;\n")
    assert table is not None
    assert [(f.place.row, f.place.column) for f in findings.faults] == [(2, "navn")]
    assert f"U+{ord(bad):04X}" in str(findings.faults[0])
    assert table.rows[0].unusable == {"navn"}
    assert "navn" not in table.rows[0].cells


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        (";;;\n\n", "first 30 rows"),
        (HEADER, "no rows below the header"),
        (HEADER + ";;\n\n", "no rows below the header"),
    ],
)
def test_a_file_without_a_table_is_a_fault(tmp_path, text, what):
    result = read_text(tmp_path, text)
    assert result[0] is None
    assert [what in fault for fault in faults(result)] == [True]


def test_a_missing_file_a_folder_and_a_name_there_cannot_be_are_faults(tmp_path):
    assert "no such file" in faults(read(tmp_path / "none.csv"))[0]
    assert "no such file" in faults(read(tmp_path / "nul\0.csv"))[0]
    assert "folder" in faults(read(tmp_path))[0]
    assert "ENAMETOOLONG" in faults(read(tmp_path / ("x" * 300 + ".csv")))[0]


@pytest.mark.parametrize("name", ["t.xls", "t.ods", "t.numbers", "t.pdf", "t"])
def test_other_kinds_of_files_are_to_be_saved_as_xlsx_or_csv(tmp_path, name):
    assert "save it as .xlsx or .csv" in faults(read_text(tmp_path, HEADER, name=name))[0]


@pytest.mark.parametrize("data", [b"PK\x03\x04....", b"\xd0\xcf\x11\xe0...."])
def test_a_workbook_called_csv_is_a_fault(tmp_path, data):
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    assert "called .csv" in faults(read(path))[0]


def test_files_that_are_too_large_are_refused_at_once(tmp_path):
    path = tmp_path / "t.csv"
    with path.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    assert "larger than 20 MB" in faults(read(path))[0]
    assert "20000 rows" in faults(read_text(tmp_path, HEADER + "1;a;\n" * 20_001))[0]
    assert "16384 columns" in faults(read_text(tmp_path, HEADER + "1;" * 20_000))[0]
    long = read_text(tmp_path, HEADER + f"1;{'x' * 10_001};\n2;{'y' * 10_000};\n")
    assert [fault.place.row for fault in long[1].faults] == [2]
    assert "10000 characters" in faults(long)[0]
    longer = read_text(tmp_path, HEADER + f"1;{'x' * 200_000};")
    assert "row 2: The cell holds more than 10000 characters" in only_fault(longer)


@pytest.mark.parametrize(("number", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (16384, "XFD")])
def test_columns_are_called_by_their_letters(number, name):
    assert column_letters(number) == name


anything = st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=5))
slow = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@slow
@given(grid=anything, below_header=st.booleans(), separator=st.sampled_from(";,\t"))
def test_any_text_at_all_gives_a_table_or_a_fault(tmp_path, grid, below_header, separator):
    text = "\n".join(separator.join(row) for row in grid)
    table, findings = read_text(tmp_path, (HEADER if below_header else "") + text)
    assert table is not None or findings.faults


@slow
@given(data=st.binary(max_size=300), name=st.sampled_from(["t.csv", "t.xlsx"]))
def test_any_bytes_at_all_give_a_table_or_a_fault(tmp_path, data, name):
    path = tmp_path / name
    path.write_bytes(data)
    table, findings = read(path)
    assert table is not None or findings.faults
