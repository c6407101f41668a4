"""What stands before every page: the host's name, where a request comes from, who is asking."""

import traceback
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brevgen.desk.desk_log import DeskLog
from brevgen.desk.show import BESIDE, page
from brevgen.desk.visitors import Visit, Visits
from brevgen.language import speaking, telling_paths_in, tr
from brevgen.settings.desk import DeskSettings

OPEN_PATHS = ("/enter", "/login", "/callback", "/health")
"""What is there without a log-in, besides what lies below /static/."""
SAFE_METHODS = ("GET", "HEAD")
MOST_BODY = 20 * 1024 * 1024
"""Bytes of anything sent to the desk: an allocation is far below."""
FORM = "application/x-www-form-urlencoded"
MOST_TYPED = 1024 * 1024
"""Bytes of a form that is kept through a log-in; both texts of a template fit in it."""
MOST_FIELDS = 1_000
"""Fields of such a form."""
LONGEST_PATH = 2_000
"""Characters of a path: the name of a round, at its longest, stands in every one of the desk's."""


def cookie_name(secure: bool) -> str:
    """What the cookie of a session is called.

    By the prefix `__Host-` browsers take it over https only, and from no other host of the domain.
    """
    return "__Host-brevgen" if secure else "brevgen"


def on_the_way_name(secure: bool) -> str:
    """What the cookie of a browser is called that was sent away to log in."""
    return f"{cookie_name(secure)}-login"


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


@dataclass(frozen=True)
class Told:
    """Whom a proxy says is logged in.

    Args:
        identity: what it calls the person.
        groups: those the person is in.
    """

    identity: str
    groups: tuple[str, ...]


