"""What is no workbook, or one with something missing or out of place."""

import struct

import pytest

from tests.hostile import workbooks
from tests.hostile.workbooks import AAS, HEADER, RELATIONS, cell, parts, put, sheet

COLUMNS = "kommunenummer;kommunenavn;antall;enslige_mindreårige;herav_under_15;vår_ref;deres_ref\n"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (workbooks.container("EncryptedPackage", "EncryptionInfo"), "password-protected"),
        (workbooks.container("Workbook"), "old kind (.xls)"),
        (b"<html><body><table><tr><td>kommunenummer</td></tr></table></body></html>", "not an"),
        (COLUMNS.encode(), "not an Excel workbook"),
        (b"", "empty"),
        (b"PK\x03\x04", "not an Excel workbook"),
        (b"PK\x05\x06" + bytes(18), "damaged"),
        (b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0),
         "not an Excel workbook"),
    ],
    ids=["password", "xls", "html", "csv", "empty", "begun", "no parts", "no end"],
)  # fmt: skip
def test_what_is_only_called_a_workbook(place, refused, data, told):
    workbooks.put_bytes(place, data)
    refused("allocation.xlsx", told)


@pytest.mark.parametrize("left", [0.2, 0.5, 0.9, 0.99])
def test_a_workbook_cut_short(place, refused, left):
    data = put(place, parts()).read_bytes()
    workbooks.put_bytes(place, data[: int(len(data) * left)])
    refused("allocation.xlsx", "not an Excel workbook, or it is damaged")


@pytest.mark.parametrize("part", sorted(parts()))
def test_a_workbook_without_one_of_its_parts(place, refused, part):
    put(place, {name: data for name, data in parts().items() if name != part})
    # what lies in its usual place is found without the first list, and nothing is lost with it
    told = {"_rels/.rels": "10 refugees", "xl/_rels/workbook.xml.rels": "names of the columns"}
    refused("allocation.xlsx", told.get(part, "The workbook is damaged"))


OUTSIDE = 'r="ZZZZZZZZ1"'


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ((HEADER, f'<row r="99999999999">{cell("1")}</row>'), "damaged"),
        ((HEADER, f'<row r="-5">{cell("1")}</row>'), "damaged"),
        ((HEADER, f'<row r="{"9" * 5000}">{cell("1")}</row>'), "damaged"),
        ((HEADER, f'<row r="x">{cell("1")}</row>'), "damaged"),
        ((HEADER, f"<row>{cell('1', OUTSIDE)}</row>"), "damaged"),
        ((HEADER, AAS, "<row><c><v>1e999</v></c></row>"), "damaged"),
        ((HEADER, AAS, "<row><c><v>NaN</v></c></row>"), "damaged"),
        ((HEADER, AAS, '<row><c t="s"><v>7</v></c></row>'), "damaged"),
        ((HEADER, AAS, '<row><c t="s"><v>-7</v></c></row>'), "damaged"),
    ],
)
def test_rows_and_cells_where_there_can_be_none(place, refused, inside, told):
    put(place, parts(sheet(*inside)))
    refused("allocation.xlsx", told)


def test_a_sheet_that_says_it_is_as_large_as_a_sheet_can_be(place, refused):
    put(place, parts(sheet(HEADER, AAS, before='<dimension ref="A1:XFD1048576"/>')))
    refused("allocation.xlsx, Fordeling", "10 refugees")


@pytest.mark.parametrize("name", ["../../../etc/passwd", "C:\\\\x", "a" * 9_000, "[red]x[/]"])
def test_a_sheet_by_a_name_that_is_a_path_or_has_no_end(place, refused, name):
    put(place, parts(sheets=f'<sheet name="{name}" sheetId="1" r:id="s1"/>'))
    refused(f"allocation.xlsx, {name[:40]}", "10 refugees")


@pytest.mark.parametrize("target", ["../../../../../etc/passwd", "/etc/passwd", "file:///x", ""])
def test_a_sheet_that_leads_out_of_the_workbook(place, refused, target):
    content = parts()
    content[RELATIONS] = content[RELATIONS].replace(b"worksheets/sheet1.xml", target.encode())
    put(place, content)
    refused("allocation.xlsx", "damaged")
