"""The report as a page: figures, a map, and a table of the letters that can be searched.

One file without anything from outside; it says the same where scripts do not run, and on paper. The
page is in bokmål, as are its words here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from brevgen.facts.round_facts import RoundFacts
from brevgen.facts.sums import AreaSums, sum_of_all, sums_by_area
from brevgen.language import tr
from brevgen.ledger.records import SealedFile
from brevgen.letter import wording
from brevgen.rounds.last_year import LastYear
from brevgen.rounds.letter_status import LetterState, LetterStatus
from brevgen.rounds.tile_map import tile_map

TONES: Mapping[LetterState, str] = {
    "no reference": "todo",
    "to make": "todo",
    "changed": "look",
    "damaged": "look",
    "draft": "draft",
    "approved": "draft",
    "final": "ready",
    "partly sent": "look",
    "sent": "done",
    "sent, then changed": "look",
}
"""How a state is marked; its name stands beside the mark."""

FEW = 12
"""How many municipalities are named before they are only counted."""

spaced = cache(wording.spaced)


@dataclass(frozen=True)
class AreaLine:
    """A line of the figures as it is printed; the shares are those of the longest bar, 0 to 1.

    `per_thousand` is what is asked for per 1 000 inhabitants of the whole area; empty where the
    number of inhabitants of one of its municipalities is not known.
    """

    name: str
    municipalities: str
    asked: str
    asked_share: float
    minors: str
    per_thousand: str
    per_thousand_share: float


@dataclass(frozen=True)
class LetterLine:
    """A line of the table of letters as it is printed; empty is what is not known.

    `before` is what was asked for a year before, and the links are relative to the page.
    """

    number: str
    name: str
    area: str
    asked: str
    minors: str
    before: str
    change: str
    state: str
    tone: str
    reference: str
    pages: str
    pdf: str
    docx: str


def report_page(
    facts: RoundFacts, letters: Sequence[LetterStatus], last_year: LastYear | None
) -> str:
    """The page `report.html`; bokmål must be spoken.

    Args:
        facts: the round.
        letters: the whole round.
        last_year: what was asked a year before, where that is known.
    """
    before = last_year.asked if last_year is not None else {}
    states = Counter(letter.state for letter in letters)
    asked = {letter.number: letter.row.asked for letter in letters}
    tiles = tile_map(facts.municipalities.values(), asked)
    by_county = all(facts.area(each.municipality) == each.municipality.county for each in letters)
    total, national = sum_of_all(facts), facts.round.national
    return (
        page_environment()
        .get_template("report.html")
        .render(
            facts=facts,
            lines=[_letter_line(facts, each, before.get(each.number)) for each in letters],
            year_before=last_year.year if last_year is not None else "",
            states=[(tr(state), TONES[state], states[state]) for state in TONES if state in states],
            area_word="Fylke" if by_county else "Region",
            the_area="fylket" if by_county else "regionen",
            areas=_area_lines(facts),
            total=total,
            national=national,
            differs=not facts.round.sums
            and (total.municipalities, total.asked, total.minors)
            != (national.municipalities, national.total, national.minors),
            bands=tiles.bands,
            shades=[
                (shade, spaced(low) if low == high else f"{spaced(low)}–{spaced(high)}")
                for shade, low, high in tiles.shades
            ],
            most=_most(letters),
            not_asked=_not_asked(facts, asked),
            style=_part("report.css"),
            script=_part("report.js"),
        )
    )


def page_environment() -> Environment:
    """What fills the pages that brevgen writes for people, with every text escaped."""
    environment = Environment(
        loader=PackageLoader("brevgen", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        optimized=False,  # to optimise takes longer than a page that is filled once can gain
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["spaced"] = spaced
    environment.filters["long_date"] = _long_date
    return environment


def _long_date(day: date) -> str:
    """A day that stays on one line."""
    return wording.long_date(day, "nb").replace(" ", wording.NO_BREAK_SPACE)


def _part(name: str) -> Markup:
    """A file that becomes a part of the page as it stands."""
    text = (Path(__file__).parent.parent / "pages" / name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704  it is ours, and nothing is put into it


def _letter_line(facts: RoundFacts, letter: LetterStatus, before: int | None) -> LetterLine:
    files = letter.sealed or letter.made
    folder = "letters" if isinstance(files, SealedFile) else "drafts"
    if files is None or letter.pages is None or not letter.is_intact:
        pdf = docx = ""
    else:
        pdf, docx = f"{folder}/{quote(files.pdf_name)}", f"{folder}/{quote(files.docx_name)}"
    row = letter.row
    return LetterLine(
        number=letter.number,
        name=letter.municipality.name,
        area=facts.area(letter.municipality),
        asked=spaced(row.asked),
        minors="" if row.minors is None else spaced(row.minors),
        before="" if before is None else spaced(before),
        change="" if before is None else signed(row.asked - before),
        state=tr(letter.state),
        tone=TONES[letter.state],
        reference=letter.letter.reference,
        pages="" if letter.pages is None else str(letter.pages),
        pdf=pdf,
        docx=docx,
    )


def signed(count: int) -> str:
    """A change with its sign: `+5`, `−5` with a minus and not a hyphen, `0`."""
    sign = "+" if count > 0 else "−" if count < 0 else ""
    return sign + spaced(abs(count))


def _area_lines(facts: RoundFacts) -> list[AreaLine]:
    inhabitants: dict[str, list[int | None]] = {}
    for each in facts.municipalities.values():
        inhabitants.setdefault(facts.area(each), []).append(each.population)
    sums = [(area, _per_thousand(area, inhabitants[area.area])) for area in sums_by_area(facts)]
    most = max((area.asked for area, _ in sums), default=0) or 1
    densest = max((density or 0 for _, density in sums), default=0) or 1
    return [
        AreaLine(
            name=area.area,
            municipalities=spaced(area.municipalities),
            asked=spaced(area.asked),
            asked_share=round(area.asked / most, 3),
            minors=spaced(area.minors),
            per_thousand="" if density is None else f"{density:.1f}".replace(".", ","),
            per_thousand_share=round((density or 0) / densest, 3),
        )
        for area, density in sums
    ]


def _per_thousand(area: AreaSums, inhabitants: Sequence[int | None]) -> float | None:
    known = [count for count in inhabitants if count is not None]
    total = sum(known)
    return area.asked * 1000 / total if total and len(known) == len(inhabitants) else None


def _most(letters: Sequence[LetterStatus]) -> str:
    """The five that are asked for most: `Oslo 1 650, Bergen 1 200`."""
    first = sorted(letters, key=lambda each: -each.row.asked)[:5]
    return ", ".join(f"{each.municipality.name} {spaced(each.row.asked)}" for each in first)


def _not_asked(facts: RoundFacts, asked: Mapping[str, int]) -> str:
    """Which municipalities are not asked, or how many if these are more than a few."""
    names = [each.name for number, each in facts.municipalities.items() if number not in asked]
    return ", ".join(names) if len(names) <= FEW else f"{spaced(len(names))} kommuner"
