"""One letter as it would be now, without giving it a reference or writing into the ledger."""

from dataclasses import replace
from datetime import UTC, datetime, time

from brevgen.facts.round_facts import RoundFacts
from brevgen.facts.selection import municipality_meant
from brevgen.rounds.opening import expected_references, open_round
from brevgen.rounds.status import Known, Planned, plan
from brevgen.workspace import Workspace


def preview_letter(
    workspace: Workspace,
    round_name: str,
    who: str,
    form: str,
    now: datetime,
) -> tuple[Planned, bytes, str]:
    """One letter as bytes, and a note on its reference where it has none yet.

    Args:
        workspace: where things lie.
        round_name: the round's name.
        who: municipality number or name.
        form: `pdf`, `docx`, `html` or `text`; `eml` for the message to its first recipient.
        now: the time, aware, for the message.

    Raises:
        FaultyInput: the round has faults.
        WrongUse: there is no such round or municipality, or the name means several.
        Refused: the series is too short for the round.
    """
    facts, templates, _ = open_round(workspace, round_name, only_faults=True)
    number = municipality_meant(facts, who)
    known = Known.at(workspace.ledger, round_name)
    expected = replace(known, references=expected_references(workspace, facts))
    (letter,) = plan(workspace, facts, templates, expected, only={number})
    note = ""
    if number not in known.references:
        note = (
            f"The reference is not given yet; {letter.letter.reference} is what it would be now."
            f" “brevgen generate {round_name}” gives it."
        )
    if letter.has_left:
        note = "The letter has been sent; this is what a new one would say now."
    if form == "eml":
        return letter, _message(workspace, facts, letter, now), note
    return letter, _written(workspace, letter, form), note


def _message(
    workspace: Workspace,
    facts: RoundFacts,
    letter: Planned,
    now: datetime,
) -> bytes:
    """The message with a letter to its first recipient, as it would be sent now."""
    from brevgen.rounds.send import Writer, mail_settings, message_templates

    settings = mail_settings(workspace)
    writer = Writer(workspace, facts, message_templates(workspace), settings, lambda: now)
    pdf = _written(workspace, letter, "pdf")
    docx = _written(workspace, letter, "docx") if facts.round.dispatch.attach_docx else b""
    return writer.preview(letter, letter.addressees[0], pdf=pdf, docx=docx).outgoing().data


def _written(workspace: Workspace, letter: Planned, form: str) -> bytes:
    """A letter in one of the formats."""
    reference, dated = letter.letter.reference, letter.letter.date
    if form == "pdf":
        from brevgen.pool.letter_files import STYLESHEET
        from brevgen.render.pdf import laid_out

        return laid_out(workspace.templates / STYLESHEET, letter.content, reference, dated)
    if form == "docx":
        from brevgen.pool.letter_files import WORD_STYLES
        from brevgen.render.docx import DocxWriter

        word = DocxWriter(workspace.templates / WORD_STYLES)
        at = datetime.combine(dated, time(), UTC)
        return word.write(letter.content, reference=reference, dated=at)
    if form == "html":
        from brevgen.pool.letter_files import STYLESHEET
        from brevgen.render.html import as_html

        stylesheet = (workspace.templates / STYLESHEET).read_text(encoding="utf-8")
        return as_html(
            letter.content,
            reference=reference,
            dated=dated.isoformat(),
            stylesheet=stylesheet,
        ).encode()
    from brevgen.render.text import as_text

    return as_text(letter.content).encode()
