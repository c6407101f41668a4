"""The chain of events: each event's hash covers the one before, itself, and the rows it brought.

So a row that another hand changed, added or took out no longer fits its event, and an event no
longer fits the next. Whoever can write the whole chain anew is found out only by a mark kept
elsewhere (`LedgerMark`).
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, Table, insert, select

from brevgen.actor import Actor
from brevgen.characters import cleaned
from brevgen.errors import LedgerDamaged
from brevgen.language import tr
from brevgen.ledger import schema
from brevgen.ledger.columns import damaged
from brevgen.ledger.records import Event, LedgerMark

UNREADABLE = (ValueError, TypeError, LedgerDamaged)
"""What comes of a cell that holds what it cannot: a letter for a number, no date for a date."""

_BYTES = ("pdf", "docx")  # their digests stand beside them, and are looked at when they are read


class Act:
    """One transaction that writes, and the events that tell of it.

    Args:
        connection: within the transaction.
        at: when it is done, aware.
        actor: who does it.
        tables: where rows that belong to its events stand already.
    """

    def __init__(
        self,
        connection: Connection,
        at: datetime,
        actor: Actor,
        tables: Iterable[Table] = (),
    ) -> None:
        self.connection = connection
        self.at = at
        self.actor = actor
        self._before = mark(connection)
        self._events: list[Event] = []
        self._tables = set(tables)

    @property
    def account(self) -> str:
        """The account that does it."""
        return self.actor.account

    def tell(
        self, act: str, what: str, *, round_name: str, municipality: str = "", reference: str = ""
    ) -> int:
        """Tell of something that happens in this transaction.

        Args:
            act: what was done, in a few fixed English words; see `told`.
            what: the particulars, in English; see `told`.
            round_name: the round's name; empty for the whole ledger.
            municipality: municipality number; empty for the whole round.
            reference: the letter's reference, if it has one.

        Returns:
            the event's number, which goes into every row that belongs to it.
        """
        number = self._before.sequence + len(self._events) + 1
        what = cleaned(what)
        event = Event(number, self.at, self.actor, round_name, municipality, reference, act, what)
        self._events.append(event)
        return number

    def insert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows that belong to events of this transaction; each names its own."""
        if rows:
            self._tables.add(table)
            self.connection.execute(insert(table), rows)

    def finish(self) -> None:
        """Close the chain over all that was told; the last thing in the transaction."""
        tables = [table for table in schema.OF_EVENTS if table in self._tables]
        _append(self.connection, self._before, self._events, tables)


def mark(connection: Connection) -> LedgerMark:
    """Which ledger it is and how far it has come.

    Raises:
        LedgerDamaged: what tells which ledger it is is gone.
    """
    name = _identity(connection)
    column = schema.events.c
    last = connection.execute(
        select(column.id, column.hash).order_by(column.id.desc()).limit(1)
    ).one_or_none()
    return LedgerMark(name, last.id, last.hash) if last else LedgerMark(name, 0, "")


def _identity(connection: Connection) -> str:
    names = connection.execute(select(schema.identity.c.identity)).scalars().all()
    if len(names) != 1 or not isinstance(names[0], str):
        raise LedgerDamaged(
            tr(
                "The ledger does not say which ledger it is: another hand has changed it. Put the"
                " ledger back from a backup."
            )
        )
    return names[0]


def _append(
    connection: Connection, before: LedgerMark, events: Sequence[Event], tables: Sequence[Table]
) -> None:
    """Write events whose rows are in some tables already, each bound to the one before."""
    if not events:
        return
    rows = _rows_of(connection, [each.sequence for each in events], tables)
    previous, values = before.hash or before.identity, []
    for each in events:
        fields = {
            "id": each.sequence,
            "at": each.at,
            "account": each.actor.account,
            "login": each.actor.login,
            "round": each.round,
            "municipality": each.municipality,
            "reference": each.reference,
            "act": each.act,
            "what": each.what,
        }
        previous = event_hash(previous, fields, rows.get(each.sequence, []))
        values.append({**fields, "hash": previous})
    connection.execute(insert(schema.events), values)


def intact(connection: Connection, numbers: Collection[int]) -> frozenset[int]:
    """Those of some events that fit what stands before them and all their rows."""
    wanted = set(numbers)
    if not wanted:
        return frozenset()
    return frozenset(
        number for number, is_intact in _walk(connection, wanted) if is_intact and number in wanted
    )


