"""The report of a round: the caseworker's own columns, and what became of each letter."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from brevgen.errors import UnreadableFile
from brevgen.facts.round_facts import RoundFacts
from brevgen.files import MEGABYTE, read_bytes, write_whole
from brevgen.language import speaking, tr
from brevgen.ledger.records import SealedFile
from brevgen.rounds.addressees import CHANNELS_TO_ORGANISATIONS, Addressee
from brevgen.rounds.answer_status import AnswersFound, AnswerStatus
from brevgen.rounds.last_year import LastYear
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.report_page import report_page
from brevgen.settings.kind import Fact
from brevgen.tables.csv_file import as_text_cell
from brevgen.tables.reader import Cell

MAX_REPORT = 5 * MEGABYTE

OWN_COLUMNS = {
    "kommunenummer": "number",
    "kommunenavn": "name",
    "vår_ref": "reference",
    "deres_ref": "your_reference",
}
"""The columns that every allocation has, and what they are of a row."""


def write_report(
    folder: Path,
    facts: RoundFacts,
    letters: Sequence[LetterStatus],
    last_year: LastYear | None,
    *,
    answers: Mapping[str, AnswerStatus],
    together: AnswersFound | None,
) -> None:
    """Write `report.csv` and `report.html`; the same letters on the same day give the same bytes.

    Both are in bokmål, whoever has them written.

    Args:
        last_year: what was asked a year before, where that is known.
        answers: what has come back, by municipality number.
        together: the answers taken together; None where nobody has a letter that wants one.
    """
    with speaking("nb"):
        rows = [_row(facts, letter, answers.get(letter.number)) for letter in letters]
        page = report_page(facts, letters, last_year, answers=answers, together=together)
    if _rows_of(folder / "report.csv") != [list(map(str, row.values())) for row in rows]:
        import pandas as pd  # takes long to load, and most runs change nothing

        frame = pd.DataFrame(rows).astype(object)
        text = frame.to_csv(sep=";", index=False, lineterminator="\r\n")
        # With the byte order mark Excel reads it as UTF-8.
        write_whole(folder / "report.csv", text.encode("utf-8-sig"))
    write_whole(folder / "report.html", page.encode())


def load_what_writes_reports() -> None:
    """Load the library that writes the report, which takes a while."""
    import pandas  # noqa: F401


def _rows_of(report: Path) -> list[list[str]] | None:
    """The rows of a report that is there; None where there is none that can be read."""
    try:
        text = read_bytes(report, most=MAX_REPORT).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1:]
    except (UnreadableFile, UnicodeDecodeError, csv.Error):
        return None


def _row(facts: RoundFacts, letter: LetterStatus, answer: AnswerStatus | None) -> dict[str, Cell]:
    headers = facts.allocation.table.headers
    facts_by_header = {each.header: name for name, each in facts.kind.columns.items()}
    row: dict[str, Cell] = {}
    for column, header in headers.items():
        if column in OWN_COLUMNS:
            value = getattr(letter.row, OWN_COLUMNS[column])
        else:
            value = letter.row.facts.get(facts_by_header[column])
        row[str(as_text_cell(header))] = "" if value is None else as_text_cell(as_cell(value))
    for header in facts.allocation.table.extra:
        row[str(as_text_cell(header))] = as_text_cell(letter.row.extra.get(header, ""))
    files = letter.sealed or (letter.made if letter.state == "draft" else None)
    at = None
    if files is not None:
        at = files.sealed_at if isinstance(files, SealedFile) else files.made_at
    approval = letter.approval if letter.is_approved else None
    sent = letter.sent_at
    ours: dict[str, Cell] = {
        "brevgen_referanse": letter.letter.reference,
        "brevgen_status": tr(letter.state),
        "brevgen_godkjent_av": approval.signatory if approval else "",
        "brevgen_godkjent": f"{approval.at:%Y-%m-%dT%H:%M:%SZ}" if approval else "",
        "brevgen_sider": files.pages if files else "",
        "brevgen_pdf": files.pdf_name if files else "",
        "brevgen_pdf_sha256": files.pdf_sha256 if files else "",
        "brevgen_docx_sha256": files.docx_sha256 if files else "",
        "brevgen_laget": f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else "",
        "brevgen_sendt": f"{sent:%Y-%m-%dT%H:%M:%SZ}" if sent else "",
        "brevgen_mottakere": "; ".join(map(_reached, letter.addressees)),
        "brevgen_svar": tr(answer.state) if answer else "",
        "brevgen_vedtatt": _known(answer.decided if answer else None),
        "brevgen_vedtatt_mindreårige": _known(answer.minors if answer else None),
        "brevgen_vedtaksdato": _known(answer.decided_on if answer else None),
        "brevgen_svarfrist": _known(answer.due if answer else None),
        "brevgen_dager_over_fristen": _known((answer.overdue_days or None) if answer else None),
    }
    return row | {column: as_text_cell(value) for column, value in ours.items()}


def _known(value: int | date | None) -> Cell:
    """A cell that is blank where nothing is known, for blank is not zero."""
    return "" if value is None else as_cell(value)


def _reached(addressee: Addressee) -> str:
    """Where a letter stands with one recipient: `Ordfører ordforer@as.example: sendt`."""
    each = addressee.recipient
    by_mail = addressee.channel not in CHANNELS_TO_ORGANISATIONS
    words = "" if by_mail and addressee.state == "sent" else addressee.words
    state = tr(addressee.state)
    return f"{each.title} {each.where}: {state}" + (f" ({words})" if words else "")


def as_cell(fact: Fact) -> Cell:
    """A fact as a spreadsheet has it: a date as 2018-01-06, and ja or nei."""
    if isinstance(fact, bool):
        return "ja" if fact else "nei"
    return f"{fact}" if isinstance(fact, date) else fact
