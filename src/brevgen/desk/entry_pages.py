"""Coming in, going out, and the language."""

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from brevgen.actor import Actor
from brevgen.desk.guard import cookie_name, on_the_way_name
from brevgen.desk.provider import LASTS, LogInFailed, Person, ProviderAway
from brevgen.desk.show import page
from brevgen.language import LANGUAGES, tr

_PATH = re.compile(r"/([^/\\\x00-\x20].*)?", re.DOTALL)


def own_path(text: str) -> str:
    """A path of the desk as it stands; the first page for anything that may lead elsewhere."""
    is_own = _PATH.fullmatch(text) and text.isprintable() and "\\" not in text
    return text if is_own else "/"


def _enter(request: Request) -> Response:
    """Log in by the one-time code in the address."""
    state, code = request.app.state, request.query_params.get("code", "")
    if state.desk is not None or not code:
        return page(request, "enter", many=state.desk is not None, said="")
    if state.failures.are_too_many(request.state.peer):
        return _wait(request)
    visit = state.visits.enter_by_code(code, "nb")
    if visit is None:
        state.failures.note(request.state.peer)
        state.log.warning("log in failed", request, reason="the code is used, too old or unknown")
        said = tr(
            "The code is used or too old. Start the desk anew and open the address that it prints."
        )
        return page(request, "enter", 403, many=False, said=said)
    return _come_in(request, visit, "/rounds")


async def _login(request: Request) -> Response:
    """Send the browser to where people log in; afterwards it comes to the page it asked for."""
    state, to = request.app.state, own_path(request.query_params.get("to", "/"))
    if request.state.visit is not None:
        return RedirectResponse(to, 303)
    if state.desk is None:
        return RedirectResponse("/enter", 303)
    if state.failures.are_too_many(request.state.peer):
        return _wait(request)
    if state.provider is None:
        told = request.state.told
        if told is None:
            return _failed(request, "the proxy says nobody is logged in")
        return _admit(request, Person(told.identity, "", "", told.groups, to))
    if state.begun.are_too_many(request.state.peer):
        return _wait(request)
    state.begun.note(request.state.peer)
    answer: Response
    try:
        answer, key = await state.provider.send_there(request, to)
    except ProviderAway as away:
        return _away(request, str(away))
    name = on_the_way_name(state.secure)
    answer.set_cookie(
        name, key, int(LASTS.total_seconds()), httponly=True, samesite="lax", secure=state.secure
    )
    return answer


async def _callback(request: Request) -> Response:
    """Let in whom the provider has logged in."""
    state = request.app.state
    if state.provider is None:
        return RedirectResponse("/enter", 303)
    if state.failures.are_too_many(request.state.peer):
        return _wait(request)
    name = on_the_way_name(state.secure)
    try:
        person = await state.provider.take_back(request, request.cookies.get(name, ""))
    except ProviderAway as away:
        answer = _away(request, str(away))
    except LogInFailed as failed:
        answer = _failed(request, str(failed))
    else:
        answer = _admit(request, person)
    answer.delete_cookie(name, secure=state.secure, httponly=True, samesite="lax")
    return answer


def _admit(request: Request, person: Person) -> Response:
    """Let a person in who has something to do here."""
    state = request.app.state
    names = state.desk.names_of(person.identity, person.issuer)
    roles = state.desk.roles.of(names, person.groups) if names else None
    who = {"identity": person.identity, "issuer": person.issuer}
    if roles is None:
        state.log.warning("log in refused", request, **who, name=person.name)
        said = tr(
            "You are logged in as {account}, who has nothing to do at this desk. Whoever"
            " administers it gives you a role.",
            account=person.identity,
        )
        return page(request, "enter", 403, many=True, said=said)
    account, *also = names
    login = person.name if person.name != account else ""
    key = state.visits.enter(Actor(account, login, roles, tuple(also)), "nb")
    return _come_in(request, key, person.to, **who)


def _come_in(request: Request, key: str, to: str, **who: str) -> Response:
    """Begin a session under a key that is new, and end the browser's earlier one."""
    state = request.app.state
    state.visits.leave(request.state.key)
    request.state.visit = visit = state.visits.visit(key)
    roles = ", ".join(visit.actor.roles)
    state.log.info("log in", request, login=visit.actor.login, **who, roles=roles)
    answer = RedirectResponse(to, 303)
    answer.set_cookie(
        cookie_name(state.secure), key, httponly=True, samesite="lax", secure=state.secure
    )
    return answer


def _failed(request: Request, reason: str) -> Response:
    request.app.state.failures.note(request.state.peer)
    request.app.state.log.warning("log in failed", request, reason=reason)
    said = tr(
        "You were not logged in. Try once more; if it goes wrong again, tell whoever"
        " administers the desk when it was."
    )
    return page(request, "enter", 403, many=True, said=said)


def _away(request: Request, reason: str) -> Response:
    request.app.state.log.warning("log in failed", request, reason=reason)
    said = tr("The service that logs people in does not answer. Try again in a few minutes.")
    return page(request, "enter", 503, many=True, said=said)


def _wait(request: Request) -> Response:
    request.app.state.log.warning("log in refused", request, reason="too many attempts")
    many = request.app.state.desk is not None
    said = tr("There were too many attempts to log in. Wait five minutes, then try again.")
    answer = page(request, "enter", 429, many=many, said=said)
    answer.headers["Retry-After"] = "300"
    return answer


def _leave(request: Request) -> Response:
    state = request.app.state
    state.visits.leave(request.state.key)
    state.log.info("log out", request)
    answer = RedirectResponse("/enter", 303)
    answer.delete_cookie(
        cookie_name(state.secure), secure=state.secure, httponly=True, samesite="lax"
    )
    return answer


async def _speak(request: Request) -> Response:
    form = await request.form()
    wanted = str(form.get("language", ""))
    for language in LANGUAGES:
        if language == wanted:
            request.app.state.visits.speak(request.state.key, language)
    return RedirectResponse(own_path(str(form.get("back", "/"))), 303)


def _health(request: Request) -> Response:
    return PlainTextResponse("ok")


ROUTES = [
    Route("/enter", _enter),
    Route("/login", _login),
    Route("/callback", _callback),
    Route("/leave", _leave, methods=["POST"]),
    Route("/language", _speak, methods=["POST"]),
    Route("/health", _health),
]
