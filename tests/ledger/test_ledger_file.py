"""The ledger's file: made on first use, left alone by readers, and never taken for another's."""

import os
import resource
import shutil
import signal
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import brevgen.ledger.sqlite
from brevgen.actor import Actor
from brevgen.errors import (
    BrevgenError,
    ExitCode,
    LedgerDamaged,
    LedgerDiskError,
    LedgerLocked,
    LedgerUnusable,
)
from brevgen.ledger import schema
from brevgen.ledger.engine import store_at
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader, backup
from brevgen.settings.series import Series
from tests.ledger.killing import PATIENCE, spawn
from tests.support.bounded import within_bounds

pytestmark = pytest.mark.sqlite

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
    monkeypatch.setattr(brevgen.ledger.sqlite, "BUSY_SECONDS", 0.05)
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

    @pytest.mark.parametrize("kind", ["folder", "link", "link to nothing", "pipe", "device"])
    def test_what_is_no_ordinary_file_is_refused_at_once(self, path, open_it, kind, clock):
        if kind == "folder":
            path.mkdir()
        elif kind == "pipe":
            os.mkfifo(path)
        elif kind == "device":
            path.symlink_to("/dev/zero")
        else:
            other = path.with_name("other")
            if kind == "link":
                Ledger(other, clock, Actor("kari"), new=True).close()
            path.symlink_to(other)

        with pytest.raises(LedgerUnusable, match="no ordinary file"):
            open_it(path)

    def test_an_empty_file_is_refused_even_where_a_new_one_may_be_made(self, path, open_it):
        path.touch()

        with pytest.raises(LedgerUnusable, match="empty file, as a copy that failed leaves it"):
            open_it(path)

        assert path.read_bytes() == b""

    def test_an_empty_database_is_refused(self, path, open_it):
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("VACUUM")

        with pytest.raises(LedgerUnusable, match="is an empty database"):
            open_it(path)


def test_a_ledger_in_a_folder_that_is_not_there_is_refused(tmp_path, clock):
    with pytest.raises(BrevgenError, match="There is no folder"):
        Ledger(tmp_path / "data" / "ledger.sqlite3", clock, Actor("kari"), new=True)


def test_a_ledger_locked_for_too_long_is_told_in_plain_words(path, clock, monkeypatch):
    monkeypatch.setattr(brevgen.ledger.sqlite, "BUSY_SECONDS", 0.05)
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


# -- a new one only on demand ---------------------------------------------------------------------


def test_no_ledger_is_made_unless_it_is_said_so(path, clock):
    with pytest.raises(LedgerUnusable, match="There is no ledger") as refused:
        Ledger(path, clock, Actor("kari"))

    assert refused.value.exit_code is ExitCode.WRONG_USE
    assert list(path.parent.iterdir()) == []


def test_a_ledger_that_is_made_appears_whole_and_one_that_is_there_stays(path, clock):
    with Ledger(path, clock, Actor("kari"), new=True) as ledger:
        given = ledger.give_references("2018", ["0214"], SERIES, {})
        mark = ledger.mark()
    with Ledger(path, clock, Actor("ola"), new=True) as ledger:
        assert (ledger.references("2018"), ledger.mark()) == (given, mark)
    assert list(path.parent.iterdir()) == [path]


def test_what_lies_at_the_path_can_be_asked_before_it_is_opened(path, clock):
    def made():
        Ledger(path, clock, Actor("kari"), new=True).close()

    def with_version(version):
        made()
        with closing(sqlite3.connect(path)) as raw:
            raw.execute(f"PRAGMA user_version = {version}")

    makers = {
        "missing": lambda: None,
        "empty": path.touch,
        "no file": path.mkdir,
        "no ledger": lambda: path.write_text("kommunenummer;antall"),
        "older": lambda: with_version(2),
        "current": made,
        "newer": lambda: with_version(schema.VERSION + 1),
    }
    for state, make in makers.items():
        make()
        assert store_at(path).state() == state
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)


# -- errors by kind -------------------------------------------------------------------------------


def test_each_kind_of_trouble_has_an_exit_code_that_is_not_that_of_faulty_input():
    kinds = {LedgerLocked: 3, LedgerDamaged: 3, LedgerUnusable: 2, LedgerDiskError: 4}
    assert {kind: kind.exit_code for kind in kinds} == kinds


def fill(ledger):
    for number in range(1000):
        ledger.note("2018", "", "x" * 1000, str(number))


def test_a_full_disk_is_told_as_such_and_nothing_is_written(path, clock):
    with Ledger(path, clock, Actor("kari"), new=True) as ledger:
        with ledger._file.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LedgerDiskError, match="Make room on the disk"):
            fill(ledger)
        assert ledger.broken_events() == []


# -- copies and what lies beside ------------------------------------------------------------------


