"""Pages written: every word of a person's in the language of her session, everything escaped."""

from collections.abc import Iterable, Sequence
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
from brevgen.desk.round_stage import OnItsWay, on_its_way
from brevgen.desk.work import Work, WorkOfAll
from brevgen.language import language, tr, tr_many
from brevgen.ledger.told import act_of, particulars_of
from brevgen.letter.wording import spaced
from brevgen.rounds.answer_status import words_of
from brevgen.tables.csv_file import as_text_cell, csv_bytes


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("brevgen.desk", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(tr=tr, tr_many=tr_many, language=language, version=__version__)
    environment.globals.update(act_of=act_of, particulars_of=particulars_of)
    environment.globals.update(round_at=round_at, progress=_progress)
    environment.globals.update(words_shown=shown, answer_words=words_of)
    environment.filters.update(number=spaced, day=_day, time=_time, lasts=_lasts)
    return environment


def page(request: Request, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A page from its template.

    Args:
        template: its name, without ending.
    """
    written = _environment().get_template(f"{template}.html")
    visit = getattr(request.state, "visit", None)
    rounds: OpenRounds = request.app.state.rounds
    name = request.path_params.get("name", "")
    # the page that tells of a fault asks nothing that may be at fault
    asks = visit is not None and template != "broken"
    work = _round_work(request, name) if asks else None
    is_at_work = work is not None and not work.is_over
    holder = rounds.holder(name) if asks and name and not is_at_work else None
    idle = request.app.state.visits.idle.total_seconds() / 60

    @cache
    def ledger_problem() -> str:
        """Asked for only by what shows it, for it is looked up anew for every page."""
        return rounds.ledger_problem() if asks else ""

    text = written.render(
        visit=visit,
        path=request.url.path,
        round_name=name,
        round_work=work,
        holder=holder,
        ledger_problem=ledger_problem,
        idle=idle,
        **values,
    )
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
    session = round_being_read()
    return on_its_way(session) if session is not None else OnItsWay()


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


def _time(at: datetime) -> str:
    """A time, in the time zone of the machine."""
    pattern = "d. MMM y HH:mm" if language() == "nb" else "d MMM y HH:mm"
    return format_datetime(at.astimezone(), pattern, locale=language())
