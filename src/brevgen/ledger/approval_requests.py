"""Who asked for the approval of which letters, and how that ended where it came to nothing."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from brevgen.characters import cleaned
from brevgen.ledger import chain, manifests, schema
from brevgen.ledger.approval_records import (
    ApprovalRequest,
    RequestedLetter,
    RequestEnd,
    RequestEndState,
)
from brevgen.ledger.door import ReadingDoor, WritingDoor
from brevgen.ledger.records import ManifestLetter


class ApprovalRequestsReader(ReadingDoor):
    """Requests for approval."""

    def approval_requests(self, round_name: str) -> list[ApprovalRequest]:
        """Every request for the approval of letters of a round, the first first.

        One whose event does not fit it, because another hand wrote it, is none.
        """
        with self._file.reading() as connection:
            return _requests(connection, round_name)


class ApprovalRequestsWriter(WritingDoor, ApprovalRequestsReader):
    """Asking for approval, and ending that otherwise than by an approval."""

    def request_approval(
        self,
        round_name: str,
        letters: Sequence[ManifestLetter],
        *,
        whom: str = "",
        note: str = "",
    ) -> str:
        """Write down that the account asks for the approval of letters as they are here.

        Args:
            letters: which, and what they say, which is kept.
            whom: an account or a signatory; empty for whoever may approve.
            note: what the account wants to say.

        Returns:
            the digest of the manifest that is asked about.

        Raises:
            ValueError: there is no letter, a letter stands there twice, a reference was not given
                to the letter it is said to be of, or a digest is not that of its content; nothing
                is written down.
        """
        with self._act() as act:
            digest = manifests.keep(act, round_name, letters)
            told = [
                act.tell(
                    "approval asked for",
                    note,
                    round_name=round_name,
                    municipality=each.municipality,
                    reference=each.reference,
                )
                for each in letters
            ]
            request = {
                "digest": digest,
                "round": round_name,
                "whom": whom,
                "note": note,
                "at": act.at,
                "account": act.account,
                "event": told[0],
            }
            act.insert(schema.approval_requests, [request])
            last = select(func.max(schema.approval_requests.c.id))
            number = act.connection.execute(last).scalar_one()
            rows = [
                {
                    "request": number,
                    "reference": each.reference,
                    "content_digest": each.content_digest,
                    "event": event,
                }
                for each, event in zip(letters, told, strict=True)
            ]
            act.insert(schema.requested_letters, rows)
        return digest

    def end_requests(
        self,
        round_name: str,
        municipalities: Iterable[str],
        how: RequestEndState,
        reason: str = "",
    ) -> None:
        """End the latest requests for letters; whether they were approved since is not looked at.

        Args:
            municipalities: the letters' municipality numbers.
            how: sent back or taken back.
            reason: why, for a person to read; not empty where letters are sent back.

        Raises:
            ValueError: letters are sent back without a reason, or nobody has asked for the
                approval of one, or that has ended already; none is ended.
        """
        if how == "sent back" and not cleaned(reason):
            raise ValueError("letters are not sent back without a reason")
        wanted = sorted(set(municipalities))
        with self._act() as act:
            # The last of a municipality is the one that stays in the dictionary.
            latest = {row.municipality: row for row in _rows(act.connection, round_name)}
            is_open = {number for number, row in latest.items() if row.how is None}
            lacking = [number for number in wanted if number not in is_open]
            if lacking:
                numbers = ", ".join(lacking)
                raise ValueError(f"no open request in round {round_name}: {numbers}")
            rows = []
            for row in (latest[number] for number in wanted):
                event = act.tell(
                    "sent back" if how == "sent back" else "request taken back",
                    reason,
                    round_name=round_name,
                    municipality=row.municipality,
                    reference=row.reference,
                )
                end = {"request": row.id, "reference": row.reference, "how": how, "reason": reason}
                rows.append({**end, "at": act.at, "account": act.account, "event": event})
            act.insert(schema.request_ends, rows)


def _rows(connection: Connection, round_name: str) -> list[Row[Any]]:
    """Every requested letter with how it ended, the requests in the order they were recorded."""
    of, request = schema.letters.c, schema.approval_requests.c
    letter, end = schema.requested_letters.c, schema.request_ends.c
    same = and_(end.request == letter.request, end.reference == letter.reference)
    query = (
        select(
            request.id,
            request.digest,
            request.account,
            request.at,
            request.whom,
            request.note,
            request.event,
            of.municipality,
            letter.reference,
            letter.content_digest,
            letter.event.label("letter_event"),
            end.how,
            end.reason,
            end.at.label("ended_at"),
            end.account.label("ended_by"),
            end.event.label("end_event"),
        )
        .select_from(
            schema.requested_letters.join(schema.approval_requests)
            .join(schema.references)
            .join(schema.letters)
            .outerjoin(schema.request_ends, same)
        )
        .where(of.round == round_name)
        .order_by(request.id, of.municipality)
    )
    return chain.intact_rows(connection, query, ("event", "letter_event", "end_event"))


def _requests(connection: Connection, round_name: str) -> list[ApprovalRequest]:
    first: dict[int, Row[Any]] = {}
    letters: dict[int, dict[str, RequestedLetter]] = {}
    for row in _rows(connection, round_name):
        first.setdefault(row.id, row)
        end = None
        if row.how is not None:
            end = RequestEnd(row.how, row.reason, row.ended_at, row.ended_by, row.end_event)
        letter = RequestedLetter(row.municipality, row.reference, row.content_digest, end)
        letters.setdefault(row.id, {})[row.municipality] = letter
    return [
        ApprovalRequest(
            round=round_name,
            digest=row.digest,
            account=row.account,
            at=row.at,
            whom=row.whom,
            note=row.note,
            letters=letters[number],
            sequence=row.event,
        )
        for number, row in first.items()
    ]
