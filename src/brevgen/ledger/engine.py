"""The one SQLite file of the ledger, opened for writing or only for reading by many at once.

All SQLite knowledge is here: its pragmas, its kinds of transactions, and what its errors mean to a
person.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Self

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from brevgen.errors import BrevgenError
from brevgen.ledger import schema

BUSY_SECONDS: Final = 60
"""How long to wait for another process to finish its transaction."""

_PERMISSION = "Check that you may write the file and its folder."
_KEEP = "Keep it as it is and ask for help: an older copy lacks the references given since."
_PLAIN_WORDS: Final = {
    "SQLITE_BUSY": ("is in use by another brevgen.", "Try again when that one is done."),
    "SQLITE_READONLY": ("cannot be written.", _PERMISSION),
    "SQLITE_CANTOPEN": ("cannot be opened.", _PERMISSION),
    "SQLITE_PERM": ("cannot be opened.", _PERMISSION),
    "SQLITE_FULL": ("cannot grow.", "Make room on the disk."),
    "SQLITE_IOERR": ("cannot be read or written.", "Check the disk, or the network it is on."),
    "SQLITE_CORRUPT": ("is damaged.", _KEEP),
    "SQLITE_NOTADB": ("is no SQLite database.", "Check the path of the ledger."),
}


class LedgerFile:
    """An open ledger file; belongs to the process and thread that opened it.

    Use `for_writing` or `for_reading` to get one, and `close` it.
    """

    def __init__(self, path: Path, database: str, *, only_reading: bool) -> None:
        self._path = path
        self._engine = _engine(database, only_reading=only_reading)

    @classmethod
    def for_writing(cls, path: Path) -> Self:
        """Open the ledger, making it where there is none.

        Raises:
            BrevgenError: the path is no ledger, one of another version, or out of reach.
        """
        if not path.parent.is_dir():
            raise BrevgenError(f"There is no folder {path.parent} for the ledger. Make it first.")
        file = cls(path, str(path.absolute()), only_reading=False)
        with file._closed_on_error():
            with file.reading() as connection:
                is_ledger = _is_ledger(connection, path)
            if not is_ledger:
                file._make()
            file._let_readers_and_a_writer_meet()
        return file

    @classmethod
    def for_reading(cls, path: Path) -> Self:
        """Open the ledger without making or changing it; none there reads as an empty one.

        Raises:
            BrevgenError: the path is no ledger, one of another version, or out of reach.
        """
        if not path.exists():
            return cls._empty(path)
        # mode=rw and not ro: a reader of a WAL file needs two small files beside it, and only one
        # who might write takes them away again. `query_only` keeps it from writing.
        address = f"{path.absolute().as_uri()}?mode=rw"
        file = cls(path, address, only_reading=True)
        if file._lacks_its_side_files():
            # Nobody is writing, or the side files would be there, so no lock is needed.
            file.close()
            file = cls(path, f"{address}&immutable=1", only_reading=True)
        with file._closed_on_error(), file.reading() as connection:
            is_ledger = _is_ledger(connection, path)
        if not is_ledger:
            file.close()
            return cls._empty(path)
        return file

    @classmethod
    def _empty(cls, path: Path) -> Self:
        file = cls(path, ":memory:", only_reading=False)
        with file.writing() as connection:
            schema.create(connection)
        return file

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the ledger and hinders nobody."""
        with self._plainly(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes all or nothing; others who want to write wait for its end.

        It takes the lock at once, so that what it reads first is still true when it writes.
        """
        immediate = self._engine.execution_options(begin="IMMEDIATE")
        with self._plainly(), immediate.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the file; the last one to do so tidies up what SQLite keeps beside it."""
        self._engine.dispose()

    def _make(self) -> None:
        with self.writing() as connection:
            # Another process may have made it while this one waited.
            if not _is_ledger(connection, self._path):
                schema.create(connection)

    def _let_readers_and_a_writer_meet(self) -> None:
        """Write ahead (WAL): readers never wait for the writer, nor the writer for them."""
        with self._plainly(), closing(self._engine.raw_connection()) as raw:
            try:
                raw.cursor().execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                # Others are in a ledger just made. The setting is kept in the file: one of them
                # or the next to open it makes it, and transactions are as safe without it.
                if _name(error) != "SQLITE_BUSY":
                    raise

    def _lacks_its_side_files(self) -> bool:
        """Whether this is a WAL file in a folder where SQLite may not put what it needs."""
        try:
            with self._engine.begin() as connection:
                connection.exec_driver_sql("PRAGMA user_version")
        except OperationalError as error:
            return _name(error) in ("SQLITE_READONLY_DIRECTORY", "SQLITE_CANTOPEN")
        except DatabaseError:
            return False
        return False

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except (DatabaseError, sqlite3.DatabaseError) as error:
            for name, (what, remedy) in _PLAIN_WORDS.items():
                if _name(error).startswith(name):
                    raise BrevgenError(f"The ledger {self._path} {what} {remedy}") from error
            raise


def _engine(database: str, *, only_reading: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            database,
            timeout=BUSY_SECONDS,
            isolation_level=None,  # Python begins no transactions by itself; `_begin` does
            uri=database.startswith("file:"),
        )
        connection.execute("PRAGMA foreign_keys = ON")
        # FULL: a number given must survive a power cut, or it would be given again. With WAL,
        # NORMAL could lose the last transactions.
        connection.execute("PRAGMA synchronous = FULL")
        if only_reading:
            connection.execute("PRAGMA query_only = ON")
        return connection

    # One connection, held until `close`: opening anew for every transaction would have SQLite
    # tidy up the file each time.
    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


def _is_ledger(connection: Connection, path: Path) -> bool:
    """True for a ledger, False for an empty database; anything else is refused."""
    application = _pragma(connection, "application_id")
    version = _pragma(connection, "user_version")
    if application == schema.APPLICATION_ID:
        if version > schema.VERSION:
            raise BrevgenError(
                f"The ledger {path} was made by a newer brevgen (its version is {version}, this "
                f"brevgen knows {schema.VERSION}). Install the newer brevgen."
            )
        if version < schema.VERSION:
            raise BrevgenError(
                f"The ledger {path} was made by a brevgen from before the first release. Put it"
                " aside, write the references it gave into the column vår_ref, and begin anew."
            )
        return True
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
    if application or version or tables:
        raise BrevgenError(
            f"{path} is a database, but no ledger of brevgen. Check the path of the ledger."
        )
    return False


def _pragma(connection: Connection, name: str) -> int:
    value = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
    assert isinstance(value, int)
    return value


def _name(error: DatabaseError | sqlite3.DatabaseError) -> str:
    """SQLite's own name for an error, such as `SQLITE_BUSY_SNAPSHOT`."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    return getattr(cause, "sqlite_errorname", "")
