"""The page of one's own account: what it may do, and its passkeys."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.asked import with_form, workspace_of
from brevgen.desk.opened import OpenRounds
from brevgen.desk.passkey_forms import host, new_passkey_in, origin, to_make, usable
from brevgen.desk.show import page
from brevgen.errors import Refused
from brevgen.rounds.passkeys import (
    passkeys_of,
    register_passkey,
    registration_challenge,
    remove_passkey,
)


def _shown(request: Request, problem: str = "", status: int = 200) -> Response:
    workspace, actor = workspace_of(request), request.state.visit.actor
    administers = "administer" in actor.roles
    every = passkeys_of(workspace, "" if administers else actor.account)
    own = [each for each in every if each.account == actor.account]
    name = host(request)
    challenge = registration_challenge(request.state.key)
    return page(
        request,
        "account",
        status,
        own=own,
        others=[each for each in every if each.account != actor.account],
        host=name,
        asked=to_make(usable(own, name), name, actor.account, challenge) if name else None,
        may_register="approve" in actor.roles,
        is_required=workspace.settings.approval.passkey == "required",
        problem=problem,
    )


@with_form
def _register(request: Request, form: FormData) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    try:
        register_passkey(
            rounds.workspace,
            request.state.visit.actor,
            rounds.clock,
            new_passkey_in(form),
            host=host(request),
            origin=origin(request),
            challenge=registration_challenge(request.state.key),
        )
    except Refused as refusal:
        return _shown(request, problem=str(refusal), status=409)
    return RedirectResponse("/account", 303)


@with_form
def _remove(request: Request, form: FormData) -> Response:
    rounds: OpenRounds = request.app.state.rounds
    credential_id = str(form.get("credential_id", ""))
    try:
        remove_passkey(rounds.workspace, request.state.visit.actor, rounds.clock, credential_id)
    except Refused as refusal:
        return _shown(request, problem=str(refusal), status=409)
    return RedirectResponse("/account", 303)


ROUTES = [
    Route("/account", _shown),
    Route("/account/passkeys", _register, methods=["POST"]),
    Route("/account/passkeys/remove", _remove, methods=["POST"]),
]
