"""Workbooks: which sheet is read, which rows are seen, and what is refused."""

import random
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brevgen.language import speaking
from brevgen.tables import reader
from tests.support.tables import (
    cells,
    edited,
    faults,
    good,
    only_fault,
    packed,
    parts,
    places,
    read,
    rows,
    workbook,
)

HEADER = ("nummer", "navn")
FILL = cells(HEADER, (214, "Ås"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "t.xlsx"


def hiding(*numbers, fill):
    """Fill a sheet and hide some of its rows."""

    def fill_and_hide(sheet):
        fill(sheet)
        for number in numbers:
            sheet.row_dimensions[number].hidden = True

    return fill_and_hide


def hidden_sheet(state):
    def fill(sheet):
        FILL(sheet)
        sheet.sheet_state = state

    return fill


def test_the_sheet_and_its_rows_are_read_as_excel_shows_them(path):
    table = good(read(workbook(path, cells((), HEADER, (), (214, "Ås"), ("0219", "Bærum")))))
    assert rows(table) == {4: (214, "Ås"), 5: ("0219", "Bærum")}
    assert str(table.place(table.rows[1], "navn")) == "t.xlsx, Fordeling, row 5, navn"


def test_a_merged_title_above_the_header_does_no_harm(path):
    def fill(sheet):
        cells(("Fordeling 2018",), (), HEADER, (214, "Ås"))(sheet)
        sheet.merge_cells("A1:C2")

    assert rows(good(read(workbook(path, fill)))) == {4: (214, "Ås")}


def test_hidden_rows_are_left_out_with_a_warning_that_names_them(path):
    fill = cells(HEADER, *((n, "x") for n in range(2, 11)))
    table, findings = read(workbook(path, hiding(3, 4, 5, 8, 20, fill=fill)))
    assert list(rows(table)) == [2, 6, 7, 9, 10]
    assert findings.faults == []
    assert [str(warning).partition(" hidden")[0] for warning in findings.warnings] == [
        "t.xlsx, Fordeling, row 3: Rows 3–5 and 8 are",
    ]


def test_rows_that_a_filter_hides_are_left_out_too(path):
    def fill(sheet):
        hiding(3, fill=cells(HEADER, (1, "A"), (2, "B")))(sheet)
        sheet.auto_filter.ref = "A1:B3"
        sheet.auto_filter.add_filter_column(1, ["A"])

    table, findings = read(workbook(path, fill))
    assert list(rows(table)) == [2]
    assert "by a filter" in str(findings.warnings[0])


def test_a_hidden_header_counts_only_where_no_other_will_do(path):
    fill = cells(HEADER, ("Nummer", "Navn", "Merknad"), (1, "A", "m"))
    assert good(read(workbook(path, hiding(1, fill=fill)))).extra == ("Merknad",)
    assert good(read(workbook(path, hiding(1, fill=FILL)))).rows


def test_a_table_of_hidden_rows_has_no_rows(path):
    assert "no rows below the header" in only_fault(read(workbook(path, hiding(2, fill=FILL))))


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        ([3], "rad 3: Rad 3 er skjult, for hånd eller av et filter, og er utelatt."),
        ([3, 4, 5, 8], "rad 3: Radene 3–5 og 8 er skjult, for hånd eller av et filter, og er"),
    ],
)
def test_hidden_rows_are_said_in_bokmaal(path, hidden, said):
    fill = cells(HEADER, *((number, "Ås") for number in range(214, 222)))
    with speaking("nb"):
        _, findings = read(workbook(path, hiding(*hidden, fill=fill)))
        assert str(findings.warnings[0]).startswith(f"t.xlsx, Fordeling, {said}")


def test_hidden_sheets_are_skipped_and_said(path):
    hidden, very_hidden = hidden_sheet("hidden"), hidden_sheet("veryHidden")
    table, findings = read(workbook(path, FILL, Gammel=hidden, Lister=very_hidden))
    assert rows(table) == {2: (214, "Ås")}
    assert [str(item) for item in findings.items] == [
        "t.xlsx: Hidden and not read: “Gammel”, “Lister”. Unhide the sheet if the table is on it."
    ]


def test_a_table_on_a_hidden_sheet_alone_is_not_found(path):
    result = read(workbook(path, cells(), Gammel=hidden_sheet("hidden")))
    assert "None of the first 30 rows" in only_fault(result)
    assert "“Gammel”" in str(result[1].warnings[0])


def test_the_sheet_with_the_columns_is_found_among_others(path):
    notes = cells(("Veiledning",), ("Skriv navn", "navn"))
    assert good(read(workbook(path, notes, Tall=FILL, Ark3=cells()))).sheet == "Tall"


def test_several_fitting_sheets_are_a_fault_that_names_them(path):
    assert "“Fordeling”, “Ny”" in only_fault(read(workbook(path, FILL, Ny=FILL)))


def test_no_fitting_sheet_is_a_fault_that_says_what_each_lacks(path):
    result = read(workbook(path, cells(("navn",)), Ny=cells(("nummer", "x"))))
    assert "“Fordeling” lacks nummer; “Ny” lacks navn" in only_fault(result)


