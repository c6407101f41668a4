"""The one SQLite file of the ledger, opened for writing or only for reading by many at once.

All SQLite knowledge is here: its pragmas, its kinds of transactions, its copies, and what its
errors mean to a person.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Self, cast

from sqlalchemy import (
    Connection,
    Engine,
    PrimaryKeyConstraint,
    StaticPool,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.util import LRUCache

from brevgen.actor import Actor
from brevgen.errors import (
    LedgerDamaged,
    LedgerDiskError,
    LedgerError,
    LedgerLocked,
    LedgerTooNew,
    LedgerUnusable,
    NoLedger,
)
from brevgen.language import tr, untranslated
from brevgen.ledger import schema
from brevgen.ledger.file import (
    check_is_file,
    check_nothing_is_beside,
    create_file,
    publish,
    share_with_group,
)
from brevgen.ledger.lock import OnWait, round_lock

BUSY_SECONDS: Final = 60
"""How long to wait for another process to finish its transaction."""

_SQLITE: Final = "sqlite://"
_COMPILED: Final = LRUCache[Any, Any](500)
"""Statements in SQL, for all files."""

_CANNOT_BE_OPENED = untranslated(
    "The ledger {path} cannot be opened. Check that you may write the file and its folder."
)
_DAMAGED = untranslated(
    "The ledger {path} is damaged. Keep it as it is and ask for help: an older copy lacks the"
    " references given since."
)
_EXPLAINED: Final[dict[str, tuple[type[LedgerError], str]]] = {
    "SQLITE_BUSY": (
        LedgerLocked,
        untranslated("The ledger {path} is in use by another brevgen. Try again when it is done."),
    ),
    "SQLITE_READONLY": (
        LedgerUnusable,
        untranslated(
            "The ledger {path} cannot be written. Check that you may write the file and its folder."
        ),
    ),
    "SQLITE_CANTOPEN": (LedgerUnusable, _CANNOT_BE_OPENED),
    "SQLITE_PERM": (LedgerUnusable, _CANNOT_BE_OPENED),
    "SQLITE_FULL": (
        LedgerDiskError,
        untranslated("The ledger {path} cannot grow. Make room on the disk."),
    ),
    "SQLITE_IOERR": (
        LedgerDiskError,
        untranslated(
            "The ledger {path} cannot be read or written. Check the disk, or the network it is on."
        ),
    ),
    "SQLITE_CORRUPT": (LedgerDamaged, _DAMAGED),
    "SQLITE_NOTADB": (
        NoLedger,
        untranslated("The ledger {path} is no SQLite database. Check the path of the ledger."),
    ),
}


_NO_SIDE_FILES = ("SQLITE_READONLY_DIRECTORY", "SQLITE_CANTOPEN", "SQLITE_IOERR_SHMSIZE")
"""What SQLite says where it cannot make the files that a reader needs; the last on a full disk."""


class LedgerFile:
    """An open ledger file; belongs to the process and thread that opened it.

    Use `for_writing` or `for_reading` to get one, and `close` it.

    Args:
        path: what to call it in messages.
        database: a path or a `file:` address; `:memory:` for one that goes with the process.
    """

    def __init__(self, path: Path, database: str, *, only_reading: bool) -> None:
        self._path = path
        self._only_reading = only_reading
        self._engine = _engine(database, only_reading=only_reading)

    @classmethod
    def for_writing(cls, path: Path) -> Self:
        """Open a ledger that is there, of this version or an older one.

        Raises:
            LedgerError: there is none, or the file is no ledger, a newer one, or out of reach.
        """
        check_is_file(path)
        file = cls(path, f"{path.absolute().as_uri()}?mode=rw", only_reading=False)
        with file._closed_on_error():
            _ = file.version
            file._enable_wal()
        share_with_group(path)
        return file

    @classmethod
    def for_reading(cls, path: Path) -> Self:
        """Open a ledger that is there without changing it, of this version or an older one.

        Raises:
            LedgerError: there is none, or the file is no ledger, a newer one, or out of reach.
        """
        check_is_file(path)
        # mode=rw and not ro: a reader of a WAL file needs two small files beside it, and only one
        # who might write takes them away again. `query_only` keeps it from writing.
        address = f"{path.absolute().as_uri()}?mode=rw"
        file = cls(path, address, only_reading=True)
        if file._lacks_its_side_files():
            file.close()
            check_nothing_is_beside(path)
            # Nobody is writing, or the side files would be there, so no lock is needed.
            file = cls(path, f"{address}&immutable=1", only_reading=True)
        with file._closed_on_error():
            _ = file.version
        return file

    @classmethod
    def in_memory(cls, path: Path, copy_of: Self | None = None) -> Self:
        """A database that goes with the process: empty, or with all that another holds."""
        file = cls(path, ":memory:", only_reading=False)
        if copy_of is not None:
            with (
                copy_of._explain_errors(),
                closing(copy_of._engine.raw_connection()) as source,
                closing(file._engine.raw_connection()) as target,
            ):
                _sqlite(source).backup(_sqlite(target))
        return file

    @property
    def version(self) -> int:
        """The version of its tables; 0 for an empty database.

        Raises:
            LedgerUnusable: it is another program's.
            LedgerTooNew: a newer brevgen made it.
        """
        with self.reading() as connection:
            return _version(connection, self._path)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the ledger and hinders nobody."""
        with self._explain_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes all or nothing; others who want to write wait for its end.

        It takes the lock at once, so that what it reads first is still true when it writes.
        """
        immediate = self._engine.execution_options(begin="IMMEDIATE")
        with self._explain_errors(), immediate.begin() as connection:
            yield connection

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """As `writing`, for one who makes tables anew: what hangs together is checked at the end.

        Raises:
            LedgerDamaged: it does not; nothing is written.
        """
        self._pragmas("foreign_keys = OFF", "legacy_alter_table = ON")
        try:
            with self.writing() as connection:
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise LedgerDamaged(
                        tr(
                            "The ledger {path} has entries without their letter, so it was not"
                            " brought up to date. Put the ledger back from a backup.",
                            path=self._path,
                        )
                    )
        finally:
            self._pragmas("legacy_alter_table = OFF", "foreign_keys = ON")

    def round_lock(
        self,
        round_name: str,
        actor: Actor,
        clock: Callable[[], datetime],
        *,
        wait: float | None = None,
        on_wait: OnWait | None = None,
    ) -> AbstractContextManager[None]:
        """Keep everybody else from changing a round; see `lock.round_lock`."""
        return round_lock(self._path, round_name, actor, clock, wait=wait, on_wait=on_wait)

    def close(self) -> None:
        """Let go of the file; all that was written is in the one file then.

        The last one to let go takes away what SQLite keeps beside it.
        """
        if not self._only_reading:
            with suppress(LedgerError, sqlite3.Error):  # it is safe beside the file as well
                self._pragmas("wal_checkpoint(TRUNCATE)")
        self._engine.dispose()

    def _pragmas(self, *pragmas: str) -> None:
        """Set something outside of any transaction."""
        with self._explain_errors(), closing(self._engine.raw_connection()) as raw:
            for pragma in pragmas:
                raw.cursor().execute(f"PRAGMA {pragma}").fetchall()

    def _enable_wal(self) -> None:
        """Write ahead (WAL): readers never wait for the writer, nor the writer for them."""
        # Others may be in a ledger just made. The setting is kept in the file: one of them or the
        # next to open it makes it, and transactions are as safe without it.
        with suppress(LedgerLocked):
            self._pragmas("journal_mode = WAL")

    def _lacks_its_side_files(self) -> bool:
        """Whether this is a WAL file where SQLite may not put what it needs, or has no room to."""
        try:
            with self._engine.begin() as connection:
                connection.exec_driver_sql("PRAGMA user_version")
        except OperationalError as error:
            return _name(error) in _NO_SIDE_FILES
        except DatabaseError:
            return False
        return False

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._engine.dispose()
            raise

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        try:
            yield
        except (DatabaseError, sqlite3.DatabaseError) as error:
            for name, (kind, what) in _EXPLAINED.items():
                if _name(error).startswith(name):
                    raise kind(tr(what, path=self._path)) from error
            if "Could not decode" in str(error):  # Python's own words, which bear no name
                raise LedgerDamaged(
                    tr(
                        "The ledger {path} holds what is no text: another hand or a broken disk has"
                        " changed it. Put the ledger back from a backup.",
                        path=self._path,
                    )
                ) from error
            raise


def copy_to(file: LedgerFile, to: Path) -> None:
    """Write all an open ledger holds into one new file, which appears whole.

    Raises:
        LedgerUnusable: there is a file already, or none can be made.
        LedgerDamaged: the copy does not hold together.
    """
    aside = create_file(to)
    try:
        with (
            file._explain_errors(),
            closing(file._engine.raw_connection()) as source,
            closing(sqlite3.connect(aside)) as target,
        ):
            _sqlite(source).backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            if target.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise LedgerDamaged(tr(_DAMAGED, path=file._path))
        if not publish(aside, to):
            raise LedgerUnusable(
                tr("{path} is there already. Choose another name for the copy.", path=to)
            )
    finally:
        aside.unlink(missing_ok=True)


def create_tables(connection: Connection) -> None:
    """Make the tables in an empty database, within the transaction of the connection."""
    schema.metadata.create_all(connection, checkfirst=False)
    for table in schema.WRITTEN_ONCE:
        _write_once(connection, table)
    connection.exec_driver_sql(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {schema.VERSION}")


def _write_once(connection: Connection, table: Table) -> None:
    """Let the file itself refuse what must never happen, whichever program tries it."""
    # `INSERT OR REPLACE` takes rows out without the trigger on DELETE being asked.
    keys = sorted(
        [column.name for column in key.columns]
        for key in table.constraints
        if isinstance(key, PrimaryKeyConstraint | UniqueConstraint)
    )
    taken = " OR ".join(
        "(" + " AND ".join(f'"{name}" = NEW."{name}"' for name in key) + ")" for key in keys
    )
    there = f'WHEN EXISTS (SELECT 1 FROM "{table.name}" WHERE {taken})'  # noqa: S608 - our own names
    for action, condition in (("update", ""), ("delete", ""), ("insert", there)):
        connection.exec_driver_sql(
            f'CREATE TRIGGER {table.name}_refuse_{action} BEFORE {action} ON "{table.name}" '
            f"{condition} BEGIN SELECT RAISE(ABORT, '{table.name} are written once'); END"
        )


def _engine(database: str, *, only_reading: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            database,
            timeout=BUSY_SECONDS,
            isolation_level=None,  # Python begins no transactions by itself; `_begin` does
            uri=database.startswith("file:"),
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            # FULL: a number given must survive a power cut, or it would be given again. With WAL,
            # NORMAL could lose the last transactions.
            connection.execute("PRAGMA synchronous = FULL")
            if only_reading:
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    # One connection, held until `close`: opening anew for every transaction would have SQLite
    # tidy up the file each time.
    dialect = _dialect()
    engine = Engine(
        StaticPool(cast(Callable[[], DBAPIConnection], connect), dialect=dialect),
        dialect,
        make_url(_SQLITE),
        execution_options={"compiled_cache": _COMPILED},
    )
    event.listen(engine, "begin", _begin)
    return engine


@cache
def _dialect() -> Dialect:
    """How SQLite is spoken to: one for all files, so that a statement is put into SQL only once."""
    engine = create_engine(_SQLITE)
    with engine.connect():  # it asks SQLite what that can do
        pass
    engine.dispose()
    return engine.dialect


def _begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


def _version(connection: Connection, path: Path) -> int:
    application = _pragma(connection, "application_id")
    version = _pragma(connection, "user_version")
    if application == schema.APPLICATION_ID:
        if version > schema.VERSION:
            raise LedgerTooNew(
                tr(
                    "The ledger {path} was made by a newer brevgen (its version is {version}, this"
                    " brevgen knows {known}). Install the newer brevgen.",
                    path=path,
                    version=version,
                    known=schema.VERSION,
                )
            )
        return version
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
    if application or version or tables:
        raise NoLedger(
            tr(
                "{path} is a database, but no ledger of brevgen. Check the path of the ledger.",
                path=path,
            )
        )
    return 0


def _pragma(connection: Connection, name: str) -> int:
    value = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
    assert isinstance(value, int)
    return value


def _sqlite(raw: object) -> sqlite3.Connection:
    """SQLite's own connection inside of SQLAlchemy's."""
    connection = getattr(raw, "driver_connection", raw)
    assert isinstance(connection, sqlite3.Connection)
    return connection


def _name(error: DatabaseError | sqlite3.DatabaseError) -> str:
    """SQLite's own name for an error, such as `SQLITE_BUSY_SNAPSHOT`."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    return getattr(cause, "sqlite_errorname", "")
