"""The archive: what it would get, the package to download, and the numbers it gives back."""

from pydantic import TypeAdapter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from brevgen.desk.aside import read_aside
from brevgen.desk.asked import files_in, reading, with_form
from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page
from brevgen.desk.work_pages import begin
from brevgen.errors import Refused
from brevgen.findings import FaultyInput
from brevgen.language import tr
from brevgen.rounds.archive import planned_archive, zip_of
from brevgen.rounds.archive_entries import WHY
from brevgen.rounds.archive_numbers import KeptNumbers

MOST_SPREADSHEET = 2_000_000
"""Bytes of a spreadsheet of numbers."""

_KEPT = TypeAdapter(KeptNumbers)


def _shown(request: Request, status: int = 200, **values: object) -> Response:
    """What the archive would get, with what became of a spreadsheet of numbers."""
    nothing: dict[str, object] = {"kept": None, "file": "", "findings": [], "refused": ""}
    with reading(request) as session:
        planned = planned_archive(session)
        return page(
            request,
            "archive",
            status,
            name=session.name,
            planned=planned,
            sent=sum(each.sent_at is not None for each in planned.letters),
            why=WHY,
            has_zip=planned.is_made and zip_of(session).is_file(),
            **nothing | values,
        )


def _make(request: Request) -> Response:
    with reading(request) as session:
        is_empty = not planned_archive(session).letters
    if is_empty:
        raise Refused(tr("No letter is approved and sealed, so there is nothing to hand over."))
    return begin(request, "archive")


def _download(request: Request) -> Response:
    with reading(request) as session:
        package = zip_of(session)
    if not package.is_file():
        raise HTTPException(404, tr("Nothing was made for the archive yet."))
    return FileResponse(package, media_type="application/zip", filename=f"{session.name}-arkiv.zip")


@with_form
def _numbers(request: Request, form: FormData) -> Response:
    file = next(iter(files_in(form)), None)
    if file is None or not file.data:
        return _shown(request, 422, refused=tr("Choose a spreadsheet first: .xlsx or .csv."))
    if len(file.data) > MOST_SPREADSHEET:
        said = tr("This file is too large to be a spreadsheet of numbers.")
        return _shown(request, 413, refused=said)
    rounds: OpenRounds = request.app.state.rounds
    name = rounds.workspace.round_name(request.path_params["name"])
    actor = request.state.visit.actor
    actor.must_have("follow up")
    try:
        told = read_aside(
            rounds.root,
            "archive numbers",
            [file],
            actor,
            round=name,
            replace=bool(form.get("replace")),
        )
    except FaultyInput as faults:
        return _shown(request, 422, findings=faults.findings, file=file.name)
    return _shown(request, kept=_KEPT.validate_python(told), file=file.name)


ROUTES = [
    Route("/rounds/{name}/archive", _shown),
    Route("/rounds/{name}/archive", _make, methods=["POST"]),
    Route("/rounds/{name}/archive/zip", _download),
    Route("/rounds/{name}/archive/numbers", _numbers, methods=["POST"]),
]
