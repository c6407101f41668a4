"""Answers: one registered by the keyboard, many from a spreadsheet, and who has not answered."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from pydantic import TypeAdapter
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.aside import Uploaded, read_aside
from brevgen.desk.asked import changing, numbers_in, reading, with_form, workspace_of
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
from brevgen.workspace import Workspace

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


def _list(
    request: Request,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, Finding] | None = None,
    refused: str = "",
) -> Response:
    """Who has answered and who has not, with the form as it was typed and what is wrong in it."""
    shown = request.query_params.get("show", "unanswered")
    with reading(request) as session:
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
            proposed=_free_name(session.workspace, tr("{round}-reminder", round=session.name)),
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


def _free_name(workspace: Workspace, wanted: str) -> str:
    taken = set(workspace.rounds())
    names = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(each for each in names if each not in taken)


@with_form
def _register(request: Request, form: FormData) -> Response:
    typed = {each: str(form.get(each, "")).strip() for each in ("who", *FIELDS.values())}
    try:
        number = _registered(request, typed)
    except FaultyInput as faults:
        told = {each.place.column: each for each in faults.findings if each.severity == "fault"}
        wrong = {name: told[column] for column, name in FIELDS.items() if column in told}
        if not wrong:  # they are none of the form's
            raise
        return _list(request, 422, typed, wrong)
    except BrevgenError as error:
        return _list(request, 422, typed, {"who": Finding("fault", str(error), "")})
    here = round_at(request.path_params["name"])
    return RedirectResponse(f"{here}/answers?{urlencode({'registered': number})}", 303)


def _registered(request: Request, typed: Mapping[str, str]) -> str:
    """Register what was typed; the municipality's number."""
    cells = {column: typed[name] for column, name in FIELDS.items()}
    cells |= {day: _SHORT_YEAR.sub(r"\1.20\2", cells[day]) for day in (DECIDED_ON, LATE_UNTIL)}
    first = typed["who"].partition(" ")[0]
    who = first if len(first) == 4 and first.isdecimal() else typed["who"]
    if not who:
        raise Refused(tr("Write which municipality has answered: its number or name."))
    with changing(request) as session:
        done = answer(session, who, cells, names={})
    return done.answers[0].number


@with_form
def _remind(request: Request, form: FormData) -> Response:
    try:
        with reading(request) as session:
            made = remind(session, str(form.get("new_name", "")).strip(), numbers_in(form)).name
    except FaultyInput:
        raise
    except BrevgenError as error:
        return _list(request, 422, refused=str(error))
    return RedirectResponse(round_at(made), 303)


def _import_page(request: Request, status: int = 200, **values: object) -> Response:
    name = workspace_of(request).round_name(request.path_params["name"])
    nothing: dict[str, object] = dict.fromkeys(("tried", "file", "digest", "data", "refused"))
    return page(request, "answers_import", status, name=name, **nothing | {"findings": []} | values)


@with_form
def _try(request: Request, form: FormData) -> Response:
    """Show what a spreadsheet of answers would do, or take it as it was shown."""
    file, shown = _sent(form), str(form.get("shown", ""))
    if file is None or not file.data:
        return _import_page(request, 422, refused=tr("Choose a spreadsheet first: .xlsx or .csv."))
    if len(file.data) > MOST_SPREADSHEET:
        said = tr("This file is too large to be a spreadsheet of answers.")
        return _import_page(request, 413, refused=said)
    rounds: OpenRounds = request.app.state.rounds
    name = rounds.workspace.round_name(request.path_params["name"])
    actor = request.state.visit.actor
    actor.must_have("follow up")
    try:
        told = read_aside(rounds.root, "answers", [file], actor, round=name, shown=shown)
    except FaultyInput as faults:
        return _import_page(request, 422, findings=faults.findings, file=file.name)
    return _import_page(
        request,
        tried=_REGISTERED.validate_python(told["registered"]),
        file=file.name,
        digest=told["digest"],
        data=base64.b64encode(file.data).decode(),
    )


def _sent(form: FormData) -> Uploaded | None:
    """The file that was chosen, or that the page has kept."""
    chosen = form.get("file")
    if isinstance(chosen, UploadFile):
        return Uploaded(chosen.filename or "", chosen.file.read())
    try:
        data = base64.b64decode(str(form.get("data", "")), validate=True)
    except binascii.Error:
        return None
    return Uploaded(str(form.get("name", "")), data)


ROUTES = [
    Route("/rounds/{name}/answers", _list),
    Route("/rounds/{name}/answers", _register, methods=["POST"]),
    Route("/rounds/{name}/answers/remind", _remind, methods=["POST"]),
    Route("/rounds/{name}/answers/import", _import_page),
    Route("/rounds/{name}/answers/import", _try, methods=["POST"]),
]
