"""Long work begun, watched and stopped: drafts made, letters sealed, messages sent."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.actor import Role
from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page
from brevgen.desk.work import Task, Work, WorkOfAll
from brevgen.language import language

NEEDED: Mapping[Task, Role] = {
    "generate": "make",
    "approve": "approve",
    "trial": "send",
    "send": "send",
}
"""The role that a task needs."""


def begin(request: Request, task: Task, **asked: object) -> Response:
    """Begin work in the round of a page, and show how far it is."""
    rounds: OpenRounds = request.app.state.rounds
    work: WorkOfAll = request.app.state.work
    actor = request.state.visit.actor
    actor.must_have(NEEDED[task])  # at once; the use case asks again
    name = rounds.workspace.round_name(request.path_params["name"])
    begun = work.begin(task, name, actor, language(), asked)
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
