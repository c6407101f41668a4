"""A number format that shows another number than the cell holds is noticed."""

import io
from pathlib import Path

import openpyxl
import pytest

from brevgen.findings import Findings
from brevgen.tables.number_formats import shows_another
from brevgen.tables.reader import Column, read_table


@pytest.mark.parametrize(
    "code",
    [
        *("General", "@", "0", "0000", "#,##0", "# ##0", "0.0", "0.00E+00", "# ?/?", "0;0"),
        *('0 "stk"', '"ca. "0', "[Red]0", "[$-414]0", "0_)", "_-* # ##0_-", "0\\ \\k\\g"),
        *('#,##0;-#,##0;"-"', "0;-0;;@", '#,##0 "kr";[Red]-#,##0 "kr"', "[>999]# ##0;0", '"a;b"0'),
    ],
)
def test_these_show_the_number_that_is_there(code: str) -> None:
    assert not shows_another(code)


@pytest.mark.parametrize(
    "code",
    [
        *("0%", "0,", "0,0,", "#,##0,", '0"0"', '"12"', ";;;", "0*0", "0\\0", "1", '"mange"'),
        *('[>50]"mange";0', '[=65]"66";0', '0;[<5]"få"', "[Red]0%"),
    ],
)
def test_these_show_another_or_none(code: str) -> None:
    assert shows_another(code)


def test_such_a_cell_is_a_fault_where_its_column_is_used(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["antall", "andel"], [65, 0.5], [66, 0.5]):
        sheet.append(row)
    sheet["A2"].number_format = '0"0"'
    sheet["B2"].number_format = "0%"
    file = tmp_path / "sheet.xlsx"
    data = io.BytesIO()
    book.save(data)
    file.write_bytes(data.getvalue())
    findings = Findings()
    table = read_table(file, (Column("antall"),), findings, shown_as="sheet.xlsx")
    assert table is not None
    assert [each.cells.get("antall") for each in table.rows] == [None, 66]
    (fault,) = findings.faults
    assert str(fault) == (
        'sheet.xlsx, Sheet, row 2, antall: The cell holds 65, and its number format “0"0"” shows'
        " it as something else. Format the cell as a number in Excel, and see whether it is the"
        " number that is meant."
    )
