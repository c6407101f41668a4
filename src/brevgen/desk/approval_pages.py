"""Approving: what would be approved, shown on a page, and approved exactly as it was shown."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page
from brevgen.desk.work_pages import begin
from brevgen.errors import Refused
from brevgen.facts.sums import sums_by_area
from brevgen.rounds.approve import approver_for, line_up
from brevgen.rounds.session import RoundSession
from brevgen.rounds.withdraw import withdraw


def _shown(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    only = request.query_params.getlist("only")
    area = request.query_params.get("area", "")
    with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
        chosen = session.choose(only, area)
        try:
            lineup = line_up(session, chosen, approver_for(session))
        except Refused as refusal:
            return page(
                request, "approve_refused", 409, name=session.name, reason=str(refusal), area=area
            )
        if lineup.letters:
            session.record_shown(lineup.entries)
        return page(
            request,
            "approve",
            name=session.name,
            lineup=lineup,
            chosen=sorted(chosen),
            sums={
                column.title: sum(each.letter.row.count(fact) or 0 for each in lineup.letters)
                for fact, column in lineup.counts.items()
            },
            signatories=sorted({each.letter.signatory for each in lineup.letters}),
            areas=_areas(session),
            area=area,
        )


def _areas(session: RoundSession) -> list[str]:
    return [each.area for each in sums_by_area(session.facts)]


async def _approve(request: Request) -> Response:
    form = await request.form()
    return begin(
        request,
        "approve",
        shown=str(form.get("shown", "")),
        only=[str(number) for number in form.getlist("only")],
    )


async def _withdraw(request: Request) -> Response:
    form = await request.form()
    name, number = request.path_params["name"], request.path_params["number"]
    await _in_thread(request, name, number, str(form.get("reason", "")))
    return RedirectResponse(f"/rounds/{name}/letters/{number}", 303)


async def _in_thread(request: Request, name: str, number: str, reason: str) -> None:
    from starlette.concurrency import run_in_threadpool

    def take_back() -> None:
        with request.app.state.rounds.changing(name, request.state.visit.actor) as session:
            withdraw(session, [number], reason)

    await run_in_threadpool(take_back)


ROUTES = [
    Route("/rounds/{name}/approve", _shown),
    Route("/rounds/{name}/approve", _approve, methods=["POST"]),
    Route("/rounds/{name}/letters/{number:str}/withdraw", _withdraw, methods=["POST"]),
]
