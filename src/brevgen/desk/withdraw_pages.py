"""Taking approvals back: what goes with them, shown on a page, and done with a reason."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.characters import cleaned
from brevgen.desk.asked import changing, numbers_in, reading, shown_in, with_form
from brevgen.desk.show import page, round_at
from brevgen.rounds.withdraw import to_withdraw, withdraw


def _shown(request: Request) -> Response:
    return _page(request, request.query_params.getlist("only"))


def _page(request: Request, only: list[str], *, lacks_reason: bool = False) -> Response:
    with reading(request) as session:
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


@with_form
def _withdraw(request: Request, form: FormData) -> Response:
    reason = str(form.get("reason", ""))
    only = numbers_in(form)
    if not cleaned(reason):
        return _page(request, only, lacks_reason=True)
    with changing(request) as session:
        numbers = session.choose_known(only)
        taken = withdraw(session, numbers, reason, shown=shown_in(form)).numbers
        if len(taken) == 1:
            return RedirectResponse(f"{round_at(session.name)}/letters/{taken[0]}", 303)
        return RedirectResponse(round_at(session.name), 303)


ROUTES = [
    Route("/rounds/{name}/withdraw", _shown),
    Route("/rounds/{name}/withdraw", _withdraw, methods=["POST"]),
]
