"""Processes that are killed in the middle of something, and what must be true of the file then."""

import multiprocessing
import os
import signal
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, event, select

from brevgen.actor import Actor
from brevgen.ledger import schema
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader

PATIENCE = 120  # seconds a process may take on a busy machine

spawn = multiprocessing.get_context("spawn")


def now():
    return datetime.now(UTC)


def killed_after(path, words, do, *given):
    """Do something to the ledger in a process killed right after such a statement within it.

    Args:
        path: the ledger's file.
        words: what stands in the statement.
        do: a function of a module, called with the open ledger and with `given`.
        *given: what else it needs.
    """
    process = spawn.Process(target=_die_after, args=(path, words, do, given))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL


def told_until_killed(target, path, *, many, seconds=0.0):
    """What a process tells until it is killed in the middle of its work.

    Args:
        target: a function of a module, called with the ledger's file and a pipe to tell through.
        path: the ledger's file.
        many: it lives until it has told so much,
        seconds: and so much longer.
    """
    hearing, telling = spawn.Pipe(duplex=False)
    process = spawn.Process(target=target, args=(path, telling))
    process.start()
    telling.close()
    told = [hearing.recv() for _ in range(many)]
    time.sleep(seconds)
    process.kill()
    process.join(PATIENCE)
    while hearing.poll():
        try:
            told.append(hearing.recv())
        except EOFError:
            break
    hearing.close()
    return told


def _die_after(path, words, do, given):
    def die(connection, cursor, statement, parameters, context, executemany):
        if words in statement:
            os.kill(os.getpid(), signal.SIGKILL)

    with Ledger(path, now, Actor("unlucky"), new=True) as ledger:
        if isinstance(path, Path):
            with ledger._file.writing() as connection:
                # A cache of one page writes pages to the disk before the transaction is done.
                connection.exec_driver_sql("PRAGMA cache_size = 1")
        event.listen(Engine, "after_cursor_execute", die)
        do(ledger, *given)


def everything_in(path):
    """All that stands in a ledger; of a file, as statements that would write it again."""
    if isinstance(path, Path):
        with closing(sqlite3.connect(path)) as raw:
            return list(raw.iterdump())
    queries = [
        select(table).order_by(*table.primary_key.columns)
        for table in schema.metadata.sorted_tables
    ]
    with LedgerReader(path) as reader, reader._file.reading() as connection:
        return [[tuple(row) for row in connection.execute(query)] for query in queries]


def is_whole(path):
    """Whether nothing is broken: links, pages, hashes."""
    with LedgerReader(path) as reader:
        proof = reader.prove()
    return not proof.faults and (not isinstance(path, Path) or _sqlite_says_it_is_whole(path))


def _sqlite_says_it_is_whole(path):
    with closing(sqlite3.connect(path)) as raw:
        (verdict,) = raw.execute("PRAGMA integrity_check").fetchone()
        broken_links = raw.execute("PRAGMA foreign_key_check").fetchall()
    return verdict == "ok" and not broken_links
