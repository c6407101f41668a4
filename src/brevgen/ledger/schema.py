"""The ledger's tables: references given, documents made, and everything that has happened.

Whatever comes later (approvals, sealed files, dispatches) hangs on a reference, as documents do.
"""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

VERSION: Final = 1
"""The version of these tables, kept in the file as `PRAGMA user_version`."""

APPLICATION_ID: Final = 0x42524556
"""`BREV`: tells a ledger from any other SQLite file, kept as `PRAGMA application_id`."""


class UtcSecond(TypeDecorator[datetime]):
    """A moment as text, `2017-11-06T09:00:00Z`: it sorts, and a person can read it.

    Takes aware datetimes of any zone, drops fractions of a second, gives aware UTC back.

    Raises:
        ValueError: (inside SQLAlchemy's StatementError) the datetime has no time zone.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """From a datetime to the text in the file."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """From the text in the file to a datetime."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()

references = Table(
    "references",
    metadata,
    Column("reference", Text, primary_key=True),
    Column("round", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("given_at", UtcSecond, nullable=False),
    Column("how", Text, CheckConstraint("how IN ('series', 'allocation')"), nullable=False),
    UniqueConstraint("round", "municipality"),
)

documents = Table(
    "documents",
    metadata,
    Column("reference", ForeignKey(references.c.reference), primary_key=True),
    Column("state", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("content_digest", Text, nullable=False),
    Column("pdf_name", Text, nullable=False),
    Column("pdf_sha256", Text, nullable=False),
    Column("docx_name", Text, nullable=False),
    Column("docx_sha256", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("made_at", UtcSecond, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcSecond, nullable=False),
    Column("round", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("reference", ForeignKey(references.c.reference)),
    Column("what", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("account", Text, nullable=False),
    Index("events_of_a_letter", "round", "municipality"),
)


def create(connection: Connection) -> None:
    """Make the tables in an empty database, within the transaction of the connection."""
    metadata.create_all(connection, checkfirst=False)
    for table in (references, events):
        _write_once(connection, table.name)
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")


def _write_once(connection: Connection, table: str) -> None:
    """Let the file itself refuse what must never happen, whichever program tries it."""
    for action in ("update", "delete"):
        connection.exec_driver_sql(
            f'CREATE TRIGGER {table}_refuse_{action} BEFORE {action} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} are written once'); END"
        )
