"""Ledgers brought up to date: one small step for each version, all or nothing, after a copy.

The tables of a version stand in `version_N.sql` as they were then, and never change.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, insert, text

from brevgen.actor import Actor
from brevgen.email_address import same_mailbox
from brevgen.errors import LedgerUnusable, NoLedger, Unsendable
from brevgen.language import tr
from brevgen.ledger import chain, schema, told
from brevgen.ledger.file import create_file, free_name, publish
from brevgen.ledger.records import REQUEST
from brevgen.ledger.sqlite import LedgerFile, copy_to, create_tables

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def make(path: Path, at: datetime, identity: str) -> None:
    """Make an empty ledger, which appears whole; where somebody else just did, theirs stays.

    Raises:
        LedgerError: it cannot be made there.
    """
    aside = create_file(path)
    try:
        file = LedgerFile(path, str(aside.absolute()), only_reading=False)
        try:
            _create(file, at, identity)
        finally:
            file.close()
        publish(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def empty_in_memory() -> LedgerFile:
    """What a reader sees where there is no ledger."""
    file = LedgerFile.in_memory(Path("memory"))
    _create(file, _NEVER, "")
    return file


def _create(file: LedgerFile, at: datetime, identity: str) -> None:
    with file.writing() as connection:
        create_tables(connection)
        connection.execute(insert(schema.identity).values(id=1, identity=identity, made_at=at))


def bring_up_to_date(
    path: Path,
    file: LedgerFile,
    clock: Callable[[], datetime],
    actor: Actor,
    new_identity: Callable[[], str],
) -> None:
    """Bring a ledger open for writing to the version of this brevgen, after copying it.

    Raises:
        LedgerError: it is too old, or no copy can be made; nothing is changed.
    """
    if _is_current(path, file.version):
        return
    with file.rebuilding() as connection:
        before = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if before == schema.VERSION:  # another has done it while this one waited
            return
        at = clock()
        own = LedgerFile.for_reading(path)
        try:
            copy_to(own, free_name(path, f"version-{before}", at))
        finally:
            own.close()
        _migrate(connection, before, at, actor, new_identity())


def migrated_in_memory(path: Path, file: LedgerFile) -> LedgerFile:
    """A ledger open for reading, or where it is an older one a copy of it brought up to date.

    The copy has no identity, and its latest event is no earlier than the ledger's own.
    """
    try:
        if _is_current(path, file.version):
            return file
        copy = LedgerFile.in_memory(path, copy_of=file)
    except BaseException:
        file.close()
        raise
    file.close()
    try:
        with copy.rebuilding() as connection:
            before = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            last = connection.exec_driver_sql("SELECT max(at) FROM events").scalar()
            at = datetime.fromisoformat(last) if last else _NEVER
            _migrate(connection, before, at, Actor(""), "")
    except BaseException:
        copy.close()
        raise
    return copy


def _is_current(path: Path, version: int) -> bool:
    if version == 0:
        raise NoLedger(
            tr(
                "The ledger {path} is an empty database. Put the ledger back from a backup; delete"
                " the file only if nothing was ever made.",
                path=path,
            )
        )
    if version < min(_STEPS) - 1:
        raise LedgerUnusable(
            tr(
                "The ledger {path} was made by a brevgen from before the first release. Put it"
                " aside, write the references it gave into the column vår_ref, and begin anew.",
                path=path,
            )
        )
    return version == schema.VERSION


def _migrate(
    connection: Connection, version: int, at: datetime, actor: Actor, identity: str
) -> None:
    for step in range(version + 1, schema.VERSION + 1):
        _STEPS[step](connection, at, identity)
    act = chain.Act(connection, at, actor, tables=schema.OF_EVENTS)
    what = told.BROUGHT_UP_TO_DATE.format(before=version, after=schema.VERSION)
    act.tell("ledger brought up to date", what, round_name="")
    act.finish()
    connection.exec_driver_sql(f"PRAGMA user_version = {schema.VERSION}")


def _make_tables(connection: Connection, version: int) -> None:
    """Make the tables that a version has brought, as they were then."""
    text_ = files("brevgen.ledger").joinpath(f"version_{version}.sql").read_text("utf-8")
    for statement in text_.split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)


# -- version 3: letters by kind, deliveries by channel, a chain of events -------------------------


def _to_3(connection: Connection, at: datetime, identity: str) -> None:
    """All rows there are belong to the event that is told when the steps are done."""
    _put_aside(connection)
    _make_tables(connection, 3)
    event = connection.exec_driver_sql("SELECT coalesce(max(id), 0) + 1 FROM old_events").scalar()
    connection.execute(
        text("INSERT INTO identity (id, identity, made_at) VALUES (1, :identity, :at)"),
        {"identity": identity, "at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"},
    )
    for copied in _COPIED:
        connection.execute(text(copied), {"event": event, "kind": REQUEST})
    _copy_sealed(connection, event)
    _copy_deliveries(connection, event)
    _copy_events(connection, identity)
    for name in _OLD:
        connection.exec_driver_sql(f"DROP TABLE old_{name}")


_OLD = (
    "receipts",
    "dispatches",
    "sealed",
    "withdrawals",
    "manifest_letters",
    "manifests",
    "documents",
    "contents",
    "events",
    "references",
)

_COPIED = (
    "INSERT INTO letters (id, round, kind, municipality, event)"
    " SELECT rowid, round, :kind, municipality, :event FROM old_references ORDER BY rowid",
    'INSERT INTO "references" (id, reference, letter, given_at, how, event)'
    " SELECT rowid, reference, rowid, given_at, how, :event FROM old_references ORDER BY rowid",
    "INSERT INTO documents (letter, reference, fingerprint, content_digest, pdf_name, pdf_sha256,"
    " docx_name, docx_sha256, pages, made_at, account)"
    " SELECT r.rowid, reference, fingerprint, content_digest, pdf_name, pdf_sha256,"
    " docx_name, docx_sha256, pages, made_at, account"
    " FROM old_documents JOIN old_references AS r USING (reference)",
    "INSERT INTO contents (digest, text) SELECT digest, text FROM old_contents",
    "INSERT INTO manifests (id, digest, round, act, at, account, event)"
    " SELECT id, digest, round, act, at, account, :event FROM old_manifests",
    "INSERT INTO manifest_letters (manifest, reference, content_digest, signatory, look, event)"
    " SELECT manifest, reference, content_digest, signatory, '', :event FROM old_manifest_letters",
    "INSERT INTO withdrawals (id, manifest, reference, at, account, reason, event)"
    " SELECT id, manifest, reference, at, account, reason, :event FROM old_withdrawals",
)


def _put_aside(connection: Connection) -> None:
    """Rename the old tables, without what hangs on them."""
    hanging = connection.exec_driver_sql(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql NOT NULL"
    ).all()
    for kind, name in hanging:
        connection.exec_driver_sql(f'DROP {kind} "{name}"')
    for name in _OLD:
        connection.exec_driver_sql(f'ALTER TABLE "{name}" RENAME TO old_{name}')


def _copy_sealed(connection: Connection, event: Any) -> None:
    """With the subject of the certificate, where the bytes tell it, in place of a common name."""
    for pdf_sha256, pdf, common_name in connection.exec_driver_sql(
        "SELECT pdf_sha256, pdf, sealed_by FROM old_sealed"
    ).all():
        connection.exec_driver_sql(
            "INSERT INTO sealed (reference, content_digest, pdf_name, pdf_sha256, unsealed_sha256,"
            " docx_name, docx_sha256, pages, sealed_at, sealed_by, is_test, event, pdf, docx)"
            " SELECT reference, content_digest, pdf_name, pdf_sha256, unsealed_sha256,"
            " docx_name, docx_sha256, pages, sealed_at, ?, is_test, ?, pdf, docx"
            " FROM old_sealed WHERE pdf_sha256 = ?",
            (_subject_of_seal(pdf) or common_name, event, pdf_sha256),
        )


def _subject_of_seal(pdf: bytes) -> str:
    """The subject (RFC 4514) of the certificate of the last seal in a PDF; empty without one."""
    from asn1crypto import cms
    from cryptography import x509

    found = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+\d+\s*\]", pdf)
    try:
        first, length, second = map(int, found[-1])
        seal = bytes.fromhex(pdf[first + length : second].decode("ascii").strip("<>"))
        signed = cms.ContentInfo.load(seal)["content"]
        serial = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
        for each in signed["certificates"]:
            if each.chosen.serial_number == serial:
                certificate = x509.load_der_x509_certificate(each.chosen.dump())
                return certificate.subject.rfc4514_string()
    except (IndexError, ValueError, TypeError, KeyError, AttributeError):
        pass  # not sealed the way brevgen seals; what stood there stays
    return ""


def _copy_deliveries(connection: Connection, event: Any) -> None:
    """All went by mail; the recipient is the mailbox, the Message-ID what it is called outside."""
    copies: Counter[tuple[str, str]] = Counter()
    for row in connection.exec_driver_sql("SELECT * FROM old_dispatches ORDER BY rowid").mappings():
        fields = dict(row)
        try:
            mailbox = same_mailbox(row["address"])
        except Unsendable:
            mailbox = row["address"].lower()
        copies[row["pdf_sha256"], mailbox] += 1
        fields["external_id"] = fields.pop("message_id")
        fields |= {
            "channel": "mail",
            "recipient_key": mailbox,
            "copy": copies[row["pdf_sha256"], mailbox],
            "event": event,
        }
        connection.execute(
            text(
                "INSERT INTO deliveries (reference, content_digest, pdf_sha256, channel,"
                " recipient_key, copy, external_id, role, title, name, address, event) VALUES"
                " (:reference, :content_digest, :pdf_sha256, :channel, :recipient_key, :copy,"
                " :external_id, :role, :title, :name, :address, :event)"
            ),
            fields,
        )
    connection.execute(
        text(
            "INSERT INTO receipts (id, delivery, state, at, words, account, event)"
            " SELECT r.id, d.id, r.state, r.at, r.words, r.account, :event"
            " FROM old_receipts AS r JOIN deliveries AS d ON d.external_id = r.message_id"
        ),
        {"event": event},
    )


def _copy_events(connection: Connection, identity: str) -> None:
    """Each is bound to the one before; no row belongs to any of them."""
    previous = identity
    for row in connection.exec_driver_sql("SELECT * FROM old_events ORDER BY id").mappings():
        fields = {
            "id": row["id"],
            "at": datetime.fromisoformat(row["at"]),
            "account": row["account"],
            "login": "",
            "round": row["round"],
            "municipality": row["municipality"],
            "reference": row["reference"] or "",
            "act": row["what"],
            "what": row["detail"],
        }
        previous = chain.event_hash(previous, fields, [])
        connection.execute(
            text(
                "INSERT INTO events (id, at, account, login, round, municipality, reference, act,"
                " what, hash) VALUES (:id, :at, :account, :login, :round, :municipality,"
                " :reference, :act, :what, :hash)"
            ),
            {**fields, "at": row["at"], "hash": previous},
        )


# -- versions 4 and 5: tables more, and all that was there stays as it was -------------------------


_STEPS: Final[dict[int, Callable[[Connection, datetime, str], None]]] = {
    3: _to_3,
    4: lambda connection, at, identity: _make_tables(connection, 4),  # answers
    # requests for approval, readings, passkeys, archive numbers
    5: lambda connection, at, identity: _make_tables(connection, 5),
}
"""By the version a step leads to."""
