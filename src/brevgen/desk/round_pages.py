"""The rounds of the workspace, and one round: where it stands, and what to do next."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.opened import OpenRounds
from brevgen.desk.request_pages import round_values
from brevgen.desk.show import page
from brevgen.errors import BrevgenError
from brevgen.rounds.session import RoundSession
from brevgen.rounds.status import status

STEPS = ("allocation", "letters", "approve", "send")


@dataclass(frozen=True)
class RoundLine:
    """One round in the list.

    Args:
        name: the round's name.
        kind: which letter it sends; empty where `round.toml` cannot be read.
        deadline: the last day to answer; None where that cannot be read.
        counts: how many letters stand where.
        faults: how many faults its files have.
        problem: why nothing can be told of it; empty where it can.
    """

    name: str
    kind: str = ""
    deadline: date | None = None
    counts: tuple[tuple[str, int], ...] = ()
    faults: int = 0
    problem: str = ""


def _rounds(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    lines = [
        _line(rounds, name, request) for name in sorted(rounds.workspace.rounds(), reverse=True)
    ]
    return page(request, "rounds", lines=lines)


def _line(rounds: OpenRounds, name: str, request: Request) -> RoundLine:
    try:
        with rounds.reading(name, request.state.visit.actor) as session:
            return line_of(session)
    except BrevgenError as error:
        return RoundLine(name, problem=str(error))


def line_of(session: RoundSession) -> RoundLine:
    """A round as it stands in the list of rounds."""
    facts = session.readable_facts
    counts = Counter(each.state for each in status(session).letters)
    return RoundLine(
        name=session.name,
        kind=facts.round.kind if facts is not None else "",
        deadline=facts.round.last_day if facts is not None else None,
        counts=tuple(counts.most_common()),
        faults=sum(each.severity == "fault" for each in session.findings.items),
    )


def _round(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
        return page(request, "round", line=line_of(session), **round_values(session))


ROUTES = [
    Route("/rounds", _rounds),
    Route("/rounds/{name}", _round),
]
