"""What is no workbook, or one with something missing or out of place."""

import struct

import pytest

from brevgen.facts.allocation import read_allocation
from brevgen.findings import Findings
from tests.hostile import workbooks
from tests.hostile.workbooks import (
    AAS,
    HEADER,
    RELATIONS,
    STYLES,
    TEXTS,
    TYPES,
    WORKBOOK,
    cell,
    packed,
    parts,
    sheet,
)
from tests.support.samples import REQUEST

OTHER = "is not an Excel workbook, or it is damaged"
COLUMNS = "kommunenummer;kommunenavn;antall;enslige_mindreårige;herav_under_15;vår_ref;deres_ref\n"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "allocation.xlsx"


def read(path):
    findings = Findings()
    return read_allocation(path, REQUEST, findings, shown_as=path.name), findings


def refused(path, told):
    allocation, findings = read(path)
    assert allocation is None
    assert [told in str(fault) for fault in findings.faults] == [True], findings.faults


def good(path):
    allocation, findings = read(path)
    assert findings.faults == []
    assert [(row.number, row.count("asked")) for row in allocation.rows] == [("0214", 10)]
    return allocation


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (workbooks.container("EncryptedPackage", "EncryptionInfo"), "password-protected"),
        (workbooks.container("Workbook"), "old kind (.xls)"),
        (b"<html><body><table><tr><td>kommunenummer</td></tr></table></body></html>", OTHER),
        (COLUMNS.encode(), OTHER),
        (b"", "empty"),
        (b"PK\x03\x04", OTHER),
        (b"PK\x05\x06" + bytes(18), OTHER),
        (b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0),
         OTHER),
    ],
    ids=["password", "xls", "html", "csv", "empty", "begun", "no parts", "no end"],
)  # fmt: skip
def test_what_is_only_called_a_workbook(path, data, told):
    path.write_bytes(data)
    refused(path, told)


@pytest.mark.parametrize("left", [0.2, 0.5, 0.9, 0.99])
def test_a_workbook_cut_short(path, left):
    data = packed(path, parts()).read_bytes()
    path.write_bytes(data[: int(len(data) * left)])
    refused(path, OTHER)


@pytest.mark.parametrize("part", sorted(set(parts()) - {"_rels/.rels"}))
def test_a_workbook_without_one_of_its_parts(path, part):
    refused(packed(path, {name: data for name, data in parts().items() if name != part}), OTHER)


@pytest.mark.parametrize("part", [TEXTS, STYLES])
def test_a_workbook_that_lists_no_texts_and_no_styles_has_none(path, part):
    content = {name: data for name, data in parts().items() if name != part}
    content[TYPES] = content[TYPES].replace(part.encode(), WORKBOOK.encode())
    good(packed(path, content))


OUTSIDE = 'r="ZZZZZZZZ1"'


@pytest.mark.parametrize(
    "inside",
    [
        f'<row r="99999999999">{cell("1")}</row>',
        f'<row r="-5">{cell("1")}</row>',
        f'<row r="{"9" * 5000}">{cell("1")}</row>',
        f'<row r="x">{cell("1")}</row>',
        f"<row>{cell('1', OUTSIDE)}</row>",
        "<row>" + cell("1", 'r="B3"') + cell("2", 'r="A3"') + "</row>",
        "<row><c><v>1e999</v></c></row>",
        "<row><c><v>NaN</v></c></row>",
        "<row><c><v>1_000</v></c></row>",
        '<row><c t="s"><v>7</v></c></row>',
        '<row><c t="s"><v>-7</v></c></row>',
        '<row><c t="d"><v>soon</v></c></row>',
        '</sheetData><mergeCells><mergeCell ref="7"/></mergeCells><sheetData>',
    ],
)
def test_rows_and_cells_where_there_can_be_none(path, inside):
    refused(packed(path, parts(sheet(HEADER, AAS, inside))), OTHER)


def test_a_sheet_that_says_it_is_as_large_as_a_sheet_can_be(path):
    good(packed(path, parts(sheet(HEADER, AAS, before='<dimension ref="A1:XFD1048576"/>'))))


@pytest.mark.parametrize("name", ["../../../etc/passwd", "C:\\\\x", "a" * 9_000, "[red]x[/]"])
def test_a_sheet_by_a_name_that_is_a_path_or_has_no_end(path, name):
    sheets = f'<sheet name="{name}" sheetId="1" r:id="s1"/>'
    assert good(packed(path, parts(sheets=sheets))).table.sheet == name


@pytest.mark.parametrize("target", ["../../../../../etc/passwd", "/etc/passwd", "file:///x", ""])
def test_a_sheet_that_leads_out_of_the_workbook(path, target):
    content = parts()
    content[RELATIONS] = content[RELATIONS].replace(b"worksheets/sheet1.xml", target.encode())
    refused(packed(path, content), OTHER)
