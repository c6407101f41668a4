"""Every page of the desk, found by its routes, so that none that is made later is forgotten."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from starlette.routing import Route

from brevgen.desk.app import make_app
from brevgen.desk.visitors import Visits
from brevgen.rounds.replace_allocation import aside
from brevgen.rounds.template_sheets import sheets
from brevgen.workspace import find_workspace
from tests.desk.browser.stages import now

NO_PAGES = {
    "/",
    "/enter",
    "/login",
    "/callback",
    "/health",
    "/work/{key}/progress",
    "/beside",
    "/templates/mail/{key}",
}
"""What leads on, is a part of a page, or is looked at by itself."""
FILES = ("/file", "/sheet", "/csv", "/pdf", "/zip", "/page/{page:int}")
"""How the addresses end that give a file or a picture."""
MORE = {
    "/rounds": (),
    "/new-round": ("?from=sent",),
    "/municipalities": ("?q=as", "?q=", "?q=ingensteds"),
    "/log": ("?page=2", "?round=sent", "?account=ingen"),
    "/rounds/{name}/allocation": ("?used=1",),
    "/rounds/{name}/letters": ("?q=finnes+ikke", "?choose=1", "?none=1", "?sort=-name"),
    "/rounds/{name}/letters/{number:str}": ("?read=list",),
    "/rounds/{name}/letters/{number:str}/compare": ("?with=form", "?with=approved"),
    "/rounds/{name}/answers": ("?show=all", "?show=overdue", "?show=answered"),
    "/rounds/{name}/approve": ("?only=0214",),
    "/rounds/{name}/messages/{number:str}/{place:int}": (),
}
"""What else a page shows, asked for in its address."""


def pages(place: Path) -> list[str]:
    """The paths of the routes that show a page."""
    routes = make_app(place, now, Visits(now), []).router.routes
    return sorted(
        each.path
        for each in routes
        if isinstance(each, Route)
        and "GET" in (each.methods or ())
        and each.path not in NO_PAGES
        and not each.path.endswith(FILES)
    )


def addresses(place: Path, path: str, name: str = "") -> Iterator[str]:
    """The addresses of a page.

    Args:
        place: the workspace.
        path: of its route.
        name: the round, for a page of a round.

    Raises:
        KeyError: the route has a parameter that is not known here; tell what there is of it.
    """
    workspace = find_workspace(place)
    work = (place / ".brevgen" / "work").glob("*/*.jsonl")
    known = {
        "name": [name],
        "digest": aside(workspace, name) if name else [],
        "number:str": ["0214", "0219", "1515"] if path.endswith("{place:int}") else ["0214"],
        "number:int": ["1"],
        "place:int": ["1"],
        "key": sorted(each.stem for each in work),
        "key:path": [each.key for each in sheets(workspace) if each.kind in ("", "request")],
    }
    parameters = re.findall(r"\{(.*?)\}", path)
    for values in product(*(known[each] for each in parameters)):
        address = path
        for parameter, value in zip(parameters, values, strict=True):
            address = address.replace(f"{{{parameter}}}", value)
        yield address
        for query in MORE.get(path, ()):
            yield address + query


def of_round(path: str) -> bool:
    """Whether the page of a route is one of a round."""
    return path.startswith("/rounds/{name}")