class Guard:
    """Refuses what does not come from the desk's own pages, and lets only those in who logged in.

    A request that changes something must say that it comes from here: browsers send
    `Sec-Fetch-Site`, or at least `Origin`, and no page of another site can forge these. The host's
    name is held to those the desk is known by, else another name could be made to lead here (DNS
    rebinding).

    Args:
        app: the pages.
        root: the workspace's folder; no page tells where on the machine that lies.
        visits: who is logged in.
        hosts: the names the desk is known by, with the port where there is one.
        log: the desk's own.
        secure: whether it is reached by https.
        desk: the settings of a desk for several people; None for one person on this machine.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        root: Path,
        visits: Visits,
        hosts: Collection[str],
        log: DeskLog,
        secure: bool = False,
        desk: DeskSettings | None = None,
    ) -> None:
        self._app, self._root, self._visits, self._log = app, root, visits, log
        self._hosts, self._secure, self._desk = frozenset(hosts), secure, desk
        self._proxy = desk.proxy if desk is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        key = request.cookies.get(cookie_name(self._secure), "")
        seen = {"visit": None, "key": key, "peer": self._peer(request), "told": None}
        scope["state"] = {**scope.get("state", {}), **seen}
        is_kept, is_begun = request.url.path.startswith("/static/"), False

        async def answer(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if self._secure:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                headers.setdefault("Cache-Control", "max-age=86400" if is_kept else "no-store")
            await send(message)

        with speaking("nb"):
            refusal = self._refusal(request)
        visit = self._visit(request) if refusal is None else None
        scope["state"]["visit"] = visit
        spoken = visit.language if visit is not None else "nb"
        with speaking(spoken), telling_paths_in(self._root):
            if refusal is None and visit is None and not _is_open(request.url.path):
                refusal = await self._stranger(Request(scope, _bounded(receive)))
            try:
                await (refusal or self._app)(scope, _bounded(receive), answer)
            except Exception:
                self._log.warning("broken", request, traceback=traceback.format_exc())
                if is_begun:
                    raise
                await page(request, "broken", 500)(scope, receive, answer)

    def _peer(self, request: Request) -> str:
        """The address that a request comes from; what a proxy of ours says of it, where it does."""
        peer = request.client.host if request.client is not None else ""
        told = request.headers.getlist("x-forwarded-for")
        if self._is_proxy(request) and told:
            return told[-1].rpartition(",")[2].strip() or peer
        return peer

    def _is_proxy(self, request: Request) -> bool:
        peer = request.client.host if request.client is not None else ""
        return self._proxy is not None and peer in self._proxy.addresses

    def _refusal(self, request: Request) -> Response | None:
        headers = request.headers
        if request.url.path == "/health" and request.method in SAFE_METHODS:
            return None  # who asks this is no browser, and learns nothing
        if headers.get("host", "") not in self._hosts:
            return self._refused(request, tr("The desk is not known by this name."), 421)
        if len(request.url.path) > LONGEST_PATH:
            return self._refused(request, tr("There is no such page."), 404)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BODY:
            return self._refused(request, tr("This is more than the desk takes."), 413)
        if request.method not in SAFE_METHODS and not self._is_from_here(headers):
            said = tr("This was not sent from a page of the desk. Open the desk and try again.")
            return self._refused(request, said, 403)
        return self._read_told(request)

    def _refused(
        self, request: Request, said: str, status: Literal[403, 404, 413, 421]
    ) -> Response:
        reasons = {
            403: "not from a page of the desk",
            404: "no address of the desk",
            413: "too long",
            421: "unknown host",
        }
        self._log.warning("refused", request, reason=reasons[status])
        if status == 421:  # under that name no stylesheet is had either
            return PlainTextResponse(said, status)
        shown = {"said": said, "findings": (), "is_missing": status == 404, "name": ""}
        return page(request, "refused", status, **shown)

    def _read_told(self, request: Request) -> Response | None:
        """Read from the header whom the proxy says it is; from all others the header is refused."""
        if self._proxy is None or not self._proxy.header:
            return None
        names = request.headers.getlist(self._proxy.header)
        groups = request.headers.getlist(self._proxy.groups_header or "-")
        if not names and not groups:
            return None
        if not self._is_proxy(request) or len(names) > 1 or len(groups) > 1:
            self._log.warning("refused", request, reason="a header that only the proxy may send")
            return PlainTextResponse(tr("Only the proxy may say who is logged in."), 403)
        if names and names[0]:
            told = [each.strip() for each in ",".join(groups).split(",")]
            request.state.told = Told(names[0], tuple(each for each in told if each))
        return None

    def _visit(self, request: Request) -> Visit | None:
        """The session of a request; ended where the proxy tells of another person or other roles.

        Whoever is still somebody here is let in anew, as what she is by now.
        """
        visit = self._visits.visit(request.state.key, is_used=not _is_beside(request))
        if visit is None or self._desk is None or self._proxy is None or not self._proxy.header:
            return visit
        told, actor = request.state.told, visit.actor
        is_same = told is not None and self._desk.names_of(told.identity) == actor.names
        if is_same and self._desk.roles.of(actor.names, told.groups) == actor.roles:
            return visit
        self._visits.leave(request.state.key)
        return None

    async def _stranger(self, request: Request) -> Response:
        """Where somebody is sent who is not logged in."""
        if request.headers.get("hx-request"):  # a part of a page: the whole page must go there
            headers = {} if _is_beside(request) else {"HX-Refresh": "true"}  # what is typed stays
            return Response(status_code=401, headers=headers)
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if request.method not in SAFE_METHODS:
            said = tr("You are not logged in any more, so nothing was done. Log in and try again.")
            kept = {"typed": await _typed(request), "asked": asked, "port": request.url.port}
            return page(request, "enter", 401, many=self._desk is not None, said=said, **kept)
        if self._desk is None:
            return RedirectResponse("/enter", 303)
        return RedirectResponse(f"/login?to={quote(asked, safe='')}", 303)

    def _is_from_here(self, headers: Headers) -> bool:
        if (site := headers.get("sec-fetch-site")) is not None:
            return site == "same-origin"
        if (origin := headers.get("origin")) is not None:
            scheme = "https" if self._secure else "http"
            parts = urlsplit(origin)
            return parts.scheme == scheme and parts.netloc == headers.get("host")
        return False


def _is_beside(request: Request) -> bool:
    """Whether a page asks by itself what is new beside it."""
    return request.url.path == BESIDE


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith("/static/")


async def _typed(request: Request) -> list[tuple[str, str]]:
    """The fields of a form whose sender's session has ended, for the page to keep meanwhile.

    Returns:
        names and values; none of a form with files, or with more than anybody types.
    """
    kind, length = (request.headers.get(each, "") for each in ("content-type", "content-length"))
    if kind != FORM or not 0 < int(length or 0) <= MOST_TYPED or request.url.path[:2] == "//":
        return []
    try:
        body = (await request.body()).decode()
        return parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:  # it has more fields, or is no form
        return []


def _bounded(receive: Receive) -> Receive:
    """The body, refused where it is longer than anything the desk takes."""
    total = 0

    async def bounded() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > MOST_BODY:
            raise HTTPException(413)
        return message

    return bounded
