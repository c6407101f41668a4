"""The ledger's tables: letters, references, drafts, approvals, seals, deliveries, answers, events …

Every row that is written once belongs to an event, and the event's hash covers the row, so that a
row that was changed, added or taken out by another hand can be told. Whatever becomes of a letter
hangs on its reference.
"""

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from brevgen.ledger.columns import Facts, UtcSecond, Words, day, event, sha256
from brevgen.ledger.records import STATES

VERSION: Final = 5
"""The version of these tables, kept with them: in a file as `PRAGMA user_version`."""

APPLICATION_ID: Final = 0x42524556
"""`BREV`: tells a ledger from any other SQLite file, kept as `PRAGMA application_id`."""


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
    Column("account", Words, nullable=False),
    Column("login", Words, nullable=False),
    Column("round", Words, nullable=False),
    Column("municipality", Words, nullable=False),
    Column("reference", Words, nullable=False),
    Column("act", Words, nullable=False),
    Column("what", Words, nullable=False),
    sha256("hash", unique=True),
    Index("events_of_a_letter", "round", "municipality"),
)

letters = Table(
    "letters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("round", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    event(),
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
    event(),
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
    sha256("digest", primary_key=True),
    Column("text", Text, nullable=False),
)

manifests = Table(
    "manifests",
    metadata,
    Column("id", Integer, primary_key=True),
    sha256("digest"),
    Column("round", Text, nullable=False),
    Column("act", Text, CheckConstraint("act IN ('shown', 'approved')"), nullable=False),
    Column("at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
    event(),
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
    Column("facts", Facts),
    event(),
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
    event(),
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
    sha256("pdf_sha256", unique=True),
    sha256("unsealed_sha256"),
    Column("docx_name", Text, nullable=False),
    sha256("docx_sha256"),
    Column("pages", Integer, nullable=False),
    Column("sealed_at", UtcSecond, nullable=False),
    Column("sealed_by", Text, nullable=False),
    # A TEST seal must not stand in the way of a real one.
    Column("is_test", Boolean(create_constraint=True), primary_key=True),
    event(),
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
    event(),
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
    event(),
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
    day("decided_on"),
    Column("body", Text, nullable=False),
    Column("conditions", Text, nullable=False),
    day("late_until"),
    Column("journal", Text, nullable=False),
    Column("at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
    event(),
    CheckConstraint("decided IS NOT NULL OR late_until IS NOT NULL"),
    CheckConstraint("decided IS NULL OR decided_on IS NOT NULL"),
    Index("answers_to_a_letter", "reference"),
)


# That somebody asked for approval of letters as they were then, and how it ended for each of them;
# it ends with an approval too, which is recorded with the approvals.
approval_requests = Table(
    "approval_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    sha256("digest"),
    Column("round", Text, nullable=False),
    Column("whom", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
    event(),
    Index("approval_requests_of_a_round", "round"),
)

requested_letters = Table(
    "requested_letters",
    metadata,
    Column("request", ForeignKey(approval_requests.c.id), primary_key=True),
    Column("reference", ForeignKey(references.c.reference), primary_key=True),
    Column("content_digest", ForeignKey(contents.c.digest), nullable=False),
    event(),
    Index("requests_of_a_letter", "reference"),
)

request_ends = Table(
    "request_ends",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request", Integer, nullable=False),
    Column("reference", Text, nullable=False),
    Column("how", Text, CheckConstraint("how IN ('sent back', 'taken back')"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
    event(),
    CheckConstraint("how = 'taken back' OR trim(reason) <> ''"),
    ForeignKeyConstraint(
        ["request", "reference"],
        [requested_letters.c.request, requested_letters.c.reference],
    ),
    UniqueConstraint("request", "reference"),
)

readings = Table(
    "readings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", ForeignKey(references.c.reference), nullable=False),
    Column("content_digest", ForeignKey(contents.c.digest), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
    event(),
    Index("readings_of_a_letter", "reference"),
)

# What comes from a browser in bytes is kept as it is sent: base64url without padding.
passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("credential_id", Text, unique=True, nullable=False),
    Column("account", Text, nullable=False, index=True),
    Column("host", Text, CheckConstraint("trim(host) <> ''"), nullable=False),
    Column("public_key", Text, nullable=False),
    Column("transports", Text, nullable=False),
    Column("name", Text, CheckConstraint("trim(name) <> ''"), nullable=False),
    Column("at", UtcSecond, nullable=False),
    event(),
)

passkey_removals = Table(
    "passkey_removals",
    metadata,
    Column("credential_id", ForeignKey(passkeys.c.credential_id), primary_key=True),
    Column("at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
    event(),
)

approval_signatures = Table(
    "approval_signatures",
    metadata,
    Column("manifest", ForeignKey(manifests.c.id), primary_key=True),
    Column("credential_id", ForeignKey(passkeys.c.credential_id), nullable=False),
    Column("authenticator_data", Text, nullable=False),
    Column("client_data", Text, nullable=False),
    # A signature is good for one approval, also where the same letters are approved again.
    Column("signature", Text, unique=True, nullable=False),
    event(),
)

# Where the archive keeps a letter; a later row takes the place of an earlier one, and both stay.
archive_numbers = Table(
    "archive_numbers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", ForeignKey(references.c.reference), nullable=False),
    Column("case_number", Text, CheckConstraint("trim(case_number) <> ''"), nullable=False),
    Column("journal_number", Text, nullable=False),
    Column("archive", Text, nullable=False),
    Column("at", UtcSecond, nullable=False),
    Column("account", Text, nullable=False),
    event(),
    Index("archive_numbers_of_a_letter", "reference"),
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
    approval_requests,
    requested_letters,
    request_ends,
    readings,
    passkeys,
    passkey_removals,
    approval_signatures,
    archive_numbers,
)
"""The tables whose rows are never changed nor taken out."""

OF_EVENTS: Final = tuple(table for table in WRITTEN_ONCE if "event" in table.columns)
"""The tables whose rows each belong to an event."""
