"""Long work begun, watched and stopped: drafts made, letters sealed, messages sent."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.actor import Role
from brevgen.desk.asked import reading, workspace_of
from brevgen.desk.show import page
from brevgen.desk.work import Task, Work, WorkOfAll
from brevgen.language import language

ONWARD: dict[Task, str] = {
    "generate": "letters",
    "approve": "",
    "trial": "send",
    "send": "sendings",
    "follow up": "sendings",
    "archive": "archive",
}
"""The page of the round that shows what came of work; empty for its overview."""
BACK: dict[Task, str] = {**ONWARD, "approve": "approve", "send": "send"}
"""The page of the round from which work that was not done goes on."""


NEEDED: Mapping[Task, Role] = {
    "generate": "make",
    "approve": "approve",
    "trial": "send",
    "send": "send",
    "follow up": "follow up",
    "archive": "follow up",
}
"""The role that a task needs."""


def begin(request: Request, task: Task, **asked: object) -> Response:
    """Begin work in the round of a page, and show how far it is."""
    work: WorkOfAll = request.app.state.work
    actor = request.state.visit.actor
    actor.must_have(NEEDED[task])  # at once; the use case asks again
    name = workspace_of(request).round_name(request.path_params["name"])
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
    found = _found(request)
    labels = {}
    numbers = [*found.faults, *found.result.get("faults", {})]
    if numbers:
        with reading(request, found.round) as session:
            labels = {number: session.label(number) for number in numbers}
    onward = (ONWARD if found.state == "done" else BACK)[found.task]
    may = NEEDED[found.task] in request.state.visit.actor.roles
    return page(
        request, "work", 200, found.round, work=found, labels=labels, onward=onward, may=may
    )


def _progress(request: Request) -> Response:
    """How far it is, for a page that shows that already; once it is over, the whole page anew."""
    found = _found(request)
    if found.is_over:
        return Response(headers={"HX-Refresh": "true"})
    return page(request, "work_progress", work=found)


def _stop(request: Request) -> Response:
    found = _found(request)
    request.state.visit.actor.must_have(NEEDED[found.task])
    request.app.state.work.stop(found.key, request.state.visit.actor)
    return RedirectResponse(f"/work/{found.key}", 303)


ROUTES = [
    Route("/rounds/{name}/generate", _generate, methods=["POST"]),
    Route("/work/{key}", _work),
    Route("/work/{key}/progress", _progress),
    Route("/work/{key}/stop", _stop, methods=["POST"]),
]
