"""Sending: a trial first, then for real, with the number of messages and the round's name typed."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page
from brevgen.desk.work_pages import begin
from brevgen.errors import Refused
from brevgen.language import tr
from brevgen.rounds.post import NothingToSend, Post, line_up_post


def _shown(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    with rounds.reading(request.path_params["name"], request.state.visit.actor) as session:
        chosen = session.choose()
        try:
            post = line_up_post(session, chosen, for_real=True, named=False)
        except NothingToSend as nothing:
            post = nothing.post
        return page(
            request,
            "send",
            name=session.name,
            post=post,
            chosen=sorted({each.letter.number for each in post.to_send}),
            troubled=_troubled(post),
        )


def _troubled(post: Post) -> list[tuple[str, str, str]]:
    """Messages that a person must settle first: whom, where it stands, what was said."""
    found: list[tuple[str, str, str]] = []
    for each in post.waiting:
        receipt = each.addressee.last_receipt
        found.append((each.label, each.addressee.state, receipt.words if receipt else ""))
    return found


async def _trial(request: Request) -> Response:
    form = await request.form()
    return begin(request, "trial", redirect_to=str(form.get("redirect_to", "")).strip(), limit=3)


async def _send(request: Request) -> Response:
    form = await request.form()
    name = request.path_params["name"]
    if str(form.get("typed", "")).strip() != name:
        raise Refused(
            tr("Nothing was sent: type the name of the round, {name}, to send it.", name=name)
        )
    only = [str(number) for number in form.getlist("only")]
    return begin(request, "send", shown=str(form.get("shown", "")), only=only)


ROUTES = [
    Route("/rounds/{name}/send", _shown),
    Route("/rounds/{name}/send", _send, methods=["POST"]),
    Route("/rounds/{name}/trial", _trial, methods=["POST"]),
]
