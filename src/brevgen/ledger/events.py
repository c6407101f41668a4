"""Everything that has happened, in order: added to, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from brevgen.ledger import schema


@dataclass(frozen=True)
class Event:
    """One thing that has happened.

    Args:
        at: when, aware UTC, whole seconds.
        round: the round's name.
        municipality: municipality number; empty for what concerns the whole round.
        reference: the letter's reference; empty where it had none.
        what: in a few fixed words, e.g. `reference given`.
        detail: the particulars, for a person to read.
        account: who did it: the account that ran the command.
    """

    at: datetime
    round: str
    municipality: str
    reference: str
    what: str
    detail: str
    account: str


def read(connection: Connection, round_name: str, municipality: str | None) -> list[Event]:
    """What has happened in a round, or to one municipality in it, the oldest first."""
    column = schema.events.c
    query = select(schema.events).where(column.round == round_name).order_by(column.id)
    if municipality is not None:
        query = query.where(column.municipality == municipality)
    return [
        Event(
            at=row.at,
            round=row.round,
            municipality=row.municipality,
            reference=row.reference or "",
            what=row.what,
            detail=row.detail,
            account=row.account,
        )
        for row in connection.execute(query)
    ]


def add(connection: Connection, happened: Sequence[Event]) -> None:
    """Write down what has happened, within the transaction that makes it happen."""
    if not happened:
        return
    connection.execute(
        insert(schema.events),
        [
            {
                "at": each.at,
                "round": each.round,
                "municipality": each.municipality,
                "reference": each.reference or None,  # NULL, which the foreign key lets pass
                "what": each.what,
                "detail": each.detail,
                "account": each.account,
            }
            for each in happened
        ],
    )
