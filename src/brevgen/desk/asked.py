"""What a request asks for: the round its address names, and what stands in its form."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from functools import wraps

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from brevgen.desk.aside import Uploaded
from brevgen.desk.opened import OpenRounds
from brevgen.rounds.session import RoundSession
from brevgen.workspace import Workspace


def workspace_of(request: Request) -> Workspace:
    """The workspace with its settings as they are now."""
    rounds: OpenRounds = request.app.state.rounds
    return rounds.workspace


def may_make(request: Request) -> bool:
    """Whether whoever asks may change what letters are made from."""
    return "make" in request.state.visit.actor.roles


def reading(request: Request, name: str = "") -> AbstractContextManager[RoundSession]:
    """The round that a page is of, or another, as it is now, for whoever asks to look at."""
    rounds: OpenRounds = request.app.state.rounds
    return rounds.reading(name or request.path_params["name"], request.state.visit.actor)


def changing(request: Request) -> AbstractContextManager[RoundSession]:
    """The round that a page is of, on its own, for whoever asks to change."""
    rounds: OpenRounds = request.app.state.rounds
    return rounds.changing(request.path_params["name"], request.state.visit.actor)


def with_form(
    answer: Callable[[Request, FormData], Response], **most: int
) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of a function that answers a form: in a thread, as pages are answered.

    Args:
        most: how many files and fields it may bring, and how large; as for `Request.form`.
    """

    @wraps(answer)
    async def answered(request: Request) -> Response:
        async with request.form(**most) as form:
            return await run_in_threadpool(answer, request, form)

    return answered


def files_in(form: FormData) -> list[Uploaded]:
    """The files that were chosen in a form."""
    return [
        Uploaded(each.filename, each.file.read())
        for each in form.getlist("file")
        if isinstance(each, UploadFile) and each.filename
    ]


def numbers_in(form: FormData) -> list[str]:
    """The numbers of the letters that are chosen in a form."""
    return [str(number) for number in form.getlist("only")]


def shown_in(form: FormData) -> str:
    """The digest of what a form was shown with; where it brings none, one that nothing has."""
    return str(form.get("shown", "")) or "nothing"
