"""The desk as a web application: its pages, and what stands before them."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, closing
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from traceback import format_exception

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from brevgen.actor import process_actor
from brevgen.desk import (
    account_pages,
    allocation_pages,
    answer_pages,
    approval_pages,
    archive_pages,
    compare_pages,
    entry_pages,
    file_pages,
    history_pages,
    letter_pages,
    letters_pages,
    log_pages,
    message_pages,
    new_round_pages,
    reading_pages,
    request_pages,
    round_pages,
    sending_pages,
    settings_pages,
    settings_text_pages,
    template_pages,
    withdraw_pages,
    work_pages,
)
from brevgen.desk.attempts import Attempts
from brevgen.desk.desk_log import DeskLog
from brevgen.desk.doors import with_door
from brevgen.desk.guard import Guard
from brevgen.desk.images import PageImages
from brevgen.desk.looking import Looks
from brevgen.desk.opened import OpenRounds
from brevgen.desk.places import Places
from brevgen.desk.previews import Previews
from brevgen.desk.provider import Provider
from brevgen.desk.show import page
from brevgen.desk.visitors import Visits
from brevgen.desk.work import WorkOfAll
from brevgen.errors import BrevgenError, ExitCode, LedgerUnusable, MayNot
from brevgen.files import os_reason
from brevgen.findings import FaultyInput, Finding
from brevgen.language import speaking, telling_paths_in, tr, untranslated
from brevgen.letter.printable import font_file
from brevgen.settings.desk import DeskSettings

STATIC = Path(__file__).parent / "static"
STATUS = {
    ExitCode.FAULTY_INPUT: 422,
    ExitCode.WRONG_USE: 404,
    ExitCode.REFUSED: 409,
    ExitCode.PARTLY_DONE: 503,
}
"""The HTTP status of an error, by its exit code."""
SAID = {
    400: untranslated(
        "What was sent is no form of the desk, or has more in it than one of the desk's can have."
        " Nothing was done. Go back, open the page anew and try again."
    ),
    404: untranslated("There is no such page."),
    405: untranslated("This page does nothing of that kind."),
    413: untranslated("This is more than the desk takes."),
}
"""What is said of a status that nobody has said anything of."""


def make_app(
    root: Path,
    clock: Callable[[], datetime],
    visits: Visits,
    hosts: Collection[str],
    *,
    secure: bool = False,
    desk: DeskSettings | None = None,
    secret: str = "",
    warm: bool = False,
) -> Starlette:
    """The desk of a workspace.

    Args:
        root: the workspace's folder.
        clock: tells the time, aware.
        visits: who is logged in.
        hosts: the names the desk is known by, with the port where there is one.
        secure: whether it is reached by https.
        desk: the settings of a desk for several people; None for one person on this machine.
        secret: the desk's secret at the OpenID provider, if there is one.
        warm: whether all rounds are opened, and a process for previews begun, before anybody asks
            for them.
    """
    log = DeskLog(clock)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        app.state.rounds, app.state.places = OpenRounds(root, clock), Places(clock)
        app.state.visits, app.state.secure, app.state.desk = visits, secure, desk
        app.state.log, app.state.failures = log, Attempts(clock)
        app.state.begun = Attempts(clock, of_one=60, of_all=600)
        app.state.provider = None
        if desk is not None and desk.oidc is not None:
            back = f"https://{desk.host}/callback"
            app.state.provider = Provider(desk.oidc, secret, back, clock)
        app.state.looks = Looks(root, clock)
        with (
            closing(Previews(root)) as app.state.previews,
            closing(PageImages()) as app.state.images,
            closing(WorkOfAll(root, clock)) as app.state.work,
        ):
            if warm:
                Thread(target=_warm_up, args=(app,), daemon=True).start()
            yield

    return Starlette(
        routes=list(map(with_door, ROUTES)),
        middleware=[
            Middleware(
                Guard, root=root, visits=visits, hosts=hosts, log=log, secure=secure, desk=desk
            )
        ],
        exception_handlers={
            BrevgenError: _refused,
            HTTPException: _not_there,
            OSError: _no_file,
        },
        lifespan=life,
    )


def _warm_up(app: Starlette) -> None:
    rounds: OpenRounds = app.state.rounds
    # as they are told to those who have chosen nothing
    with speaking("nb"), telling_paths_in(rounds.root):
        rounds.warm_up(process_actor())
    app.state.previews.warm_up()


async def _home(request: Request) -> Response:
    return RedirectResponse("/rounds", 303)


def _refused(request: Request, error: Exception) -> Response:
    """What went wrong, as the command line would say it."""
    assert isinstance(error, BrevgenError), "registered for these only"
    findings = error.findings if isinstance(error, FaultyInput) else []
    status = STATUS[ExitCode(error.exit_code)]
    if isinstance(error, LedgerUnusable):  # what was asked for is there all the same
        status = 409
    if isinstance(error, MayNot):
        request.app.state.log.warning("refused", request, reason="no role for it")
        status = 403
    said = "" if findings else str(error)
    return _said(request, status, said, findings)


def _said(request: Request, status: int, said: str, findings: Sequence[Finding] = ()) -> Response:
    return page(
        request,
        "refused",
        status,
        said=said,
        findings=findings,
        is_missing=status == HTTPStatus.NOT_FOUND,
        name=request.path_params.get("name", ""),
    )


def _no_file(request: Request, error: Exception) -> Response:
    """A disk that is full, or a file that the desk's account may not read or write."""
    assert isinstance(error, OSError), "registered for these only"
    request.app.state.log.warning("broken", request, traceback="".join(format_exception(error)))
    said = tr(
        "A file could not be read or written: {reason}. What was asked for is not done. Tell"
        " whoever administers the desk.",
        reason=os_reason(error),
    )
    return _said(request, HTTPStatus.SERVICE_UNAVAILABLE, said)


def _not_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for these only"
    is_own = error.status_code == 404 and error.detail != HTTPStatus.NOT_FOUND.phrase
    said = str(error.detail) if is_own else tr(SAID.get(error.status_code, SAID[404]))
    answer = _said(request, error.status_code, said)
    answer.headers.update(error.headers or {})
    return answer


ROUTES = [
    Route("/", _home),
    *entry_pages.ROUTES,
    *round_pages.ROUTES,
    *new_round_pages.ROUTES,
    *settings_pages.ROUTES,
    *settings_text_pages.ROUTES,
    *allocation_pages.ROUTES,
    *letters_pages.ROUTES,
    *letter_pages.ROUTES,
    *compare_pages.ROUTES,
    *reading_pages.ROUTES,
    *approval_pages.ROUTES,
    *request_pages.ROUTES,
    *withdraw_pages.ROUTES,
    *account_pages.ROUTES,
    *sending_pages.ROUTES,
    *message_pages.ROUTES,
    *answer_pages.ROUTES,
    *archive_pages.ROUTES,
    *file_pages.ROUTES,
    *history_pages.ROUTES,
    *log_pages.ROUTES,
    *work_pages.ROUTES,
    *template_pages.ROUTES,
    Mount("/static/fonts", StaticFiles(directory=font_file("Regular").parent)),
    Mount("/static", StaticFiles(directory=STATIC)),
]
