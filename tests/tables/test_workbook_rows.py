"""Cells of a workbook: what a caseworker sees in Excel is what is read."""

import re
import unicodedata
from datetime import date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brevgen.tables.reader import Column
from tests.support.tables import (
    cells,
    edited,
    faults,
    good,
    packed,
    parts,
    places,
    read,
    rows,
    workbook,
)

COLUMNS = (Column("nummer"), Column("navn"), Column("antall", required=False))
HEADER = ("nummer", "navn", "antall")
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "t.xlsx"


def written(path, *below):
    return workbook(path, cells(HEADER, *below))


def sharing_texts(path):
    """The same workbook with its texts kept apart, as Excel writes them."""
    contents = parts(path)
    texts = []

    def shared(found):
        texts.append(found[1])
        return f't="s"><v>{len(texts) - 1}</v>'

    sheet = "xl/worksheets/sheet1.xml"
    contents[sheet] = re.sub(
        r't="inlineStr"><is>(.*?)</is>', shared, contents[sheet].decode(), flags=re.DOTALL
    ).encode()
    listed = "".join(f"<si>{text}</si>" for text in texts)
    contents["xl/sharedStrings.xml"] = f'<sst xmlns="{NAMESPACE}">{listed}</sst>'.encode()
    contents["[Content_Types].xml"] = contents["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    return packed(path, contents)


def saved_by_excel(path):
    """The same workbook without the mark that everything is still to be calculated."""
    return edited(path, 'fullCalcOnLoad="1"', "", "xl/workbook.xml")


def found(path):
    return rows(good(read(path, COLUMNS)))


def test_numbers_stay_numbers_and_text_stays_text(path):
    written(path, (214, "Ås", 10.0), ("0219", "214", 1.5))
    assert found(path) == {2: (214, "Ås", 10), 3: ("0219", "214", 1.5)}


def test_a_formula_counts_as_what_excel_stored_for_it(path):
    written(path, ("=1+1", "=B1", "=C1"))
    edited(path, "<f>1+1</f><v></v>", "<f>1+1</f><v>2</v>")
    edited(path, '"B2"><f>B1</f><v></v>', '"B2" t="str"><f>B1</f><v>navn</v>')
    edited(path, '"C2"><f>C1</f><v></v>', '"C2" t="str"><f>C1</f><v></v>')
    saved_by_excel(path)
    assert found(path) == {2: (2, "navn")}


def test_a_formula_that_was_never_calculated_is_a_fault_at_its_cell(path):
    result = read(written(path, (1, "A", "=1+1"), (2, "=B2", 3)), COLUMNS)
    assert places(result) == [(2, "antall"), (3, "navn")]
    assert "Open the file in Excel, save it, and try again." in faults(result)[0]
    assert result[0] is not None
    assert result[0].rows[0].unusable == {"antall"}


@pytest.mark.parametrize("stored", [0, 12])
def test_a_result_that_the_program_itself_declares_out_of_date_is_not_believed(path, stored):
    edited(written(path, (1, "A", "=5+5")), "<f>5+5</f><v></v>", f"<f>5+5</f><v>{stored}</v>")
    result = read(path, COLUMNS)
    assert places(result) == [(2, "antall")]
    assert "may be out of date" in faults(result)[0]
    # Excel takes the mark away when it saves, and then the result counts.
    assert found(saved_by_excel(path)) == {2: (1, "A", stored)}


def test_what_is_wrong_in_a_whole_column_is_one_fault(path):
    below = ((n, "A", 4 if n == 4 else f"=A{n}") for n in range(2, 8))
    result = read(written(path, *below), COLUMNS)
    assert faults(result) == [
        "t.xlsx, Fordeling, row 2, antall: The cell holds a formula that has never been calculated."
        " The same in rows 3 and 5–7. Open the file in Excel, save it, and try again."
    ]
    assert result[0] is not None
    assert [row.unusable for row in result[0].rows].count(frozenset({"antall"})) == 5


def test_a_header_that_was_never_calculated_is_a_fault_at_its_cell(path):
    result = read(workbook(path, cells((*HEADER, '="År "&2018'), (214, "Ås", 10, 1))), COLUMNS)
    assert result[0] is None
    assert places(result) == [(1, "column D")]


def test_error_values_are_faults_only_where_the_column_is_needed(path):
    fill = cells((*HEADER, "merknad"), (1, "A", "#REF!", "#N/A"))
    result = read(workbook(path, fill), COLUMNS)
    assert faults(result) == [
        "t.xlsx, Fordeling, row 2, antall: The cell shows the error #REF!."
        " Mend the formula, or type the value."
    ]
    assert rows(result[0]) == {2: (1, "A", "#N/A")}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2017, 11, 6), "2017-11-06"),
        (datetime(2017, 11, 6, 9, 30), "2017-11-06 09:30"),  # noqa: DTZ001
        (time(9, 30), "09:30"),
        (True, "TRUE"),
        (False, "FALSE"),
    ],
)
def test_dates_times_and_truths_are_text_and_no_numbers(path, value, shown):
    assert found(written(path, (1, "A", value))) == {2: (1, "A", shown)}


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("d. mmmm yyyy", "1900-01-10"),
        ("[$-414]d.m.yy;@", "1900-01-10"),
        ("[h]:mm", "240:00"),
        ("mm-dd-yy", "1900-01-10"),
        ("0000", 10),
        ('0 "dager"', 10),
        ("[Red]#,##0", 10),
        ("0\\d", 10),
        ("General", 10),
    ],
)
def test_a_number_is_a_date_where_excel_shows_it_as_one(path, form, shown):
    def fill(sheet):
        cells(HEADER, (1, "A", 10))(sheet)
        sheet["C2"].number_format = form

    assert found(workbook(path, fill)) == {2: (1, "A", shown)}


