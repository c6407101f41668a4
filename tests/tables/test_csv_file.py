"""Text files: whatever program wrote them, they hold the same rows."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.tables import HEADER, faults, good, only_fault, places, read, read_text, rows


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_usual_encoding_separator_and_line_ending_reads_the_same(
    tmp_path, separator, encoding, newline
):
    text = (HEADER + "0214;Ås;17-09235\n0219;Bærum;\n").replace(";", separator)
    table = good(read_text(tmp_path, text.replace("\n", newline), encoding))
    assert rows(table) == {
        2: ("0214", "Ås", "17-09235"),
        3: ("0219", "Bærum"),
    }


def test_windows_1252_is_told_from_utf_8_by_the_bytes(tmp_path):
    table = good(read_text(tmp_path, HEADER + "1;“Ås” – 5 €;\n", "cp1252"))
    assert table.rows[0].cells["navn"] == "“Ås” – 5 €"


def test_bytes_that_windows_1252_lacks_are_read_as_latin_1_and_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(HEADER.encode("latin-1") + b"1;\xc5s\x81x;\n")
    result = read(path)
    assert places(result) == [(2, "navn")]
    assert "U+0081" in faults(result)[0]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfnummer;\xe5\n", b"\xff\xfen\x00u\x00m"])
def test_text_that_is_not_what_its_mark_says_is_damaged(tmp_path, data):
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    assert "damaged" in faults(read(path))[0]


def test_text_of_two_bytes_a_letter_without_a_mark_is_no_plain_text(tmp_path):
    assert "not plain text" in faults(read_text(tmp_path, HEADER, "utf-16-le"))[0]


def test_a_first_line_that_tells_excel_the_separator_is_no_row(tmp_path):
    table = good(read_text(tmp_path, "sep=;\r\n" + HEADER + "1;a,b,c;\n"))
    assert rows(table) == {2: ("1", "a,b,c")}


def test_quoted_cells_may_hold_separators_quotes_and_line_breaks(tmp_path):
    text = 'Nummer;"Kommune-\n navn";merknad\n1;"Bø; i\r\n ""T""";"to\nlinjer"\n2;Os;\n'
    table = good(read_text(tmp_path, text))
    assert rows(table) == {
        2: ("1", 'Bø; i "T"', "to\nlinjer"),
        3: ("2", "Os"),
    }
    assert table.headers["navn"] == "Kommune- navn"


def test_rows_are_counted_as_the_spreadsheet_shows_them(tmp_path):
    text = "\nFordeling, 2018\n\n" + HEADER + '\n1;"A\nB";\n;;\n2;C;\n'
    assert list(rows(good(read_text(tmp_path, text)))) == [6, 8]


def test_a_quote_mark_that_never_closes_swallows_nothing(tmp_path):
    result = read_text(tmp_path, HEADER + '1;Ås;\n2;"Bærum;\n3;Asker;\n')
    assert "row 3: A quote mark" in only_fault(result)


def test_the_separator_is_the_one_of_the_header_whatever_else_is_in_the_file(
    tmp_path,
):
    text = 'Til, fra, med, av\n"a";"b";c\n' + HEADER + "1;a,b,c,d,e,f;\n"
    assert rows(good(read_text(tmp_path, text)))[4][1] == "a,b,c,d,e,f"


@pytest.mark.parametrize(
    "text",
    [
        '\ufeff\ufeff"nummer";"navn"\n"0214";"Ås"\n',
        'sep=;\r\n\ufeff"nummer";"navn"\n"0214";"Ås"\n',
        '\u200b"nummer";\u200b"navn"\n"0214";\ufeff"Ås"\n',
        '"nummer"; "navn"\n"0214";  "Ås"\n',
        '"nummer", "navn"\n"0214", "Ås"\n',
        'nummer;navn\n="0214";="Ås"\n',
        'nummer;navn\n"=""0214""";"=""Ås"""\n',
    ],
)
def test_marks_and_blanks_before_a_quote_mark_hide_nothing(tmp_path, text):
    assert rows(good(read_text(tmp_path, text, "utf-8"))) == {2: ("0214", "Ås")}


def test_blanks_inside_of_quote_marks_are_kept(tmp_path):
    assert rows(good(read_text(tmp_path, 'nummer;navn\n1;"a; ""b"""\n'))) == {2: ("1", 'a; "b"')}


@pytest.mark.parametrize(
    "error", ["#N/A", "#I/T", "#REF!", "#NAVN?", "#DIV/0!", "########", "Err:502"]
)
def test_an_error_that_was_saved_as_text_is_one(tmp_path, error):
    result = read_text(tmp_path, f"nummer;navn;merknad\n1;{error};{error}\n2;B;#1\n")
    assert places(result) == [(2, "navn")]
    assert f"The cell shows the error {error}." in faults(result)[0]
    assert result[0] is not None
    assert [row.cells["merknad"] for row in result[0].rows] == [error, "#1"]


word = st.text(st.characters(codec="latin-1", categories=["L", "N", "P"]), min_size=1, max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.none() | st.tuples(word, word), min_size=1, max_size=20),
    above=st.integers(0, 5),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
)
def test_each_row_keeps_its_number_and_its_text(tmp_path, cells, above, encoding):
    def quote(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    # The å in the header keeps Latin-1 from being UTF-8 by chance.
    lines = [";".join(map(quote, row)) if row else "" for row in cells]
    text = "\n".join(["tittel"] * above + ["nummer;navn;år", *lines])
    table, findings = read_text(tmp_path, text, encoding)
    expected = {above + 2 + i: row for i, row in enumerate(cells) if row}
    assert (rows(table) if table else {}) == expected
    assert bool(findings.faults) is not bool(expected)
