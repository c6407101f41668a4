"""Coming in, going out, and the language."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.guard import COOKIE
from brevgen.desk.show import page
from brevgen.language import LANGUAGES


def _enter(request: Request) -> Response:
    """Log in by the one-time code in the address."""
    code = request.query_params.get("code", "")
    if not code:
        return page(request, "enter", refused=False)
    key = request.app.state.visits.enter_by_code(code, "nb")
    if key is None:
        return page(request, "enter", 403, refused=True)
    answer = RedirectResponse("/rounds", 303)
    answer.set_cookie(
        COOKIE, key, httponly=True, samesite="lax", secure=request.app.state.secure, path="/"
    )
    return answer


def _leave(request: Request) -> Response:
    request.app.state.visits.leave(request.state.key)
    answer = RedirectResponse("/enter", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


async def _speak(request: Request) -> Response:
    form = await request.form()
    wanted = str(form.get("language", ""))
    for language in LANGUAGES:
        if language == wanted:
            request.app.state.visits.speak(request.state.key, language)
    back = str(form.get("back", "/"))
    # only to a page of the desk: “//elsewhere.example” would be another site
    is_here = back.startswith("/") and not back.startswith(("//", "/\\"))
    return RedirectResponse(back if is_here else "/", 303)


ROUTES = [
    Route("/enter", _enter),
    Route("/leave", _leave, methods=["POST"]),
    Route("/language", _speak, methods=["POST"]),
]
