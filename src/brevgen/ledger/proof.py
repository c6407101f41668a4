"""Whether everything the ledger holds is as it was written: each row that does not hold, by name.

What is proved here is that nobody changed the ledger *after* something outside of it was written
down: whoever may write the whole file can write the whole chain anew. `LedgerMark`s kept elsewhere
(witnesses) tell of that.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select

from brevgen.ledger import chain, schema
from brevgen.ledger.approval_records import PasskeySignature
from brevgen.ledger.approvals import last_approved
from brevgen.ledger.door import ReadingDoor
from brevgen.ledger.manifests import digest_of, manifest_digest
from brevgen.ledger.passkey_signature import challenge, reason_against
from brevgen.ledger.passkeys import passkey_columns, passkey_of
from brevgen.ledger.records import LedgerMark

FaultCode = Literal[
    "event missing",  # its number is not there, or rows name an event that is not
    "event changed",  # it, or one of its rows, is not what it was; or the event before it is gone
    "words changed",  # what a letter said is not what its digest stands for
    "words missing",  # what a letter said is not there
    "manifest changed",  # the letters approved or shown together are not those of its digest
    "signature broken",  # a passkey's signature of an approval is not of these letters, or no good
    "file changed",  # a sealed file the ledger keeps is not the one that was sealed
    "ends too early",  # it once had more events
    "another story",  # it once had another event with this number
    "another ledger",  # what is known from elsewhere is of another ledger
]
"""What does not hold."""


@dataclass(frozen=True)
class LedgerFault:
    """A row of the ledger that does not hold.

    Args:
        code: what is wrong with it.
        table: the table it stands in.
        row: its key there, as text.
        event: the number of the event it belongs to; 0 where that is not known.
        seen_in: what contradicts the ledger; empty where it contradicts itself.
    """

    code: FaultCode
    table: str
    row: str
    event: int
    seen_in: str = ""


@dataclass(frozen=True)
class Proof:
    """What was looked at in a ledger, and what of it does not hold.

    Args:
        mark: which ledger it is, and how far it has come.
        events: how many events it has.
        approvals: how many sets of letters that were approved together.
        signed: how many approvals are signed with a passkey.
        sealed: how many sealed letters it keeps.
        faults: what does not hold, that of the earliest event first.
    """

    mark: LedgerMark
    events: int
    approvals: int
    signed: int
    sealed: int
    faults: tuple[LedgerFault, ...]


class ProofReader(ReadingDoor):
    """Holding the ledger against itself, and against what is known of it from elsewhere."""

    def prove(self) -> Proof:
        """Look at every row that is written once: chain, words, manifests, files, signatures."""
        with self._file.reading() as connection:
            mark = chain.mark(connection)
            faults = [
                *_events(connection),
                *_words(connection),
                *_manifests(connection),
                *_files(connection),
                *_signatures(connection),
            ]
            approved = schema.manifests.c.act == "approved"
            return Proof(
                mark=mark,
                events=_count(connection, schema.events),
                approvals=_count(connection, schema.manifests, approved),
                signed=_count(connection, schema.approval_signatures),
                sealed=_count(connection, schema.sealed),
                faults=tuple(sorted(faults, key=lambda each: each.event)),
            )

    def contradiction(self, mark: LedgerMark, seen_in: str) -> LedgerFault | None:
        """How the ledger contradicts what somebody once saw of it; None where it does not.

        Args:
            seen_in: where that stands, such as the name of a witness.
        """
        column = schema.events.c
        with self._file.reading() as connection:
            now = chain.mark(connection)
            query = select(column.hash).where(column.id == mark.sequence)
            then = connection.execute(query).scalar() or ""
        code: FaultCode
        if mark.identity != now.identity:
            code = "another ledger"
        elif then == mark.hash:
            return None
        else:
            code = "ends too early" if mark.sequence > now.sequence else "another story"
        return LedgerFault(code, "events", str(mark.sequence), mark.sequence, seen_in)


def _count(connection: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table).where(*where)
    return int(connection.execute(query).scalar_one())


def _events(connection: Connection) -> Iterator[LedgerFault]:
    numbers = set(connection.execute(select(schema.events.c.id)).scalars())
    for number in chain.broken(connection):
        code: FaultCode = "event changed" if number in numbers else "event missing"
        yield LedgerFault(code, "events", str(number), number)


def _words(connection: Connection) -> Iterator[LedgerFault]:
    """What letters said; the row belongs to no event, so the first that names it is told."""
    column, letter = schema.contents.c, schema.manifest_letters.c
    for row in connection.execute(select(column.digest, column.text).order_by(column.digest)):
        if not isinstance(row.text, str) or digest_of(row.text) != row.digest:
            first = select(func.min(letter.event)).where(letter.content_digest == row.digest)
            event = chain.event_number(connection.execute(first).scalar())
            yield LedgerFault("words changed", "contents", str(row.digest), event)
    for table in schema.OF_EVENTS:
        if "content_digest" not in table.columns:
            continue
        named = table.c.content_digest
        query = (
            select(named, func.min(table.c.event))
            .outerjoin_from(table, schema.contents, column.digest == named)
            .where(column.digest.is_(None))
            .group_by(named)
        )
        for digest, number in connection.execute(query):
            yield LedgerFault("words missing", "contents", str(digest), chain.event_number(number))


def _manifests(connection: Connection) -> Iterator[LedgerFault]:
    column, letter = schema.manifests.c, schema.manifest_letters.c
    named = connection.execute(
        select(letter.manifest, letter.reference, letter.content_digest).order_by(letter.manifest)
    ).all()
    letters: dict[int, list[Row[Any]]] = {}
    for each in named:
        letters.setdefault(each.manifest, []).append(each)
    query = select(column.id, column.digest, column.event).order_by(column.id)
    for row in connection.execute(query):
        if manifest_digest(letters.get(row.id, [])) != row.digest:
            number = chain.event_number(row.event)
            yield LedgerFault("manifest changed", "manifests", str(row.id), number)


def _files(connection: Connection) -> Iterator[LedgerFault]:
    """The sealed files the ledger keeps; one letter's bytes at a time."""
    column = schema.sealed.c
    keys = connection.execute(
        select(column.reference, column.pdf_sha256, column.docx_sha256, column.event).order_by(
            column.event, column.pdf_sha256
        )
    ).all()
    for key in keys:
        query = select(column.pdf, column.docx).where(column.pdf_sha256 == key.pdf_sha256)
        pdf, docx = connection.execute(query).one()
        for data, digest in ((pdf, key.pdf_sha256), (docx, key.docx_sha256)):
            if not isinstance(data, bytes) or hashlib.sha256(data).hexdigest() != digest:
                number = chain.event_number(key.event)
                yield LedgerFault("file changed", "sealed", str(key.reference), number)
                break


