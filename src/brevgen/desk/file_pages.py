"""Files held up to the ledger, whose a PDF is and what mail says that came back; and it itself."""

from datetime import datetime

from pydantic import TypeAdapter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.aside import read_aside
from brevgen.desk.asked import files_in, with_form
from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page
from brevgen.language import tr
from brevgen.rounds.bounces import Bounces, words_of

MOST_FILES = 20
"""Files that are looked at together."""
MOST_SAID = 100
"""Sentences on what does not hold in a ledger; the command line has all of them."""

_BOUNCES = TypeAdapter(Bounces)


def _verify(request: Request) -> Response:
    return page(request, "verify", answers=[], refused="")


def _verified(request: Request, form: FormData) -> Response:
    files = files_in(form)
    if not files:
        refused = tr("Choose a PDF file first.")
        return page(request, "verify", 422, answers=[], refused=refused)
    rounds: OpenRounds = request.app.state.rounds
    answers = read_aside(rounds.root, "verify", files, request.state.visit.actor)
    return page(request, "verify", answers=answers, at=datetime.fromisoformat, refused="")


def _ledger(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    found = read_aside(rounds.root, "ledger", [], request.state.visit.actor)
    return page(request, "ledger", found=found, most=MOST_SAID)


def _returned(request: Request) -> Response:
    return page(request, "returned", found=None, refused="")


def _read_returned(request: Request, form: FormData) -> Response:
    request.state.visit.actor.must_have("send")
    files = files_in(form)
    if not files:
        refused = tr("Choose a saved mail first, or a file of many.")
        return page(request, "returned", 422, found=None, refused=refused)
    rounds: OpenRounds = request.app.state.rounds
    told = read_aside(rounds.root, "bounces", files, request.state.visit.actor)
    found = _BOUNCES.validate_python(told)
    return page(request, "returned", found=found, words_of=words_of, refused="")


ROUTES = [
    Route("/verify", _verify),
    Route("/verify", with_form(_verified, max_files=MOST_FILES), methods=["POST"]),
    Route("/log/verify", _ledger, methods=["POST"]),
    Route("/returned", _returned),
    Route("/returned", with_form(_read_returned, max_files=MOST_FILES), methods=["POST"]),
]
