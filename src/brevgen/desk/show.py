"""Pages written: every word of a person's in the language of her session, everything escaped."""

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

from babel.dates import format_date, format_datetime
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from brevgen import __version__
from brevgen.channels.words import shown
from brevgen.desk.opened import OpenRounds, round_being_read
from brevgen.desk.place_words import page_of, place_in_words
from brevgen.desk.places import Places, is_overview, round_of
from brevgen.desk.round_stage import OnItsWay, on_its_way
from brevgen.desk.work import Work, WorkOfAll
from brevgen.errors import BrevgenError
from brevgen.language import language, tr, tr_many
from brevgen.ledger.told import act_of, particulars_of
from brevgen.letter.wording import spaced
from brevgen.rounds.answer_status import words_of
from brevgen.tables.csv_file import as_text_cell, csv_bytes

BESIDE = "/beside"
"""The part of every page that tells of others, and how long a session lasts still."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("brevgen.desk", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(tr=tr, tr_many=_tr_many, language=language, version=__version__)
    environment.globals.update(act_of=act_of, particulars_of=particulars_of)
    environment.globals.update(round_at=round_at, progress=_progress, ledger_doubt=_doubt)
    environment.globals.update(words_shown=shown, answer_words=words_of)
    environment.filters.update(where=place_in_words, page_of=page_of)
    environment.filters.update(number=spaced, day=_day, time=_time, second=_second, lasts=_lasts)
    return environment


_how_far: ContextVar[Callable[[], OnItsWay]] = ContextVar("how_far", default=OnItsWay)
"""Finds out how far the round is that the page is of which is being written."""


def page(
    request: Request, template: str, status: int = 200, of_round: str = "", /, **values: Any
) -> HTMLResponse:
    """A page from its template.

    Args:
        template: its name, without ending.
        of_round: the round it is of, where its address does not name that.
    """
    written = _environment().get_template(f"{template}.html")
    visit = getattr(request.state, "visit", None)
    rounds: OpenRounds = request.app.state.rounds
    here, name = request.scope["path"], request.path_params.get("name", "")
    if here == BESIDE:
        here = request.query_params.get("of", "")
        name = round_of(here)
    # the page that tells of a fault asks nothing that may be at fault
    asks = visit is not None and template != "broken"
    work = _round_work(request, name) if asks else None
    is_at_work = work is not None and not work.is_over
    holder = rounds.holder(name) if asks and name and not is_at_work else None
    state = request.app.state
    places: Places = state.places

    @cache
    def ledger_problem() -> str:
        """Asked for only by what shows it, for it is looked up anew for every page."""
        return rounds.ledger_problem() if asks else ""

    def how_far() -> OnItsWay:
        if (session := round_being_read()) is not None:
            return on_its_way(session)
        if not asks or not (of_round or name):
            return OnItsWay()
        try:
            with rounds.reading(of_round or name, request.state.visit.actor) as session:
                return on_its_way(session)
        except BrevgenError:  # it is told where it is looked at
            return OnItsWay()

    token = _how_far.set(how_far)
    text = written.render(
        visit=visit,
        path=request.url.path,
        round_name=name,
        round_work=work,
        holder=holder,
        ledger_problem=ledger_problem,
        company=places.come(visit.actor, here) if visit is not None else [],
        is_overview=is_overview(here),
        beside_at=f"{BESIDE}?of={quote(here, safe='')}",
        ends=state.visits.ends_soon(visit) if visit is not None else "",
        is_shared=state.desk is not None,
        **values,
    )
    _how_far.reset(token)
    return HTMLResponse(text, status)


def round_at(name: str) -> str:
    """The address of a round's page, whatever stands in its name; below it are its other pages."""
    return f"/rounds/{quote(name, safe='')}"


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A file that Norwegian spreadsheet programs open by a double click.

    Args:
        rows: the cells; none is taken for a formula.
    """
    data = csv_bytes([heads, *(map(as_text_cell, row) for row in rows)])
    return download(data, name, "text/csv")


def download(data: bytes, name: str, media_type: str = "application/octet-stream") -> Response:
    """A file to be kept under a name, whatever signs are in that."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, media_type=media_type, headers=headers)


def _progress() -> OnItsWay:
    """How far the round is that a page is of."""
    return _how_far.get()()


def _tr_many(one: str, many: str, count: int, /, **values: object) -> str:
    """A message with a number in it, which is written as numbers are on pages."""
    return tr(one if count == 1 else many, count=spaced(count), **values)


def _doubt() -> str:
    """That the ledger does not hold in what it tells of the round that a page is of."""
    session = round_being_read()
    return session.ledger_doubt if session is not None else ""


def _round_work(request: Request, name: str) -> Work | None:
    """What is done in a round now, or was broken off; None for nothing."""
    if not name or not name.isprintable():
        return None
    work: WorkOfAll = request.app.state.work
    last = work.last(name)
    return last if last is not None and last.state in ("running", "broken off") else None


def _day(day: date) -> str:
    """A day as it is written in the language that is spoken."""
    return format_date(day, "d. MMMM y" if language() == "nb" else "d MMMM y", locale=language())


def _lasts(time: timedelta) -> str:
    """About how long something takes still."""
    seconds = time.total_seconds()
    if seconds < 60:
        return tr("less than a minute left")
    return tr_many("about {count} minute left", "about {count} minutes left", round(seconds / 60))


def _time(at: datetime, clock: str = "HH:mm") -> str:
    """A time, in the time zone of the machine."""
    pattern = f"d. MMM y {clock}" if language() == "nb" else f"d MMM y {clock}"
    return format_datetime(at.astimezone(), pattern, locale=language())


def _second(at: datetime) -> str:
    """A time to the second, which tells apart what came one after the other."""
    return _time(at, "HH:mm:ss")
