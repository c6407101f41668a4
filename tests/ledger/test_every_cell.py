"""What another hand does to any cell of the ledger's file is found, and nothing breaks on it."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Table

from brevgen.actor import Actor
from brevgen.errors import LedgerDamaged
from brevgen.ledger import schema
from brevgen.ledger.chain import event_hash
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.manifests import manifest_digest
from brevgen.ledger.passkey_signature import challenge
from brevgen.ledger.proof import FaultCode
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import Answer, ArchiveNumber
from tests.ledger.hands import by_another_hand
from tests.support.approving import MORNING, SERIES, delivery, letters, sealed
from tests.support.passkeys import Device

pytestmark = pytest.mark.sqlite

LOOK = "cd" * 32


@pytest.fixture(scope="module")
def of_everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a ledger that holds, with something in every table whose rows are for ever."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite3"
    with Ledger(path, lambda: MORNING, Actor("hege"), new=True) as ledger:
        references = ledger.give_references("2018", ["0214", "0219"], SERIES, {})
        as_they_are = [replace(each, look=LOOK) for each in letters(references)]
        ledger.record_reading("2018", as_they_are, "Bra")
        ledger.request_approval("2018", as_they_are, whom="hege", note="Haster")
        ledger.end_requests("2018", ["0214"], "sent back", "feil tall")
        phone = Device()
        ledger.register_passkey(phone.passkey())
        wanted = challenge(ledger.mark().identity, manifest_digest(as_they_are), LOOK, 0)
        ledger.approve("2018", as_they_are, signed=phone.signs(wanted))
        ledger.remove_passkey(phone.credential_id)
        ledger.record_sealed([sealed(each, references[each]) for each in references])
        way = delivery(sealed("0214", references["0214"]))
        ledger.begin_sending(way)
        ledger.record_receipt(way, "sent", "250 ok")
        ledger.withdraw("2018", ["0219"], "feil tall")
        later = Answer("2018", "0214", references["0214"], late_until=date(2018, 2, 1))
        ledger.register_answers([later])
        number = ArchiveNumber("2018", "0214", references["0214"], "2017/9235", "1", "sak")
        ledger.keep_archive_numbers([number])
    assert found_in(path) == set()
    return path


def found_by(reader: LedgerReader) -> set[FaultCode]:
    return {each.code for each in reader.prove().faults}


def found_in(path: Path) -> set[FaultCode]:
    with LedgerReader(path) as reader:
        return found_by(reader)


VALUES = {
    "NULL": "NULL",
    "a little more": "CASE typeof({0}) WHEN 'integer' THEN {0} + 1 ELSE {0} || '1' END",
    "bytes": "x'00ff'",
    "far away": "9223372036854775807",
}
SAYS_NOTHING = {
    ("identity", "id"),  # always 1, and never read
    ("identity", "made_at"),  # never read: the first event has its own time
    ("sealed", "is_test"),  # what is not 0 is as true as 1
}


@contextmanager
def changed(raw: sqlite3.Connection, table: Table, column: str, value: str) -> Iterator[bool]:
    """The first row with another value, where the file's own rules let it; whether it is one."""
    where = f'"{table.name}" WHERE rowid = ?'
    ((row,),) = raw.execute(f'SELECT min(rowid) FROM "{table.name}"')
    ((before,),) = raw.execute(f'SELECT "{column}" FROM {where}', [row])
    change = (
        f'UPDATE "{table.name}" SET "{column}" = {{}} WHERE rowid = ? RETURNING "{column}", rowid'
    )
    try:
        ((after, now),) = raw.execute(change.format(value), [row]).fetchall()
    except sqlite3.IntegrityError:
        yield False
        return
    yield (after, type(after)) != (before, type(before))
    raw.execute(change.format("?"), [before, now]).fetchall()


