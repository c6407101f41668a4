"""The allocation of a round: what is wrong with it, its figures, and another in its place."""

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.asked import changing, may_make, reading, with_form, workspace_of
from brevgen.desk.looking import Looks
from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import download, page, round_at
from brevgen.errors import Refused
from brevgen.facts.allocation_file import find_allocation
from brevgen.files import read_bytes
from brevgen.findings import Findings
from brevgen.language import tr
from brevgen.rounds.allocation_look import look_at_allocation
from brevgen.rounds.replace_allocation import (
    NewLook,
    ReplacedMeanwhile,
    aside,
    discard,
    find_aside,
    lay_aside,
    present_digest,
    replace_allocation,
)
from brevgen.rounds.starting_sheet import starting_sheet
from brevgen.tables.file_kinds import READ_KINDS
from brevgen.tables.limits import MAX_FILE

MOST_CHANGES = 20
"""Changed figures that are shown at once; the rest when a person wants to see them."""


def _allocation(request: Request) -> Response:
    with reading(request) as session:
        return page(
            request,
            "allocation",
            name=session.name,
            look=look_at_allocation(session),
            aside=aside(session.workspace, session.name),
            kinds=",".join(READ_KINDS),
            is_used="used" in request.query_params,
            may=may_make(request),
        )


def _upload(request: Request, form: FormData) -> Response:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Refused(tr("No file was chosen. Go back and choose the spreadsheet."))
    with changing(request) as session:
        digest = lay_aside(session, file.file.read(MAX_FILE + 1), file.filename)
        return RedirectResponse(f"{round_at(session.name)}/allocation/new/{digest}", 303)


def _look(request: Request) -> NewLook:
    rounds: OpenRounds = request.app.state.rounds
    name = rounds.workspace.round_name(request.path_params["name"])
    digest = request.path_params["digest"]
    file = find_aside(rounds.workspace, name, digest)
    if file is None:
        raise HTTPException(404)
    looks: Looks = request.app.state.looks
    of = file.suffix, rounds.signature(name)
    return looks.look(name, request.state.visit.actor, digest, of)


def _new(request: Request) -> Response:
    workspace = workspace_of(request)
    name = workspace.round_name(request.path_params["name"])
    shown = present_digest(workspace, name)
    try:
        new = _look(request)
    except Refused as refusal:
        return _new_page(request, name, None, shown, 422, problem=str(refusal))
    return _new_page(request, name, new, shown)


def _new_page(
    request: Request,
    name: str,
    new: NewLook | None,
    shown: str,
    status: int = 200,
    problem: str = "",
) -> Response:
    digest = request.path_params["digest"]
    return page(
        request,
        "allocation_new",
        status,
        name=name,
        at=aside(workspace_of(request), name)[digest],
        new=new,
        shown=shown,
        digest=digest,
        problem=problem,
        most=MOST_CHANGES,
        kinds=",".join(READ_KINDS),
        may=may_make(request),
    )


@with_form
def _use(request: Request, form: FormData) -> Response:
    request.state.visit.actor.must_have("make")
    shown, new = str(form.get("shown", "")), _look(request)
    with changing(request) as session:
        try:
            replace_allocation(session, request.path_params["digest"], shown, new)
        except ReplacedMeanwhile as changed:
            now = present_digest(session.workspace, session.name)
            return _new_page(request, session.name, _look(request), now, 409, problem=str(changed))
        return RedirectResponse(f"{round_at(session.name)}/allocation?used=1", 303)


def _discard(request: Request) -> Response:
    with changing(request) as session:
        discard(session, request.path_params["digest"])
        return RedirectResponse(f"{round_at(session.name)}/allocation", 303)


def _file(request: Request) -> Response:
    workspace = workspace_of(request)
    name = workspace.round_name(request.path_params["name"])
    file = find_allocation(workspace.round_folder(name), Findings())
    if file is None:
        raise HTTPException(404)
    return download(read_bytes(file, most=MAX_FILE), f"{name} {file.name}")


def _sheet(request: Request) -> Response:
    with reading(request) as session:
        return download(starting_sheet(session), f"{session.name} allocation.csv")


ROUTES = [
    Route("/rounds/{name}/allocation", _allocation),
    Route(
        "/rounds/{name}/allocation",
        with_form(_upload, max_files=1, max_fields=5),
        methods=["POST"],
    ),
    Route("/rounds/{name}/allocation/file", _file),
    Route("/rounds/{name}/allocation/sheet", _sheet),
    Route("/rounds/{name}/allocation/new/{digest}", _new),
    Route("/rounds/{name}/allocation/new/{digest}/use", _use, methods=["POST"]),
    Route("/rounds/{name}/allocation/new/{digest}/discard", _discard, methods=["POST"]),
]
