"""A new round: from an earlier one, following another, or with nothing filled in."""

from typing import get_args

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.asked import may_make, with_form, workspace_of
from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page
from brevgen.findings import Findings
from brevgen.rounds.begin_round import Begun, WantedRound, Way, begin_round
from brevgen.rounds.kinds import kinds_of

WAYS: tuple[Way, ...] = get_args(Way)


def _new_round(request: Request) -> Response:
    asked = request.query_params
    way: Way = "from"
    for each in WAYS:
        if asked.get("way") == each:
            way = each
    wanted = WantedRound(asked.get("name", ""), way, asked.get("from", ""), asked.get("kind", ""))
    return _page(request, wanted, Begun())


def _page(request: Request, wanted: WantedRound, begun: Begun, status: int = 200) -> Response:
    workspace = workspace_of(request)
    there = kinds_of(workspace, Findings()).items()
    kinds = {name: kind for name, kind in there if kind is not None}
    by_name = sorted(kinds, key=lambda name: kinds[name].name.nb)
    return page(
        request,
        "new_round",
        status,
        wanted=wanted,
        faults=begun.faults,
        names=sorted(workspace.rounds(), reverse=True),
        following={name: kinds[name].name.nb for name in by_name if kinds[name].follows},
        alone={name: kinds[name].name.nb for name in by_name if not kinds[name].follows},
        may=may_make(request),
    )


@with_form
def _begin(request: Request, posted: FormData) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    typed = {name: str(value) for name, value in posted.items()}
    way: Way = next((each for each in WAYS if each == typed.get("way")), "from")
    wanted = WantedRound(
        typed.get("name", ""),
        way,
        typed.get(f"{way}-earlier", ""),
        typed.get(f"{way}-kind", ""),
    )
    begun = begin_round(rounds.workspace, rounds.clock, request.state.visit.actor, wanted)
    if begun.faults:
        return _page(request, wanted, begun, 422)
    address = request.url_for("round", name=begun.name)
    if wanted.way == "from":  # which tells what could not be carried over
        address = address.include_query_params(**{"from": wanted.earlier})
    return RedirectResponse(f"{address.path}?{address.query}".rstrip("?"), 303)


ROUTES = [
    Route("/new-round", _new_round),
    Route("/new-round", _begin, methods=["POST"]),
]
