"""Ledgers in a PostgreSQL server that runs for the tests, each in a schema of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Any
from urllib.parse import quote

from brevgen.settings.ledger import LedgerDatabase, LedgerPlace

SERVER = os.environ.get("BREVGEN_TEST_POSTGRESQL", "")
"""The folder of the server's socket; empty where none runs. See `make test-postgresql`."""


def address(schema: str, user: str = "postgres") -> LedgerDatabase:
    """The ledger in a schema of the server's one database."""
    options = quote(f"-csearch_path={schema}", safe="")
    return LedgerDatabase(
        f"postgresql://{user}@/postgres?host={quote(SERVER, safe='')}&options={options}"
    )


def schema_of(place: LedgerPlace) -> str:
    """The schema a ledger of the tests is in."""
    return str(place).rpartition("%3D")[2]


@contextmanager
def as_owner(schema: str) -> Iterator[Any]:
    """The database as its superuser has it, within a transaction."""
    import psycopg

    with psycopg.connect(host=SERVER, user="postgres", dbname="postgres") as connection:
        connection.execute(f"SET search_path = {schema}")
        yield connection


@contextmanager
def schema_of_its_own() -> Iterator[LedgerDatabase]:
    """A place for a ledger, which is gone afterwards."""
    name = f"test_{token_hex(6)}"
    with as_owner("public") as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    try:
        yield address(name)
    finally:
        with as_owner("public") as connection:
            connection.execute(f"DROP SCHEMA {name} CASCADE")
