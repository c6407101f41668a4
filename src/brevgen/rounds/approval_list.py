"""What is to be approved as a list on paper or in a spreadsheet, for the signatory to hold."""

import csv
import io
from datetime import datetime
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from brevgen.letter import wording
from brevgen.rounds.approve import LinedUp, Lineup
from brevgen.rounds.report import as_text_cell

COLUMNS = ("number", "municipality", "reference", "asked", "minors", "last approved", "changed")


def approval_list(lineup: Lineup, at: datetime, ending: Literal[".pdf", ".csv"]) -> bytes:
    """The letters that would be approved, with their figures and what has changed.

    Args:
        lineup: what would be approved.
        at: when the list is made, aware.
        ending: what to write.
    """
    rows = [_row(each) for each in lineup.letters]
    if ending == ".csv":
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";")
        writer.writerow(COLUMNS)
        writer.writerows([as_text_cell(cell) for cell in row] for row in rows)
        return text.getvalue().encode("utf-8-sig")
    from weasyprint import HTML

    environment = Environment(
        loader=PackageLoader("brevgen", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["spaced"] = wording.spaced
    page = environment.get_template("approval_list.html").render(
        lineup=lineup,
        at=at,
        rows=rows,
        asked=sum(each.letter.row.asked for each in lineup.letters),
        minors=sum(each.letter.row.minors or 0 for each in lineup.letters),
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
