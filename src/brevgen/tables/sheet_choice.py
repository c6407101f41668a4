"""Which sheet of a workbook is meant, and which way to read a text file."""

from collections.abc import Iterator

from brevgen.errors import UnreadableFile
from brevgen.language import quoted, tr
from brevgen.tables.cells import GridRow, Sheet
from brevgen.tables.header_row import Header, Wanted, find_header
from brevgen.tables.limits import LAST_HEADER_ROW


def best_reading(readings: list[Sheet], wanted: Wanted) -> tuple[Sheet, Header]:
    """The reading of a text file whose header is most like the one that is wanted.

    Raises:
        UnreadableFile: no reading has a header.
    """
    errors: list[UnreadableFile] = []

    def begun(reading: Sheet) -> Iterator[GridRow]:
        # A wrong separator can make nonsense of quote marks; that alone is no fault of the file.
        try:
            yield from reading.rows(LAST_HEADER_ROW)
        except UnreadableFile as error:
            errors.append(error)

    found = [
        (reading, header)
        for reading in readings
        if (header := find_header(begun(reading), wanted)) is not None
    ]
    sheet, header = max(
        found, key=lambda pair: (pair[1].likeness, len(pair[1].written)), default=(None, None)
    )
    if sheet is not None and header is not None and header.known:
        return sheet, header
    raise errors[0] if errors else _no_header(wanted)


def only_fitting_sheet(sheets: list[Sheet], wanted: Wanted) -> tuple[Sheet, Header]:
    """The only visible sheet with the columns, or the only one with anything at all on it.

    Raises:
        UnreadableFile: no sheet fits, or several do.
    """
    found = [
        (sheet, header)
        for sheet in sheets
        if not sheet.hidden
        and (header := find_header(sheet.rows(LAST_HEADER_ROW), wanted)) is not None
    ]
    fitting = [(sheet, header) for sheet, header in found if header.complete]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UnreadableFile(
            tr(
                "Several sheets have the columns: {sheets}.",
                sheets=", ".join(_quoted(sheet) for sheet, _ in fitting),
            ),
            tr("Keep the one that is to be used, and delete or hide the others."),
        )
    if len(found) == 1 and found[0][1].known:
        return found[0]
    if len(found) > 1:
        lacking = "; ".join(
            tr(
                "{sheet} lacks {columns}",
                sheet=_quoted(sheet),
                columns=", ".join(header.missing or wanted.required),
            )
            for sheet, header in found
        )
        raise UnreadableFile(
            tr("No sheet has all the columns: {lacking}.", lacking=lacking),
            tr("Write the missing column names above the columns of the sheet that is meant."),
        )
    raise _no_header(wanted, *(sheet for sheet, _ in found))


def _no_header(wanted: Wanted, sheet: Sheet | None = None) -> UnreadableFile:
    return UnreadableFile(
        tr("None of the first {count} rows holds the names of the columns.", count=LAST_HEADER_ROW),
        tr("Write them above the table: {columns}.", columns=", ".join(wanted.required)),
        sheet=sheet.name if sheet else "",
    )


def _quoted(sheet: Sheet) -> str:
    return quoted(sheet.name)
