"""Files held up to the ledger, whose a PDF is and what mail says that came back; and it itself."""

from datetime import datetime

from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.aside import Uploaded, read_aside
from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page
from brevgen.language import tr
from brevgen.rounds.bounces import Bounces, words_of

MOST_FILES = 20
"""Files that are looked at together."""
MOST_SAID = 100
"""Sentences on what does not hold in a ledger; the command line has all of them."""

_BOUNCES = TypeAdapter(Bounces)


async def _sent(request: Request) -> list[Uploaded]:
    """The files that were chosen."""
    async with request.form(max_files=MOST_FILES) as form:
        return [
            Uploaded(each.filename, await each.read())
            for each in form.getlist("file")
            if isinstance(each, UploadFile) and each.filename
        ]


def _verify(request: Request) -> Response:
    return page(request, "verify", answers=[], refused="")


async def _verified(request: Request) -> Response:
    files = await _sent(request)
    if not files:
        refused = tr("Choose a PDF file first.")
        return page(request, "verify", 422, answers=[], refused=refused)
    return await run_in_threadpool(_told, request, files)


def _told(request: Request, files: list[Uploaded]) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    answers = read_aside(rounds.root, "verify", files, request.state.visit.actor)
    return page(request, "verify", answers=answers, at=datetime.fromisoformat, refused="")


def _ledger(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    found = read_aside(rounds.root, "ledger", [], request.state.visit.actor)
    return page(request, "ledger", found=found, most=MOST_SAID)


def _returned(request: Request) -> Response:
    return page(request, "returned", found=None, refused="")


async def _read_returned(request: Request) -> Response:
    request.state.visit.actor.must_have("send")
    files = await _sent(request)
    if not files:
        refused = tr("Choose a saved mail first, or a file of many.")
        return page(request, "returned", 422, found=None, refused=refused)
    return await run_in_threadpool(_taken_in, request, files)


def _taken_in(request: Request, files: list[Uploaded]) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    told = read_aside(rounds.root, "bounces", files, request.state.visit.actor)
    found = _BOUNCES.validate_python(told)
    return page(request, "returned", found=found, words_of=words_of, refused="")


ROUTES = [
    Route("/verify", _verify),
    Route("/verify", _verified, methods=["POST"]),
    Route("/log/verify", _ledger, methods=["POST"]),
    Route("/returned", _returned),
    Route("/returned", _read_returned, methods=["POST"]),
]