def give_and_die(path):
    ledger = Ledger(path, lambda: datetime.now(UTC), Actor("kari"))
    ledger.give_references("2018", ["0214"], SERIES, {})
    os.kill(os.getpid(), signal.SIGKILL)


def leave_beside(path):
    """Leave entries beside the file as a program does that is killed."""
    process = spawn.Process(target=give_and_die, args=(path,))
    process.start()
    process.join(PATIENCE)
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0


def test_on_a_full_disk_a_ledger_can_still_be_read(path, clock):
    with Ledger(path, clock, Actor("kari"), new=True) as ledger:
        ledger.give_references("2018", ["0214"], SERIES, {})

    def read():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        try:
            with LedgerReader(path) as reader:
                return reader.references("2018")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    assert within_bounds(read) == {"0214": "17-09100"}


def test_a_copy_made_after_a_kill_has_every_number(path, clock):
    Ledger(path, clock, Actor("kari"), new=True).close()
    leave_beside(path)
    copy = path.with_name("copy.sqlite3")

    backup(path, copy)

    with LedgerReader(copy) as reader:
        assert reader.references("2018") == {"0214": "17-09100"}
        assert reader.broken_events() == []
    with LedgerReader(path) as reader:
        assert reader.references("2018") == {"0214": "17-09100"}
    assert not path.with_name("copy.sqlite3-wal").exists()


def test_a_copy_can_be_made_while_others_work_and_takes_no_file_away(path, ledger):
    given = ledger.give_references("2018", ["0214"], SERIES, {})
    copy = path.with_name("copy.sqlite3")

    backup(path, copy)

    with LedgerReader(copy) as reader:
        assert reader.references("2018") == given
    before = copy.read_bytes()
    with pytest.raises(LedgerUnusable, match="is there already"):
        backup(path, copy)
    assert copy.read_bytes() == before
    assert [each for each in path.parent.iterdir() if each.name.endswith(".part")] == []


def test_no_copy_is_made_of_what_is_not_there_or_damaged(path, clock):
    with pytest.raises(LedgerUnusable, match="There is no ledger"):
        backup(path, path.with_name("copy"))
    with Ledger(path, clock, Actor("kari"), new=True) as ledger:
        ledger.give_references("2018", ["0214"], SERIES, {})
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xff" * (len(content) - 8192))
    with pytest.raises(LedgerDamaged):
        backup(path, path.with_name("copy"))
    assert [each.name for each in path.parent.iterdir() if "sqlite3" not in each.name] == []
    assert list(path.parent.glob(".*.part")) == []


def test_after_closing_all_is_in_the_one_file_though_others_still_read(path, clock):
    with LedgerReader(path):
        pass
    with Ledger(path, clock, Actor("kari"), new=True) as ledger, LedgerReader(path):
        given = ledger.give_references("2018", ["0214"], SERIES, {})
        ledger.close()
        alone = path.with_name("alone.sqlite3")
        shutil.copy(path, alone)

    with LedgerReader(alone) as reader:
        assert reader.references("2018") == given


def test_a_reader_who_cannot_see_the_latest_entries_says_so(clock):
    folder = Path(tempfile.mkdtemp())
    path = folder / "ledger.sqlite3"
    Ledger(path, clock, Actor("kari"), new=True).close()
    leave_beside(path)
    path.with_name("ledger.sqlite3-shm").unlink()
    folder.chmod(0o555)
    user = os.geteuid()
    try:
        if user == 0:  # whom no permission stops
            os.seteuid(65534)
        with pytest.raises(LedgerUnusable, match=r"its latest entries lie in ledger\.sqlite3-wal"):
            LedgerReader(path)
    finally:
        os.seteuid(user)
        folder.chmod(0o755)
        shutil.rmtree(folder)


# -- several accounts -----------------------------------------------------------------------------


@pytest.mark.parametrize(("rights", "is_shared"), [(0o2770, True), (0o755, False)])
def test_the_group_of_a_shared_folder_may_write_the_ledger_and_what_lies_beside(
    tmp_path, clock, rights, is_shared
):
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(rights)
    before = os.umask(0o022)
    try:
        with Ledger(folder / "ledger.sqlite3", clock, Actor("kari"), new=True) as ledger:
            ledger.give_references("2018", ["0214"], SERIES, {})
            modes = {each.name: each.stat().st_mode & 0o020 for each in folder.iterdir()}
    finally:
        os.umask(before)

    assert modes == dict.fromkeys(
        ["ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3-shm"], 0o020 if is_shared else 0
    )


def test_a_ledger_made_before_its_folder_was_shared_is_shared_when_it_is_next_written(path, clock):
    Ledger(path, clock, Actor("kari"), new=True).close()
    path.chmod(0o644)
    path.parent.chmod(0o770)

    Ledger(path, clock, Actor("kari")).close()

    assert path.stat().st_mode & 0o777 == 0o664
