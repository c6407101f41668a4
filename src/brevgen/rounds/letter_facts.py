"""The facts of one letter as a person reads them, each with the place that it comes from."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from brevgen.facts.allocation_columns import NAME, REFERENCE, YOUR_REFERENCE
from brevgen.findings import Finding, Findings, Place
from brevgen.language import tr, when
from brevgen.letter.wording import spaced
from brevgen.marker import MARKER
from brevgen.rounds.check import check_against_last_year
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.session import RoundSession
from brevgen.settings.kind import Fact
from brevgen.settings.round import ROUND_FILE

REGISTER = "municipalities.csv"


@dataclass(frozen=True)
class StatedFact:
    """A fact that a letter states.

    Args:
        called: what it is called.
        value: what it says, as a person reads it; empty where a cell is blank.
        places: where it comes from: the file with sheet, row and column, the key of the settings,
            or in words what has no place in a file.
    """

    called: str
    value: str
    places: tuple[Place | str, ...]

    @property
    def whence(self) -> str:
        """Where it comes from, in words."""
        return "; ".join(map(str, self.places))


def stated_facts(session: RoundSession, letter: LetterStatus) -> list[StatedFact]:
    """The facts of a letter: those of its row first, then what is the round's and everybody's.

    Raises:
        FaultyInput: the round has faults.
    """
    return [
        *_of_the_row(session, letter),
        *_earlier(session, letter),
        *_of_the_municipality(session, letter),
        *_of_the_round(session, letter),
    ]


def warnings_of(session: RoundSession, letter: LetterStatus) -> list[Finding]:
    """What a person should look at in the row of a letter, each with where and what to do.

    Those that tell of several rows name each of them with its number.
    """
    table, row = session.facts.allocation.table, letter.row
    found = Findings()
    check_against_last_year(session, found)
    named = re.compile(rf"{re.escape(row.name)} \(\w+ {row.row}\)")
    return [
        each
        for each in (*session.findings.warnings, *found.warnings)
        if (each.place.file, each.place.row) == (table.file, row.row)
        or (each.place.file == table.file and named.search(each.what))
    ]


def _of_the_row(session: RoundSession, letter: LetterStatus) -> Iterator[StatedFact]:
    allocation, row = session.facts.allocation, letter.row
    for fact, column in letter.kind.columns.items():
        if fact in row.facts or column.required:
            place = allocation.place(row, fact)
            yield StatedFact(column.title, _said(row.facts.get(fact)), (place,))
    reference = letter.letter.reference
    if row.reference:
        yield StatedFact(tr("Our reference"), reference, (allocation.place(row, REFERENCE),))
    elif reference:
        places = (tr("the ledger, from the series of the round"), _round("references"))
        yield StatedFact(tr("Our reference"), reference, places)
    if row.your_reference:
        place = allocation.place(row, YOUR_REFERENCE)
        yield StatedFact(tr("Their reference"), row.your_reference, (place,))


def _earlier(session: RoundSession, letter: LetterStatus) -> Iterator[StatedFact]:
    earlier, followed = letter.letter.earlier, session.facts.followed
    if earlier is None or followed is None:
        return
    whence = tr("the ledger, the letter of the round {round}", round=followed.name)
    yield StatedFact(tr("Reference of the earlier letter"), earlier.reference, (whence,))
    yield StatedFact(tr("Date of the earlier letter"), when(earlier.date), (whence,))
    kinds = [session.facts.kinds.get(name) for name in letter.kind.follows]
    columns = {name: column for kind in kinds if kind for name, column in kind.columns.items()}
    for fact, value in earlier.facts.items():
        if value and fact in columns:
            called = tr("{fact} in the earlier letter", fact=columns[fact].title)
            yield StatedFact(called, _said(value), (whence,))
    if earlier.answer is not None:
        whence = tr("the ledger, the answer in the round {round}", round=followed.name)
        yield StatedFact(tr("Decided before"), _said(earlier.answer.decided), (whence,))


def _of_the_municipality(session: RoundSession, letter: LetterStatus) -> Iterator[StatedFact]:
    municipality = letter.municipality
    allocation = session.facts.allocation
    here: Place | str = tr("{file}, the row of {number}", file=REGISTER, number=municipality.number)
    number = allocation.place(letter.row, NAME)
    yield StatedFact(tr("Municipality"), municipality.label, (here, number))
    form = "nynorsk" if letter.letter.written_form == "nn" else "bokmål"
    if municipality.decided_form == "nøytral":
        here = _round("neutral_written_form")
    yield StatedFact(tr("Written form"), form, (here,))


def _of_the_round(session: RoundSession, letter: LetterStatus) -> Iterator[StatedFact]:
    round_, stated = session.facts.round, letter.letter
    municipality = letter.municipality
    key = round_.office_key(region=municipality.region, county=municipality.county)
    yield StatedFact(tr("Year of settlement"), str(stated.year), (_round("settlement_year"),))
    yield StatedFact(tr("Date of the letter"), when(stated.date), (_round("letter_date"),))
    if stated.deadline is not None:
        yield StatedFact(tr("Deadline"), when(stated.deadline), (_round("deadline"),))
    office = _round(f"offices.{key}")
    yield StatedFact(tr("In the name of"), letter.signatory, (office,))
    yield StatedFact(tr("Office"), stated.office.name, (office,))
    yield StatedFact(tr("Answers to"), stated.answers.to, (_round("answers.to"),))
    for name, called in letter.kind.figures.items():
        figure = getattr(stated.national, name, None)
        if figure is not None:
            yield StatedFact(_title(str(called)), _said(figure), (_round(f"national.{name}"),))
    form = stated.written_form
    for name, called in letter.kind.texts.items():
        text = str(getattr(stated.background, name, ""))
        yield StatedFact(_title(str(called)), text, (_round(f"background.{form}.{name}"),))
    yield StatedFact(tr("Agency"), stated.agency.name, (Place(MARKER, column="agency"),))


def _round(key: str) -> Place:
    return Place(ROUND_FILE, column=key)


def _title(called: str) -> str:
    return called[:1].upper() + called[1:]


def _said(value: Fact | None) -> str:
    """A fact as a person reads it."""
    match value:
        case None:
            return ""
        case bool():
            return tr("yes") if value else tr("no")
        case int():
            return spaced(value)
        case datetime.date():
            return when(value)
        case _:
            return str(value)
