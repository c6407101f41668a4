"""Sending: a trial first, then for real, with the number of messages and the round's name typed."""

from collections import Counter
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.asked import numbers_in, reading, with_form
from brevgen.desk.show import page
from brevgen.desk.work_pages import begin
from brevgen.errors import Refused
from brevgen.language import tr, untranslated
from brevgen.ledger.records import Role
from brevgen.rounds.addressees import kept_as
from brevgen.rounds.post import NothingToSend, Post, line_up_post, what_to_send
from brevgen.rounds.sendings import Message, messages_to
from brevgen.rounds.session import RoundSession
from brevgen.settings.round import ChannelName

TRIED = 3
"""Letters of a trial."""
ROLES: dict[Role, str] = {
    "mayor": untranslated("mayors"),
    "chief_executive": untranslated("chief executives"),
    "municipality": untranslated("municipalities"),
    "mailbox": untranslated("mailboxes of municipalities"),
    "copied": untranslated("copies to others"),
}
"""Who gets messages, by their role."""
CALLED: dict[ChannelName, str] = {
    "mail": untranslated("Messages by e-mail"),
    "outbox": untranslated("Messages, as files in the outbox folder"),
    "svarut": untranslated("Messages through SvarUt"),
    "svarut-folder": untranslated("Messages, as files for the portal of SvarUt"),
}
"""What messages are called, by the way they go."""


def _shown(request: Request, status: int = 200, **wrong: str) -> Response:
    """What would be sent now, with what is wrong with a form that was sent from the page."""
    with reading(request) as session:
        only = request.query_params.getlist("only")
        chosen, channel = session.choose(only), kept_as(session.channel)
        try:
            post = line_up_post(session, chosen, for_real=True, named=False)
        except NothingToSend as nothing:
            post = nothing.post
        trial = what_to_send(
            session.letters(), only=chosen, limit=TRIED, for_real=False, channel=channel
        )
        return page(
            request,
            "send",
            status,
            name=session.name,
            post=post,
            roles=_roles(post),
            called=CALLED[session.channel],
            by_mail=channel == "mail",
            leaves=session.channel != "outbox",
            query=f"?{urlencode([('only', each) for each in only])}" if only else "",
            only=len(chosen) if only else 0,
            chosen=sorted({each.letter.number for each in post.to_send}),
            waiting=_waiting(session, post),
            trial=trial,
            is_all_sent=bool(chosen) and not (post.to_send or post.waiting or post.not_ready),
            wrong={"typed": "", "redirect_to": "", "to": ""} | wrong,
        )


def _roles(post: Post) -> list[tuple[str, int]]:
    """Who gets the messages, and how many."""
    counts = Counter(each.addressee.recipient.role for each in post.to_send)
    return [(title, counts[role]) for role, title in ROLES.items() if counts[role]]


def _waiting(session: RoundSession, post: Post) -> list[Message]:
    """The messages that a person must settle first."""
    numbers = {each.letter.number for each in post.waiting}
    every = [message for number in sorted(numbers) for message in messages_to(session, number)]
    return [each for each in every if each.state in ("uncertain", "refused", "sending")]


@with_form
def _trial(request: Request, form: FormData) -> Response:
    to = str(form.get("redirect_to", "")).strip()
    only = request.query_params.getlist("only")
    try:  # see, before anything is begun, whether there is a trial to send and whom to
        with reading(request) as session:
            chosen = session.choose(only)
            line_up_post(session, chosen, limit=TRIED, redirect_to=to, for_real=False, named=False)
    except Refused as refusal:
        return _shown(request, 422, redirect_to=str(refusal), to=to)
    return begin(request, "trial", redirect_to=to, limit=TRIED, only=only)


@with_form
def _send(request: Request, form: FormData) -> Response:
    name = request.path_params["name"]
    if str(form.get("typed", "")).strip() != name:
        said = tr("Type the name of the round, {name}, to send it.", name=name)
        return _shown(request, 409, typed=said)
    return begin(request, "send", shown=str(form.get("shown", "")), only=numbers_in(form))


ROUTES = [
    Route("/rounds/{name}/send", _shown),
    Route("/rounds/{name}/send", _send, methods=["POST"]),
    Route("/rounds/{name}/trial", _trial, methods=["POST"]),
]
