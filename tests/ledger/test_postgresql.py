"""What only a ledger in PostgreSQL does: rights, locks over a network, lost connections, copies."""

import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import brevgen.ledger.postgresql
from brevgen.actor import Actor
from brevgen.errors import (
    ExitCode,
    LedgerDamaged,
    LedgerLocked,
    LedgerTooNew,
    LedgerUnreachable,
    LedgerUnusable,
    NoLedger,
    RoundLocked,
)
from brevgen.ledger import database_store, schema
from brevgen.ledger.engine import store_at
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.postgresql_tables import grants
from brevgen.ledger.reader import LedgerReader, backup
from brevgen.settings.ledger import LedgerDatabase
from tests.ledger.hands import AAS, by_another_hand
from tests.ledger.killing import everything_in
from tests.support.approving import MORNING, SERIES, delivery, letter
from tests.support.databases import SERVER, address, as_owner, schema_of

pytestmark = pytest.mark.postgresql
KARI = Actor("kari")


def now():
    return MORNING


def sql(place, *statements):
    with as_owner(schema_of(place)) as connection:
        for statement in statements:
            connection.execute(statement)


# -- what is written once -------------------------------------------------------------------------


@pytest.mark.parametrize("table", schema.WRITTEN_ONCE, ids=str)
@pytest.mark.parametrize(
    "change", ['UPDATE "{table}" SET "{column}" = "{column}"', 'DELETE FROM "{table}"']
)
def test_not_even_the_owner_changes_what_is_written_once(full, table, change):
    with LedgerReader(full) as reader, reader._file.reading() as connection:
        if not connection.execute(table.select()).first():
            pytest.skip("nothing stands in it")
    before = everything_in(full)
    (first, *_) = table.columns

    with pytest.raises(Exception, match=f"{table.name} are written once"):
        sql(full, change.format(table=table.name, column=first.name))

    assert everything_in(full) == before


@pytest.mark.parametrize("table", schema.WRITTEN_ONCE, ids=str)
def test_not_even_the_owner_empties_a_table(full, table):
    with pytest.raises(Exception, match="are written once"):
        sql(full, f'TRUNCATE "{table.name}" CASCADE')


@pytest.fixture
def clerk(full):
    """The ledger as a user has it who was granted what the command prints, and no more."""
    name = f"clerk_{schema_of(full)}"
    sql(
        full,
        f"CREATE ROLE {name} LOGIN",
        f"GRANT USAGE ON SCHEMA {schema_of(full)} TO {name}",
        grants(name),
    )
    yield address(schema_of(full), user=name)
    sql(full, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_a_user_with_the_granted_rights_does_all_the_work(clerk):
    with Ledger(clerk, now, KARI) as ledger, ledger.round_lock("2018-2"):
        given = ledger.give_references("2018-2", ["0214"], SERIES, {})
        own = letter("0214", given["0214"])
        ledger.approve("2018-2", [own])
        ledger.begin_sending(delivery(AAS, "chief_executive", "radmann@as.kommune.example"))
        assert ledger.broken_events() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET account = 'x'",
        "DELETE FROM receipts",
        "TRUNCATE events CASCADE",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TABLE withdrawals",
        "COMMENT ON TABLE identity IS 'brevgen ledger, version 3'",
    ],
)
def test_a_user_with_the_granted_rights_changes_nothing(clerk, statement):
    with (
        Ledger(clerk, now, KARI) as ledger,
        pytest.raises(LedgerUnusable, match="does not let this user"),
        ledger._file.writing() as connection,
    ):
        connection.execute(text(statement))


