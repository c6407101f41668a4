"""Workbooks put together by hand, as no program would write them."""

import struct
import zipfile
from pathlib import Path

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "[Content_Types].xml"
SHEET, TEXTS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def cell(text: str, attributes: str = "") -> str:
    return f'<c t="inlineStr" {attributes}><is><t>{text}</t></is></c>'


def row(*texts: str, attributes: str = "") -> str:
    return f"<row {attributes}>{''.join(map(cell, texts))}</row>"


HEADER = row("kommunenummer", "kommunenavn", "antall")
AAS = row("0214", "Ås", "10")


def sheet(*rows: str, before: str = "") -> str:
    return (
        f'<worksheet xmlns="{NAMESPACE}">{before}<sheetData>{"".join(rows)}</sheetData></worksheet>'
    )


def parts(
    content: str = sheet(HEADER, AAS),
    *,
    texts: str = "",
    styles: str = "",
    sheets: str = '<sheet name="Fordeling" sheetId="1" r:id="s1"/>',
    relations: str = "",
) -> dict[str, bytes]:
    """The parts of a workbook by name, from the XML inside of them."""
    related = "".join(
        f'<Relationship Id="{key}" Type="{RELATION}/{kind}" Target="{target}"/>'
        for key, kind, target in (
            ("s1", "worksheet", "worksheets/sheet1.xml"),
            ("s2", "sharedStrings", "sharedStrings.xml"),
            ("s3", "styles", "styles.xml"),
        )
    )
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = "".join(
        f'<Override PartName="/{path}" ContentType="{kinds}.{kind}+xml"/>'
        for path, kind in (
            (WORKBOOK, "sheet.main"),
            (SHEET, "worksheet"),
            (TEXTS, "sharedStrings"),
            (STYLES, "styles"),
        )
    )
    written = {
        TYPES: f'<Types xmlns="{PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r"'
        f' Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        WORKBOOK: f'<workbook xmlns="{NAMESPACE}" xmlns:r="{RELATION}">'
        f"<sheets>{sheets}</sheets></workbook>",
        RELATIONS: f'<Relationships xmlns="{PACKAGE}/relationships">{related}{relations}'
        "</Relationships>",
        SHEET: content,
        TEXTS: f'<sst xmlns="{NAMESPACE}">{texts}</sst>',
        STYLES: f'<styleSheet xmlns="{NAMESPACE}">{styles}</styleSheet>',
    }
    return {name: text.encode() for name, text in written.items()}


def packed(path: Path, content: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    """A workbook of these parts."""
    with zipfile.ZipFile(path, "w", packing, compresslevel=1) as package:
        for name, data in content.items():
            package.writestr(name, data)
    return path


def put(place: Path, content: dict[str, bytes]) -> Path:
    """Put a workbook in the place of the round's allocation."""
    return packed(put_bytes(place, b""), content)


def put_bytes(place: Path, data: bytes) -> Path:
    """Put a file that is called a workbook in the place of the round's allocation."""
    folder = place / "data" / "rounds" / "trial"
    (folder / "allocation.csv").unlink(missing_ok=True)
    path = folder / "allocation.xlsx"
    path.write_bytes(data)
    return path


def declare(path: Path, size: int, other: int) -> None:
    """Let the list of contents, and each part, tell another unpacked size than the true one."""
    data = path.read_bytes()
    assert struct.pack("<I", size) in data
    path.write_bytes(data.replace(struct.pack("<I", size), struct.pack("<I", other)))


def container(*names: str) -> bytes:
    """A file in the older container (OLE), with streams of these names in its directory."""
    magic = bytes.fromhex("d0cf11e0a1b11ae1")
    head = magic + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    entries = b""
    for name in ("Root Entry", *names):
        text = name.encode("utf-16-le")
        entries += text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, 2, 1) + bytes(60)
    return head.ljust(512, b"\0") + entries.ljust(512, b"\0")
