"""What municipalities have answered, as a caseworker tells it: cells of a table, or of a command.

Blank is not zero: a blank cell tells nothing, and zero is a no.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from brevgen.facts.allocation_columns import WHO
from brevgen.facts.values import value_in
from brevgen.findings import Severity
from brevgen.language import tr, tr_many, untranslated
from brevgen.settings.kind import Fact, FactType
from brevgen.tables.cells import Cell
from brevgen.tables.numbers import Reason, count
from brevgen.tables.reader import Column

DECIDED, MINORS, DECIDED_ON = "vedtatt", "enslige_mindreårige", "vedtaksdato"
BODY, CONDITIONS, LATE_UNTIL, JOURNAL = "organ", "vilkår", "utsatt_til", "journalnummer"

COLUMNS = (
    WHO[0],
    replace(WHO[1], required=False),
    Column(DECIDED, ("vedtak", "antall vedtatt", "vedtatt antall", "vedteke")),
    Column(
        MINORS,
        ("EM", "herav EM", "enslige", "vedtatt EM", "EM vedtatt", "einslege mindreårige"),
        required=False,
    ),
    Column(DECIDED_ON, ("vedtatt dato", "dato for vedtak", "dato", "vedtatt den")),
    Column(BODY, ("vedtatt av", "vedteke av"), required=False, printed=True),
    Column(CONDITIONS, ("vilkar", "forbehold", "atterhald"), required=False, printed=True),
    Column(LATE_UNTIL, ("utsatt frist", "ny frist", "utsett til"), required=False),
    Column(JOURNAL, ("journalnr", "journalpost", "journal"), required=False, printed=True),
)
"""The columns of a table of answers, of which each row tells one."""

TYPES: Mapping[str, FactType] = {
    DECIDED: "count",
    MINORS: "count",
    DECIDED_ON: "date",
    BODY: "text",
    CONDITIONS: "text",
    LATE_UNTIL: "date",
    JOURNAL: "text",
}
"""What stands in the columns that tell the answer."""

_COLUMN_OF: Mapping[str, str] = {
    "decided": DECIDED,
    "minors": MINORS,
    "decided_on": DECIDED_ON,
    "body": BODY,
    "conditions": CONDITIONS,
    "late_until": LATE_UNTIL,
    "journal": JOURNAL,
}
"""The column of each thing that an answer tells."""

FIGURES = (DECIDED, MINORS)
"""The columns that hold a number."""

SEVERAL_TIMES = 3
"""From so many times what was asked on, a figure is more likely a slip than a decision."""


@dataclass(frozen=True)
class ToldAnswer:
    """An answer as a caseworker tells it.

    Args:
        number: municipality number, 4 digits as text.
        decided: how many it will settle, minors included; persons, 0 for a no; None for none yet.
        minors: unaccompanied minors among them; None where it told no number.
        decided_on: the day it decided.
        body: who decided, such as *kommunestyret*.
        conditions: what it made conditions of.
        late_until: the day until which it has been given more time.
        journal: the answer's number in the archive.
        doubtful: the columns whose cell could not be read.
    """

    number: str
    decided: int | None = None
    minors: int | None = None
    decided_on: date | None = None
    body: str = ""
    conditions: str = ""
    late_until: date | None = None
    journal: str = ""
    doubtful: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def is_silent(self) -> bool:
        """Whether it tells nothing at all of an answer."""
        return not self.doubtful and replace(self, number="", journal="") == ToldAnswer("")


@dataclass(frozen=True)
class AnsweredLetter:
    """The letter that an answer is to, as somebody has it.

    Args:
        reference: its reference.
        dated: the date on it; None where an earlier brevgen did not keep it.
        deadline: the last day to answer; None where it asked for no answer, or that is not known.
        asked: persons asked for; None where that is not known.
        minors: unaccompanied minors among them; None where that is not known.
    """

    reference: str
    dated: date | None = None
    deadline: date | None = None
    asked: int | None = None
    minors: int | None = None


@dataclass(frozen=True)
class Misfit:
    """What does not fit in an answer: in which column, how bad it is, and why."""

    column: str
    severity: Severity
    what: str
    remedy: str


def answer_in(
    number: str, cells: Mapping[str, Cell], fault: Callable[[str, str, str], None]
) -> ToldAnswer:
    """The answer that cells tell, as far as they can be read.

    Args:
        cells: filled cells by column.
        fault: called with column, what is wrong and what to do, for each that cannot be read.
    """
    told: dict[str, Fact] = {}
    doubtful = set()
    for column, type_ in TYPES.items():
        if column not in cells:
            continue
        value: Fact | Reason = value_in(cells[column], type_)
        if type_ == "count" and isinstance(reason := count(cells[column]), Reason):
            value = reason  # a dash: nobody knows whether that is a no or no answer
        if isinstance(value, Reason):
            fault(column, value.what, value.remedy)
            doubtful.add(column)
        else:
            told[column] = value
    return ToldAnswer(
        number=number,
        doubtful=frozenset(doubtful),
        **{name: told[column] for name, column in _COLUMN_OF.items() if column in told},  # type: ignore[arg-type]
    )


def misfits(told: ToldAnswer, letter: AnsweredLetter, today: date) -> Iterator[Misfit]:
    """What does not fit in an answer: with itself, with its letter, and with the calendar.

    Args:
        letter: the letter it is to.
        today: the day it is in Norway.
    """
    if told.doubtful & {DECIDED, LATE_UNTIL}:
        return
    if told.decided is None and told.late_until is None:
        yield Misfit(DECIDED, "fault", tr("The answer says no number."), tr(_SAY_IT))
    elif told.decided is None:
        yield from _misfits_of_more_time(told, letter, today)
    else:
        yield from _misfits_of_decision(told, told.decided, letter)
        yield from _misfits_of_day(told, letter, today)


_SAY_IT = untranslated("Write how many it has decided; 0 is a no.")


def _misfits_of_decision(
    told: ToldAnswer, decided: int, letter: AnsweredLetter
) -> Iterator[Misfit]:
    if told.late_until is not None:
        yield Misfit(
            LATE_UNTIL,
            "fault",
            tr("It has decided, so it needs no more time."),
            tr("Tell only one of the two."),
        )
    if told.minors is not None and told.minors > decided:
        yield Misfit(
            MINORS,
            "fault",
            tr(
                "{minors} minors are more than the {decided} of whom they are a part.",
                minors=told.minors,
                decided=decided,
            ),
            tr("Put one of the two right; minors are counted inside the number."),
        )
    if letter.asked is not None and decided > SEVERAL_TIMES * letter.asked:
        yield Misfit(
            DECIDED,
            "warning",
            tr(
                "{decided} are more than three times the {asked} that were asked for.",
                decided=decided,
                asked=letter.asked,
            ),
            tr("See the decision; if it is a slip, register the answer anew."),
        )
    if told.conditions:
        yield Misfit(
            CONDITIONS,
            "warning",
            tr("It makes conditions, which no decision to settle refugees can have."),
            tr("Tell the municipality so."),
        )


def _misfits_of_day(told: ToldAnswer, letter: AnsweredLetter, today: date) -> Iterator[Misfit]:
    day = told.decided_on
    if day is None:
        if DECIDED_ON not in told.doubtful:
            yield Misfit(
                DECIDED_ON,
                "fault",
                tr("The day of the decision is missing."),
                tr("Write it as 2018-01-06 or 6.1.2018."),
            )
    elif day > today:
        yield Misfit(
            DECIDED_ON,
            "fault",
            tr("{day} has not come yet: it is {today}.", day=day, today=today),
            tr("Put the day right, or register the answer when it is decided."),
        )
    elif letter.dated is not None and day < letter.dated:
        yield Misfit(
            DECIDED_ON,
            "fault",
            tr(
                "{day} is before the letter of {letter_date}.",
                day=day,
                letter_date=letter.dated,
            ),
            tr("Put the day right; what was decided before is no answer to this letter."),
        )


def _misfits_of_more_time(
    told: ToldAnswer, letter: AnsweredLetter, today: date
) -> Iterator[Misfit]:
    beside = (
        (MINORS, told.minors is not None),
        (DECIDED_ON, told.decided_on is not None),
        (BODY, bool(told.body)),
        (CONDITIONS, bool(told.conditions)),
    )
    for column, is_told in beside:
        if is_told:
            yield Misfit(
                column, "fault", tr("This is told of a decision, but no number."), tr(_SAY_IT)
            )
    until = told.late_until
    assert until is not None, "it is asked only where more time was given"
    last = letter.deadline or letter.dated
    if last is not None and until <= last:
        yield Misfit(
            LATE_UNTIL,
            "fault",
            tr(
                "{day} gives no more time: the deadline is {last}.",
                day=until,
                last=last,
            )
            if letter.deadline
            else tr("{day} is not after the letter of {last}.", day=until, last=last),
            tr("Write the day until which it has more time."),
        )
    elif until < today:
        yield Misfit(
            LATE_UNTIL,
            "warning",
            tr_many(
                "That was {count} day ago.", "That was {count} days ago.", (today - until).days
            ),
            tr("Nothing to do, if that is what was agreed."),
        )
