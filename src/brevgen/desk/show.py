"""Pages written: every word of a person's in the language of her session, everything escaped."""

from datetime import date, datetime
from functools import cache
from typing import Any

from babel.dates import format_date, format_datetime
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from brevgen import __version__
from brevgen.channels.words import shown
from brevgen.language import language, tr, tr_many
from brevgen.ledger.told import act_of, particulars_of
from brevgen.letter.wording import spaced
from brevgen.rounds.answer_status import words_of

NOTHING = "nothing"
"""What a form has shown that brings no digest: no digest is like it."""


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
    environment.globals.update(words_shown=shown, answer_words=words_of)
    environment.filters.update(number=spaced, day=_day, time=_time)
    return environment


def page(request: Request, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A page from its template.

    Args:
        request: what is answered.
        template: its name, without ending.
        status: of the answer.
        values: what the template shows.
    """
    written = _environment().get_template(f"{template}.html")
    visit = getattr(request.state, "visit", None)
    text = written.render(visit=visit, path=request.url.path, **values)
    return HTMLResponse(text, status)


def _day(day: date) -> str:
    """A day as it is written in the language that is spoken."""
    return format_date(day, "d. MMMM y" if language() == "nb" else "d MMMM y", locale=language())


def _time(at: datetime) -> str:
    """A time, in the time zone of the machine."""
    return format_datetime(at.astimezone(), "d. MMM y HH:mm", locale=language())
