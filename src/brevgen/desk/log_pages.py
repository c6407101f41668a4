"""The log: everything that has happened, who did it and when, as the ledger keeps it."""

from dataclasses import asdict
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.asked import workspace_of
from brevgen.desk.show import csv_file, page
from brevgen.language import tr
from brevgen.ledger.told import act_of, particulars_of
from brevgen.rounds.log import Wanted, doer, log

PAGE = 100
"""Events on a page."""
FILTERS = ("round", "municipality", "account", "act")


def _wanted(request: Request) -> Wanted:
    asked = request.query_params
    return Wanted(**{each: asked.get(each, "").strip() for each in FILTERS})


def _log(request: Request) -> Response:
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isdecimal() and 0 < len(asked) < 8 else 1
    number = max(number, 1)
    wanted = _wanted(request)
    found = log(workspace_of(request), wanted, skip=(number - 1) * PAGE, most=PAGE)
    query = urlencode({key: value for key, value in asdict(wanted).items() if value})
    return page(
        request,
        "log",
        found=found,
        wanted=wanted,
        number=number,
        pages=max(1, -(-found.total // PAGE)),
        query=f"{query}&" if query else "",
        doer=doer,
    )


def _as_csv(request: Request) -> Response:
    found = log(workspace_of(request), _wanted(request))
    heads = (
        *(tr("Event"), tr("When"), tr("Who"), tr("Round"), tr("Municipality")),
        *(tr("Our reference"), tr("What"), tr("Particulars")),
    )
    rows = [
        [
            str(each.sequence),
            each.at.isoformat(),
            doer(each),
            each.round,
            each.municipality,
            each.reference,
            act_of(each),
            particulars_of(each),
        ]
        for each in found.events
    ]
    return csv_file("logg.csv", heads, rows)


ROUTES = [Route("/log", _log), Route("/log/csv", _as_csv)]
