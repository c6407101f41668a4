"""Long work begun, watched and stopped: drafts made, letters sealed, messages sent."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page
from brevgen.desk.work import Task, Work, WorkOfAll
from brevgen.language import language


def begin(request: Request, task: Task, **asked: object) -> Response:
    """Begin work in the round of a page, and show how far it is."""
    rounds: OpenRounds = request.app.state.rounds
    work: WorkOfAll = request.app.state.work
    name = rounds.workspace.round_name(request.path_params["name"])
    begun = work.begin(task, name, request.state.visit.actor, language(), asked)
    return RedirectResponse(f"/work/{begun.key}", 303)


def _generate(request: Request) -> Response:
    return begin(request, "generate")


def _found(request: Request) -> Work:
    work: WorkOfAll = request.app.state.work
    found = work.find(request.path_params["key"])
    if found is None:
        raise HTTPException(404)
    return found


def _work(request: Request) -> Response:
    return page(request, "work", work=_found(request))


def _stop(request: Request) -> Response:
    found = _found(request)
    request.app.state.work.stop(found.key)
    return RedirectResponse(f"/work/{found.key}", 303)


ROUTES = [
    Route("/rounds/{name}/generate", _generate, methods=["POST"]),
    Route("/work/{key}", _work),
    Route("/work/{key}/stop", _stop, methods=["POST"]),
]
