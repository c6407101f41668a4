"""What people were shown, approved and took back: who stands behind which words of a letter."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from brevgen.characters import cleaned
from brevgen.errors import LedgerDamaged
from brevgen.language import tr
from brevgen.ledger import chain, manifests, schema, told
from brevgen.ledger.approval_records import ApprovalSignature, PasskeySignature
from brevgen.ledger.door import ReadingDoor, WritingDoor
from brevgen.ledger.passkeys import passkey_columns, passkey_of
from brevgen.ledger.records import Approval, ManifestLetter, Withdrawal


class ApprovalsReader(ReadingDoor):
    """Approvals, and what was shown."""

    def approvals(self, round_name: str) -> dict[str, Approval]:
        """The latest approval of each letter, taken back or not, by municipality number in order.

        Letters never approved are not there.
        """
        history = self.approval_history(round_name)
        return {municipality: approved[-1] for municipality, approved in history.items()}

    def approval_history(self, round_name: str) -> dict[str, list[Approval]]:
        """Every approval each letter has had, the first recorded first, by municipality number.

        One whose event or manifest does not fit it, because another hand wrote it, is none.
        """
        with self._file.reading() as connection:
            return _approvals(connection, round_name)

    def last_shown(self, round_name: str, account: str) -> dict[str, str]:
        """What each letter said when this account was last shown it or approved it.

        Returns:
            municipality number to content digest, in order of number.
        """
        letter, shown, manifest = schema.letters.c, schema.manifest_letters.c, schema.manifests.c
        query = (
            select(letter.municipality, shown.content_digest)
            .select_from(
                schema.manifest_letters.join(schema.manifests)
                .join(schema.references)
                .join(schema.letters)
            )
            .where(letter.round == round_name, manifest.account == account)
            .order_by(letter.municipality, manifest.id)
        )
        with self._file.reading() as connection:
            # The last of a municipality is the one that stays in the dictionary.
            return {row.municipality: row.content_digest for row in connection.execute(query)}

    def last_approved(self, references: Collection[str], *, before: int | None = None) -> int:
        """The number of the event in which one of some letters was last approved; 0 for none.

        Args:
            references: of the letters.
            before: number of a manifest; only what was approved before it counts. None for all.
        """
        with self._file.reading() as connection:
            return last_approved(connection, references, before)

    def manifest(self, number: int) -> str:
        """The text of a manifest, whose digest is the approval's; see `manifests.manifest_text`."""
        letter = schema.manifest_letters.c
        query = select(letter.reference, letter.content_digest).where(letter.manifest == number)
        with self._file.reading() as connection:
            return manifests.manifest_text(connection.execute(query))

    def content(self, digest: str) -> str:
        """The text with this digest, of a letter that was shown or approved.

        Raises:
            LookupError: there is none.
            LedgerDamaged: what is kept is another text.
        """
        column = schema.contents.c
        with self._file.reading() as connection:
            text = connection.execute(select(column.text).where(column.digest == digest)).scalar()
        if text is None:
            raise LookupError(f"the ledger has no content with the digest {digest}")
        if manifests.digest_of(text) != digest:
            raise LedgerDamaged(
                tr(
                    "What the ledger keeps as the words {digest} are other words: another hand or a"
                    " broken disk has changed it. Put the ledger back from a backup.",
                    digest=digest,
                )
            )
        return str(text)


class ApprovalsWriter(WritingDoor, ApprovalsReader):
    """Recording what was shown, approved and taken back."""

    def record_shown(self, round_name: str, letters: Sequence[ManifestLetter]) -> None:
        """Remember what letters said when the account was shown them; none is nothing to remember.

        Raises:
            ValueError: a letter stands there twice, a reference was not given to the letter it is
                said to be of, or a digest is not that of its content; nothing is remembered.
        """
        if letters:
            with self._act() as act:
                what = told.TO_APPROVE.format(count=len(letters))
                event = act.tell("letters shown", what, round_name=round_name)
                manifests.write(act, "shown", round_name, letters, [event] * len(letters))

    def approve(
        self,
        round_name: str,
        letters: Sequence[ManifestLetter],
        *,
        signed: PasskeySignature | None = None,
    ) -> str:
        """Approve letters as they are here, each in the name of its signatory.

        Args:
            letters: which, and what they say.
            signed: the signature of a passkey of the account, which was checked; None without one.

        Returns:
            the digest of the manifest, which names exactly these letters with these contents.

        Raises:
            ValueError: there is no letter, a letter stands there twice, a reference was not given
                to the letter it is said to be of, or a digest is not that of its content; nothing
                is approved.
        """
        words = told.IN_THE_NAME_OF if signed is None else told.IN_THE_NAME_OF_SIGNED
        with self._act() as act:
            events = [
                act.tell(
                    "approved",
                    words.format(signatory=each.signatory),
                    round_name=round_name,
                    municipality=each.municipality,
                    reference=each.reference,
                )
                for each in letters
            ]
            number, digest = manifests.write(act, "approved", round_name, letters, events)
            if signed is not None:
                row = {**asdict(signed), "manifest": number, "event": events[0]}
                act.insert(schema.approval_signatures, [row])
            return digest

    def withdraw(self, round_name: str, municipalities: Iterable[str], reason: str) -> None:
        """Take back the latest approvals of letters.

        Args:
            municipalities: the letters' municipality numbers.
            reason: why, for a person to read; not empty.

        Raises:
            ValueError: the reason is empty, or a letter was never approved or its latest approval
                is withdrawn already; nothing is withdrawn.
        """
        reason = cleaned(reason)
        if not reason:
            raise ValueError("an approval is not withdrawn without a reason")
        wanted = sorted(set(municipalities))
        with self._act() as act:
            latest = {row.municipality: row for row in _rows(act.connection, round_name)}
            lacking = [
                number
                for number in wanted
                if number not in latest or latest[number].reason is not None
            ]
            if lacking:
                numbers = ", ".join(lacking)
                raise ValueError(f"no approval to withdraw in round {round_name}: {numbers}")
            for row in (latest[number] for number in wanted):
                event = act.tell(
                    "approval withdrawn",
                    reason,
                    round_name=round_name,
                    municipality=row.municipality,
                    reference=row.reference,
                )
                withdrawal = {
                    "manifest": row.manifest,
                    "reference": row.reference,
                    "at": act.at,
                    "account": act.account,
                    "reason": reason,
                    "event": event,
                }
                act.insert(schema.withdrawals, [withdrawal])


