"""Where a round stands with its answers: what each letter asked, what came back, and who is late.

Works from the ledger: what a letter asked is what it said when it was approved, whatever the
spreadsheet says now.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from brevgen.facts.answers import AnsweredLetter
from brevgen.facts.round_facts import RoundFacts
from brevgen.facts.sums import alphabetical
from brevgen.language import tr, tr_many, untranslated, when
from brevgen.ledger.records import Answer, SealedFile, last_decision, more_time_until
from brevgen.letter.wording import spaced
from brevgen.rounds.letter_status import Known
from brevgen.settings.kind import Kind

AnswerState = Literal[
    "yes",  # it has decided as many as were asked for
    "fewer",  # it has decided fewer
    "more",  # it has decided more
    "no",  # it has decided to settle none
    "answered",  # it has decided, and it is not known what was asked
    "not answered",  # it has time still
    "extended",  # it has been given more time, and has some still
    "overdue",  # its time is over
]
"""What has come back to a letter that somebody has."""

ANSWER_STATES: tuple[AnswerState, ...] = (
    untranslated("yes"),
    untranslated("fewer"),
    untranslated("more"),
    untranslated("no"),
    untranslated("answered"),
    untranslated("not answered"),
    untranslated("extended"),
    untranslated("overdue"),
)
UNANSWERED: frozenset[AnswerState] = frozenset({"not answered", "extended", "overdue"})
"""The states of letters of which nobody knows a decision."""
OVERDUE: frozenset[AnswerState] = frozenset({"overdue"})
"""Those of them whose time is over."""


@dataclass(frozen=True)
class AnswerStatus:
    """What has come back to one letter.

    Args:
        state: what has come back.
        asked: persons asked for, as the letter said; None where that is not known.
        asked_minors: unaccompanied minors among them; None where that is not known.
        decided: persons it has decided to settle, 0 for a no; None while it has not decided.
        minors: unaccompanied minors among them; None where it told no number.
        decided_on: the day it decided.
        body: who decided, such as *kommunestyret*; empty where not known.
        conditions: what it made conditions of; empty where it made none.
        journal: the answer's number in the archive; empty where not known.
        due: the last day to answer, with more time where it was given; None where not known.
        late_until: the day until which it has been given more time; None where it has not.
        overdue_days: days since that day passed, where there is no decision; else 0.
        registered: how many answers have been registered, those that were replaced among them.
    """

    state: AnswerState
    asked: int | None
    asked_minors: int | None
    decided: int | None
    minors: int | None
    decided_on: date | None
    body: str
    conditions: str
    journal: str
    due: date | None
    late_until: date | None
    overdue_days: int
    registered: int

    @property
    def is_answered(self) -> bool:
        """Whether it has decided."""
        return self.decided is not None


@dataclass(frozen=True)
class AnswerSums:
    """What was asked and decided in an area; letters that nobody has yet do not count.

    Args:
        area: its name; empty for all of them.
        municipalities: how many have a letter.
        answered: how many of these have decided.
        asked: persons asked for.
        decided: persons decided on.
        gap: asked, less decided; persons. Negative where more was decided than asked.
        asked_minors: unaccompanied minors among those asked for.
        decided_minors: unaccompanied minors among those decided on, where their number was told.
    """

    area: str
    municipalities: int
    answered: int
    asked: int
    decided: int
    gap: int
    asked_minors: int
    decided_minors: int


@dataclass(frozen=True)
class AnswersFound:
    """The answers to a round, taken together.

    Args:
        day: the day in Norway by which it is told who is overdue.
        states: how many letters there are in each state.
        areas: the sums by area; empty where the round cannot be read.
        total: the sums of all.
        national: persons that the round is to find room for in the whole country; None where it
            has no such figure, or not the whole round was asked about.
        national_gap: the national figure, less what is decided; None where there is none.
    """

    day: date
    states: Mapping[AnswerState, int]
    areas: tuple[AnswerSums, ...]
    total: AnswerSums
    national: int | None
    national_gap: int | None


@dataclass(frozen=True)
class AnswersReader:
    """Finds out what has come back to the letters of a round.

    Args:
        known: what the ledger knows.
        facts: the round as far as it can be read, faults or not; None where a file cannot be.
        kind: the kind of its letters; None where that cannot be read.
        today: the day it is in Norway.
    """

    known: Known
    facts: RoundFacts | None
    kind: Kind | None
    today: date

    def letters(self) -> dict[str, AnsweredLetter]:
        """The letters that somebody has and that ask for an answer, by municipality number."""
        if self.kind is not None and not self.kind.answer:
            return {}
        left = {number: self.known.left(number) for number in sorted(self.known.deliveries)}
        return {number: self._letter(number, file) for number, file in left.items() if file}

    def statuses(self) -> dict[str, AnswerStatus]:
        """What has come back to each letter that somebody has, by municipality number."""
        return {
            number: answer_status(letter, self.known.answers.get(number, ()), self.today)
            for number, letter in self.letters().items()
        }

    def together(self, chosen: Collection[str] | None = None) -> AnswersFound | None:
        """The answers taken together; None where no letter that wants one is with anybody.

        Args:
            chosen: municipality numbers to count; None for the whole round.
        """
        statuses = {
            number: each
            for number, each in self.statuses().items()
            if chosen is None or number in chosen
        }
        if not statuses:
            return None
        total = _sums("", statuses.values())
        national = self._national() if chosen is None else None
        states = Counter(each.state for each in statuses.values())
        return AnswersFound(
            day=self.today,
            states={state: states[state] for state in ANSWER_STATES if state in states},
            areas=self._by_area(statuses),
            total=total,
            national=national,
            national_gap=None if national is None else national - total.decided,
        )

    def _letter(self, number: str, file: SealedFile) -> AnsweredLetter:
        """What a letter asked for, as it was approved; else as the round's files say."""
        lead, minors = self._counts()
        approval = self.known.approvals.get(number)
        if approval is not None and approval.covers(file.content_digest) and approval.facts:
            record = approval.facts
            dated, deadline = (_day(record.get(key)) for key in ("date", "deadline"))
            asked, part = (_count(record.get(key)) for key in (lead, minors))
            return AnsweredLetter(file.reference, dated, deadline, asked, part)
        if self.facts is None:
            return AnsweredLetter(file.reference)
        rows = {row.number: row for row in self.facts.allocation.rows}
        row, round_ = rows.get(number), self.facts.round
        asked, part = (row.count(lead), row.count(minors)) if row else (None, None)
        return AnsweredLetter(file.reference, round_.letter_date, round_.last_day, asked, part)

    def _counts(self) -> tuple[str, str]:
        """The facts that an answer is held to: the leading count, and the first part of it."""
        if self.kind is None:
            return "asked", "minors"
        counts, lead = self.kind.main_counts, self.kind.lead
        return lead, next((name for name, each in counts.items() if each.part_of == lead), "")

    def _by_area(self, statuses: Mapping[str, AnswerStatus]) -> tuple[AnswerSums, ...]:
        facts, areas = self.facts, dict[str, list[AnswerStatus]]()
        if facts is None:
            return ()
        for number, each in statuses.items():
            if (municipality := facts.municipalities.get(number)) is not None:
                areas.setdefault(facts.area(municipality), []).append(each)
        return tuple(_sums(area, areas[area]) for area in sorted(areas, key=alphabetical))

    def _national(self) -> int | None:
        """The figure of the whole country that the leading count adds up to."""
        if self.kind is None or self.facts is None or not self.kind.lead:
            return None
        name = self.kind.counts[self.kind.lead].sums_to
        figure = getattr(self.facts.round.national, name, None) if name else None
        return figure if isinstance(figure, int) else None


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


