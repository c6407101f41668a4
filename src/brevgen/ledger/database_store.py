"""A ledger in a PostgreSQL database: made, opened, copied, and filled from a copy."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import Connection, text

from brevgen.actor import Actor
from brevgen.errors import LedgerTooNew, LedgerUnusable, NoLedger
from brevgen.language import tr
from brevgen.ledger import carrying, chain, schema, told
from brevgen.ledger.lock import LockHolder, OnWait
from brevgen.ledger.postgresql import LedgerConnection
from brevgen.ledger.postgresql_tables import count_on, create_tables, set_version, version_in
from brevgen.settings.ledger import LedgerDatabase

_STEPS: Final[dict[int, Callable[[Connection], None]]] = {}
"""By the version a step leads to. The first tables in PostgreSQL are of the version before the
first step; where there is none yet, of this one."""


class DatabaseStore:
    """A ledger in a database; see `engine.Store`.

    Args:
        place: the database.
    """

    def __init__(self, place: LedgerDatabase) -> None:
        self._place = place

    def state(self) -> Literal["missing", "no ledger", "older", "current", "newer"]:
        """What lies there; see `engine.Store`."""
        with LedgerConnection(self._place) as ledger:
            version = ledger.version
        if version is None:
            return "no ledger"
        if version in (0, schema.VERSION):
            return "current" if version else "missing"
        return "older" if version < schema.VERSION else "newer"

    def is_missing(self) -> bool:
        """Whether there is no ledger in the database."""
        return self.state() == "missing"

    def make(self, at: datetime, identity: str) -> None:
        """Make an empty ledger; see `engine.Store`."""
        with self._made() as connection:
            if connection is not None:
                row = {"id": 1, "identity": identity, "made_at": at}
                connection.execute(schema.identity.insert().values(row))

    def open_for_writing(
        self, clock: Callable[[], datetime], actor: Actor, new_identity: Callable[[], str]
    ) -> LedgerConnection:
        """Open it to read and write."""
        del new_identity  # every ledger in a database has one
        ledger = LedgerConnection(self._place)
        try:
            before = ledger.version
            if before is not None and min(_STEPS, default=schema.VERSION + 1) <= before + 1:
                with ledger.writing() as connection:
                    _bring_up_to_date(connection, clock, actor)
            self._check(ledger.version)
        except BaseException:
            ledger.close()
            raise
        return ledger

    def open_for_reading(self) -> LedgerConnection:
        """Open it to read."""
        ledger = LedgerConnection(self._place)
        try:
            self._check(ledger.version)
        except BaseException:
            ledger.close()
            raise
        return ledger

    def backup(self, to: Path) -> None:
        """Copy it into a new SQLite file; see `engine.Store`."""
        ledger = self.open_for_reading()
        try:
            carrying.into_file(ledger.reading(), to)
        finally:
            ledger.close()

    def put_in_place(self, copy: Path, at: datetime) -> None:
        """Carry a copy over into a database that has no ledger yet, and compare the two."""
        del at
        with carrying.from_file(copy) as source, self._made() as target:
            if target is None:
                raise LedgerUnusable(
                    tr(
                        "There is a ledger in {ledger} already, and it is never written over. Let"
                        " the database's owner move it to another schema first.",
                        ledger=self._place,
                    )
                )
            carrying.carry(source, target)
            count_on(target)

    @contextmanager
    def round_lock(
        self,
        round_name: str,
        actor: Actor,
        clock: Callable[[], datetime],
        *,
        wait: float | None = None,
        on_wait: OnWait | None = None,
    ) -> Iterator[None]:
        """Hold a round's lock by a connection of its own; see `engine.OpenLedger`."""
        with (
            LedgerConnection(self._place) as ledger,
            ledger.round_lock(round_name, actor, clock, wait=wait, on_wait=on_wait),
        ):
            yield

    def lock_holder(self, round_name: str) -> LockHolder | None:
        """Who is changing a round just now; None where nobody is."""
        with LedgerConnection(self._place) as ledger:
            return ledger.lock_holder(round_name)

    @contextmanager
    def _made(self) -> Iterator[Connection | None]:
        """A transaction with tables just made in it; None where there are some already."""
        with LedgerConnection(self._place) as ledger, ledger.writing() as connection:
            version = version_in(connection)
            if version == 0:
                self._check_encoding(connection)
                create_tables(connection)
                yield connection
            else:
                self._check(version)
                yield None

    def _check_encoding(self, connection: Connection) -> None:
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            raise LedgerUnusable(
                tr(
                    "The database {ledger} keeps text as {encoding}. Make one with ENCODING"
                    " 'UTF8'.",
                    ledger=self._place,
                    encoding=encoding,
                )
            )

    def _check(self, version: int | None) -> None:
        """See that there is a ledger of this version.

        Raises:
            LedgerError: there is none, or another's.
        """
        if version == schema.VERSION:
            return
        if version is None:
            raise NoLedger(
                tr(
                    "{ledger} has tables, but they are no ledger of brevgen. Check the address, or"
                    " name a schema of its own.",
                    ledger=self._place,
                )
            )
        if version == 0:
            raise LedgerUnusable(
                tr(
                    "There is no ledger in {ledger}. Check its address in brevgen.toml, or let the"
                    " database's owner run brevgen ledger make.",
                    ledger=self._place,
                )
            )
        if version < schema.VERSION:
            raise LedgerUnusable(
                tr(
                    "The ledger {ledger} was made by an older brevgen (its version is {version},"
                    " this brevgen knows {known}). Let the database's owner bring it up to date"
                    " with: brevgen ledger make",
                    ledger=self._place,
                    version=version,
                    known=schema.VERSION,
                )
            )
        raise LedgerTooNew(
            tr(
                "The ledger {path} was made by a newer brevgen (its version is {version}, this"
                " brevgen knows {known}). Install the newer brevgen.",
                path=self._place,
                version=version,
                known=schema.VERSION,
            )
        )


def _bring_up_to_date(connection: Connection, clock: Callable[[], datetime], actor: Actor) -> None:
    """All steps or none; nothing where another has done it meanwhile."""
    before = version_in(connection) or schema.VERSION
    if before >= schema.VERSION:
        return
    for step in range(before + 1, schema.VERSION + 1):
        _STEPS[step](connection)
    act = chain.Act(connection, clock(), actor)
    what = told.BROUGHT_UP_TO_DATE.format(before=before, after=schema.VERSION)
    act.tell("ledger brought up to date", what, round_name="")
    act.finish()
    set_version(connection)
