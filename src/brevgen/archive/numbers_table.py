"""The numbers that the archive gave, as it tells them: one letter a row, by our reference."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from brevgen.archive.numbers import is_number, taken_apart
from brevgen.findings import Findings
from brevgen.language import tr
from brevgen.tables.numbers import shown
from brevgen.tables.reader import Column, Table, TableRow, read_table

REFERENCE, CASE, ENTRY, ARCHIVE = "vår_ref", "saksnummer", "journalpostnummer", "arkiv"
RECIPIENT, ORGANISATION = "mottaker", "mottaker_organisasjonsnummer"
"""The columns that say whose letter a row is of, as `journal.csv` has them."""
MOST = 60
"""Characters of a number."""

COLUMNS = (
    Column(
        REFERENCE,
        ("referanse", "vår referanse", "ekstern referanse", "ekstern nøkkel", "external id"),
        printed=True,
    ),
    Column(CASE, ("saksnr", "sak", "arkivsak", "arkivsaksnummer", "sak nr"), printed=True),
    Column(
        ENTRY,
        (
            "journalpostnr",
            "journalnummer",
            "journalnr",
            "journalpost",
            "dokumentnummer",
            "dokumentnr",
            "dok nr",
        ),
        required=False,
        printed=True,
    ),
    Column(ARCHIVE, ("arkivsystem", "sakarkiv", "system"), required=False, printed=True),
    Column(RECIPIENT, ("kommunenavn", "kommune", "mottakernavn"), required=False),
    Column(ORGANISATION, ("organisasjonsnummer", "orgnr"), required=False),
)
"""The columns of a table of the archive's numbers."""


@dataclass(frozen=True)
class ToldNumber:
    """A row: which letter, and what the archive calls it.

    Args:
        row: the row.
        reference: the letter's reference.
        case_number: what the archive calls the case; never empty.
        journal_number: the entry in it; may be empty.
        archive: what the archive is called; may be empty.
    """

    row: TableRow
    reference: str
    case_number: str
    journal_number: str
    archive: str


@dataclass(frozen=True)
class NumbersTable:
    """The rows that tell a number, and how many tell none yet."""

    table: Table
    rows: tuple[ToldNumber, ...]
    blank: int


def read_numbers(path: Path, findings: Findings, *, shown_as: str) -> NumbersTable | None:
    """Read a table of the archive's numbers; None where the file cannot be read at all.

    Rows without a case are letters that the archive has not taken in yet: they are counted.
    """
    table = read_table(path, COLUMNS, findings, shown_as=shown_as)
    if table is None:
        return None
    rows, blank, first = [], 0, dict[str, int]()
    for row in table.rows:
        told = _told(row)

        def fault(column: str, what: str, remedy: str, row: TableRow = row) -> None:
            if column not in row.unusable:  # else it has its fault already
                findings.fault(what, remedy, table.place(row, column))

        if not told.case_number and not told.journal_number and not row.unusable:
            blank += 1
            continue
        if _is_usable(told, row, first, fault):
            rows.append(told)
    return NumbersTable(table, tuple(rows), blank)


def _told(row: TableRow) -> ToldNumber:
    said = {each.name: shown(row.cells.get(each.name, "")).strip() for each in COLUMNS}
    case, entry = taken_apart(said[CASE], said[ENTRY])
    return ToldNumber(row, said[REFERENCE], case, entry, said[ARCHIVE])


def _is_usable(
    told: ToldNumber,
    row: TableRow,
    first: dict[str, int],
    fault: Callable[[str, str, str], None],
) -> bool:
    """Whether a row says of one letter what it is called; every fault in it is told."""
    good = not row.unusable
    if not told.reference:
        fault(
            REFERENCE,
            tr("The letter's reference is missing."),
            tr("Write our reference, as the letter and journal.csv have it."),
        )
        good = False
    elif (before := first.setdefault(told.reference, row.number)) != row.number:
        fault(
            REFERENCE,
            tr(
                "The reference {reference} is in row {row} already.",
                reference=told.reference,
                row=before,
            ),
            tr("Keep one row for each letter."),
        )
        good = False
    if not told.case_number:
        fault(
            CASE,
            tr("The number of the case is missing."),
            tr("Write it as the archive does, such as 2017/9235."),
        )
        good = False
    for column, text in ((CASE, told.case_number), (ENTRY, told.journal_number)):
        if len(text) > MOST:
            fault(
                column,
                tr("This is too long to be a number of the archive's."),
                tr("Write the number alone, such as 2017/9235."),
            )
            good = False
        elif text and not is_number(text):
            fault(
                column,
                tr("This is no number that an archive gives."),
                tr("Write the number alone, such as 2017/9235."),
            )
            good = False
    return good