def intact_rows(
    connection: Connection, query: Select[Any], events: Collection[str] = ("event",)
) -> list[Row[Any]]:
    """The rows that a query finds and whose events fit; what another hand wrote is left out.

    Args:
        events: the columns that name the events a row belongs to; some may be NULL.
    """
    rows = list(connection.execute(query))
    own = [{getattr(row, name) for name in events} - {None} for row in rows]
    fitting = intact(connection, set().union(*own))
    return [row for row, numbers in zip(rows, own, strict=True) if numbers <= fitting]


def broken(connection: Connection) -> list[int]:
    """The numbers of all events that do not fit; the first that is missing of each gap too."""
    numbers = set(connection.execute(select(schema.events.c.id)).scalars())
    found = unfit(connection, numbers) | _without_event(connection)
    last = max(numbers, default=0)
    found |= {each + 1 for each in numbers | {0} if each < last and each + 1 not in numbers}
    return sorted(found)


def unfit(connection: Connection, numbers: Collection[int]) -> set[int]:
    """Those of some events that do not fit; where a cell cannot be read, each is looked at alone.

    A database that tells apart the kinds of cells lets none in that cannot be read.
    """
    try:
        return set(numbers) - intact(connection, numbers)
    except UNREADABLE:
        if len(numbers) == 1:
            return set(numbers)
        inside = sorted(numbers)
        half = len(inside) // 2
        return unfit(connection, inside[:half]) | unfit(connection, inside[half:])


def _walk(connection: Connection, wanted: set[int]) -> Iterator[tuple[int, bool]]:
    column, table = schema.events.c, schema.events
    wanted = {number for number in wanted if number > 0}  # the first that is given is 1
    if not wanted:
        return
    around = _is_among(column.id, wanted | {number - 1 for number in wanted})
    found: dict[int, Row[Any]] = {
        row.id: row for row in connection.execute(select(table).where(around))
    }
    rows = _rows_of(connection, wanted)
    identity = _identity(connection)
    for number in sorted(wanted & found.keys()):
        fields = dict(found[number]._mapping)
        stored = fields.pop("hash")
        before = identity if number == 1 else getattr(found.get(number - 1), "hash", None)
        # whoever knows what an event stands after could make one that stands after nothing
        fits = before is not None and stored == event_hash(before, fields, rows.get(number, []))
        yield number, fits


def _without_event(connection: Connection) -> set[int]:
    """The numbers of events that rows say they belong to and that are not there."""
    missing: set[int] = set()
    for table in schema.OF_EVENTS:
        events = schema.events
        query = (
            select(table.c.event)
            .outerjoin_from(table, events, events.c.id == table.c.event)
            .where(events.c.id.is_(None))
        )
        missing |= {event_number(each) for each in connection.execute(query).scalars()}
    return missing


def _rows_of(
    connection: Connection, numbers: Collection[int], tables: Sequence[Table] = schema.OF_EVENTS
) -> dict[int, list[list[Any]]]:
    """The rows that belong to events, table by table, without the bytes of files.

    What is NULL is left out, so that a later version may add columns.
    """
    rows: dict[int, list[list[Any]]] = {}
    for table in tables:
        columns = [column for column in table.columns if column.name not in _BYTES]
        query = (
            select(*columns)
            .where(_is_among(table.c.event, numbers))
            .order_by(*table.primary_key.columns)
        )
        for row in connection.execute(query):
            known = {name: value for name, value in row._mapping.items() if value is not None}
            rows.setdefault(row.event, []).append([table.name, known])
    return rows


def _is_among(column: Column[Any], numbers: Collection[int]) -> Any:
    first, last = min(numbers), max(numbers)
    if last - first < 4 * len(numbers) + 100:  # as good as a range, and no long list
        return column.between(first, last)
    return column.in_(numbers)


def event_hash(previous: str, fields: dict[str, Any], rows: list[list[Any]]) -> str:
    """The hash of an event: of the hash before, its own fields, and the rows that belong to it."""
    text = json.dumps([previous, fields, rows], sort_keys=True, default=_moment)
    return hashlib.sha256(text.encode()).hexdigest()


def event_number(cell: object) -> int:
    """The number of an event as it stands in a row; 0 where another hand wrote what is none."""
    return cell if isinstance(cell, int) else 0


def _moment(value: object) -> str:
    if not isinstance(value, datetime):
        raise damaged(value, tr("text"))
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