@pytest.mark.parametrize(
    "values",
    [["a little more"], pytest.param([*VALUES], marks=pytest.mark.slow)],
    ids=["a little more", "all"],
)
@pytest.mark.parametrize("table", schema.WRITTEN_ONCE, ids=str)
def test_no_cell_is_changed_unseen(
    of_everything: Path, tmp_path: Path, table: Table, values: list[str]
) -> None:
    path = Path(shutil.copy(of_everything, tmp_path / "changed.sqlite3"))
    by_another_hand(path)
    count = 0
    with closing(sqlite3.connect(path, isolation_level=None)) as raw, LedgerReader(path) as reader:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute("PRAGMA synchronous = OFF")
        for column in table.columns:
            for name in values:
                value = VALUES[name].format(f'"{column.name}"')
                with changed(raw, table, column.name, value) as is_changed:
                    try:
                        found = bool(found_by(reader))
                    except LedgerDamaged:
                        found = table is schema.identity
                says_nothing = (table.name, column.name) in SAYS_NOTHING
                assert found == is_changed or says_nothing, f"{table}.{column.name}: {name}"
                count += is_changed
        assert found_by(reader) == set(), "all was put back"
    assert count >= len(values) / 2 * len(table.columns)


@pytest.mark.parametrize("table", schema.WRITTEN_ONCE, ids=str)
def test_no_row_is_taken_out_unseen(of_everything: Path, tmp_path: Path, table: Table) -> None:
    path = Path(shutil.copy(of_everything, tmp_path / "changed.sqlite3"))
    first = f'(SELECT min(rowid) FROM "{table.name}")'
    by_another_hand(path, f'DELETE FROM "{table.name}" WHERE rowid = {first}')

    if table is schema.identity:
        with pytest.raises(LedgerDamaged, match="does not say which ledger it is"):
            found_in(path)
    else:
        assert found_in(path)


@pytest.mark.parametrize("number", [0, -7])
def test_no_event_is_put_before_the_first(of_everything: Path, tmp_path: Path, number: int) -> None:
    path = Path(shutil.copy(of_everything, tmp_path / "changed.sqlite3"))
    fields = {
        "id": number,
        "at": MORNING,
        "account": "hege",
        "login": "",
        "round": "2018",
        "municipality": "0214",
        "reference": "17-09100",
        "act": "approved",
        "what": "",
    }
    values = ", ".join(
        repr(each) for each in [*fields.values(), event_hash("", fields, [])]
    ).replace(repr(MORNING), "'2017-11-06T09:00:00Z'")
    by_another_hand(path, f"INSERT INTO events VALUES ({values})")

    assert "event changed" in found_in(path)


def test_a_moment_without_its_zone_is_none(of_everything: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(of_everything, tmp_path / "changed.sqlite3"))
    by_another_hand(path, "UPDATE events SET at = '2017-11-06T09:00:00' WHERE id = 3")

    assert found_in(path) == {"event changed"}
    with LedgerReader(path) as reader, pytest.raises(LedgerDamaged, match="where a moment should"):
        reader.events()


def read_approvals(reader: LedgerReader) -> object:
    return reader.approvals("2018")


def read_events(reader: LedgerReader) -> object:
    return reader.events()


@pytest.mark.parametrize(
    ("statement", "read", "told"),
    [
        ("UPDATE events SET what = x'00ff' WHERE id = 3", read_events, "text"),
        ("UPDATE manifest_letters SET facts = '{'", read_approvals, "JSON"),
        ("UPDATE manifests SET at = 'x'", read_approvals, "a moment"),
    ],
)
def test_what_cannot_be_read_is_told_by_whoever_reads_it(
    of_everything: Path,
    tmp_path: Path,
    statement: str,
    read: Callable[[LedgerReader], object],
    told: str,
) -> None:
    path = Path(shutil.copy(of_everything, tmp_path / "changed.sqlite3"))
    by_another_hand(path, statement)

    with LedgerReader(path) as reader, pytest.raises(LedgerDamaged, match=f"where {told} should"):
        read(reader)
