"""Where a sheet shows something else than it holds: hidden rows and columns, merged cells."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from brevgen.findings import Findings, Place
from brevgen.language import quoted, tr, tr_many
from brevgen.tables.cells import (
    GridRow,
    Layout,
    Range,
    Sheet,
    column_letters,
    row_numbers,
    rows_in_words,
)
from brevgen.tables.header_row import Header


def warn_of_hidden_sheets(sheets: Sequence[Sheet], findings: Findings, file: str) -> None:
    """One warning that names them all."""
    if hidden := [quoted(sheet.name) for sheet in sheets if sheet.hidden]:
        findings.warn(
            tr("Hidden and not read: {sheets}.", sheets=", ".join(hidden)),
            tr("Unhide the sheet if the table is on it."),
            Place(file),
        )


def check_layout(
    layout: Layout, header: Header, rows: Sequence[GridRow], findings: Findings, place: Place
) -> None:
    """See that what is used of a sheet is what a person sees on it.

    Args:
        layout: how the sheet is laid out.
        header: which columns are used.
        rows: all rows below the header.
        findings: gets a warning for what is hidden or struck through, a fault for merged cells.
    """
    _warn_of_hidden_rows([row.number for row in rows if row.hidden], findings, place)
    _warn_of_hidden_columns(layout, header, findings, place)
    visible = [row for row in rows if not row.hidden]
    for merged in layout.merged:
        _check_merged(merged, header, visible, findings, place)
    if struck := [row.number for row in visible if row.struck]:
        findings.warn(
            tr(
                "Words are struck through in {rows}, and read all the same.",
                rows=rows_in_words(struck),
            ),
            tr("Delete the rows that are not to count."),
            replace(place, row=struck[0]),
        )


def _warn_of_hidden_rows(numbers: list[int], findings: Findings, place: Place) -> None:
    if numbers:
        findings.warn(
            tr_many(
                "Row {rows} is hidden, by hand or by a filter, and left out.",
                "Rows {rows} are hidden, by hand or by a filter, and left out.",
                len(numbers),
                rows=row_numbers(numbers),
            ),
            tr("Unhide what is to be counted; delete what is not."),
            replace(place, row=numbers[0]),
        )


def _warn_of_hidden_columns(
    layout: Layout, header: Header, findings: Findings, place: Place
) -> None:
    for column in sorted(header.known):
        if any(first <= column <= last for first, last in layout.hidden_columns):
            written = header.written[column]
            findings.warn(
                tr(
                    "Column {letters} (“{header}”) is hidden, and used all the same.",
                    letters=column_letters(column),
                    header=written,
                ),
                tr("Unhide it and see what is in it, or delete it."),
                replace(place, column=written),
            )


def _check_merged(
    merged: Range, header: Header, rows: Sequence[GridRow], findings: Findings, place: Place
) -> None:
    """A merged range shows one value where several are read: those of other rows, or none."""
    used = [column for column in sorted(header.known) if merged.left <= column <= merged.right]
    start = bisect_left(rows, merged.top, key=_number)
    inside = rows[start : bisect_right(rows, merged.bottom, start, key=_number)]
    if not used or not inside:
        return
    seen = (merged.top, merged.left)
    if len(inside) > 1 or any(
        column in inside[0].cells and (inside[0].number, column) != seen for column in used
    ):
        first = f"{column_letters(merged.left)}{merged.top}"
        last = f"{column_letters(merged.right)}{merged.bottom}"
        findings.fault(
            tr(
                "The cells {first}:{last} are merged: one value is shown for them all.",
                first=first,
                last=last,
            ),
            tr("Unmerge them, and write into each cell what is its own."),
            replace(place, row=inside[0].number, column=header.written[used[0]]),
        )


def _number(row: GridRow) -> int:
    return row.number
