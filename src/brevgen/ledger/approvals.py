"""Approvals: who stands behind exactly which content of a letter, and who no longer does."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select

from brevgen.ledger import schema
from brevgen.ledger.records import Approval, Withdrawal


def read(connection: Connection, round_name: str) -> dict[str, list[Approval]]:
    """Every approval in a round by municipality number, in order of number, the oldest first."""
    history: dict[str, list[Approval]] = {}
    for row in _rows(connection, round_name):
        history.setdefault(row.municipality, []).append(_approval(row))
    return history


def was_approved(connection: Connection, reference: str, content_digest: str) -> bool:
    """Whether this content of the letter was ever approved, taken back since or not."""
    letter = schema.manifest_letters.c
    query = (
        select(letter.manifest)
        .select_from(schema.manifest_letters.join(schema.manifests))
        .where(
            letter.reference == reference,
            letter.content_digest == content_digest,
            schema.manifests.c.act == "approved",
        )
    )
    return connection.execute(query).first() is not None


def withdraw(
    connection: Connection,
    round_name: str,
    municipalities: Iterable[str],
    *,
    at: datetime,
    account: str,
    reason: str,
) -> list[Approval]:
    """Take back the latest approvals of letters.

    Returns:
        the approvals as they were before, in order of municipality number.

    Raises:
        ValueError: the reason is empty, or a letter has no approval that could be taken back.
    """
    if not reason.strip():
        raise ValueError("an approval is not withdrawn without a reason")
    latest = {row.municipality: row for row in _rows(connection, round_name)}
    wanted = sorted(set(municipalities))
    lacking = [
        number for number in wanted if number not in latest or latest[number].reason is not None
    ]
    if lacking:
        raise ValueError(f"no approval to withdraw in round {round_name}: {', '.join(lacking)}")
    rows = [latest[number] for number in wanted]
    if rows:
        connection.execute(
            insert(schema.withdrawals),
            [
                {
                    "manifest": row.manifest,
                    "reference": row.reference,
                    "at": at,
                    "account": account,
                    "reason": reason,
                }
                for row in rows
            ],
        )
    return [_approval(row) for row in rows]


def _rows(connection: Connection, round_name: str) -> Iterable[Row[Any]]:
    """The approvals of a round with what became of them, in the order they were recorded.

    The order is that of recording, not of the clock, which may be put back.
    """
    given, letter, manifest = schema.references.c, schema.manifest_letters.c, schema.manifests.c
    withdrawal = schema.withdrawals.c
    same = and_(
        withdrawal.manifest == letter.manifest,
        withdrawal.reference == letter.reference,
    )
    query = (
        select(
            letter.manifest,
            letter.reference,
            given.municipality,
            letter.content_digest,
            letter.signatory,
            manifest.digest,
            manifest.account,
            manifest.at,
            withdrawal.at.label("withdrawn_at"),
            withdrawal.account.label("withdrawn_by"),
            withdrawal.reason,
        )
        .select_from(
            schema.manifest_letters.join(schema.manifests)
            .join(schema.references)
            .outerjoin(schema.withdrawals, same)
        )
        .where(manifest.round == round_name, manifest.act == "approved")
        .order_by(given.municipality, manifest.id)
    )
    return connection.execute(query)


def _approval(row: Row[Any]) -> Approval:
    withdrawn = None
    if row.reason is not None:
        withdrawn = Withdrawal(row.withdrawn_at, row.withdrawn_by, row.reason)
    return Approval(
        reference=row.reference,
        municipality=row.municipality,
        content_digest=row.content_digest,
        manifest_digest=row.digest,
        account=row.account,
        signatory=row.signatory,
        at=row.at,
        withdrawn=withdrawn,
    )
