"""The ledger's tables: letters, references, drafts, approvals, seals, deliveries, answers, events.

Every row that is written once belongs to an event, and the event's hash covers the row, so that a
row that was changed, added or taken out by another hand can be told. Whatever becomes of a letter
hangs on its reference.
"""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from brevgen.ledger.records import STATES

VERSION: Final = 4
"""The version of these tables, kept with them: in a file as `PRAGMA user_version`."""

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


def _sha256(name: str, *, primary_key: bool = False, unique: bool = False) -> Column[str]:
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


def _day(name: str) -> Column[str]:
    """A column of days, `2018-01-06`, which may be unknown."""
    return Column(
        name, Text, CheckConstraint(f"{name} GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'")
    )


def _event() -> Column[int]:
    """The event a row belongs to, which is written after it: its hash covers the row."""
    key = ForeignKey("events.id", deferrable=True, initially="DEFERRED")
    return Column("event", Integer, key, nullable=False, index=True)


metadata = MetaData()

identity = Table(
    "identity",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True),
    Column("identity", Text, nullable=False),
    Column("made_at", UtcSecond, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("round", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("what", Text, nullable=False),
    _sha256("hash", unique=True),
    Index("events_of_a_letter", "round", "municipality"),
)

letters = Table(
    "letters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("round", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    _event(),
    UniqueConstraint("round", "kind", "municipality"),
)

# A letter has its latest reference; an earlier one, given up before any approval, stays used.
references = Table(
    "references",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", Text, unique=True, nullable=False),
    Column("letter", ForeignKey(letters.c.id), nullable=False, index=True),
    Column("given_at", UtcSecond, nullable=False),
    Column("how", Text, CheckConstraint("how IN ('series', 'allocation')"), nullable=False),
    _event(),
)

documents = Table(
    "documents",
    metadata,
    Column("letter", ForeignKey(letters.c.id), primary_key=True),
    Column("reference", ForeignKey(references.c.reference), nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("content_digest", Text, nullable=False),
    Column("pdf_name", Text, nullable=False),
    Column("pdf_sha256", Text, nullable=False),
    Column("docx_name", Text, nullable=False),
    Column("docx_sha256", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("made_at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
)

contents = Table(
    "contents",
    metadata,
    _sha256("digest", primary_key=True),
    Column("text", Text, nullable=False),
)

manifests = Table(
    "manifests",
    metadata,
    Column("id", Integer, primary_key=True),
    _sha256("digest"),
    Column("round", Text, nullable=False),
    Column("act", Text, CheckConstraint("act IN ('shown', 'approved')"), nullable=False),
    Column("at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
    _event(),
    Index("manifests_of_a_round", "round"),
)

manifest_letters = Table(
    "manifest_letters",
    metadata,
    Column("manifest", ForeignKey(manifests.c.id), primary_key=True),
    Column("reference", ForeignKey(references.c.reference), primary_key=True),
    Column("content_digest", ForeignKey(contents.c.digest), nullable=False),
    Column("signatory", Text, nullable=False),
    Column("look", Text, nullable=False),
    Column("facts", JSON(none_as_null=True)),
    _event(),
    Index("manifests_of_a_letter", "reference"),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("manifest", Integer, nullable=False),
    Column("reference", Text, nullable=False),
    Column("at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
    Column("reason", Text, CheckConstraint("trim(reason) <> ''"), nullable=False),
    _event(),
    ForeignKeyConstraint(
        ["manifest", "reference"],
        [manifest_letters.c.manifest, manifest_letters.c.reference],
    ),
    UniqueConstraint("manifest", "reference"),
)

sealed = Table(
    "sealed",
    metadata,
    Column("reference", ForeignKey(references.c.reference), primary_key=True),
    Column("content_digest", ForeignKey(contents.c.digest), primary_key=True),
    Column("pdf_name", Text, nullable=False),
    _sha256("pdf_sha256", unique=True),
    _sha256("unsealed_sha256"),
    Column("docx_name", Text, nullable=False),
    _sha256("docx_sha256"),
    Column("pages", Integer, nullable=False),
    Column("sealed_at", UtcSecond, nullable=False),
    Column("sealed_by", Text, nullable=False),
    # A TEST seal must not stand in the way of a real one.
    Column("is_test", Boolean(create_constraint=True), primary_key=True),
    _event(),
    # Last, so that SQLite need not go through the bytes to get at the rest.
    Column("pdf", LargeBinary, nullable=False),
    Column("docx", LargeBinary, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", ForeignKey(references.c.reference), nullable=False),
    Column("content_digest", ForeignKey(contents.c.digest), nullable=False),
    Column("pdf_sha256", ForeignKey(sealed.c.pdf_sha256), nullable=False),
    Column("channel", Text, nullable=False),
    Column("recipient_key", Text, nullable=False),
    Column("copy", Integer, CheckConstraint('"copy" >= 1'), nullable=False),
    Column("external_id", Text, unique=True),
    Column("role", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    _event(),
    UniqueConstraint("pdf_sha256", "channel", "recipient_key", "copy"),
    Index("deliveries_of_a_letter", "reference"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery", ForeignKey(deliveries.c.id), nullable=False, index=True),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ({})".format(", ".join(f"'{each}'" for each in STATES))),
        nullable=False,
    ),
    Column("at", UtcSecond, nullable=False),
    Column("words", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("external_id", Text, index=True),
    _event(),
)

# What a municipality answered, or that it has been given more time; a later one takes the place of
# an earlier one, and both stay. NULL is not known, which is not zero: zero is a no.
answers = Table(
    "answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", ForeignKey(references.c.reference), nullable=False),
    Column("decided", Integer, CheckConstraint("decided >= 0")),
    Column("minors", Integer, CheckConstraint("minors >= 0 AND minors <= decided")),
    _day("decided_on"),
    Column("body", Text, nullable=False),
    Column("conditions", Text, nullable=False),
    _day("late_until"),
    Column("journal", Text, nullable=False),
    Column("at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
    _event(),
    CheckConstraint("decided IS NOT NULL OR late_until IS NOT NULL"),
    CheckConstraint("decided IS NULL OR decided_on IS NOT NULL"),
    Index("answers_to_a_letter", "reference"),
)


WRITTEN_ONCE: Final = (
    identity,
    events,
    letters,
    references,
    contents,
    manifests,
    manifest_letters,
    withdrawals,
    sealed,
    deliveries,
    receipts,
    answers,
)
"""The tables whose rows are never changed nor taken out."""

OF_EVENTS: Final = tuple(table for table in WRITTEN_ONCE if "event" in table.columns)
"""The tables whose rows each belong to an event."""
