"""Whatever stands in a file: reading it ends in facts or in faults, and never in anything else."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brevgen.facts.allocation import read_allocation
from brevgen.facts.contacts import read_contacts
from brevgen.facts.municipalities import read_register
from brevgen.findings import FaultyInput, Findings
from brevgen.render.docx import DocxWriter
from brevgen.settings.round_file import read_round
from tests.hostile import workbooks
from tests.support.samples import HEADER, KINDS, REQUEST, ROOT, ROWS, TEMPLATES

pytestmark = pytest.mark.slow

Changes = list[tuple[int, int, str]]
"""Row, column, and what is to stand there."""

READERS: dict[str, Callable[..., object]] = {
    "allocation.csv": partial(read_allocation, kind=REQUEST),
    "allocation.xlsx": partial(read_allocation, kind=REQUEST),
    "municipalities.csv": read_register,
    "contacts.csv": read_contacts,
    "round.toml": partial(read_round, kinds=KINDS),
}

few = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def said(path: Path, data: bytes) -> Findings:
    """What is found where a file is read that holds some bytes; nothing read without a reason."""
    path.write_bytes(data)
    findings = Findings()
    read = READERS[path.name](path, findings=findings, shown_as=path.name)
    assert read is not None or findings.faults
    assert all(each.what and each.place.file == path.name for each in findings.items)
    return findings


def workbook(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:  # not deflated, so that a change meets the XML
        for name, data in parts.items():
            package.writestr(name, data)
    return packed.getvalue()


def table() -> bytes:
    cells = (line.split(";") for line in (HEADER, *ROWS))
    rows = (workbooks.row(*(cell for cell in row)) for row in cells)
    texts, styles = "<si><t>Ås</t></si>", '<cellXfs><xf numFmtId="14"/></cellXfs>'
    return workbook(workbooks.parts(workbooks.sheet(*rows), texts=texts, styles=styles))


GOOD = {
    "allocation.csv": "\n".join((HEADER, *ROWS)).encode(),
    "allocation.xlsx": table(),
    "municipalities.csv": (ROOT / "data/municipalities.csv").read_bytes()[:3_000],
    "contacts.csv": (ROOT / "data/contacts.csv").read_bytes()[:3_000],
    "round.toml": (ROOT / "data/rounds/2018/round.toml").read_bytes(),
}


@st.composite
def changed(draw: st.DrawFn, data: bytes) -> bytes:
    """Some bytes with a few of them flipped, lost, put in or doubled, and perhaps the end gone."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        end = at + draw(st.integers(0, 40))
        data = draw(
            st.sampled_from(
                [
                    data[:at] + draw(st.binary(min_size=1, max_size=4)) + data[at + 1 :],
                    data[:at] + data[end:],
                    data[:end] + data[at:],
                    data[:at] + draw(st.binary(max_size=9)) + data[at:],
                    data[:at],
                ]
            )
        )
    return data


@pytest.mark.parametrize("name", READERS)
@few
@given(data=st.binary(max_size=400))
def test_any_bytes(tmp_path: Path, name: str, data: bytes) -> None:
    said(tmp_path / name, data)


@pytest.mark.parametrize("name", READERS)
@few
@given(data=st.data())
def test_a_good_file_with_a_few_bytes_changed(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    said(tmp_path / name, data.draw(changed(GOOD[name])))


cells = st.one_of(
    st.text(max_size=12),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(
        ["0214", "Ås", "10", "sum", "=1+1", "17-09235", "2018-01-06", "1.234", "", "-"]
    ),
)


@pytest.mark.parametrize("name", [name for name in READERS if name.endswith(".csv")])
@few
@given(changes=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 11), cells), max_size=6))
def test_a_good_table_with_a_few_cells_changed(tmp_path: Path, name: str, changes: Changes) -> None:
    separator = ";" if b";" in GOOD[name] else ","
    rows = [line.split(separator) for line in GOOD[name].decode(errors="ignore").splitlines()]
    for row, column, cell in changes:
        of = rows[row % len(rows)]
        of[column % len(of)] = cell
    text = "\n".join(separator.join(row) for row in rows)
    said(tmp_path / name, text.encode(errors="surrogatepass"))


@few
@given(
    changes=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 7), cells), max_size=6),
    kind=st.sampled_from(["inlineStr", "str", "n", "s", "b", "e", "d", "x"]),
)
def test_a_good_workbook_with_a_few_cells_changed(
    tmp_path: Path, changes: Changes, kind: str
) -> None:
    import openpyxl
    from openpyxl.utils.exceptions import IllegalCharacterError

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in (HEADER, *ROWS):
        sheet.append(line.split(";"))
    for row, column, cell in changes:
        try:
            sheet.cell(row + 1, column + 1).value = cell
        except IllegalCharacterError:
            continue
    packed = io.BytesIO()
    book.save(packed)
    with zipfile.ZipFile(packed) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b't="n"', f't="{kind}"'.encode(), 2)
    said(tmp_path / "allocation.xlsx", workbook(parts))


@pytest.fixture(scope="module")
def styles() -> bytes:
    with zipfile.ZipFile(TEMPLATES / "styles.docx") as package:
        return workbook({name: package.read(name) for name in package.namelist()})


@settings(few, max_examples=40)
@given(data=st.data())
def test_word_styles_with_a_few_bytes_changed(
    tmp_path: Path, styles: bytes, data: st.DataObject
) -> None:
    path = tmp_path / "styles.docx"
    path.write_bytes(data.draw(changed(styles)))
    with suppress(FaultyInput):
        DocxWriter(path)
