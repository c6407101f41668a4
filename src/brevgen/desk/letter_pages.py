"""One letter: its pages beside its words, its facts, its history, and what to do next with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.actor import Role
from brevgen.desk.asked import changing, reading, shown_in, with_form
from brevgen.desk.letter_filter import LetterFilter, find_letters
from brevgen.desk.request_pages import letter_values
from brevgen.desk.show import page, round_at
from brevgen.language import tr, untranslated
from brevgen.ledger.records import Event, LetterFiles, SealedFile
from brevgen.letter.content import Block, Content
from brevgen.rounds.compare import comparable
from brevgen.rounds.letter_facts import stated_facts, warnings_of
from brevgen.rounds.letter_requests import sent_back_as_now
from brevgen.rounds.letter_status import LetterState, LetterStatus, folder_of
from brevgen.rounds.other_letters import other_letters
from brevgen.rounds.reading import content_digest, mark_as_read, marks
from brevgen.rounds.sendings import messages_to
from brevgen.rounds.session import RoundSession

READING = "reading"
"""What comes after the last letter of the reading list: the list itself."""
MEANS: Mapping[LetterState, str] = {
    "no reference": untranslated("It has no reference yet: it gets one when its draft is made."),
    "to make": untranslated("Its draft is not made yet."),
    "changed": untranslated("It would say or look otherwise now than the draft that is there."),
    "damaged": untranslated("A file of it is missing, or is not the one that was made."),
    "draft": untranslated("It is a draft: read it, then it can be approved."),
    "approved": untranslated("It is approved, but not sealed yet."),
    "final": untranslated("It is approved and sealed, and can be sent."),
    "partly sent": untranslated("Somebody has it or may have it, and somebody has not."),
    "sent": untranslated("All its recipients have it."),
    "sent, then changed": untranslated(
        "It has been sent, and would say something else now. What is sent is kept as it was sent:"
        " a new figure is a letter of a new round."
    ),
}
"""Where a letter stands, as one sentence."""
SENT_BACK = untranslated(
    "It is a draft that was sent back. Mend what is named below, or ask for its approval once more"
    " as it is."
)
"""Where a draft stands that nobody may approve as it is."""


@dataclass(frozen=True)
class LetterAction:
    """What one can do next with a letter.

    Args:
        does: what is asked for: its draft made, or a page with it alone.
        text: what the button says.
        role: the role it takes.
    """

    does: Literal["generate", "approve", "send"]
    text: str
    role: Role


_MAKE = LetterAction("generate", untranslated("Make this draft"), "make")
_MAKE_ANEW = LetterAction("generate", untranslated("Make this draft anew"), "make")
_APPROVE = LetterAction("approve", untranslated("Approve this letter"), "approve")
_SEAL = LetterAction("approve", untranslated("Seal this letter"), "approve")
_SEND = LetterAction("send", untranslated("Go on to sending"), "send")

NEXT: Mapping[LetterState, LetterAction] = {
    "no reference": _MAKE,
    "to make": _MAKE,
    "changed": _MAKE_ANEW,
    "damaged": _MAKE_ANEW,
    "draft": _APPROVE,
    "approved": _SEAL,
    "final": _SEND,
    "partly sent": _SEND,
}
"""What one can do next, by where a letter stands; nothing for the others."""


def _letter(request: Request) -> Response:
    asked = LetterFilter.of(request.query_params)
    with reading(request) as session:
        letter = letter_of(session, request)
        found = find_letters(session, asked, with_pills=False)
        before, after = found.beside(letter.number)
        file = _file(session, letter)
        step = NEXT.get(letter.state)
        if letter.state == "damaged" and letter.is_approved:
            step = _SEAL
        is_sent_back = letter.state == "draft" and letter.number in sent_back_as_now(session)
        if step and step.does == "approve" and is_sent_back:
            step = None
        others = other_letters(session, letter.number)
        return page(
            request,
            "letter",
            name=session.name,
            letter=letter,
            query=asked.query(),
            found=found,
            before=before,
            after=after,
            means=SENT_BACK if is_sent_back else MEANS[letter.state],
            is_sent_back=is_sent_back,
            step=step if step and step.role in request.state.visit.actor.roles else None,
            file=file,
            is_final=isinstance(file, SealedFile),
            parts=parts_of(letter.content),
            facts=stated_facts(session, letter),
            warnings=warnings_of(session, letter),
            events=_events(session, letter),
            **letter_values(session, letter),
            answer=session.answers.statuses().get(letter.number),
            messages=messages_to(session, letter.number),
            others=others,
            marks=marks(session).of(letter.number),
            shown=content_digest(session, letter.number),
            may_read=_may_read(session),
            rounds=session.workspace.rounds(),
            against=comparable(session, letter, others),
            READING=READING,
        )


def _events(session: RoundSession, letter: LetterStatus) -> list[Event]:
    """What has happened to a letter, the last first."""
    return session.ledger.events(session.name, letter.number)[::-1]


def _may_read(session: RoundSession) -> bool:
    """Whether the actor's reading of letters counts."""
    return bool({"make", "approve"} & set(session.actor.roles))


