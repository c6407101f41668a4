"""Answers: one registered by the keyboard, many from a spreadsheet, and who has not answered."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.aside import Uploaded, read_aside
from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page, round_at
from brevgen.errors import BrevgenError, Refused
from brevgen.facts.answers import (
    BODY,
    CONDITIONS,
    DECIDED,
    DECIDED_ON,
    JOURNAL,
    LATE_UNTIL,
    MINORS,
)
from brevgen.findings import FaultyInput, Finding
from brevgen.language import tr
from brevgen.rounds.answer import Registered, answer, last_registered
from brevgen.rounds.answer_status import UNANSWERED, AnswerStatus
from brevgen.rounds.remind import remind, reminding_kinds
from brevgen.rounds.session import RoundSession

FIELDS = {
    DECIDED: "decided",
    MINORS: "minors",
    DECIDED_ON: "on",
    JOURNAL: "journal",
    BODY: "body",
    CONDITIONS: "conditions",
    LATE_UNTIL: "late_until",
}
"""The field of the form that tells each column of an answer."""
MOST_SPREADSHEET = 700_000
"""Bytes of a spreadsheet of answers; the page keeps it between trying and taking it."""
_SHORT_YEAR = re.compile(r"^(\d{1,2}\.\d{1,2})\.(\d\d)$")
"""A day as it is written in haste: 4.2.27."""
SHOWN = ("unanswered", "overdue", "extended", "answered", "all")

_REGISTERED = TypeAdapter(Registered)


@dataclass(frozen=True)
class Line:
    """A letter that somebody has, and what has come back to it."""

    number: str
    label: str
    answer: AnswerStatus


def _answers(request: Request) -> Response:
    return _list(request)


def _list(
    request: Request,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, Finding] | None = None,
    refused: str = "",
) -> Response:
    """Who has answered and who has not, with the form as it was typed and what is wrong in it."""
    rounds: OpenRounds = request.app.state.rounds
    shown = request.query_params.get("show", "unanswered")
    with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
        lines = [
            Line(number, session.label(number), each)
            for number, each in session.answers.statuses().items()
        ]
        return page(
            request,
            "answers",
            status,
            name=session.name,
            asks=session.kind is None or bool(session.kind.answer),
            has_minors=_has_minors(session),
            every=lines,
            lines=_sorted([each for each in lines if _is_meant(each.answer, shown)]),
            show=shown,
            counts={which: sum(_is_meant(e.answer, which) for e in lines) for which in SHOWN},
            together=session.answers.together(),
            last=last_registered(session, request.query_params.get("registered", "")),
            can_remind=bool(reminding_kinds(session)),
            proposed=_free_name(rounds, tr("{round}-reminder", round=session.name)),
            today=f"{session.today():%-d.%-m.%Y}",
            typed=typed or {},
            wrong=wrong or {},
            refused=refused,
        )


def _is_meant(answer: AnswerStatus, shown: str) -> bool:
    match shown:
        case "all":
            return True
        case "overdue" | "extended":
            return answer.state == shown
        case "answered":
            return answer.is_answered
        case _:
            return answer.state in UNANSWERED


def _sorted(lines: list[Line]) -> list[Line]:
    """Those first that are late for the longest."""
    return sorted(lines, key=lambda each: (-each.answer.overdue_days, each.number))


def _has_minors(session: RoundSession) -> bool:
    kind = session.kind
    return kind is None or any(each.part_of == kind.lead for each in kind.main_counts.values())


def _free_name(rounds: OpenRounds, wanted: str) -> str:
    taken = set(rounds.workspace.rounds())
    names = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(each for each in names if each not in taken)


async def _register(request: Request) -> Response:
    form = await request.form()
    typed = {each: str(form.get(each, "")).strip() for each in ("who", *FIELDS.values())}
    try:
        number = await run_in_threadpool(_registered, request, typed)
    except FaultyInput as faults:
        told = {each.place.column: each for each in faults.findings if each.severity == "fault"}
        wrong = {name: told[column] for column, name in FIELDS.items() if column in told}
        if not wrong:  # they are none of the form's
            raise
        return await run_in_threadpool(_list, request, 422, typed, wrong)
    except BrevgenError as error:
        wrong = {"who": Finding("fault", str(error), "")}
        return await run_in_threadpool(_list, request, 422, typed, wrong)
    return _back(request, registered=number)


def _registered(request: Request, typed: Mapping[str, str]) -> str:
    """Register what was typed; the municipality's number."""
    rounds: OpenRounds = request.app.state.rounds
    cells = {column: typed[name] for column, name in FIELDS.items()}
    cells |= {day: _SHORT_YEAR.sub(r"\1.20\2", cells[day]) for day in (DECIDED_ON, LATE_UNTIL)}
    first = typed["who"].partition(" ")[0]
    who = first if len(first) == 4 and first.isdecimal() else typed["who"]
    if not who:
        raise Refused(tr("Write which municipality has answered: its number or name."))
    with rounds.changing(request.path_params["name"], request.state.visit.actor) as session:
        done = answer(session, who, cells, names={})
    return done.answers[0].number


