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
from brevgen.facts.sums import sum_of_all, sums_by_area
from brevgen.language import tr
from brevgen.ledger.records import SealedFile
from brevgen.letter import wording
from brevgen.rounds.answer_status import AnswersFound, AnswerStatus, words_of
from brevgen.rounds.last_year import ASKED, LastYear
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

    The bars are of the leading count. `per_thousand` is that count per 1 000 inhabitants of the
    whole area; empty where the number of inhabitants of one of its municipalities is not known.
    """

    name: str
    municipalities: str
    counts: tuple[str, ...]
    share: float
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
    counts: tuple[str, ...]
    before: str
    change: str
    state: str
    tone: str
    reference: str
    pages: str
    pdf: str
    docx: str
    answer: str


def report_page(
    facts: RoundFacts,
    letters: Sequence[LetterStatus],
    last_year: LastYear | None,
    *,
    answers: Mapping[str, AnswerStatus],
    together: AnswersFound | None,
) -> str:
    """The page `report.html`; bokmål must be spoken.

    Args:
        last_year: what was asked a year before, where that is known.
        answers: what has come back, by municipality number.
        together: the answers taken together; None where nobody has a letter that wants one.
    """
    kind = facts.kind
    if last_year is not None and kind.lead != ASKED:
        last_year = None
    before = last_year.asked if last_year is not None else {}
    states = Counter(letter.state for letter in letters)
    asked = {letter.number: letter.row.count(kind.lead) or 0 for letter in letters}
    tiles = tile_map(facts.municipalities.values(), asked)
    by_county = all(facts.area(each.municipality) == each.municipality.county for each in letters)
    sums = sum_of_all(facts)
    total = [sums.municipalities, *(sums.counts[name] for name in kind.main_counts)]
    national = _national(facts)
    return (
        page_environment()
        .get_template("report.html")
        .render(
            facts=facts,
            counts=list(kind.main_counts.values()),
            lines=[
                _letter_line(facts, each, before.get(each.number), answers.get(each.number))
                for each in letters
            ],
            answers=together,
            answer_states=[
                (tr(state), count) for state, count in (together.states if together else {}).items()
            ],
            year_before=last_year.year if last_year is not None else "",
            states=[(tr(state), TONES[state], states[state]) for state in TONES if state in states],
            area_word="Fylke" if by_county else "Region",
            the_area="fylket" if by_county else "regionen",
            areas=_area_lines(facts),
            total=total,
            national=national,
            differs=_differs(facts, national, total),
            bands=tiles.bands,
            shades=[
                (shade, spaced(low) if low == high else f"{spaced(low)}–{spaced(high)}")
                for shade, low, high in tiles.shades
            ],
            most=_most(letters, asked),
            not_asked=_not_asked(facts, asked),
            style=_part("report.css"),
            script=_part("report.js"),
        )
    )


def _differs(facts: RoundFacts, national: Sequence[int | None], total: Sequence[int]) -> bool:
    """Whether a national figure is another than the sum, in a round that tells no sums itself."""
    pairs = zip(national, total, strict=True)
    return not facts.round.sums and any(figure not in (None, found) for figure, found in pairs)


@cache
def page_environment() -> Environment:
    """What fills the pages that brevgen writes for people, with every text escaped."""
    environment = Environment(
        loader=PackageLoader("brevgen", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        optimized=False,  # to optimise takes longer than a page that is filled a few times can gain
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["spaced"] = spaced
    environment.filters["gap"] = gap
    environment.filters["long_date"] = _long_date
    return environment


def _long_date(day: date) -> str:
    """A day that stays on one line."""
    return wording.long_date(day, "nb").replace(" ", wording.NO_BREAK_SPACE)


def _part(name: str) -> Markup:
    """A file that becomes a part of the page as it stands."""
    text = (Path(__file__).parent.parent / "pages" / name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704  it is ours, and nothing is put into it


def _letter_line(
    facts: RoundFacts, letter: LetterStatus, before: int | None, answer: AnswerStatus | None
) -> LetterLine:
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
        counts=tuple(
            "" if (count := row.count(name)) is None else spaced(count)
            for name in facts.kind.main_counts
        ),
        before="" if before is None else spaced(before),
        change="" if before is None else wording.signed((row.count(ASKED) or 0) - before),
        state=tr(letter.state),
        tone=TONES[letter.state],
        reference=letter.letter.reference,
        pages="" if letter.pages is None else str(letter.pages),
        pdf=pdf,
        docx=docx,
        answer=words_of(answer, _long_date),
    )


def gap(count: int) -> str:
    """What is lacking; with a minus and not a hyphen where there is more than enough."""
    return f"−{spaced(-count)}" if count < 0 else spaced(count)


def _area_lines(facts: RoundFacts) -> list[AreaLine]:
    inhabitants: dict[str, list[int | None]] = {}
    for each in facts.municipalities.values():
        inhabitants.setdefault(facts.area(each), []).append(each.population)
    lead = facts.kind.lead
    if not lead:
        return []
    sums = [
        (area, _per_thousand(area.counts[lead], inhabitants[area.area]))
        for area in sums_by_area(facts)
    ]
    most = max((area.counts[lead] for area, _ in sums), default=0) or 1
    densest = max((density or 0 for _, density in sums), default=0) or 1
    return [
        AreaLine(
            name=area.area,
            municipalities=spaced(area.municipalities),
            counts=tuple(spaced(area.counts[name]) for name in facts.kind.main_counts),
            share=round(area.counts[lead] / most, 3),
            per_thousand="" if density is None else f"{density:.1f}".replace(".", ","),
            per_thousand_share=round((density or 0) / densest, 3),
        )
        for area, density in sums
    ]


def _national(facts: RoundFacts) -> list[int | None]:
    """The round's figures: of municipalities, then of each count; None where it has none."""
    kind, national = facts.kind, facts.round.national
    names = [kind.rows_sum_to, *(column.sums_to for column in kind.main_counts.values())]
    return [getattr(national, name) if name else None for name in names]


def _per_thousand(count: int, inhabitants: Sequence[int | None]) -> float | None:
    known = [each for each in inhabitants if each is not None]
    total = sum(known)
    return count * 1000 / total if total and len(known) == len(inhabitants) else None


def _most(letters: Sequence[LetterStatus], asked: Mapping[str, int]) -> str:
    """The five with the highest numbers: `Oslo 1 650, Bergen 1 200`."""
    first = sorted(letters, key=lambda each: -asked[each.number])[:5]
    return ", ".join(f"{each.municipality.name} {spaced(asked[each.number])}" for each in first)


def _not_asked(facts: RoundFacts, asked: Mapping[str, int]) -> str:
    """Which municipalities are not asked, or how many if these are more than a few."""
    names = [each.name for number, each in facts.municipalities.items() if number not in asked]
    return ", ".join(names) if len(names) <= FEW else f"{spaced(len(names))} kommuner"
