"""What the municipalities were asked for a year before, or in the last year that is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.facts.forgotten import other_rounds
from brevgen.facts.past_figures import FILE, read_past_year
from brevgen.facts.round_facts import RoundFacts
from brevgen.settings.round import Round
from brevgen.tables.header_row import OF_YEAR, folded
from brevgen.tables.numbers import count_or_dash

if TYPE_CHECKING:
    from brevgen.ledger.reader import LedgerReader

ASKED = "asked"
"""The fact that figures of several years are told of."""


@dataclass(frozen=True)
class LastYear:
    """What was asked in an earlier year.

    Args:
        year: the year of settlement.
        asked: municipality number of this round to persons; who was not asked is not there.
    """

    year: int
    asked: Mapping[str, int]


MOST_YEARS_BACK = 5
"""What was asked longer ago tells nothing of what is asked now."""


def last_known_year(facts: RoundFacts, data: Path, ledger: "LedgerReader") -> LastYear | None:
    """What was asked in the last of the years before of which anything is known; see `last_year`.

    None where nothing is known of any, and for kinds of letters that are not led by what is asked.
    """
    if facts.kind.lead != ASKED:
        return None
    years = (last_year(facts, data, ledger, back=back) for back in range(1, MOST_YEARS_BACK + 1))
    return next(filter(None, years), None)


def last_year(
    facts: RoundFacts, data: Path, ledger: "LedgerReader", *, back: int = 1
) -> LastYear | None:
    """What was asked a year before; None where nothing is known of it.

    A column of the allocation tells, such as `Anmodet 2023`; else what was approved in the rounds
    of that year, the last of them first; else `history.csv`.

    Args:
        data: the folder of the register and the rounds.
        ledger: what knows of approvals.
        back: how many years before.
    """
    year = facts.round.settlement_year - back
    asked = (
        _in_the_allocation(facts, year)
        or _approved(facts, year, data, ledger)
        or _in_history(facts, year, data)
    )
    return LastYear(year, asked) if asked else None


def _in_the_allocation(facts: RoundFacts, year: int) -> dict[str, int]:
    column = facts.kind.columns.get(ASKED)
    if column is None:
        return {}
    names = [*map(folded, (column.header, *column.synonyms)), ""]
    wanted = {way.format(name, year) for name in names for way in (*OF_YEAR, "{0}ifjor")}
    for header in facts.allocation.table.extra:
        if folded(header) in wanted:
            cells = {row.number: row.extra.get(header) for row in facts.allocation.rows}
            told = {n: count_or_dash(cell) for n, cell in cells.items() if cell is not None}
            return {number: count for number, count in told.items() if isinstance(count, int)}
    return {}


def _approved(facts: RoundFacts, year: int, data: Path, ledger: "LedgerReader") -> dict[str, int]:
    rounds = other_rounds(data / "rounds" / facts.name, facts.kinds).items()
    before = [
        (round_.letter_date, name) for name, round_ in rounds if _is_like(round_, facts, year)
    ]
    asked: dict[str, int] = {}
    for _, name in sorted(before):
        for number, approval in ledger.approvals(name).items():
            figure = (approval.facts or {}).get(ASKED)
            if approval.withdrawn is None and isinstance(figure, int):
                asked[number] = figure
    return _carried(facts, asked)


def _in_history(facts: RoundFacts, year: int, data: Path) -> dict[str, int]:
    past, day = read_past_year(data / FILE, year), facts.round.register_day
    found = {
        number: figures.asked
        for number, municipality in facts.municipalities.items()
        for figures in past.of(municipality, facts.register, day)
    }
    return {number: asked for number, asked in found.items() if asked is not None}


def _is_like(round_: Round, facts: RoundFacts, year: int) -> bool:
    return round_.settlement_year == year and round_.kind == facts.round.kind


def _carried(facts: RoundFacts, asked: Mapping[str, int]) -> dict[str, int]:
    """Figures of numbers of another year, by the numbers of this round.

    What several became one is added up; of what was divided nothing can be said.
    """
    carried: dict[str, int] = {}
    for number, figure in asked.items():
        heirs = facts.register.heirs(number, facts.round.register_day)
        if len(heirs) == 1:
            carried[heirs[0].number] = carried.get(heirs[0].number, 0) + figure
    return carried