def test_a_user_who_owns_nothing_is_told_who_makes_the_ledger(path):
    name = f"stranger_{schema_of(path)}"
    sql(path, f"CREATE ROLE {name} LOGIN", f"GRANT USAGE ON SCHEMA {schema_of(path)} TO {name}")
    try:
        with pytest.raises(LedgerUnusable, match="brevgen ledger make"):
            Ledger(address(schema_of(path), user=name), now, KARI, new=True)
        assert store_at(path).state() == "missing"
    finally:
        sql(path, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_a_digest_that_is_none_and_a_day_that_is_none_are_refused(ledger):
    for statement in (
        f"INSERT INTO contents VALUES ('{'A' * 64}', '')",
        "INSERT INTO answers (reference, decided, decided_on, body, conditions, journal, at,"
        " account, event) VALUES ('x', 1, '2018-1-1', '', '', '', '', '', 1)",
    ):
        with pytest.raises(IntegrityError, match="check"), ledger._file.writing() as connection:
            connection.execute(text(statement))


# -- locks and connections ------------------------------------------------------------------------


def test_who_has_the_round_is_told_and_it_goes_with_the_connection(path):
    first = Ledger(path, now, Actor("åse", "kari.n"), new=True)
    with first._file.reading() as connection:
        process = process_of(connection)
    with first.round_lock("2018"):
        with (
            pytest.raises(RoundLocked) as refused,
            store_at(path).round_lock("2018", KARI, now, wait=0),
        ):
            pass
        assert "åse (logged in as kari.n) since" in str(refused.value)
        end(path, process)
        with store_at(path).round_lock("2018", KARI, now, wait=5):
            with pytest.raises(LedgerUnreachable):  # who lost the lock writes nothing any more
                first.give_references("2018", ["0214"], SERIES, {})
            with LedgerReader(path) as reader:
                assert reader.references("2018") == {}
    first.close()


def end(place, process):
    """Cut a connection off, as a server does that is restarted."""
    sql(place, f"SELECT pg_terminate_backend({process})")


def process_of(connection):
    """The process that serves a connection."""
    return connection.execute(text("SELECT pg_backend_pid()")).scalar_one()


def test_a_connection_lost_in_the_middle_is_told_and_nothing_is_half_written(ledger, path):
    before = everything_in(path)

    def begin_and_lose_it():
        with ledger._act() as act:
            event = act.tell("reference given", "", round_name="2018")
            row = {"round": "2018", "kind": "request", "municipality": "0214", "event": event}
            act.insert(schema.letters, [row])
            end(path, process_of(act.connection))

    with pytest.raises(LedgerUnreachable, match=r"connection .* was lost") as lost:
        begin_and_lose_it()

    assert lost.value.exit_code is ExitCode.PARTLY_DONE
    assert everything_in(path) == before
    with pytest.raises(LedgerUnreachable):
        ledger.references("2018")


def test_who_waits_too_long_for_another_is_told(ledger, path, monkeypatch):
    monkeypatch.setattr(brevgen.ledger.postgresql, "BUSY_SECONDS", 1)
    with Ledger(path, now, KARI) as other, ledger._file.writing():
        started = time.monotonic()
        with pytest.raises(LedgerLocked, match="in use by another brevgen"):
            other.give_references("2018", ["0214"], SERIES, {})
        assert time.monotonic() - started < 30


def test_a_reader_sees_one_moment_and_hinders_nobody(ledger, path):
    with LedgerReader(path) as reader, reader._file.reading() as connection:
        count = text("SELECT count(*) FROM events")
        assert connection.execute(count).scalar_one() == 0
        given = ledger.give_references("2018", ["0214"], SERIES, {})
        assert connection.execute(count).scalar_one() == 0
        with pytest.raises(Exception, match="read-only"):
            connection.execute(text("DELETE FROM documents"))
    with LedgerReader(path) as reader:
        assert reader.references("2018") == given


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres@/postgres?host=/nowhere",
        f"postgresql://postgres@/nothing?host={SERVER}",
        f"postgresql://nobody@/postgres?host={SERVER}",
    ],
)
def test_a_server_or_database_that_is_not_there_is_told(url):
    with pytest.raises(LedgerUnreachable, match="cannot be reached"):
        LedgerReader(LedgerDatabase(url))


