"""Registering what municipalities have answered, one by one or from a spreadsheet.

Works from the ledger, so that a fault in the allocation is no hindrance. Nothing that was
registered is changed: a later answer takes the place of an earlier one, and both stay.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from brevgen.errors import Refused
from brevgen.facts.allocation_columns import NUMBER
from brevgen.facts.answers import AnsweredLetter, ToldAnswer, answer_in, misfits
from brevgen.facts.answers_table import read_answers
from brevgen.findings import FaultyInput, Finding, Findings, Place
from brevgen.language import tr
from brevgen.ledger.records import Answer
from brevgen.rounds.answer_status import (
    AnswerState,
    answer_status,
)
from brevgen.rounds.session import RoundSession
from brevgen.tables.cells import Cell, Unusable, cleaned


@dataclass(frozen=True)
class RegisteredAnswer:
    """An answer that was registered, or would be.

    Args:
        number: municipality number.
        municipality: number and name.
        reference: the reference of the letter it answers.
        state: what has come back to the letter by it.
        asked: persons asked for; None where that is not known.
        decided: persons it has decided to settle, 0 for a no; None where it has more time.
        minors: unaccompanied minors among them; None where it told no number.
        decided_on: the day it decided.
        late_until: the day until which it has more time.
        replaces: persons decided by an earlier answer, whose place this one takes; None for none.
        is_new: whether it was not registered already, word for word.
    """

    number: str
    municipality: str
    reference: str
    state: AnswerState
    asked: int | None
    decided: int | None
    minors: int | None
    decided_on: date | None
    late_until: date | None
    replaces: int | None
    is_new: bool


@dataclass(frozen=True)
class Registered:
    """What was registered.

    Args:
        round: the round's name.
        answers: every answer that was told.
        warnings: what a person should look at.
        is_kept: whether it stands in the ledger; not where it was only tried.
    """

    round: str
    answers: tuple[RegisteredAnswer, ...]
    warnings: tuple[Finding, ...]
    is_kept: bool


_Where = Callable[[str, str], Place]
"""Where a thing was told: by municipality number and column."""


def answer(
    session: RoundSession, who: str, cells: Mapping[str, str], *, names: Mapping[str, str]
) -> Registered:
    """Register what one municipality has answered.

    Args:
        who: municipality number or name.
        cells: what it has answered, as it was typed, by the columns of `facts.answers`.
        names: what the columns are called where it was typed: `--decided`.

    Raises:
        WrongUse: the name means nobody who has a letter, or several.
        FaultyInput: something in it does not fit; all that does not.
        Refused: its letter was not sent, or asks for no answer.
    """
    session.actor.must_have("follow up")
    (number,) = session.choose_known([who])
    _refuse_unsent(session, number)
    findings = Findings()

    def where(_: str, column: str) -> Place:
        return Place(column=names.get(column, column))

    clean: dict[str, Cell] = {}
    for column, text in cells.items():
        cell = cleaned(text)
        if isinstance(cell, Unusable):
            findings.fault(cell.what, cell.remedy, where(number, column))
        elif cell:
            clean[column] = cell

    def fault(column: str, what: str, remedy: str) -> None:
        findings.fault(what, remedy, where(number, column))

    told = answer_in(number, clean, fault)
    return _register(session, [told], where, findings)


def last_registered(session: RoundSession, number: str) -> Registered | None:
    """What was last registered of a municipality, as it was told then; None for nothing."""
    letter = session.answers.letters().get(number)
    known = session.known.answers.get(number, ())
    if letter is None or not known:
        return None
    last, today = known[-1], session.today()
    told = ToldAnswer(
        number=number,
        decided=last.decided,
        minors=last.minors,
        decided_on=last.decided_on,
        body=last.body,
        conditions=last.conditions,
        late_until=last.late_until,
        journal=last.journal,
    )
    warnings = tuple(
        Finding("warning", each.what, each.remedy)
        for each in misfits(told, letter, today)
        if each.severity == "warning"
    )
    was = answer_status(letter, known[:-1], today).decided if told.decided is not None else None
    line = replace(_line(session, letter, told), replaces=was)
    return Registered(session.name, (line,), warnings, is_kept=True)


def answers(session: RoundSession, path: Path, *, dry_run: bool = False) -> Registered:
    """Register what municipalities have answered, from a spreadsheet; all of it or nothing.

    Args:
        dry_run: whether it is only tried.

    Raises:
        FaultyInput: something in it does not fit; all that does not.
        Refused: the letters of the round ask for no answer.
    """
    session.actor.must_have("follow up")
    _refuse_kind(session)
    findings, facts = Findings(), session.readable_facts
    table = read_answers(
        path,
        findings,
        shown_as=path.name,
        year=facts.round.settlement_year if facts is not None else None,
        register=facts.register if facts is not None else None,
    )
    if table is None:
        raise FaultyInput(findings.items)
    rows = {each.told.number: each for each in table.rows}

    def where(number: str, column: str) -> Place:
        return table.place(rows[number], column)

    letters = session.answers.letters()
    told = []
    for each in table.rows:
        number = each.told.number
        if number not in letters:
            findings.fault(*_unsent(session, number), where(number, NUMBER))
        elif _was_replaced(session, letters[number], each.told):
            findings.warn(
                tr(
                    "This answer of {municipality} was registered before, and another one has taken"
                    " its place since, so it is passed over.",
                    municipality=session.label(number),
                ),
                tr("If it is to hold again, register it by itself: brevgen answer."),
                where(number, NUMBER),
            )
        else:
            told.append(each.told)
    return _register(session, told, where, findings, is_kept=not dry_run)


def _register(
    session: RoundSession,
    told: Sequence[ToldAnswer],
    where: _Where,
    findings: Findings,
    *,
    is_kept: bool = True,
) -> Registered:
    """Look at every answer, and keep those that are new if no fault was found."""
    letters, today = session.answers.letters(), session.today()
    for each in told:
        for misfit in misfits(each, letters[each.number], today):
            place = where(each.number, misfit.column)
            if misfit.severity == "fault":
                findings.fault(misfit.what, misfit.remedy, place)
            else:
                findings.warn(misfit.what, misfit.remedy, place)
    findings.stop_on_faults()
    if not is_kept or not any(_is_new(session, letters[each.number], each) for each in told):
        lines = [_line(session, letters[each.number], each) for each in told]
        return Registered(session.name, tuple(lines), tuple(findings.warnings), is_kept)
    with session.changing() as ledger:
        letters = session.answers.letters()  # who has one, has it for good
        lines = [_line(session, letters[each.number], each) for each in told]
        new = [each for each in told if _is_new(session, letters[each.number], each)]
        ledger.register_answers([_as_kept(session, letters[each.number], each) for each in new])
        session.forget()
    return Registered(session.name, tuple(lines), tuple(findings.warnings), is_kept=True)


def _line(session: RoundSession, letter: AnsweredLetter, told: ToldAnswer) -> RegisteredAnswer:
    before = session.known.answers.get(told.number, ())
    kept, is_new = _as_kept(session, letter, told), _is_new(session, letter, told)
    status = answer_status(letter, [*before, kept], session.today())
    was = answer_status(letter, before, session.today()).decided
    return RegisteredAnswer(
        number=told.number,
        municipality=session.label(told.number),
        reference=letter.reference,
        state=status.state,
        asked=letter.asked,
        decided=told.decided,
        minors=told.minors,
        decided_on=told.decided_on,
        late_until=told.late_until,
        replaces=was if is_new and told.decided is not None else None,
        is_new=is_new,
    )


def _as_kept(session: RoundSession, letter: AnsweredLetter, told: ToldAnswer) -> Answer:
    return Answer(
        round=session.name,
        municipality=told.number,
        reference=letter.reference,
        decided=told.decided,
        minors=told.minors,
        decided_on=told.decided_on,
        body=told.body,
        conditions=told.conditions,
        late_until=told.late_until,
        journal=told.journal,
    )


def _same(session: RoundSession, letter: AnsweredLetter, told: ToldAnswer) -> list[bool]:
    """Of each answer that was registered before, the first first: whether it says the same."""
    kept = _as_kept(session, letter, told)
    before = session.known.answers.get(told.number, ())
    return [replace(each, at=None, account="", sequence=0) == kept for each in before]


def _is_new(session: RoundSession, letter: AnsweredLetter, told: ToldAnswer) -> bool:
    """Whether the last that was registered says otherwise."""
    return not any(_same(session, letter, told)[-1:])


def _was_replaced(session: RoundSession, letter: AnsweredLetter, told: ToldAnswer) -> bool:
    """Whether it was registered before, and is not the last: who reads a file twice means none."""
    same = _same(session, letter, told)
    return any(same) and not same[-1]


def _refuse_kind(session: RoundSession) -> None:
    if session.kind is not None and not session.kind.answer:
        raise Refused(tr("The letters of the round {round} ask for no answer.", round=session.name))


def _refuse_unsent(session: RoundSession, number: str) -> None:
    _refuse_kind(session)
    if session.known.left(number) is None:
        raise Refused(" ".join(_unsent(session, number)))


def _unsent(session: RoundSession, number: str) -> tuple[str, str]:
    """Why there can be no answer of a municipality, and what to do."""
    label = session.label(number)
    if number in session.known.references:
        return (
            tr(
                "The letter to {municipality} in the round {round} has not been sent, so this is"
                " no answer to it.",
                municipality=label,
                round=session.name,
            ),
            tr("Send the letter first, or see whether it is another municipality."),
        )
    return (
        tr(
            "{municipality} has no letter in the round {round}.",
            municipality=label,
            round=session.name,
        ),
        tr("See whether it is another round or another municipality."),
    )