def _back(request: Request, **shown: str) -> Response:
    name = request.path_params["name"]
    return RedirectResponse(f"{round_at(name)}/answers?{urlencode(shown)}", 303)


async def _remind(request: Request) -> Response:
    form = await request.form()
    chosen = [str(number) for number in form.getlist("only")]
    name = str(form.get("new_name", "")).strip()

    def reminded() -> str:
        rounds: OpenRounds = request.app.state.rounds
        with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
            return remind(session, name, chosen).name

    try:
        made = await run_in_threadpool(reminded)
    except FaultyInput:
        raise
    except BrevgenError as error:
        return await run_in_threadpool(_list, request, 422, None, None, str(error))
    return RedirectResponse(round_at(made), 303)


def _import(request: Request) -> Response:
    return _import_page(request)


def _import_page(request: Request, status: int = 200, **values: object) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    name = rounds.workspace.round_name(request.path_params["name"])
    nothing: dict[str, object] = dict.fromkeys(("tried", "file", "digest", "data", "refused"))
    return page(request, "answers_import", status, name=name, **nothing | {"findings": []} | values)


async def _try(request: Request) -> Response:
    """Show what a spreadsheet of answers would do, or take it as it was shown."""
    async with request.form() as form:
        file, digest = await _sent(form), str(form.get("shown", ""))
    if file is None or not file.data:
        said = tr("Choose a spreadsheet first: .xlsx or .csv.")
        return await run_in_threadpool(_import_page, request, 422, refused=said)
    if len(file.data) > MOST_SPREADSHEET:
        said = tr("This file is too large to be a spreadsheet of answers.")
        return await run_in_threadpool(_import_page, request, 413, refused=said)
    return await run_in_threadpool(_tried, request, file, digest)


async def _sent(form: FormData) -> Uploaded | None:
    """The file that was chosen, or that the page has kept."""
    chosen = form.get("file")
    if isinstance(chosen, UploadFile):
        return Uploaded(chosen.filename or "", await chosen.read())
    try:
        data = base64.b64decode(str(form.get("data", "")), validate=True)
    except binascii.Error:
        return None
    return Uploaded(str(form.get("name", "")), data)


def _tried(request: Request, file: Uploaded, digest: str) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    name = rounds.workspace.round_name(request.path_params["name"])
    actor = request.state.visit.actor
    actor.must_have("follow up")
    try:
        told = read_aside(rounds.root, "answers", [file], actor, round=name, shown=digest)
    except FaultyInput as faults:
        return _import_page(request, 422, findings=faults.findings, file=file.name)
    return _import_page(
        request,
        tried=_REGISTERED.validate_python(told["registered"]),
        file=file.name,
        digest=told["digest"],
        data=base64.b64encode(file.data).decode(),
    )


ROUTES = [
    Route("/rounds/{name}/answers", _answers),
    Route("/rounds/{name}/answers", _register, methods=["POST"]),
    Route("/rounds/{name}/answers/remind", _remind, methods=["POST"]),
    Route("/rounds/{name}/answers/import", _import),
    Route("/rounds/{name}/answers/import", _try, methods=["POST"]),
]
