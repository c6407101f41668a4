"""An open ledger in a PostgreSQL database: its transactions, its locks, and what its errors mean.

One connection for each open ledger, never made anew: with it would go the round's lock.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote, unquote

from sqlalchemy import (
    Connection,
    Engine,
    StaticPool,
    create_engine,
    make_url,
    text,
)
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from brevgen.actor import Actor
from brevgen.characters import cleaned
from brevgen.errors import (
    LedgerDamaged,
    LedgerDiskError,
    LedgerError,
    LedgerLocked,
    LedgerUnreachable,
    LedgerUnusable,
)
from brevgen.findings import Findings
from brevgen.language import tr, untranslated
from brevgen.ledger.lock import LockHolder, OnWait, wait_for
from brevgen.ledger.postgresql_tables import version_in
from brevgen.settings.ledger import LedgerDatabase
from brevgen.settings.secrets import read_secret

BUSY_SECONDS: Final = 60
"""How long to wait for another to finish its transaction."""

_CONNECT_SECONDS: Final = 10
_STATEMENT_SECONDS: Final = 300
_SILENT_SECONDS: Final = 30
"""How long a server may say nothing before the connection counts as lost."""

_WRITING: Final = 0x42524556
_ROUND: Final = 0x42524557
"""The first key of our advisory locks: `BREV` for who writes, the next for who changes a round."""

_NAME_BYTES: Final = 63
"""As long as PostgreSQL lets a connection's name be."""

_OUT_OF_REACH = untranslated(
    "The ledger {ledger} cannot be reached ({reason}). Check the address, the password, the"
    " network and the server, and try again."
)
_LOST = untranslated(
    "The connection to the ledger {ledger} was lost ({reason}). What was told as done is kept;"
    " whether the last step was written is seen with brevgen status when the server answers again."
)
_NOT_ALLOWED = untranslated(
    "The database does not let this user do that to the ledger {ledger} ({reason}). Let its owner"
    " run brevgen ledger make and grant what brevgen ledger grants prints."
)
_EXPLAINED: Final[dict[str, tuple[type[LedgerError], str]]] = {
    "55P03": (
        LedgerLocked,
        untranslated(
            "The ledger {ledger} is in use by another brevgen. Try again when it is done."
        ),
    ),
    "57014": (
        LedgerLocked,
        untranslated(
            "The ledger {ledger} took too long to answer. Try again when it is less busy."
        ),
    ),
    "40": (  # rolled back for the sake of another
        LedgerLocked,
        untranslated(
            "The ledger {ledger} is in use by another brevgen. Try again when it is done."
        ),
    ),
    "42501": (LedgerUnusable, _NOT_ALLOWED),
    "25006": (
        LedgerUnusable,
        untranslated("The ledger {ledger} cannot be written: it was opened to be read."),
    ),
    "53": (
        LedgerDiskError,
        untranslated("The server of the ledger {ledger} is full ({reason}). Tell who runs it."),
    ),
    "58": (
        LedgerDiskError,
        untranslated(
            "The server of the ledger {ledger} cannot read or write ({reason}). Tell who runs it."
        ),
    ),
    "XX": (
        LedgerDamaged,
        untranslated(
            "The database of the ledger {ledger} is damaged ({reason}). Tell who runs it."
        ),
    ),
    "57P": (LedgerUnreachable, _LOST),
    "08": (LedgerUnreachable, _LOST),
}
"""By the beginning of the error's SQLSTATE, the most particular first."""


