"""The log: everything that has happened, who did it and when, as the ledger keeps it."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import csv_file, page
from brevgen.language import tr
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import Event
from brevgen.ledger.told import CUT_OFF, act_of, particulars_of

PAGE = 100
"""Events on a page."""
FILTERS = ("round", "municipality", "account", "act")


def actor_of(event: Event) -> str:
    """Who did it; the system where no person did."""
    is_by_itself = event.act == "ledger brought up to date" or event.what.endswith(CUT_OFF)
    return tr("System") if is_by_itself or not event.actor.account else str(event.actor)


def _chosen(request: Request) -> dict[str, str]:
    return {each: request.query_params.get(each, "").strip() for each in FILTERS}


def _events(
    request: Request, skip: int = 0, most: int | None = None
) -> tuple[list[Event], int, dict[str, list[str]]]:
    """The events that were asked for, how many there are in all, and what can be asked for."""
    rounds: OpenRounds = request.app.state.rounds
    chosen = _chosen(request)
    with LedgerReader(rounds.workspace.ledger) as ledger:
        found, total = ledger.log(
            round_name=chosen["round"],
            municipality=chosen["municipality"],
            account=chosen["account"],
            act=chosen["act"],
            skip=skip,
            most=most,
        )
        return found, total, ledger.known_in_log()


def _log(request: Request) -> Response:
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isdecimal() and 0 < len(asked) < 8 else 1
    number = max(number, 1)
    events, total, known = _events(request, (number - 1) * PAGE, PAGE)
    chosen = _chosen(request)
    query = urlencode({key: value for key, value in chosen.items() if value})
    return page(
        request,
        "log",
        events=events,
        total=total,
        known=known,
        chosen=chosen,
        number=number,
        pages=max(1, -(-total // PAGE)),
        query=f"{query}&" if query else "",
        actor_of=actor_of,
    )


def _as_csv(request: Request) -> Response:
    events, _, _ = _events(request)
    heads = (
        *(tr("Event"), tr("When"), tr("Who"), tr("Round"), tr("Municipality")),
        *(tr("Reference"), tr("What"), tr("Particulars")),
    )
    rows = [
        [
            str(each.sequence),
            each.at.isoformat(),
            actor_of(each),
            each.round,
            each.municipality,
            each.reference,
            act_of(each),
            particulars_of(each),
        ]
        for each in events
    ]
    return csv_file("logg.csv", heads, rows)


ROUTES = [Route("/log", _log), Route("/log/csv", _as_csv)]
