"""Which letters to read so that everything has been seen once, and who has read which."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page
from brevgen.rounds.reading_list import reading_list


def _reading(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
        return page(
            request,
            "reading",
            name=session.name,
            proposals=reading_list(session),
            total=len(session.letters()),
        )


ROUTES = [Route("/rounds/{name}/reading", _reading)]