class LedgerConnection:
    """An open ledger in a database; belongs to the process and thread that opened it.

    Args:
        place: the database.

    Raises:
        LedgerError: it cannot be reached, or the PostgreSQL library is not installed.
    """

    def __init__(self, place: LedgerDatabase) -> None:
        self._place = place
        self._engine = _engine(place)
        with self._explain_errors(_OUT_OF_REACH):
            self._engine.connect().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def version(self) -> int | None:
        """The version of its tables; 0 for none at all, None for another program's."""
        with self.reading() as connection:
            return version_in(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the ledger and hinders nobody."""
        options: dict[str, Any] = {
            "isolation_level": "REPEATABLE READ",
            "postgresql_readonly": True,
        }
        with self._explain_errors(), self._engine.connect() as connection:
            connection = connection.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes all or nothing; others who want to write wait for its end.

        Behind the lock every statement sees all that was committed before, for that READ COMMITTED
        is enough; a snapshot taken with the lock would be one from before it was given.
        """
        with self._explain_errors(), self._engine.begin() as connection:
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:key, hashtext(current_schema()))"),
                {"key": _WRITING},
            )
            yield connection

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
        """Keep everybody else from changing a round, for as long as the connection lasts.

        The connection's name tells who holds it, and since when, to those who wait.
        """
        key = _key_of(round_name)

        def take() -> bool:
            return bool(self._outside("SELECT pg_try_advisory_lock(:key, {hash})", key))

        wait_for(take, lambda: self._holder(key), round_name, wait=wait, on_wait=on_wait)
        since = clock().astimezone(UTC)
        self._call(f"{since:%Y-%m-%dT%H:%M:%SZ} {quote(str(actor), safe=' ()@.')}")
        try:
            yield
        finally:
            with suppress(LedgerError):  # where the connection is lost, so is the lock
                self._call("brevgen")
                self._outside("SELECT pg_advisory_unlock(:key, {hash})", key)

    def lock_holder(self, round_name: str) -> LockHolder | None:
        """Who is changing a round just now; None where nobody is."""
        holder = self._holder(_key_of(round_name))
        return holder if holder.account else None

    def close(self) -> None:
        """Let go of the connection, and of the locks it holds."""
        self._engine.dispose()

    def _outside(self, statement: str, values: dict[str, Any]) -> Any:
        """What a statement answers, outside of any transaction."""
        hashed = statement.format(hash="hashtext(current_schema() || ' ' || :round)")
        with self._explain_errors(), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            return connection.execute(text(hashed), values).scalar()

    def _call(self, name: str) -> None:
        named = {"name": name.encode("ascii", "replace")[:_NAME_BYTES].decode()}
        self._outside("SELECT set_config('application_name', :name, false)", named)

    def _holder(self, key: dict[str, Any]) -> LockHolder:
        name = self._outside(
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND granted AND classid = :key"
            " AND objid::bigint = ({hash}::bigint & 4294967295)"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            key,
        )
        since, _, account = (name or "").partition(" ")
        try:
            return LockHolder(cleaned(unquote(account)), datetime.fromisoformat(since))
        except ValueError:  # it is just saying so, or gone
            return LockHolder("", None)

    @contextmanager
    def _explain_errors(self, unnamed: str = _LOST) -> Iterator[None]:
        """Say what errors mean.

        Args:
            unnamed: what one means that bears no SQLSTATE.
        """
        try:
            yield
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None) or ""
            reason = " ".join(str(error.orig).split())
            for beginning, (kind, what) in _EXPLAINED.items():
                if state.startswith(beginning):
                    what = unnamed if kind is LedgerUnreachable else what
                    raise kind(tr(what, ledger=self._place, reason=reason)) from error
            is_lost = isinstance(error, OperationalError | InterfaceError) and not state
            if is_lost or unnamed == _OUT_OF_REACH:
                told = tr(unnamed, ledger=self._place, reason=reason)
                raise LedgerUnreachable(told) from error
            raise


def _key_of(round_name: str) -> dict[str, Any]:
    return {"key": _ROUND, "round": round_name}


def _engine(place: LedgerDatabase) -> Engine:
    try:
        import psycopg
    except ImportError as error:
        raise LedgerUnusable(
            tr(
                "The ledger {ledger} is in PostgreSQL, and what reaches it is not installed."
                " Install it with: pip install 'brevgen[postgresql]'",
                ledger=place,
            )
        ) from error
    url = make_url(place.url)
    given: dict[str, Any] = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "dbname": url.database,
        "password": _password(place) or None,
        **url.query,
    }
    wanted = {name: value for name, value in given.items() if value is not None}
    made: list[object] = []

    def connect() -> "psycopg.Connection[Any]":
        if made:
            raise psycopg.OperationalError("the connection is not made anew")
        connection = psycopg.connect(
            **wanted,
            application_name="brevgen",
            connect_timeout=_CONNECT_SECONDS,
            keepalives_idle=_SILENT_SECONDS,
            keepalives_interval=10,
            keepalives_count=3,
            tcp_user_timeout=_SILENT_SECONDS * 1000,
            client_encoding="utf8",
        )
        made.append(connection)
        with connection.cursor() as cursor:
            for name, seconds in (
                ("lock_timeout", BUSY_SECONDS),
                ("statement_timeout", _STATEMENT_SECONDS),
                ("idle_in_transaction_session_timeout", _STATEMENT_SECONDS),
            ):
                cursor.execute("SELECT set_config(%s, %s, false)", (name, f"{seconds}s"))
            # a number given must survive a power cut of the server, or it would be given again
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'on', false)"
                " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
            )
        connection.commit()
        return connection

    return create_engine("postgresql+psycopg://", creator=connect, poolclass=StaticPool)


def _password(place: LedgerDatabase) -> str:
    findings = Findings()
    file = place.password_file
    found = read_secret(
        "ledger.password",
        place.password_env,
        str(file) if file else "",
        Path(),
        os.environ,
        findings,
    )
    findings.stop_on_faults()
    return found
