"""A municipality through the years: figures in a table and a chart, and all that has happened."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.characters import cleaned
from brevgen.desk.asked import workspace_of
from brevgen.desk.show import page
from brevgen.facts.municipalities import read_register
from brevgen.findings import Findings
from brevgen.rounds.history import History, history
from brevgen.rounds.log import doer

WIDTH, HEIGHT = 720, 240
"""Of the chart, in units of its own; it fills the room it gets."""
TOP, BOTTOM, LEFT = 16, 28, 44
"""Room above, below and to the left of the bars."""
MOST_FOUND = 100


@dataclass(frozen=True)
class YearFigures:
    """One year of a municipality; persons, None where not known.

    Args:
        year: of settlement.
        asked: by the published figures, else by the letter of this workspace.
        decided: likewise.
        settled: by the published figures.
        minors: unaccompanied minors among those asked for.
    """

    year: int
    asked: int | None = None
    decided: int | None = None
    settled: int | None = None
    minors: int | None = None


@dataclass(frozen=True)
class Bar:
    """A bar of the chart."""

    what: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """The figures of a municipality drawn.

    Args:
        bars: of each year: asked, decided and settled, side by side.
        years: each with the place of its middle.
        lines: figures on the left with their height.
    """

    bars: tuple[Bar, ...]
    years: tuple[tuple[int, float], ...]
    lines: tuple[tuple[int, float], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def figures_by_year(found: History) -> list[YearFigures]:
    """All that is known by year, the earliest first; what was published counts first."""
    years = {
        each.year: YearFigures(each.year, each.asked, each.decided, each.settled, each.minors)
        for each in found.years
    }
    for each in found.rounds:
        before = years.get(each.year, YearFigures(each.year))
        years[each.year] = YearFigures(
            each.year,
            each.asked if before.asked is None else before.asked,
            each.decided if before.decided is None else before.decided,
            before.settled,
            each.minors if before.minors is None else before.minors,
        )
    return [years[year] for year in sorted(years)]


def chart(years: list[YearFigures]) -> Chart | None:
    """The chart of the figures; None where there is none above zero."""
    most = max((n or 0 for e in years for n in (e.asked, e.decided, e.settled)), default=0)
    if not most:
        return None
    step = _step(most)
    top = -(-most // step) * step
    room, base = HEIGHT - TOP - BOTTOM, HEIGHT - BOTTOM
    slot = (WIDTH - LEFT) / len(years)
    width = min(slot * 0.26, 26)
    bars = []
    for place, each in enumerate(years):
        begin = LEFT + place * slot + (slot - 3 * width) / 2
        figures = (("asked", each.asked), ("decided", each.decided), ("settled", each.settled))
        for column, (what, figure) in enumerate(figures):
            if figure:
                height = round(room * figure / top, 1)
                x = round(begin + column * width, 1)
                bars.append(Bar(what, x, round(base - height, 1), round(width - 1, 1), height))
    middles = tuple(
        (each.year, round(LEFT + (place + 0.5) * slot, 1)) for place, each in enumerate(years)
    )
    lines = tuple((n, round(base - room * n / top, 1)) for n in range(0, top + 1, step))
    return Chart(tuple(bars), middles, lines)


def _step(most: int) -> int:
    """A round number of which a few reach the highest figure."""
    step = 1
    while step * 5 < most:
        step *= 2 if str(step)[0] in "15" else 1
        if str(step)[0] == "2" and step * 5 < most:
            step = step * 5 // 2
    return step


def _search(request: Request) -> Response:
    """Municipalities by what they are or were called, or by a number they bear or bore."""
    typed = request.query_params.get("q", "").strip()
    wanted = str(cleaned(typed)).casefold()
    file = workspace_of(request).data / "municipalities.csv"
    register = read_register(file, Findings(), shown_as=file.name)
    found: Mapping[str, str] = {
        each.number: each.label
        for each in register or ()
        if wanted and (wanted in each.name.casefold() or each.number.startswith(wanted))
    }
    if len(found) == 1 or wanted in found:
        (number,) = [wanted] if wanted in found else found
        return RedirectResponse(f"/municipalities/{number}", 303)
    few = dict(sorted(found.items(), key=lambda each: each[1][5:])[:MOST_FOUND])
    return page(request, "municipalities", q=typed, found=few, total=len(found))


def _municipality(request: Request) -> Response:
    found = history(workspace_of(request), request.path_params["number"])
    years = figures_by_year(found)
    return page(
        request,
        "municipality",
        found=found,
        years=years,
        chart=chart(years),
        doer=doer,
    )


ROUTES = [
    Route("/municipalities", _search),
    Route("/municipalities/{number:str}", _municipality),
]