def test_days_may_be_counted_from_1904(path):
    written(path, (1, "A", date(2017, 11, 6)))
    edited(path, "<workbookPr/>", '<workbookPr date1904="1"/>', "xl/workbook.xml")
    assert found(path) == {2: (1, "A", "2021-11-07")}


def test_a_date_that_there_is_not_is_a_fault(path):
    edited(written(path, (1, "A", date(2017, 11, 6))), "<v>43045</v>", "<v>1e9</v>")
    assert places(read(path, COLUMNS)) == [(2, "antall")]


def test_dates_may_be_written_as_text_for_programs(path):
    edited(written(path, (1, "A", 7)), 't="n"><v>7</v>', 't="d"><v>2017-11-06T00:00:00</v>')
    assert found(path) == {2: (1, "A", "2017-11-06")}


def test_the_noise_of_binary_arithmetic_is_not_read(path):
    edited(written(path, (1, "A", 7)), "<v>7</v>", "<v>65.000000000000014</v>")
    assert found(path) == {2: (1, "A", 65)}


def test_text_written_in_pieces_is_read_whole_without_its_ruby(path):
    sharing_texts(written(path, (1, "_", 7)))
    ruby = "<rPh><t>nei</t></rPh><rPh><r><t>nei</t></r></rPh>"
    pieces = f"<r><t>Å</t></r>{ruby}<r><t>s_x000D_\nby_x002E_</t></r>"
    edited(path, "<t>_</t>", pieces, "xl/sharedStrings.xml")
    assert found(path) == {2: (1, "Ås by.", 7)}


def test_rows_and_cells_may_be_counted_instead_of_numbered(path):
    more = '<row><c><v>5</v></c><c t="str"><v>B</v></c></row><row/><row><c><v>6</v></c></row>'
    edited(written(path, (1, "A", 7)), "</sheetData>", more + "</sheetData>")
    assert found(path) == {2: (1, "A", 7), 3: (5, "B"), 5: (6,)}
    assert [*good(read(path, COLUMNS)).rows[1].cells] == ["nummer", "navn"]


def test_a_text_beside_a_value_is_what_excel_shows_or_a_fault(path):
    inline = '<c r="C2" t="inlineStr"><v>{}</v><is><t>10</t></is></c>'
    written(path, (1, "A", 7), (2, "B", 8))
    edited(path, '<c r="C2" t="n"><v>7</v></c>', inline.format(10))
    edited(path, '<c r="C3" t="n"><v>8</v></c>', inline.format(11).replace("C2", "C3"))
    result = read(path, COLUMNS)
    assert rows(result[0]) == {2: (1, "A", "10"), 3: (2, "B")}
    assert places(result) == [(3, "antall")]
    assert "two values, the text “10” and “11”" in faults(result)[0]


def test_text_that_is_too_long_is_a_fault_at_its_cell(path):
    result = read(sharing_texts(written(path, (1, "x" * 10_001), (2, "x" * 10_000))), COLUMNS)
    assert places(result) == [(2, "navn")]


printable = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=12
).filter(lambda text: not text.startswith(("=", "#")) and not {"_", "\ufffd"} & {*text})
anything = st.none() | printable | st.integers(-(10**14), 10**14) | st.booleans()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    grid=st.lists(st.tuples(anything, anything, anything), min_size=1, max_size=12),
    shared=st.booleans(),
)
def test_any_grid_that_openpyxl_writes_is_read_as_it_was(path, grid, shared):
    def as_read(value):
        if isinstance(value, bool):
            return str(value).upper()
        return unicodedata.normalize("NFC", value) if isinstance(value, str) else value

    written(path, *grid)
    if shared:
        sharing_texts(path)
    expected = {
        number: tuple(as_read(value) for value in row if value not in (None, ""))
        for number, row in enumerate(grid, start=2)
        if any(value not in (None, "") for value in row)
    }
    table, findings = read(path, COLUMNS)
    assert (rows(table) if table else {}) == expected
    assert bool(findings.faults) is not bool(expected)
