"""What stands before every page: the host's name, where a request comes from, who is asking."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brevgen.desk.visitors import Visits
from brevgen.language import speaking, tr

COOKIE = "brevgen"
OPEN_PATHS = ("/enter", "/static/")
"""What is there without a log-in."""
SAFE_METHODS = ("GET", "HEAD")
MOST_BODY = 20 * 1024 * 1024
"""Bytes of anything sent to the desk: an allocation is far below."""

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""With every answer; browsers load nothing from elsewhere, and run no script in a page."""


class Guard:
    """Refuses what does not come from the desk's own pages, and lets only those in who logged in.

    A request that changes something must say that it comes from here: browsers send
    `Sec-Fetch-Site`, or at least `Origin`, and no page of another site can forge these. The host's
    name is held to those the desk is known by, else another name could be made to lead here (DNS
    rebinding).

    Args:
        app: the pages.
        visits: who is logged in.
        hosts: the names the desk is known by, with the port where there is one.
        secure: whether it is reached by https.
    """

    def __init__(
        self, app: ASGIApp, *, visits: Visits, hosts: Collection[str], secure: bool = False
    ) -> None:
        self._app, self._visits = app, visits
        self._hosts, self._secure = frozenset(hosts), secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refusal = self._refusal(request)
        key = request.cookies.get(COOKIE, "")
        visit = self._visits.visit(key) if refusal is None else None
        if refusal is None and visit is None and not request.url.path.startswith(OPEN_PATHS):
            refusal = RedirectResponse("/enter", 303)
        scope["state"] = {**scope.get("state", {}), "visit": visit, "key": key}
        is_kept = request.url.path.startswith("/static/")

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "max-age=86400" if is_kept else "no-store")
            await send(message)

        language = visit.language if visit is not None else "nb"
        with speaking(language):
            await (refusal or self._app)(scope, _bounded(receive), answer)

    def _refusal(self, request: Request) -> Response | None:
        headers = request.headers
        if headers.get("host", "") not in self._hosts:
            return PlainTextResponse(tr("The desk is not known by this name."), 421)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BODY:
            return PlainTextResponse(tr("This is more than the desk takes."), 413)
        if request.method not in SAFE_METHODS and not self._is_from_here(headers):
            return PlainTextResponse(
                tr("This was not sent from a page of the desk. Open the desk and try again."), 403
            )
        return None

    def _is_from_here(self, headers: Headers) -> bool:
        if (site := headers.get("sec-fetch-site")) is not None:
            return site == "same-origin"
        if (origin := headers.get("origin")) is not None:
            scheme = "https" if self._secure else "http"
            parts = urlsplit(origin)
            return parts.scheme == scheme and parts.netloc == headers.get("host")
        return False


def _bounded(receive: Receive) -> Receive:
    """The body, cut off where it is longer than anything the desk takes."""
    total = 0

    async def bounded() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > MOST_BODY:
            return {"type": "http.disconnect"}
        return message

    return bounded
