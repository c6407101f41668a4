"""A ledger carried from one kind of database to another, row by row, and compared row by row."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Table, insert, select

from brevgen.errors import LedgerDamaged, LedgerUnusable
from brevgen.language import tr
from brevgen.ledger import chain, schema
from brevgen.ledger.file import create_file, publish
from brevgen.ledger.file_store import FileStore
from brevgen.ledger.sqlite import LedgerFile, create_tables

_AT_ONCE: Final = 50
"""Rows that are held at once; a sealed letter has some 80 kB."""


def carry(source: Connection, target: Connection) -> None:
    """Copy every row into empty tables, and see that both say the same, hash by hash.

    Raises:
        LedgerDamaged: they do not; the transaction must not be committed.
    """
    for table in schema.metadata.sorted_tables:
        with _in_order(source, table) as found:
            for rows in found.partitions(_AT_ONCE):
                target.execute(insert(table), [dict(row._mapping) for row in rows])
    _compare(source, target)


def into_file(source: AbstractContextManager[Connection], to: Path) -> None:
    """Write all of a ledger into one new SQLite file, which appears whole.

    Raises:
        LedgerUnusable: there is a file already, or none can be made.
        LedgerDamaged: the copy is not the same.
    """
    aside = create_file(to)
    try:
        file = LedgerFile(to, str(aside.absolute()), only_reading=False)
        try:
            with source as rows, file.writing() as target:
                create_tables(target)
                carry(rows, target)
        finally:
            file.close()
        if not publish(aside, to):
            raise LedgerUnusable(
                tr("{path} is there already. Choose another name for the copy.", path=to)
            )
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def from_file(path: Path) -> Iterator[Connection]:
    """All of a ledger's file, as of one moment."""
    file = FileStore(path).open_for_reading()
    try:
        with file.reading() as connection:
            yield connection
    finally:
        file.close()


def _in_order(connection: Connection, table: Table) -> CursorResult[Any]:
    query = select(table).order_by(*table.primary_key.columns)
    return connection.execute(query, execution_options={"yield_per": _AT_ONCE})


def _compare(source: Connection, target: Connection) -> None:
    for table in schema.metadata.sorted_tables:
        with _in_order(source, table) as one, _in_order(target, table) as other:
            unlike = next((a or b for a, b in zip_longest(one, other) if a != b), None)
        if unlike is not None:
            raise LedgerDamaged(
                tr(
                    "The copy of the ledger is not the same: see {row} in the table {table}."
                    " Nothing was copied.",
                    row=", ".join(str(unlike._mapping[key.name]) for key in table.primary_key),
                    table=table.name,
                )
            )
    if broken := chain.broken(target):
        raise LedgerDamaged(
            tr(
                "The ledger does not hold, so it is not copied: {events}. See brevgen verify"
                " --ledger.",
                events=", ".join(map(str, broken)),
            )
        )
