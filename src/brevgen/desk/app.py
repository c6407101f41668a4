"""The desk as a web application: its pages, and what stands before them."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from brevgen.desk import (
    allocation_pages,
    approval_pages,
    entry_pages,
    letter_pages,
    round_pages,
    sending_pages,
    template_pages,
    work_pages,
)
from brevgen.desk.guard import Guard
from brevgen.desk.images import PageImages
from brevgen.desk.opened import OpenRounds
from brevgen.desk.previews import Previews
from brevgen.desk.show import page
from brevgen.desk.visitors import Visits
from brevgen.desk.work import WorkOfAll
from brevgen.errors import BrevgenError, ExitCode
from brevgen.findings import FaultyInput
from brevgen.language import tr

STATIC = Path(__file__).parent / "static"
STATUS = {
    ExitCode.FAULTY_INPUT: 422,
    ExitCode.WRONG_USE: 404,
    ExitCode.REFUSED: 409,
    ExitCode.PARTLY_DONE: 503,
}
"""The HTTP status of an error, by its exit code."""


def make_app(
    root: Path,
    clock: Callable[[], datetime],
    visits: Visits,
    hosts: Collection[str],
    *,
    secure: bool = False,
) -> Starlette:
    """The desk of a workspace.

    Args:
        root: the workspace's folder.
        clock: tells the time, aware.
        visits: who is logged in.
        hosts: the names the desk is known by, with the port where there is one.
        secure: whether it is reached by https.
    """

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        app.state.rounds = OpenRounds(root, clock)
        app.state.visits, app.state.secure = visits, secure
        app.state.images = PageImages()
        app.state.previews = Previews(root)
        app.state.work = WorkOfAll(root, clock)
        try:
            yield
        finally:
            app.state.work.close()
            app.state.images.close()
            app.state.previews.close()

    return Starlette(
        routes=[
            Route("/", _home),
            *entry_pages.ROUTES,
            *round_pages.ROUTES,
            *allocation_pages.ROUTES,
            *letter_pages.ROUTES,
            *approval_pages.ROUTES,
            *sending_pages.ROUTES,
            *work_pages.ROUTES,
            *template_pages.ROUTES,
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Guard, visits=visits, hosts=hosts, secure=secure)],
        exception_handlers={BrevgenError: _refused, HTTPException: _not_there},
        lifespan=life,
    )


async def _home(request: Request) -> Response:
    return RedirectResponse("/rounds", 303)


def _refused(request: Request, error: Exception) -> Response:
    """What went wrong, as the command line would say it."""
    assert isinstance(error, BrevgenError), "registered for these only"
    findings = error.findings if isinstance(error, FaultyInput) else []
    status = STATUS[ExitCode(error.exit_code)]
    said = "" if findings else str(error)
    return page(request, "refused", status, said=said, findings=findings)


def _not_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for these only"
    said = tr("There is no such page.") if error.status_code == 404 else str(error.detail)
    return page(request, "refused", error.status_code, said=said, findings=[])
