"""The letters of a round: all of them in a table, and one of them with its pages and words."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.opened import OpenRounds
from brevgen.desk.request_pages import letter_values
from brevgen.desk.show import page
from brevgen.ledger.records import MadeDocument, SealedFile
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.session import RoundSession


def _letters(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    chosen = {key: request.query_params.get(key, "") for key in ("q", "state", "area", "form")}
    with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
        letters = session.letters()
        return page(
            request,
            "letters",
            name=session.name,
            letters=[each for each in letters if _is_meant(each, **chosen)],
            counts=session.facts.kind.main_counts,
            states=sorted({each.state for each in letters}),
            areas=sorted({_area(each) for each in letters}),
            chosen=chosen,
            total=len(letters),
        )


def _area(letter: LetterStatus) -> str:
    return letter.municipality.region or letter.municipality.county


def _is_meant(letter: LetterStatus, *, q: str, state: str, area: str, form: str) -> bool:
    """Whether a letter is among those that were asked for."""
    words = f"{letter.label} {letter.letter.reference}".casefold()
    return (
        q.strip().casefold() in words
        and state in ("", letter.state)
        and area in ("", _area(letter))
        and form in ("", letter.letter.written_form)
    )


def _letter(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
        letters = session.letters()
        position = _position(letters, request.path_params["number"])
        letter = letters[position]
        file = _file(letter)
        return page(
            request,
            "letter",
            name=session.name,
            letter=letter,
            pages=file.pages if file is not None else 0,
            before=letters[position - 1].number if position else "",
            after=letters[position + 1].number if position + 1 < len(letters) else "",
            counts=session.facts.kind.counts,
            events=session.ledger.events(session.name, letter.number) if session.ledger else [],
            **letter_values(session, letter),
        )


def _position(letters: list[LetterStatus], number: str) -> int:
    for position, each in enumerate(letters):
        if each.number == number:
            return position
    raise HTTPException(404)


def _file(letter: LetterStatus) -> MadeDocument | SealedFile | None:
    """The files that lie there of a letter, as they were made; None where there are none."""
    if not letter.is_intact:
        return None
    return letter.sealed or letter.made


def _pdf_of(session: RoundSession, request: Request) -> tuple[Path, str]:
    letters = session.letters()
    letter = letters[_position(letters, request.path_params["number"])]
    file = _file(letter)
    if file is None:
        raise HTTPException(404)
    is_final = isinstance(file, SealedFile)
    place = session.workspace
    folder = place.finals(session.name) if is_final else place.drafts(session.name)
    return folder / file.pdf_name, file.pdf_sha256


def _page_image(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
        pdf, digest = _pdf_of(session, request)
    try:
        png = request.app.state.images.page(pdf, digest, request.path_params["page"] - 1)
    except (LookupError, FileNotFoundError):
        raise HTTPException(404) from None
    return Response(png, media_type="image/png")


def _pdf(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
        pdf, _ = _pdf_of(session, request)
        data = pdf.read_bytes()
    name = f"{request.path_params['number']}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(data, media_type="application/pdf", headers=headers)


ROUTES = [
    Route("/rounds/{name}/letters", _letters),
    Route("/rounds/{name}/letters/{number:str}", _letter),
    Route("/rounds/{name}/letters/{number:str}/page/{page:int}", _page_image),
    Route("/rounds/{name}/letters/{number:str}/pdf", _pdf),
]
