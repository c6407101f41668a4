"""One letter as it would be now, without giving it a reference or writing into the ledger."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Literal

from brevgen.characters import as_typed
from brevgen.errors import Refused
from brevgen.facts.selection import municipality_meant
from brevgen.language import tr, tr_many
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.opening import expected_references
from brevgen.rounds.session import RoundSession

Format = Literal["pdf", "docx", "html", "text", "eml"]


@dataclass(frozen=True)
class Preview:
    """A letter as it would be now.

    Args:
        letter: the letter.
        data: the file.
        note: what a person should know of it; may be empty.
    """

    letter: LetterStatus
    data: bytes
    note: str


def preview(session: RoundSession, who: str, form: Format) -> Preview:
    """Show one letter as it would be now.

    Args:
        who: municipality number or name.
        form: what to write; `eml` is the message to its first recipient.

    Raises:
        FaultyInput: the round has faults.
        WrongUse: there is no such municipality, or the name means several.
        Refused: the series is too short for the round.
    """
    if form == "eml":
        session.go_by("mail")  # whichever way it goes, the message is a mail's
    number = municipality_meant(session.facts, who)
    (letter,), note = as_they_would_be(session, {number})
    if letter.has_left:
        note = tr("The letter has been sent; this is what a new one would say now.")
    data = _message(session, letter) if form == "eml" else _written(session, letter, form)
    return Preview(letter, data, note)


def as_they_would_be(
    session: RoundSession, numbers: Collection[str]
) -> tuple[list[LetterStatus], str]:
    """Letters with the references they have or would be given now.

    Returns:
        the letters, and what a person should know of their references; may be empty.

    Raises:
        FaultyInput: the round has faults.
        Refused: the series is too short for the round.
    """
    expected = expected_references(session.workspace, session.facts)
    letters = session.status_with(replace(session.known, references=expected), numbers)
    not_given = [each for each in letters if each.number not in session.known.references]
    if not not_given:
        return letters, ""
    if len(letters) > 1:
        note = tr_many(
            "The reference of {count} letter is not given yet and may become another."
            " “brevgen generate {round}” gives it.",
            "The references of {count} letters are not given yet and may become others."
            " “brevgen generate {round}” gives them.",
            len(not_given),
            round=as_typed(session.name),
        )
        return letters, note
    note = tr(
        "The reference is not given yet; {reference} is what it would be now."
        " “brevgen generate {round}” gives it.",
        reference=not_given[0].letter.reference,
        round=as_typed(session.name),
    )
    return letters, note


def _message(session: RoundSession, letter: LetterStatus) -> bytes:
    """The message with a letter to its first recipient, as it would be sent now."""
    from brevgen.channels.mail.message import mail_for
    from brevgen.rounds.messages import writer_for
    from brevgen.rounds.post import mail_settings

    writer, addressee = writer_for(session), letter.addressees[0]
    if not addressee.recipient.address:
        raise Refused(tr("The letter went through SvarUt, so there is no message to show."))
    pdf = _written(session, letter, "pdf")
    docx = _written(session, letter, "docx") if session.facts.round.dispatch.attach_docx else b""
    consignment = writer.preview(letter, addressee, pdf=pdf, docx=docx)
    return mail_for(consignment, mail_settings(session.workspace)).outgoing().data


def _written(session: RoundSession, letter: LetterStatus, form: Format) -> bytes:
    """A letter in one of the formats."""
    from brevgen.pool.letter_files import STYLESHEET, WORD_STYLES

    folder = session.workspace.templates
    reference, dated = letter.letter.reference, letter.letter.date
    if form in ("pdf", "docx"):
        from brevgen.render.docx import DocxWriter
        from brevgen.render.inspection import pages_of
        from brevgen.render.pdf import laid_out

        pdf = laid_out(folder / STYLESHEET, letter.content, reference, dated)
        if form == "pdf":
            return pdf
        at, pages = datetime.combine(dated, time(), UTC), pages_of(pdf)
        word = DocxWriter(folder / WORD_STYLES)
        return word.write(letter.content, reference=reference, dated=at, pages=pages)
    if form == "html":
        from brevgen.render.pdf import read_stylesheet
        from brevgen.render.screen import as_screen_page

        return as_screen_page(
            letter.content,
            reference=reference,
            dated=dated.isoformat(),
            stylesheet=read_stylesheet(folder / STYLESHEET),
        ).encode()
    from brevgen.render.text import as_text

    return as_text(letter.content).encode()
