"""The rounds of the workspace, and one round: where it stands, and what to do next."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.actor import Role
from brevgen.desk.event_runs import event_runs
from brevgen.desk.opened import OpenRounds
from brevgen.desk.request_pages import round_values
from brevgen.desk.round_stage import Stage, page_to_mend
from brevgen.desk.show import page, round_at
from brevgen.errors import BrevgenError
from brevgen.findings import Finding
from brevgen.language import tr, tr_many
from brevgen.rounds.edit_round import round_text
from brevgen.rounds.new_round import left_out
from brevgen.rounds.next_step import NextStep, next_step, standing
from brevgen.rounds.round_text import RoundText, unfinished
from brevgen.rounds.session import RoundSession
from brevgen.rounds.status import STATES
from brevgen.settings.round import ROUND_FILE
from brevgen.settings.round_file import kind_of_round

LAST_RUNS = 8
"""Lines that tell what has happened last."""
LONG_AGO = 365
"""Days after which nobody counts them."""


@dataclass(frozen=True)
class Action:
    """What to do next, as one button.

    Args:
        text: what stands on it, with the number in it; or what there is to know where nobody can
            do anything now.
        address: the page it leads to; empty where nothing can be done.
        begins: whether it begins the work, so that it is a form.
        roles: who may do it.
    """

    text: str
    address: str = ""
    begins: bool = False
    roles: tuple[Role, ...] = ("make",)


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
    rounds: OpenRounds = request.app.state.rounds
    # the latest year first; a round without one, such as a trial, after them
    names = sorted(rounds.workspace.rounds(), key=lambda n: (n[:1].isdigit(), n), reverse=True)
    lines = [_line(rounds, name, request) for name in names]
    return page(request, "rounds", lines=lines)


def _line(rounds: OpenRounds, name: str, request: Request) -> RoundLine:
    try:
        with rounds.reading(name, request.state.visit.actor) as session:
            return line_of(session)
    except BrevgenError as error:
        return RoundLine(name, Action(""), problem=str(error))


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
    next_ = next_step(at)
    return RoundLine(
        name=session.name,
        action=_mend(session, faults) if faults else _action(session.name, next_),
        kind=kind.name.nb if kind is not None else "",
        year=year if isinstance(year, int) else None,
        deadline=deadline,
        days_left=_days_left((deadline - session.today()).days) if deadline is not None else "",
        follows=follows if isinstance(follows, str) else "",
        counts=tuple((state, at.letters[state]) for state in STATES if at.letters.get(state)),
        faults=faults,
        wrong=len(_wrong(session, faults)),
    )


def _wrong(session: RoundSession, faults: Iterable[Finding]) -> list[Finding]:
    """The faults but for what is not filled in yet in the settings."""
    text = _text(session)
    return [each for each in faults if each.place.file != ROUND_FILE or not unfinished(each, text)]


def _told(session: RoundSession) -> dict[str, Any]:
    """What the settings say, whatever faults they have."""
    return _text(session).keys or {}


def _text(session: RoundSession) -> RoundText:
    """The text of the settings; empty where it cannot be read."""
    try:
        return round_text(session.workspace, session.name)
    except BrevgenError:  # told among the faults of the session
        return RoundText(b"")


def _days_left(days: int) -> str:
    if days == 0:
        return tr("today")
    if days > 0:
        return tr_many("{count} day left", "{count} days left", days)
    return tr_many("{count} day ago", "{count} days ago", -days) if -days < LONG_AGO else ""


def _mend(session: RoundSession, faults: tuple[Finding, ...]) -> Action:
    """The button for the faults that are mended first, those of one page."""
    name, address = session.name, where_to_mend(session.name, faults)
    page_of = page_to_mend(name, faults)
    there = [each for each in faults if page_to_mend(name, (each,)) == page_of]
    if page_of == "settings" and not _wrong(session, there):
        return Action(tr("Fill in the settings"), address)
    return Action(tr_many("Mend {count} fault", "Mend {count} faults", len(there)), address)


def _action(name: str, next_: NextStep) -> Action:
    """The button for what is to be done next."""
    at, count = round_at(name), next_.count
    actions: dict[str, Callable[[], Action]] = {
        "make": lambda: Action(
            tr_many("Make {count} draft", "Make {count} drafts", count), f"{at}/generate", True
        ),
        "settle": lambda: Action(
            tr_many("Settle {count} message", "Settle {count} messages", count),
            f"{at}/send",
            roles=("send",),
        ),
        "read": lambda: Action(
            tr_many("Read {count} draft", "Read {count} drafts", count),
            f"{at}/reading",
            roles=("make", "approve"),
        ),
        "ask": lambda: Action(
            tr_many(
                "Ask for approval of {count} letter", "Ask for approval of {count} letters", count
            ),
            f"{at}/ask",
        ),
        "approve": lambda: Action(
            tr_many("Approve {count} letter", "Approve {count} letters", count),
            f"{at}/approve",
            roles=("approve",),
        ),
        "send": lambda: Action(
            tr_many("Send {count} letter", "Send {count} letters", count),
            f"{at}/send",
            roles=("send",),
        ),
        "follow up": lambda: Action(
            tr_many("Follow up {count} late answer", "Follow up {count} late answers", count),
            f"{at}/answers",
            roles=("follow up",),
        ),
        "wait": lambda: Action(
            tr_many("Waiting for {count} answer", "Waiting for {count} answers", count)
        ),
        "done": lambda: Action(tr("All is done")),
    }
    return actions[next_.step]()


def where_to_mend(name: str, faults: Collection[Finding]) -> str:
    """The address of where faults of a round are mended."""
    page_of = page_to_mend(name, faults)
    return f"{round_at(name)}/{page_of}" if page_of else f"{round_at(name)}#faults"


def _round(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    actor = request.state.visit.actor
    with rounds.reading(request.path_params["name"], actor) as session:
        return page(
            request,
            "round",
            line=line_of(session),
            **_found(session),
            others=rounds.look_at(session.name, actor),
            runs=event_runs(session.ledger.events(session.name), LAST_RUNS),
            label=session.label,
            marks=_marks(session),
            lost=_lost(session, request.query_params.get("from", "")),
            **round_values(session),
        )


def _found(session: RoundSession) -> dict[str, Any]:
    """What is found wrong: of how much each page tells, and all that has no page of its own."""
    by_page: dict[Stage, list[Finding]] = {}
    for each in session.findings.items:
        by_page.setdefault(page_to_mend(session.name, (each,)), []).append(each)
    titles: dict[Stage, str] = {"settings": tr("Settings"), "allocation": tr("Allocation")}
    told = [
        (
            f"{round_at(session.name)}/{page_of}",
            title,
            len(_wrong(session, (each for each in by_page[page_of] if each.severity == "fault"))),
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
    return len(_text(session).marks())


def _busy(request: Request) -> Response:
    """What is done in a round now, for a page that shows that already."""
    rounds: OpenRounds = request.app.state.rounds
    try:
        rounds.workspace.round_name(request.path_params["name"])
    except BrevgenError:  # a whole page would stand in place of a line
        return Response(status_code=404)
    return page(request, "busy")


ROUTES = [
    Route("/rounds", _rounds),
    Route("/rounds/{name}", _round, name="round"),
    Route("/rounds/{name}/busy", _busy),
]