def answer_status(letter: AnsweredLetter, answers: Sequence[Answer], today: date) -> AnswerStatus:
    """What has come back to a letter.

    Args:
        answers: all that was registered of it, the first first.
        today: the day it is in Norway.
    """
    last, late = last_decision(answers), more_time_until(answers)
    due = late or letter.deadline
    is_late = last is None and due is not None and due < today
    return AnswerStatus(
        state=_state_of(letter, last, is_late=is_late, is_extended=late is not None),
        asked=letter.asked,
        asked_minors=letter.minors,
        decided=last.decided if last else None,
        minors=last.minors if last else None,
        decided_on=last.decided_on if last else None,
        body=last.body if last else "",
        conditions=last.conditions if last else "",
        journal=last.journal if last else "",
        due=due,
        late_until=late,
        overdue_days=(today - due).days if is_late and due is not None else 0,
        registered=len(answers),
    )


def words_of(answer: AnswerStatus | None, day: Callable[[date], str] = when) -> str:
    """What has come back to a letter: `fewer (50)`, `12 days overdue`; empty where none is wanted.

    Args:
        day: how a day is written.
    """
    if answer is None:
        return ""
    if answer.decided is not None:
        return tr("{state} ({count})", state=tr(answer.state), count=spaced(answer.decided))
    if answer.state == "overdue":
        return tr_many("{count} day overdue", "{count} days overdue", answer.overdue_days)
    if answer.state == "extended" and answer.due is not None:
        return tr("more time until {day}", day=day(answer.due))
    return tr(answer.state)


def _state_of(
    letter: AnsweredLetter, last: Answer | None, *, is_late: bool, is_extended: bool
) -> AnswerState:
    if last is None or last.decided is None:
        if is_late:
            return "overdue"
        return "extended" if is_extended else "not answered"
    if last.decided == 0:
        return "no"
    if letter.asked is None:
        return "answered"
    if last.decided == letter.asked:
        return "yes"
    return "fewer" if last.decided < letter.asked else "more"


def _sums(area: str, statuses: Collection[AnswerStatus]) -> AnswerSums:
    asked = sum(each.asked or 0 for each in statuses)
    decided = sum(each.decided or 0 for each in statuses)
    return AnswerSums(
        area=area,
        municipalities=len(statuses),
        answered=sum(each.is_answered for each in statuses),
        asked=asked,
        decided=decided,
        gap=asked - decided,
        asked_minors=sum(each.asked_minors or 0 for each in statuses),
        decided_minors=sum(each.minors or 0 for each in statuses),
    )