# -- versions and other tables --------------------------------------------------------------------


def test_an_empty_schema_reads_as_an_empty_ledger_and_stays_empty(path):
    with LedgerReader(path) as reader:
        assert reader.events() == []
    assert store_at(path).state() == "missing"
    with pytest.raises(LedgerUnusable, match="There is no ledger in"):
        Ledger(path, now, KARI)


def test_tables_of_another_program_are_left_alone(path):
    sql(path, "CREATE TABLE events (id int)")
    for opens in (LedgerReader, lambda place: Ledger(place, now, KARI, new=True)):
        with pytest.raises(NoLedger, match="no ledger of brevgen"):
            opens(path)
    assert store_at(path).state() == "no ledger"


def test_a_newer_ledger_is_refused(ledger, path):
    sql(path, f"COMMENT ON TABLE identity IS 'brevgen ledger, version {schema.VERSION + 1}'")
    with pytest.raises(LedgerTooNew, match="newer brevgen"):
        LedgerReader(path)


def test_an_older_ledger_is_brought_up_to_date_in_one_step_after_the_other(
    ledger, path, monkeypatch
):
    sql(path, f"COMMENT ON TABLE identity IS 'brevgen ledger, version {schema.VERSION - 1}'")
    with pytest.raises(LedgerUnusable, match="older brevgen"):
        LedgerReader(path)
    with pytest.raises(LedgerUnusable, match="older brevgen"):
        Ledger(path, now, KARI)

    step = text("CREATE TABLE later (id int)")
    monkeypatch.setitem(database_store._STEPS, schema.VERSION, lambda c: c.execute(step))
    with Ledger(path, now, KARI) as opened:
        assert [each.act for each in opened.events()] == ["ledger brought up to date"]
        assert opened.broken_events() == []
    assert store_at(path).state() == "current"


# -- copies ---------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path, full):
    """The copy in a file of a ledger with something in every table."""
    copy = tmp_path / "copy.sqlite3"
    backup(full, copy)
    return copy


def test_a_backup_is_a_file_that_says_the_same(full, file):
    with LedgerReader(full) as reader, LedgerReader(file) as copy:
        assert copy.mark() == reader.mark()
        assert copy.prove() == reader.prove()
        assert copy.prove().faults == ()
        assert copy.sealed_pdf("17-09100", AAS.file.content_digest) == AAS.pdf
    with pytest.raises(LedgerUnusable, match="is there already"):
        backup(full, file)


def test_a_file_is_carried_over_and_goes_on_where_it_was(file, other):
    store_at(other).put_in_place(file, MORNING)

    with Ledger(other, now, KARI) as ledger, LedgerReader(file) as before:
        assert ledger.mark() == before.mark()
        assert ledger.prove().faults == ()
        new = ledger.give_references("2018", ["0301"], SERIES, {})
        ledger.approve("2018", [letter("0301", new["0301"])])
        assert ledger.prove().faults == ()
    assert new == {"0301": "17-09102"}


@pytest.fixture
def other(path):
    """A schema beside the one of the test's ledger."""
    name = f"{schema_of(path)}_other"
    sql(path, f"CREATE SCHEMA {name}")
    yield address(name)
    sql(path, f"DROP SCHEMA {name} CASCADE")


def test_nothing_is_carried_over_a_ledger_that_is_there(full, file):
    before = everything_in(full)
    with pytest.raises(LedgerUnusable, match="never written over"):
        store_at(full).put_in_place(file, MORNING)
    assert everything_in(full) == before


def test_a_file_that_does_not_hold_is_not_carried_over(file, other):
    by_another_hand(Path(file), "UPDATE events SET account = 'hasp' WHERE id = 4")
    with pytest.raises(LedgerDamaged, match="does not hold"):
        store_at(other).put_in_place(file, MORNING)
    assert store_at(other).state() == "missing"
