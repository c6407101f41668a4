"""A letter word by word beside what it is compared with."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.asked import reading
from brevgen.desk.letter_filter import LetterFilter
from brevgen.desk.letter_pages import letter_of
from brevgen.desk.show import page
from brevgen.language import tr
from brevgen.rounds.compare import CALLED, comparable, compare
from brevgen.rounds.other_letters import other_letters


def _compare(request: Request) -> Response:
    wanted = request.query_params.get("with", "shown")
    against = next((each for each in CALLED if each == wanted), None)
    if against is None:
        raise HTTPException(404, tr("There is no such page."))
    query = LetterFilter.of(request.query_params).query()
    chosen = request.query_params.get("round", "")
    with reading(request) as session:
        letter = letter_of(session, request)
        others = other_letters(session, letter.number)
        there = {*comparable(session, letter, others), against}
        return page(
            request,
            "compare",
            name=session.name,
            letter=letter,
            found=compare(session, letter, against, chosen),
            against={each: called for each, called in CALLED.items() if each in there},
            others=others if against == "earlier" else [],
            query=query,
        )


ROUTES = [Route("/rounds/{name}/letters/{number:str}/compare", _compare)]
