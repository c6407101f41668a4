"""The rounds of the workspace, and one round: where it stands, and what to do next."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.actor import ROLES
from brevgen.desk.asked import reading, workspace_of
from brevgen.desk.event_runs import event_runs
from brevgen.desk.request_pages import round_values
from brevgen.desk.round_action import Action, action_of, settings_text, wrong
from brevgen.desk.round_stage import Stage, page_to_mend
from brevgen.desk.show import BESIDE, page, round_at
from brevgen.desk.work import WorkOfAll
from brevgen.errors import BrevgenError
from brevgen.findings import Finding, Findings
from brevgen.language import tr, tr_many
from brevgen.rounds.check import check_against_last_year
from brevgen.rounds.new_round import left_out
from brevgen.rounds.next_step import standing
from brevgen.rounds.session import RoundSession
from brevgen.rounds.status import STATES
from brevgen.settings.round import ROUND_FILE
from brevgen.settings.round_file import kind_of_round

LAST_RUNS = 8
"""Lines that tell what has happened last."""
LONG_AGO = 365
"""Days after which nobody counts them."""


@dataclass(frozen=True)
class RoundLine:
    """One round in the list.

    Args:
        name: the round's name.
        action: what to do next.
        kind: what its letters are called; empty where that cannot be read.
        year: of settlement; None where `round.toml` cannot be read.
        deadline: the last day to answer; None where that cannot be read, or none is wanted.
        days_left: until then, in words.
        follows: the name of the round it follows; empty for none.
        counts: how many letters stand where, in the order of a letter's way.
        faults: what must be mended in its files.
        wrong: how many of them are more than what is not filled in yet.
        problem: why nothing can be told of it; empty where it can.
    """

    name: str
    action: Action
    kind: str = ""
    year: int | None = None
    deadline: date | None = None
    days_left: str = ""
    follows: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    faults: tuple[Finding, ...] = ()
    wrong: int = 0
    problem: str = ""


def _rounds(request: Request) -> Response:
    # the latest year first; a round without one, such as a trial, after them
    there = workspace_of(request).rounds()
    names = sorted(there, key=lambda n: (n[:1].isdigit(), n), reverse=True)
    lines = [_line(request, name) for name in names]
    roles = set(request.state.visit.actor.roles)
    mine = (each.name for each in lines if each.action.address and roles & set(each.action.roles))
    return page(request, "rounds", lines=lines, first=next(mine, ""))


def _line(request: Request, name: str) -> RoundLine:
    try:
        with reading(request, name) as session:
            return _as_work_goes(line_of(session), request)
    except BrevgenError as error:
        return RoundLine(name, Action(""), problem=str(error))


def _as_work_goes(line: RoundLine, request: Request) -> RoundLine:
    """While work is done in a round, there is nothing to begin in it, but work to look at."""
    work: WorkOfAll = request.app.state.work
    running = work.running(line.name)
    if running is None:
        return line
    return replace(
        line, action=Action(tr("See how far it is"), f"/work/{running.key}", roles=ROLES)
    )


def line_of(session: RoundSession) -> RoundLine:
    """A round as it stands in the list of rounds."""
    at = standing(session)
    faults = tuple(session.findings.faults)
    file = session.workspace.round_folder(session.name) / ROUND_FILE
    kind = session.kind or kind_of_round(file, session.kinds)
    told = _told(session)
    year, follows = told.get("settlement_year"), told.get("follows")
    try:
        deadline = session.round.last_day
    except BrevgenError:  # its faults are among those of the session
        deadline = None
    return RoundLine(
        name=session.name,
        action=action_of(session, at),
        kind=kind.name.nb if kind is not None else "",
        year=year if isinstance(year, int) else None,
        deadline=deadline,
        days_left=_days_left((deadline - session.today()).days) if deadline is not None else "",
        follows=follows if isinstance(follows, str) else "",
        counts=tuple((state, at.letters[state]) for state in STATES if at.letters.get(state)),
        faults=faults,
        wrong=len(wrong(session, faults)),
    )


def _told(session: RoundSession) -> dict[str, Any]:
    """What the settings say, whatever faults they have."""
    return settings_text(session).keys or {}


def _days_left(days: int) -> str:
    if days == 0:
        return tr("today")
    if days > 0:
        return tr_many("{count} day left", "{count} days left", days)
    return tr_many("{count} day ago", "{count} days ago", -days) if -days < LONG_AGO else ""


def _round(request: Request) -> Response:
    with reading(request) as session:
        return page(
            request,
            "round",
            line=_as_work_goes(line_of(session), request),
            **_found(session),
            runs=event_runs(session.ledger.events(session.name), LAST_RUNS),
            label=session.label,
            marks=_marks(session),
            lost=_lost(session, request.query_params.get("from", "")),
            **round_values(session),
        )


def _found(session: RoundSession) -> dict[str, Any]:
    """What is found wrong: of how much each page tells, and all that has no page of its own."""
    by_page: dict[Stage, list[Finding]] = {}
    every = Findings(list(session.findings.items))
    check_against_last_year(session, every)  # as the page of the allocation tells it
    for each in every.items:
        by_page.setdefault(page_to_mend(session.name, (each,)), []).append(each)
    titles: dict[Stage, str] = {"settings": tr("Settings"), "allocation": tr("Allocation")}
    told = [
        (
            f"{round_at(session.name)}/{page_of}",
            title,
            len(wrong(session, (each for each in by_page[page_of] if each.severity == "fault"))),
            sum(each.severity == "warning" for each in by_page[page_of]),
        )
        for page_of, title in titles.items()
        if page_of in by_page
    ]
    others = [each for key, those in by_page.items() if key not in titles for each in those]
    return {"told": told, "findings": others}


def _lost(session: RoundSession, earlier: str) -> tuple[str, ...]:
    """The municipalities of the round it was begun from that could not be carried over."""
    year = _told(session).get("settlement_year")
    if not earlier or not isinstance(year, int):
        return ()
    try:
        return left_out(session.workspace, earlier, date(year, 1, 1))
    except (BrevgenError, ValueError):  # it is another by now
        return ()


def _marks(session: RoundSession) -> int:
    """How many values of the settings are to be filled in or looked over."""
    return len(settings_text(session).marks())


def _beside(request: Request) -> Response:
    """What others do beside a page, and how long one stays logged in, for who has it open."""
    return page(request, "beside")


ROUTES = [
    Route("/rounds", _rounds),
    Route("/rounds/{name}", _round, name="round"),
    Route(BESIDE, _beside),
]
