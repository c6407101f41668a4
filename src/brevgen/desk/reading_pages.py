"""Which letters to read so that everything has been seen once, and who has read which."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.asked import reading
from brevgen.desk.show import page
from brevgen.rounds.reading import marks, progress


def _reading(request: Request) -> Response:
    with reading(request) as session:
        told = marks(session)
        proposals = progress(session, told).proposals
        numbers = [each.letter.number for each in proposals]
        read = told.read(numbers, session.actor.account)
        return page(
            request,
            "reading",
            name=session.name,
            proposals=proposals,
            total=len(session.letters()),
            marks=told,
            mine=len(read),
            next=next((number for number in numbers if number not in read), ""),
            notes=told.notes(session.letters()),
            counts=told.counts(numbers),
            all_counts=told.counts([each.number for each in session.letters()]),
        )


ROUTES = [Route("/rounds/{name}/reading", _reading)]
