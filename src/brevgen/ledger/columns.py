"""The kinds of columns that the ledger's tables have."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Integer,
    Text,
    TypeDecorator,
)

from brevgen.characters import cleaned
from brevgen.errors import LedgerDamaged
from brevgen.language import tr


class Words(TypeDecorator[str]):
    """Text; SQLite would keep anything else in its place as well.

    Raises:
        LedgerDamaged: what is read is none.
    """

    impl = Text
    cache_ok = True

    def process_result_value(self, value: object, dialect: Dialect) -> str | None:
        """From the text in the file to the same."""
        if value is None or isinstance(value, str):
            return value
        raise damaged(value, tr("text"))


class Facts(TypeDecorator[Any]):
    """What a letter was made from, as JSON.

    Raises:
        LedgerDamaged: what is read is none.
    """

    impl = JSON(none_as_null=True)
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """From the JSON in the file to its values."""
        read = super().result_processor(dialect, coltype)
        if read is None:
            return None

        def values(cell: Any) -> Any:
            try:
                return read(cell)
            except (ValueError, TypeError, RecursionError) as error:
                raise damaged(cell, "JSON") from error

        return values


class UtcSecond(TypeDecorator[datetime]):
    """A moment as text, `2017-11-06T09:00:00Z`: it sorts, and a person can read it.

    Takes aware datetimes of any zone, drops fractions of a second, gives aware UTC back.

    Raises:
        ValueError: (inside SQLAlchemy's StatementError) the datetime has no time zone.
        LedgerDamaged: what is read is no moment as they are written here.
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
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except (ValueError, TypeError):
            moment = None
        if moment is None or len(value) != len("2017-11-06T09:00:00Z") or value[-1] != "Z":
            raise damaged(value, tr("a moment"))
        return moment


def damaged(value: object, wanted: str) -> LedgerDamaged:
    """What is told where a cell holds something that is not what is wanted there."""
    return LedgerDamaged(
        tr(
            "The ledger holds “{value}” where {wanted} should stand: another hand or a broken disk"
            " has changed it. Put the ledger back from a backup.",
            value=cleaned(str(value))[:40],
            wanted=wanted,
        )
    )


def sha256(name: str, *, primary_key: bool = False, unique: bool = False) -> Column[str]:
    """A column of digests, 64 hexadecimal digits each."""
    hexadecimal = f"length({name}) = 64 AND {name} NOT GLOB '*[^0-9a-f]*'"
    return Column(
        name,
        Text,
        CheckConstraint(hexadecimal),
        primary_key=primary_key,
        unique=unique,
        nullable=False,
    )


def day(name: str) -> Column[str]:
    """A column of days, `2018-01-06`, which may be unknown."""
    return Column(
        name, Text, CheckConstraint(f"{name} GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'")
    )


def event() -> Column[int]:
    """The event a row belongs to, which is written after it: its hash covers the row."""
    key = ForeignKey("events.id", deferrable=True, initially="DEFERRED")
    return Column("event", Integer, key, nullable=False, index=True)
