"""The round that is measured: made shorter for a trial run, and one row of it changed."""

import re
from pathlib import Path
from typing import Any

NAME = "2024"
HEADER = "kommunenummer"


def shorten(root: Path, letters: int) -> None:
    """Keep only the first rows of the allocation in a workspace, and mend the round's figures."""
    book, sheet, header = _open(root)
    sheet.delete_rows(header + 1 + letters, sheet.max_row)
    book.save(_allocation(root))
    asked, minors = (
        sum(sheet.cell(row, _column(sheet, header, name)).value or 0
            for row in range(header + 1, header + 1 + letters))
        for name in ("antall", "enslige_mindreårige")
    )  # fmt: skip
    file = root / "data" / "rounds" / NAME / "round.toml"
    text = file.read_text(encoding="utf-8")
    for key, value in (("total", asked), ("minors", minors), ("municipalities", letters)):
        text = re.sub(rf"^{key} = \d+$", f"{key} = {value}", text, flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")


def change_one_row(root: Path) -> None:
    """Enter the reference of one municipality, which its letter is to state."""
    book, sheet, header = _open(root)
    column = sheet.max_column + 1
    sheet.cell(header, column).value = "deres_ref"
    sheet.cell(header + 3, column).value = "2023/4711"
    book.save(_allocation(root))


def _allocation(root: Path) -> Path:
    return root / "data" / "rounds" / NAME / "allocation.xlsx"


def _open(root: Path) -> tuple[Any, Any, int]:
    """The workbook, its sheet and the row of its header."""
    import openpyxl

    book = openpyxl.load_workbook(_allocation(root))
    sheet = book.worksheets[0]
    header = next(row for row in range(1, 30) if sheet.cell(row, 1).value == HEADER)
    return book, sheet, header


def _column(sheet: Any, header: int, name: str) -> int:
    return next(c for c in range(1, sheet.max_column + 1) if sheet.cell(header, c).value == name)
