"""The allocation of a round: what is wrong with it, and the figures to hold it against."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page
from brevgen.rounds.check import check


def _allocation(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
        checked = check(session)
        return page(request, "allocation", name=session.name, checked=checked)


ROUTES = [Route("/rounds/{name}/allocation", _allocation)]
