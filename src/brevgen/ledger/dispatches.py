"""What became of each letter on its way to each recipient: every receipt, never changed."""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select

from brevgen.ledger import holders, schema
from brevgen.ledger.records import Dispatch, Dispatched, Receipt
from brevgen.ledger.references import Holder


class OtherHasLeft(ValueError):
    """The letter went out in other words already; what is sent is never changed."""


def read(connection: Connection, round_name: str) -> dict[str, tuple[Dispatched, ...]]:
    """The messages of a round, the oldest first, by municipality number, in order of number."""
    found = _select(connection, schema.references.c.round == round_name)
    by_number = groupby(
        sorted(found, key=lambda each: each.dispatch.municipality),
        key=lambda each: each.dispatch.municipality,
    )
    return {number: tuple(each) for number, each in by_number}


def find(connection: Connection, message_id: str) -> Dispatched | None:
    """A message, of any round; None where none of ours is called so."""
    found = _select(connection, schema.dispatches.c.message_id == message_id)
    return found[0] if found else None


def find_by_address(connection: Connection, address: str) -> list[Dispatched]:
    """All messages to an address, of any round, the oldest first."""
    return _select(connection, schema.dispatches.c.address.collate("NOCASE") == address)


def add(connection: Connection, dispatch: Dispatch) -> None:
    """Write a message down, unless it is there.

    Raises:
        OtherHasLeft: the letter has left in other words.
        ValueError: the reference was not given to the letter it is said to be of.
    """
    letter = Holder(dispatch.round, dispatch.municipality)
    if holders.find(connection, dispatch.reference) != letter:
        raise ValueError(f"{dispatch.reference} was not given to {letter}")
    others = _select(connection, schema.dispatches.c.reference == dispatch.reference)
    if any(o.has_left and o.dispatch.pdf_sha256 != dispatch.pdf_sha256 for o in others):
        raise OtherHasLeft(f"{dispatch.reference} has left in other words")
    if all(other.dispatch.message_id != dispatch.message_id for other in others):
        fields = asdict(dispatch)
        del fields["round"], fields["municipality"]
        connection.execute(insert(schema.dispatches).values(**fields))


def note(connection: Connection, message_ids: Iterable[str], receipt: Receipt) -> None:
    """Write the same receipt down for each of some messages."""
    rows = [{"message_id": each, **asdict(receipt)} for each in message_ids]
    if rows:
        connection.execute(insert(schema.receipts), rows)


def _select(connection: Connection, condition: ColumnElement[bool]) -> list[Dispatched]:
    given, receipt = schema.references.c, schema.receipts.c
    query = (
        select(
            given.round,
            given.municipality,
            schema.dispatches,
            receipt.state,
            receipt.at,
            receipt.words,
            receipt.account,
        )
        .select_from(schema.dispatches.join(schema.references).join(schema.receipts))
        .where(condition)
        .order_by(receipt.id)
    )
    receipts: dict[str, list[Receipt]] = {}
    found: dict[str, Dispatch] = {}
    for row in connection.execute(query):
        found.setdefault(row.message_id, _dispatch(row))
        receipts.setdefault(row.message_id, []).append(
            Receipt(row.state, row.at, row.words, row.account)
        )
    return [Dispatched(found[each], tuple(receipts[each])) for each in found]


def _dispatch(row: Row[Any]) -> Dispatch:
    return Dispatch(
        message_id=row.message_id,
        round=row.round,
        municipality=row.municipality,
        reference=row.reference,
        content_digest=row.content_digest,
        pdf_sha256=row.pdf_sha256,
        role=row.role,
        title=row.title,
        name=row.name,
        address=row.address,
    )
