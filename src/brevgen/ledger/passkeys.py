"""The passkeys that people have registered and removed."""

from typing import Any

from sqlalchemy import Connection, Row, select

from brevgen.ledger import chain, schema
from brevgen.ledger.approval_records import Passkey
from brevgen.ledger.door import ReadingDoor, WritingDoor


class PasskeysReader(ReadingDoor):
    """Passkeys."""

    def passkeys(self, account: str = "") -> list[Passkey]:
        """The passkeys of an account, or of all where it is empty, the first registered first.

        Those removed since are there too. One whose event does not fit it, because another hand
        wrote it, is none; a removal counts whoever wrote it.
        """
        with self._file.reading() as connection:
            return _passkeys(connection, account)


class PasskeysWriter(WritingDoor, PasskeysReader):
    """Registering and removing passkeys."""

    def register_passkey(self, passkey: Passkey) -> None:
        """Keep a passkey, for good.

        Raises:
            ValueError: it is registered already.
        """
        with self._act() as act:
            key = schema.passkeys.c
            there = select(key.id).where(key.credential_id == passkey.credential_id)
            if act.connection.execute(there).first() is not None:
                raise ValueError(f"the passkey {passkey.credential_id} is registered already")
            event = act.tell("passkey registered", passkey.name, round_name="")
            row = {
                "credential_id": passkey.credential_id,
                "account": passkey.account,
                "host": passkey.host,
                "public_key": passkey.public_key,
                "transports": " ".join(passkey.transports),
                "name": passkey.name,
                "at": act.at,
                "event": event,
            }
            act.insert(schema.passkeys, [row])

    def remove_passkey(self, credential_id: str) -> None:
        """Let a passkey sign nothing more; what it has signed stands.

        Raises:
            LookupError: there is no such passkey, or it was removed already.
        """
        with self._act() as act:
            there = {each.credential_id: each for each in _passkeys(act.connection, "")}
            passkey = there.get(credential_id)
            if passkey is None or passkey.removed_at is not None:
                raise LookupError(f"there is no passkey {credential_id} to remove")
            event = act.tell("passkey removed", passkey.name, round_name="")
            row = {"credential_id": credential_id, "at": act.at, "account": act.account}
            act.insert(schema.passkey_removals, [{**row, "event": event}])


def passkey_of(row: Row[Any]) -> Passkey:
    """A passkey from a row that has its columns, with `removed_at` and `passkey_event`."""
    return Passkey(
        credential_id=row.credential_id,
        account=row.passkey_account,
        host=row.host,
        public_key=row.public_key,
        name=row.name,
        transports=tuple(row.transports.split()),
        at=row.registered_at,
        removed_at=row.removed_at,
        sequence=row.passkey_event,
    )


def passkey_columns() -> list[Any]:
    """What `passkey_of` needs of a row."""
    key, removal = schema.passkeys.c, schema.passkey_removals.c
    return [
        key.credential_id,
        key.account.label("passkey_account"),
        key.host,
        key.public_key,
        key.transports,
        key.name,
        key.at.label("registered_at"),
        removal.at.label("removed_at"),
        key.event.label("passkey_event"),
    ]


def _passkeys(connection: Connection, account: str) -> list[Passkey]:
    key = schema.passkeys.c
    query = (
        select(*passkey_columns())
        .select_from(schema.passkeys.outerjoin(schema.passkey_removals))
        .order_by(key.id)
    )
    if account:
        query = query.where(key.account == account)
    return [passkey_of(row) for row in chain.intact_rows(connection, query, ["passkey_event"])]
