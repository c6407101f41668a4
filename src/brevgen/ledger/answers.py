"""What municipalities have answered: every answer, and the latest, which holds."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from brevgen.ledger import chain, schema, told
from brevgen.ledger.door import ReadingDoor, WritingDoor
from brevgen.ledger.giving import check_holders
from brevgen.ledger.records import Answer
from brevgen.ledger.references import Holder


class AnswersReader(ReadingDoor):
    """Answers."""

    def answers(self, round_name: str) -> dict[str, list[Answer]]:
        """Every answer to the letters of a round, by municipality number in order, the first first.

        One whose event does not fit it, because another hand wrote it, is none. The last decision
        holds, and so does the last day until which there is more time.
        """
        with self._file.reading() as connection:
            found: dict[str, list[Answer]] = {}
            for row in _rows(connection, round_name):
                found.setdefault(row.municipality, []).append(_answer(row))
            return found


class AnswersWriter(WritingDoor, AnswersReader):
    """Registering answers."""

    def register_answers(self, answers: Sequence[Answer]) -> None:
        """Keep answers beside those there are; all of them or none.

        Raises:
            ValueError: a reference was not given to the letter it is said to be of, or an answer
                neither decides nor has more time.
        """
        with self._act() as act:
            check_holders(
                act.connection,
                ((each.reference, Holder(each.round, each.municipality)) for each in answers),
            )
            rows = [_as_row(act, each) for each in answers]
            act.insert(schema.answers, rows)


def _as_row(act: chain.Act, answer: Answer) -> dict[str, Any]:
    if answer.decided is None and answer.late_until is None:
        raise ValueError(f"the answer to {answer.reference} says nothing")
    decides = answer.decided is not None
    event = act.tell(
        "answer registered" if decides else "more time given",
        _words(answer) if decides else told.MORE_TIME.format(day=answer.late_until),
        round_name=answer.round,
        municipality=answer.municipality,
        reference=answer.reference,
    )
    return {
        "reference": answer.reference,
        "decided": answer.decided,
        "minors": answer.minors,
        "decided_on": _written(answer.decided_on),
        "body": answer.body,
        "conditions": answer.conditions,
        "late_until": _written(answer.late_until),
        "journal": answer.journal,
        "at": act.at,
        "account": act.account,
        "event": event,
    }


def _words(answer: Answer) -> str:
    """A decision as the history tells it."""
    words = told.DECIDED if answer.minors is None else told.DECIDED_WITH_MINORS
    decision = words.format(decided=answer.decided, day=answer.decided_on, minors=answer.minors)
    if not answer.conditions:
        return decision
    return told.WITH_CONDITIONS.format(decision=decision, conditions=answer.conditions)


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read(day: str | None) -> date | None:
    return None if day is None else date.fromisoformat(day)


def _rows(connection: Connection, round_name: str) -> list[Row[Any]]:
    letter, answer = schema.letters.c, schema.answers.c
    query = (
        select(letter.round, letter.municipality, *answer)
        .select_from(schema.answers.join(schema.references).join(schema.letters))
        .where(letter.round == round_name)
        .order_by(letter.municipality, answer.id)
    )
    return chain.intact_rows(connection, query)


def _answer(row: Row[Any]) -> Answer:
    return Answer(
        round=row.round,
        municipality=row.municipality,
        reference=row.reference,
        decided=row.decided,
        minors=row.minors,
        decided_on=_read(row.decided_on),
        body=row.body,
        conditions=row.conditions,
        late_until=_read(row.late_until),
        journal=row.journal,
        at=row.at,
        account=row.account,
        sequence=row.event,
    )
