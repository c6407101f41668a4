"""Taking approvals back: what goes with them, shown on a page, and done with a reason."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.characters import cleaned
from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import NOTHING, page, round_at
from brevgen.rounds.withdraw import to_withdraw, withdraw


def _shown(request: Request) -> Response:
    return _page(request, request.query_params.getlist("only"))


def _page(request: Request, only: list[str], *, lacks_reason: bool = False) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
        session.actor.must_have("approve")
        numbers = session.choose_known(only)
        return page(
            request,
            "withdraw",
            422 if lacks_reason else 200,
            name=session.name,
            going=to_withdraw(session, numbers),
            label=session.label,
            lacks_reason=lacks_reason,
        )


async def _withdraw(request: Request) -> Response:
    form = await request.form()
    return await run_in_threadpool(_withdraw_now, request, form)


def _withdraw_now(request: Request, form: FormData) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    reason = str(form.get("reason", ""))
    only = [str(number) for number in form.getlist("only")]
    if not cleaned(reason):
        return _page(request, only, lacks_reason=True)
    with rounds.changing(request.path_params["name"], request.state.visit.actor) as session:
        numbers = session.choose_known(only)
        taken = withdraw(
            session, numbers, reason, shown=str(form.get("shown", "")) or NOTHING
        ).numbers
        if len(taken) == 1:
            return RedirectResponse(f"{round_at(session.name)}/letters/{taken[0]}", 303)
        return RedirectResponse(round_at(session.name), 303)


ROUTES = [
    Route("/rounds/{name}/withdraw", _shown),
    Route("/rounds/{name}/withdraw", _withdraw, methods=["POST"]),
]
