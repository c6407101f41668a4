"""The ledger's file: made on first use, left alone by readers, and never taken for another's."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

import brevgen.ledger.engine
from brevgen.actor import Actor
from brevgen.errors import BrevgenError
from brevgen.ledger import schema
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader
from brevgen.settings.series import Series

SERIES = Series("17-09100", "17-09199")


def pragma(path, name):
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute(f"PRAGMA {name}").fetchone()[0]


def test_the_first_use_makes_a_ledger_that_says_what_it_is(path, ledger):
    assert pragma(path, "user_version") == schema.VERSION
    assert pragma(path, "application_id") == schema.APPLICATION_ID
    assert pragma(path, "journal_mode") == "wal"


def test_it_keeps_what_was_given_through_a_power_cut(ledger):
    with ledger._file.writing() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("synchronous", "foreign_keys", "busy_timeout")
        }

    assert settings["synchronous"] == 2, "FULL"
    assert settings["foreign_keys"] == 1
    assert settings["busy_timeout"] >= 30_000


def test_a_ledger_that_could_not_yet_be_set_to_write_ahead_works_and_is_set_later(
    path, clock, monkeypatch
):
    monkeypatch.setattr(brevgen.ledger.engine, "BUSY_SECONDS", 0.05)
    Ledger(path, clock, Actor("kari"), new=True).close()
    pragma(path, "journal_mode = DELETE")
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM events")
        with Ledger(path, clock, Actor("kari"), new=True) as ledger:
            other.execute("ROLLBACK")
            given = ledger.give_references("2018", ["0214"], SERIES, {})
    assert pragma(path, "journal_mode") == "delete"

    with Ledger(path, clock, Actor("kari"), new=True) as ledger:
        assert ledger.references("2018") == given
    assert pragma(path, "journal_mode") == "wal"


def test_closing_leaves_one_file_and_nothing_beside_it(path, clock):
    with Ledger(path, clock, Actor("kari"), new=True) as ledger:
        ledger.give_references("2018", ["0214"], SERIES, {})

    assert list(path.parent.iterdir()) == [path]


def test_reading_where_there_is_no_ledger_finds_it_empty_and_makes_none(path):
    with LedgerReader(path) as reader:
        assert reader.references("2018") == {}
        assert reader.documents("2018") == {}
        assert reader.events("2018") == []
        assert reader.approvals("2018") == {}
        assert reader.sealed_files("2018") == {}
        assert reader.find_reference("17-09100") is None
        assert reader.used() == {}

    assert list(path.parent.iterdir()) == []


def test_reading_changes_neither_the_file_nor_its_folder(path, clock):
    with Ledger(path, clock, Actor("kari"), new=True) as ledger:
        given = ledger.give_references("2018", ["0214"], SERIES, {})
    before = path.read_bytes(), path.stat().st_mtime_ns

    with LedgerReader(path) as reader:
        assert reader.references("2018") == given
        assert list(reader.used()) == ["17-09100"]

    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(path.parent.iterdir()) == [path]


def test_a_reader_sees_at_once_what_another_has_written_and_hinders_it_not(path, ledger):
    with LedgerReader(path) as reader:
        assert reader.references("2018") == {}

        with reader._file.reading() as connection:
            connection.exec_driver_sql('SELECT * FROM "references"').all()
            given = ledger.give_references("2018", ["0214"], SERIES, {})

        assert reader.references("2018") == given


def test_a_reader_cannot_write(path, ledger):
    with (
        LedgerReader(path) as reader,
        pytest.raises(BrevgenError, match="cannot be written"),
        reader._file.reading() as connection,
    ):
        connection.execute(schema.documents.delete())


def test_a_path_with_spaces_and_norwegian_letters_is_read_as_it_is_written(tmp_path, clock):
    path = tmp_path / "Bosetting 100% åpen? #1.sqlite3"
    with Ledger(path, clock, Actor("kari"), new=True) as ledger:
        given = ledger.give_references("2018", ["0214"], SERIES, {})

    with LedgerReader(path) as reader:
        assert reader.references("2018") == given
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs users as Unix has them")
def test_a_ledger_nobody_may_write_can_be_read_but_not_written(clock):
    folder = Path(tempfile.mkdtemp())
    path = folder / "ledger.sqlite3"
    with Ledger(path, clock, Actor("kari"), new=True) as ledger:
        given = ledger.give_references("2018", ["0214"], SERIES, {})
    path.chmod(0o444)
    folder.chmod(0o555)
    user = os.geteuid()
    try:
        if user == 0:  # whom no permission stops
            os.seteuid(65534)
        with LedgerReader(path) as reader:
            assert reader.references("2018") == given
        with pytest.raises(BrevgenError, match="may write the file and its folder"):
            Ledger(path, clock, Actor("kari"), new=True)
    finally:
        os.seteuid(user)
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.parametrize("opens", ["reader", "writer"])
class TestAPathThatIsNoLedgerOfOurs:
    @pytest.fixture
    def open_it(self, opens, clock):
        if opens == "reader":
            return LedgerReader
        return lambda path: Ledger(path, clock, Actor("kari"), new=True)

    @pytest.mark.parametrize("text", ["kommunenummer;antall\n", "0214;10\n" * 2000, "\0\0"])
    def test_another_kind_of_file_is_refused_and_left_as_it_is(self, path, open_it, text):
        path.write_text(text)

        with pytest.raises(BrevgenError, match="is no SQLite database"):
            open_it(path)

        assert path.read_text() == text
        assert list(path.parent.iterdir()) == [path]

    def test_a_database_of_something_else_is_refused_and_left_as_it_is(self, path, open_it):
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("CREATE TABLE recipes (name)")
        before = path.read_bytes()

        with pytest.raises(BrevgenError, match="no ledger of brevgen"):
            open_it(path)

        assert path.read_bytes() == before

    def test_a_ledger_of_a_newer_brevgen_is_refused_and_left_as_it_is(self, path, open_it, clock):
        Ledger(path, clock, Actor("kari"), new=True).close()
        with closing(sqlite3.connect(path)) as raw:
            raw.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
        before = path.read_bytes()

        with pytest.raises(BrevgenError, match="newer brevgen"):
            open_it(path)

        assert path.read_bytes() == before

    def test_a_folder_is_refused(self, path, open_it):
        path.mkdir()

        with pytest.raises(BrevgenError, match="cannot be opened"):
            open_it(path)


def test_a_ledger_in_a_folder_that_is_not_there_is_refused(tmp_path, clock):
    with pytest.raises(BrevgenError, match="There is no folder"):
        Ledger(tmp_path / "data" / "ledger.sqlite3", clock, Actor("kari"), new=True)


def test_a_ledger_locked_for_too_long_is_told_in_plain_words(path, clock, monkeypatch):
    monkeypatch.setattr(brevgen.ledger.engine, "BUSY_SECONDS", 0.05)
    with (
        Ledger(path, clock, Actor("kari"), new=True) as ledger,
        closing(sqlite3.connect(path)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(BrevgenError, match="in use by another brevgen"):
            ledger.give_references("2018", ["0214"], SERIES, {})

        other.execute("ROLLBACK")
        assert ledger.give_references("2018", ["0214"], SERIES, {}) == {"0214": "17-09100"}


def test_a_damaged_ledger_is_told_in_plain_words(path, clock):
    with Ledger(path, clock, Actor("kari"), new=True) as ledger:
        ledger.give_references("2018", ["0214"], SERIES, {})
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))

    with pytest.raises(BrevgenError, match="is damaged"), LedgerReader(path) as reader:
        reader.references("2018")