def last_approved(
    connection: Connection, references: Collection[str], before: int | None = None
) -> int:
    """See `ApprovalsReader.last_approved`."""
    letter, manifest = schema.manifest_letters.c, schema.manifests.c
    query = (
        select(func.max(letter.event))
        .select_from(schema.manifest_letters.join(schema.manifests))
        .where(manifest.act == "approved", letter.reference.in_(references))
    )
    if before is not None:
        query = query.where(manifest.id < before)
    return connection.execute(query).scalar() or 0


def _approvals(connection: Connection, round_name: str) -> dict[str, list[Approval]]:
    """Every approval in a round by municipality number, in order of number, the first first."""
    history: dict[str, list[Approval]] = {}
    for row in _rows(connection, round_name):
        history.setdefault(row.municipality, []).append(_approval(row))
    return history


def _rows(connection: Connection, round_name: str) -> list[Row[Any]]:
    """The approvals of a round with what became of them, in the order they were recorded.

    The order is that of recording, not of the clock, which may be put back. Those whose events do
    not fit are left out.
    """
    of, letter, manifest = schema.letters.c, schema.manifest_letters.c, schema.manifests.c
    key, removal = schema.passkeys.c, schema.passkey_removals.c
    withdrawal, signature = schema.withdrawals.c, schema.approval_signatures.c
    same = and_(
        withdrawal.manifest == letter.manifest,
        withdrawal.reference == letter.reference,
    )
    query = (
        select(
            letter.manifest,
            letter.reference,
            of.municipality,
            letter.content_digest,
            letter.signatory,
            letter.look,
            letter.facts,
            letter.event,
            manifest.event.label("manifest_event"),
            manifest.digest,
            manifest.account,
            manifest.at,
            withdrawal.at.label("withdrawn_at"),
            withdrawal.account.label("withdrawn_by"),
            withdrawal.reason,
            signature.authenticator_data,
            signature.client_data,
            signature.signature,
            *passkey_columns(),
        )
        .select_from(
            schema.manifest_letters.join(schema.manifests)
            .join(schema.references)
            .join(schema.letters)
            .outerjoin(schema.withdrawals, same)
            .outerjoin(schema.approval_signatures, signature.manifest == manifest.id)
            .outerjoin(schema.passkeys, key.credential_id == signature.credential_id)
            .outerjoin(schema.passkey_removals, removal.credential_id == key.credential_id)
        )
        .where(of.round == round_name, manifest.act == "approved")
        .order_by(of.municipality, manifest.id)
    )
    return chain.intact_rows(connection, query, ("event", "manifest_event", "passkey_event"))


def _approval(row: Row[Any]) -> Approval:
    withdrawn = None
    if row.reason is not None:
        withdrawn = Withdrawal(row.withdrawn_at, row.withdrawn_by, row.reason)
    signature = None
    if row.signature is not None:
        signed = PasskeySignature(
            row.credential_id, row.authenticator_data, row.client_data, row.signature
        )
        signature = ApprovalSignature(signed, passkey_of(row))
    return Approval(
        reference=row.reference,
        municipality=row.municipality,
        content_digest=row.content_digest,
        manifest_digest=row.digest,
        account=row.account,
        signatory=row.signatory,
        look=row.look,
        at=row.at,
        withdrawn=withdrawn,
        sequence=row.event,
        facts=row.facts,
        manifest=row.manifest,
        signature=signature,
    )