def test_on_the_only_sheet_each_missing_column_is_a_fault(path):
    result = read(workbook(path, cells(("t",), ("vår ref", "x"), (1, 2)), Ark2=cells()))
    assert result[0] is None
    assert places(result) == [(2, "nummer"), (2, "navn")]


def test_a_workbook_that_is_empty_or_about_something_else_has_no_header(path):
    assert "None of the first 30 rows" in only_fault(read(workbook(path, cells())))
    unknown = read(workbook(path, cells(("noe", "annet"), (1, 2))))
    assert "Fordeling: None of the first 30 rows" in only_fault(unknown)


def test_a_macro_workbook_is_read_like_any_other(path):
    assert good(read(workbook(path.with_name("t.XLSM"), FILL))).rows


def test_other_names_and_places_of_the_parts_are_understood(path):
    contents = parts(workbook(path, FILL))
    sheet = contents.pop("xl/worksheets/sheet1.xml").decode()
    for name in ("worksheet", "sheetData", "row", "c", "v", "is", "t"):
        for mark in (" ", ">"):
            sheet = sheet.replace(f"<{name}{mark}", f"<x:{name}{mark}")
        sheet = sheet.replace(f"</{name}>", f"</x:{name}>")
    contents["xl\\Tables\\One.XML"] = sheet.replace("xmlns=", "xmlns:x=").encode()
    for listed in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        contents[listed] = contents[listed].replace(b"worksheets/sheet1.xml", b"tables/one.xml")
    assert rows(good(read(packed(path, contents)))) == {2: (214, "Ås")}


@pytest.mark.parametrize(
    "styles",
    [
        "<fonts><font><family val='99'/></font></fonts><fills><fill/></fills>",
        "<cellXfs><xf fillId='7' borderId='9' fontId='0'/></cellXfs>",
    ],
)
def test_looks_that_openpyxl_does_not_know_are_no_matter(path, styles):
    contents = parts(workbook(path, FILL))
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<styleSheet xmlns="{namespace}">{styles}</styleSheet>'
    contents["xl/styles.xml"] = sheet.encode()
    assert rows(good(read(packed(path, contents)))) == {2: (214, "Ås")}


def test_the_strict_kind_of_workbook_is_read_like_the_usual_one(path):
    contents = parts(workbook(path, FILL))
    for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"):
        for kind in ("spreadsheetml", "officeDocument"):
            usual = f"schemas.openxmlformats.org/{kind}/2006/".encode()
            strict = f"purl.oclc.org/ooxml/{kind}/".encode()
            contents[name] = contents[name].replace(usual, strict)
    assert b"schemas" not in contents["xl/worksheets/sheet1.xml"]
    assert rows(good(read(packed(path, contents)))) == {2: (214, "Ås")}


def test_a_password_and_the_old_kind_of_file_are_told_apart(path):
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(508) + "EncryptedPackage".encode("utf-16-le"))
    assert "password" in only_fault(read(path))
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(508))
    assert "old kind" in only_fault(read(path))


@pytest.mark.parametrize("data", [b"nummer;navn", b"PK\x03\x04 and no more", b"%PDF-1.7"])
def test_what_is_no_workbook_is_a_fault(path, data):
    path.write_bytes(data)
    assert "not an Excel workbook" in only_fault(read(path))


def test_another_kind_of_document_is_no_workbook(path):
    contents = {"xl/workbook.xml": b"<document/>"}
    assert "not an Excel workbook" in only_fault(read(packed(path, contents)))
    assert "not an Excel" in only_fault(read(packed(path, {"word/document.xml": b"<w/>"})))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<v>214</v>", "<v>seven</v>"),
        ("<v>214</v>", "<v>1e999</v>"),
        ('r="B2"', 'r="ÅB2"'),
        ('r="B2"', 'r="XFE2"'),
        ('<row r="2"', '<row r="1"'),
        ('<row r="2"', '<row r="1048577"'),
        ("</sheetData>", ""),
    ],
)
def test_what_excel_would_not_open_is_damaged(path, old, new):
    assert "damaged" in only_fault(read(edited(workbook(path, FILL), old, new)))


def test_a_part_that_is_larger_than_it_says_is_damaged(path):
    workbook(path, cells(HEADER, *((n, "A") for n in range(1, 3000))))
    with zipfile.ZipFile(path) as package:
        true_size = package.getinfo("xl/worksheets/sheet1.xml").file_size
    data = bytearray(path.read_bytes())
    # in the central directory the size stands 22 bytes before the name
    name = data.rindex(b"xl/worksheets/sheet1.xml")
    assert int.from_bytes(data[name - 22 : name - 18], "little") == true_size
    data[name - 22 : name - 18] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    assert "damaged" in only_fault(read(path))


@pytest.mark.parametrize("last_empty", [3_000, pytest.param(200_000, marks=pytest.mark.slow)])
def test_any_number_of_empty_rows_is_passed_over(path, last_empty):
    rows_ = (f'<row r="{n}" s="1"><c r="A{n}" s="1"/></row>' for n in range(3, last_empty))
    empty = "".join(rows_)
    last = '<row r="1048576"><c t="n"><v>8</v></c></row></sheetData>'
    result = read(edited(workbook(path, FILL), "</sheetData>", empty + last))
    assert rows(good(result)) == {2: (214, "Ås"), 1048576: (8,)}