def _signatures(connection: Connection) -> Iterator[LedgerFault]:
    """The passkeys' signatures of approvals, over the letters and the look that stand here now."""
    letter, manifest = schema.manifest_letters.c, schema.manifests.c
    signature, key, removal = (
        schema.approval_signatures.c,
        schema.passkeys.c,
        schema.passkey_removals.c,
    )
    columns: list[Any] = [
        *signature,
        manifest.account,
        removal.event.label("removal_event"),
        *(each for each in passkey_columns() if each.name != "credential_id"),
    ]
    query = select(*columns).select_from(
        schema.approval_signatures.outerjoin(schema.manifests, manifest.id == signature.manifest)
        .outerjoin(schema.passkeys, key.credential_id == signature.credential_id)
        .outerjoin(schema.passkey_removals, removal.credential_id == key.credential_id)
    )
    identity = chain.mark(connection).identity
    keys = select(signature.manifest, signature.event).order_by(signature.event)
    for number, event in connection.execute(keys).all():
        approved = connection.execute(
            select(letter.reference, letter.content_digest, letter.look).where(
                letter.manifest == number
            )
        ).all()
        try:
            row = connection.execute(query.where(signature.manifest == number)).one()
            after = last_approved(connection, [each.reference for each in approved], number)
            is_signed = _is_signed(row, approved, identity, after)
        except chain.UNREADABLE:
            is_signed = False
        if not is_signed:
            event = chain.event_number(event)
            yield LedgerFault("signature broken", "approval_signatures", str(number), event)


def _is_signed(row: Row[Any], approved: Sequence[Row[Any]], identity: str, after: int) -> bool:
    """Whether the account's passkey, registered before and not removed, signed just these."""
    if row.passkey_event is None or row.passkey_account != row.account:
        return False
    if not row.passkey_event < row.event < (row.removal_event or row.event + 1):
        return False
    looks = {each.look for each in approved}
    if len(looks) != 1:
        return False
    signed = PasskeySignature(
        row.credential_id, row.authenticator_data, row.client_data, row.signature
    )
    wanted = challenge(identity, manifest_digest(approved), looks.pop(), after)
    return not reason_against(signed, passkey_of(row), wanted)
