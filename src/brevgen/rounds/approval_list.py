"""What is to be approved as a list on paper or in a spreadsheet, for the signatory to hold.

It is in bokmål, whoever has it written.
"""

from dataclasses import replace
from datetime import UTC, datetime

from brevgen.facts.allocation_columns import NAME, NUMBER, REFERENCE
from brevgen.language import speaking, tr_like
from brevgen.letter.differences import Change
from brevgen.letter.wording import long_date
from brevgen.rounds.lineup import LinedUp, Lineup
from brevgen.rounds.report_page import page_environment
from brevgen.tables.csv_file import as_text_cell, csv_bytes


def list_as_csv(lineup: Lineup, at: datetime) -> bytes:
    """The letters that would be approved, for a spreadsheet program.

    Args:
        at: when the list is made, aware; a spreadsheet does not show it.
    """
    del at
    headers = [column.header for column in lineup.counts.values()]
    heads = [NUMBER, NAME, REFERENCE, *headers, "sist_godkjent", "endret"]
    return csv_bytes([heads, *(map(as_text_cell, _row(e, lineup)) for e in lineup.letters)])


def list_as_pdf(lineup: Lineup, at: datetime) -> bytes:
    """The letters that would be approved, with figures, warnings and changes, to be signed.

    Args:
        at: when the list is made, aware.
    """
    from weasyprint import HTML

    utc, changes = at.astimezone(UTC), lineup.since_approved
    with speaking("nb"):
        page = (
            page_environment()
            .get_template("approval_list.html")
            .render(
                lineup=lineup,
                at=f"{long_date(utc.date(), 'nb')} kl. {utc:%H.%M} UTC",
                warnings=[
                    str(replace(each, what=tr_like(each.what), remedy=tr_like(each.remedy)))
                    for each in lineup.warnings
                ],
                common=[(_read(pair), labels) for pair, labels in changes.common.items()],
                single=[
                    (label, [_read(pair) for pair in pairs])
                    for label, pairs in changes.single.items()
                ],
                rows=[_row(each, lineup) for each in lineup.letters],
                counts=list(lineup.counts.values()),
                sums=[
                    sum(each.letter.row.count(fact) or 0 for each in lineup.letters)
                    for fact in lineup.counts
                ],
            )
        )
    pdf: bytes = HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def _read(change: Change) -> Change:
    """A change as the list has it; what is told in a sentence, in bokmål too."""
    before, now = change
    return before or "(ingenting)", tr_like(now) or "(ingenting)"


def _row(each: LinedUp, lineup: Lineup) -> tuple[str | int, ...]:
    letter = each.letter
    return (
        letter.number,
        letter.municipality.name,
        letter.letter.reference,
        *(letter.row.count(fact) or 0 for fact in lineup.counts),
        "" if each.asked_before is None else each.asked_before,
        "ja" if each.since_approved else "",
    )