def hiding_columns(*letters, width=None):
    def fill(sheet):
        cells((*HEADER, "vår ref"), (214, "Ås", "17-1"))(sheet)
        for letter in letters:
            sheet.column_dimensions[letter].hidden = width is None
            if width is not None:
                sheet.column_dimensions[letter].width = width

    return fill


@pytest.mark.parametrize("width", [None, 0])
def test_each_hidden_column_that_is_used_is_named(path, width):
    workbook(path, hiding_columns("A", "C", width=width))
    if width == 0:  # openpyxl leaves out a width of nothing
        edited(path, "<sheetData>", "<cols><col min='1' max='1' width='0'/>"
               "<col min='3' max='9' width='0.0' customWidth='1'/></cols><sheetData>")  # fmt: skip
    table, findings = read(path)
    assert rows(table) == {2: (214, "Ås", "17-1")}
    assert [str(item) for item in findings.items] == [
        f"t.xlsx, Fordeling, {header}: Column {letter} (“{header}”) is hidden, and used all the"
        " same. Unhide it and see what is in it, or delete it."
        for letter, header in (("A", "nummer"), ("C", "vår ref"))
    ]


def test_a_hidden_column_that_is_not_used_is_no_matter(path):
    def fill(sheet):
        cells((*HEADER, "merknad"), (214, "Ås", "x"))(sheet)
        sheet.column_dimensions["C"].hidden = True

    assert rows(good(read(workbook(path, fill)))) == {2: (214, "Ås", "x")}


MERGED = ((*HEADER, "vår ref", "fylke"), (1, "A", "17-1", "x"), (2, "B", None, None), (3, "C"))


def merged_in(path, *ranges):
    """The same workbook with cells merged and all that they hold kept, as LibreOffice does it."""
    merges = "".join(f'<mergeCell ref="{each}"/>' for each in ranges)
    return edited(path, "</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>")


@pytest.mark.parametrize(
    ("merged", "row", "column"),
    [
        ("C2:C3", 2, "vår ref"),
        ("C2:D4", 2, "vår ref"),
        ("B2:B3", 2, "navn"),
        ("A1:A2", 2, "nummer"),
    ],
)
def test_cells_that_are_merged_over_rows_are_a_fault_where_they_are_used(path, merged, row, column):
    workbook(path, cells(*MERGED))
    edited(
        path, "</sheetData>", f'</sheetData><mergeCells><mergeCell ref="{merged}"/></mergeCells>'
    )
    result = read(path)
    assert places(result) == [(row, column)]
    assert f"The cells {merged} are merged" in faults(result)[0]


def test_what_lies_beneath_a_merged_cell_is_a_fault_in_one_row_too(path):
    workbook(path, cells((*HEADER, "vår ref"), (1, "A", "17-1"), (2, "B", None)))
    assert places(read(merged_in(path, "B2:C2", "B3:C3"))) == [(2, "navn")]


@pytest.mark.parametrize("merged", ["A1:D1", "D2:D4", "A5:C5", "A5:C7", "XFD1:XFD1048576"])
def test_merged_titles_notes_and_columns_that_are_not_used_are_no_matter(path, merged):
    workbook(path, cells(*MERGED, ("Kilde: IMDi",)))
    edited(
        path, "</sheetData>", f'</sheetData><mergeCells><mergeCell ref="{merged}"/></mergeCells>'
    )
    assert read(path)[1].faults == []


def test_rows_that_are_struck_through_are_read_with_a_warning(path):
    from openpyxl.styles import Font

    def fill(sheet):
        cells(HEADER, (1, "A"), (2, "B"), (3, "C"))(sheet)
        sheet["B3"].font = Font(strike=True)
        sheet["A4"].font = Font(strike=False)

    table, findings = read(workbook(path, fill))
    assert list(rows(table)) == [2, 3, 4]
    assert [str(item) for item in findings.items] == [
        "t.xlsx, Fordeling, row 3: Words are struck through in row 3, and read all the same."
        " Delete the rows that are not to count."
    ]


def test_more_rows_than_a_round_can_have_are_refused(path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_ROWS", 200)
    more = "<row><c><v>1</v></c></row>" * 200 + "</sheetData>"
    assert "200 rows" in only_fault(read(edited(workbook(path, FILL), "</sheetData>", more)))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), inside=st.booleans())
def test_a_workbook_with_damaged_bytes_gives_a_table_or_a_fault(path, seed, inside):
    chance = random.Random(seed)

    def damaged(data):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return bytes(changed)

    workbook(path, cells(HEADER, (1, date(2017, 11, 6)), (2, "=1+1")))
    if inside:
        packed(path, {name: damaged(data) for name, data in parts(path).items()})
    else:
        path.write_bytes(damaged(path.read_bytes()))
    result = read(path)
    assert result[0] is not None or faults(result)
