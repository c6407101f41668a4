"""What is to be approved as a list on paper or in a spreadsheet, for the signatory to hold."""

import csv
import io
from datetime import datetime

from brevgen.rounds.approve import LinedUp, Lineup
from brevgen.rounds.report import as_text_cell
from brevgen.rounds.report_page import page_environment

COLUMNS = ("number", "municipality", "reference", "asked", "minors", "last approved", "changed")


def list_as_csv(lineup: Lineup, at: datetime) -> bytes:
    """The letters that would be approved, for a spreadsheet program.

    Args:
        lineup: what would be approved.
        at: when the list is made, aware; a spreadsheet does not show it.
    """
    del at
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    for each in lineup.letters:
        writer.writerow([as_text_cell(cell) for cell in _row(each)])
    return text.getvalue().encode("utf-8-sig")


def list_as_pdf(lineup: Lineup, at: datetime) -> bytes:
    """The letters that would be approved, with figures, warnings and changes, to be signed.

    Args:
        lineup: what would be approved.
        at: when the list is made, aware.
    """
    from weasyprint import HTML

    page = (
        page_environment()
        .get_template("approval_list.html")
        .render(
            lineup=lineup,
            at=at,
            rows=[_row(each) for each in lineup.letters],
            asked=sum(each.letter.row.asked for each in lineup.letters),
            minors=sum(each.letter.row.minors or 0 for each in lineup.letters),
        )
    )
    pdf: bytes = HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def _row(each: LinedUp) -> tuple[str | int, ...]:
    letter = each.letter
    return (
        letter.number,
        letter.municipality.name,
        letter.letter.reference,
        letter.row.asked,
        letter.row.minors or 0,
        "" if each.asked_before is None else each.asked_before,
        "yes" if each.since_approved else "",
    )
