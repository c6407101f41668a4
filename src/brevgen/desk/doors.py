"""Who may send something to which address, asked before anything of it is read.

The use cases ask once more; here nobody's upload is read who may not send it, and an address that
is forgotten here is noticed when the desk starts.
"""

from collections.abc import Mapping
from copy import copy

from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from brevgen.actor import Actor, Role

NEEDED: Mapping[str, tuple[Role, ...]] = {
    "/leave": (),
    "/language": (),
    "/verify": (),
    "/log/verify": ("administer",),
    "/new-round": ("make",),
    "/returned": ("send",),
    "/account/passkeys": ("approve",),
    "/account/passkeys/remove": (),  # one's own
    "/templates/edit/{key:path}": ("make",),
    "/rounds/{name}/settings": ("make",),
    "/rounds/{name}/settings/text": ("make",),
    "/rounds/{name}/allocation": ("make",),
    "/rounds/{name}/allocation/new/{digest}/use": ("make",),
    "/rounds/{name}/allocation/new/{digest}/discard": ("make",),
    "/rounds/{name}/generate": ("make",),
    "/rounds/{name}/letters": (),  # chooses letters; what is done with them asks for its role
    "/rounds/{name}/letters/{number:str}/read": ("make", "approve"),
    "/rounds/{name}/ask": ("make",),
    "/rounds/{name}/ask/take-back": ("make",),
    "/rounds/{name}/approve": ("approve",),
    "/rounds/{name}/send-back": ("approve",),
    "/rounds/{name}/withdraw": ("approve",),
    "/rounds/{name}/send": ("send",),
    "/rounds/{name}/trial": ("send",),
    "/rounds/{name}/follow-up": ("follow up",),
    "/rounds/{name}/messages/{number:str}/{place:int}/settle": ("send",),
    "/rounds/{name}/messages/{number:str}/{place:int}/again": ("send",),
    "/rounds/{name}/answers": ("follow up",),
    "/rounds/{name}/answers/import": ("follow up",),
    "/rounds/{name}/answers/remind": ("follow up",),
    "/rounds/{name}/archive": ("follow up",),
    "/rounds/{name}/archive/numbers": ("follow up",),
    "/work/{key}/stop": (),  # asks for the role of the work
}
"""One of these roles is needed; none of them where whoever may look may send."""


def with_door(route: BaseRoute) -> BaseRoute:
    """A route that refuses who has no role for what is sent there.

    Raises:
        LookupError: it is told nowhere who may.
    """
    if not isinstance(route, Route) or "POST" not in (route.methods or ()):
        return route
    if route.path not in NEEDED:
        raise LookupError(f"NEEDED does not tell who may send something to {route.path}")
    roles, inside = NEEDED[route.path], route.app

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        actor: Actor = scope["state"]["visit"].actor
        if roles and not set(roles) & set(actor.roles):
            actor.must_have(roles[0])
        await inside(scope, receive, send)

    guarded = copy(route)
    guarded.app = door
    return guarded
