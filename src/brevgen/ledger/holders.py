"""Whose each reference is, as the ledger's file has it.

A letter recorded under another's reference would be a defect: better none than that.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from brevgen.ledger import schema
from brevgen.ledger.references import Holder, NewReference, Used


def read(connection: Connection) -> Used:
    """Every reference ever given, in any round, and whose it is."""
    rows = connection.execute(select(schema.references))
    return {row.reference: Holder(row.round, row.municipality) for row in rows}


def find(connection: Connection, reference: str) -> Holder | None:
    """Whose a reference is; None where nobody has it."""
    given = schema.references.c
    query = select(given.round, given.municipality).where(given.reference == reference)
    row = connection.execute(query).one_or_none()
    return None if row is None else Holder(row.round, row.municipality)


def write(
    connection: Connection, round_name: str, new: Sequence[NewReference], at: datetime
) -> None:
    """Give new references; that they break no rule was seen to within the same transaction."""
    if not new:
        return
    connection.execute(
        insert(schema.references),
        [
            {
                "reference": each.reference,
                "round": round_name,
                "municipality": each.municipality,
                "given_at": at,
                "how": each.how,
            }
            for each in new
        ],
    )


def check(connection: Connection, letters: Iterable[tuple[str, Holder]]) -> None:
    """See to it that each reference is that of the letter beside it.

    Raises:
        ValueError: one was not given to the letter it is said to be of.
    """
    given = read(connection)
    for reference, letter in letters:
        if given.get(reference) != letter:
            raise ValueError(
                f"{reference} was not given to municipality {letter.municipality} "
                f"in round {letter.round}"
            )