@with_form
def _read(request: Request, form: FormData) -> Response:
    """Mark a letter as read as it was shown, and go on to the next one, or back to it."""
    name, number = request.path_params["name"], request.path_params["number"]
    asked = LetterFilter.sent_along(form)
    with changing(request) as session:
        mark_as_read(session, number, str(form.get("note", "")), shown=shown_in(form))
    following = str(form.get("next", ""))
    if following == READING:
        return RedirectResponse(f"{round_at(name)}/reading", 303)
    onward = following if following.isdecimal() else number
    return RedirectResponse(f"{round_at(name)}/letters/{onward}{asked.query()}", 303)


def letter_of(session: RoundSession, request: Request) -> LetterStatus:
    """The letter that the address of a page names."""
    letter = session.letter(request.path_params["number"])
    if letter is None:
        raise HTTPException(404, tr("There is no such page."))
    return letter


def parts_of(content: Content) -> list[tuple[str, list[Block]]]:
    """What a letter says, cut where its elements change: lists of pairs, of points, and the rest.

    Returns:
        `pairs`, `points` or `lines`, with blocks that follow each other.
    """
    return [(kind, list(blocks)) for kind, blocks in groupby(content.blocks, _element)]


def _element(block: Block) -> str:
    if block.label:
        return "pairs"
    return "points" if block.style == "bullet" else "lines"


def _file(session: RoundSession, letter: LetterStatus) -> LetterFiles | None:
    """The files that lie there of a letter: the sealed ones, else those of its draft."""
    for file in (letter.sealed, letter.made):
        if file is not None and _pdf_path(session, file).is_file():
            return file
    return None


def _pdf_path(session: RoundSession, file: LetterFiles) -> Path:
    return folder_of(file, session.workspace) / file.pdf_name


def _pdf_of(session: RoundSession, request: Request) -> tuple[Path, str]:
    file = _file(session, letter_of(session, request))
    if file is None:
        raise HTTPException(404)
    return _pdf_path(session, file), file.pdf_sha256


def _page_image(request: Request) -> Response:
    with reading(request) as session:
        pdf, digest = _pdf_of(session, request)
    try:
        png = request.app.state.images.page(pdf, digest, request.path_params["page"] - 1)
    except (LookupError, FileNotFoundError):
        raise HTTPException(404) from None
    return Response(png, media_type="image/png")


def _pdf(request: Request) -> Response:
    with reading(request) as session:
        pdf, _ = _pdf_of(session, request)
        data = pdf.read_bytes()
    name = f"{request.path_params['number']}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(data, media_type="application/pdf", headers=headers)


ROUTES = [
    Route("/rounds/{name}/letters/{number:str}", _letter),
    Route("/rounds/{name}/letters/{number:str}/read", _read, methods=["POST"]),
    Route("/rounds/{name}/letters/{number:str}/page/{page:int}", _page_image),
    Route("/rounds/{name}/letters/{number:str}/pdf", _pdf),
]
