"""The file itself refuses to change what is written once, whichever program tries."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from brevgen.actor import Actor
from brevgen.ledger import schema
from brevgen.ledger.approval_records import Passkey, PasskeySignature
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Answer, ArchiveNumber
from tests.ledger.killing import everything_in
from tests.support.approving import MORNING, SERIES, delivery, letter, sealed

pytestmark = pytest.mark.sqlite

PASSKEY = Passkey("aWQ", "kari", "localhost", "a2V5", "min telefon", ("internal",))
SIGNED = PasskeySignature("aWQ", "ZGF0YQ", "anNvbg", "c2lnbg")
CHANGES = {
    "a change": 'UPDATE "{table}" SET "{column}" = "{column}"',
    "a removal": 'DELETE FROM "{table}"',
    "a replacement": 'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"',
}


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """The path of a ledger with something in every table, which nobody manages to change."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite3"
    with Ledger(path, lambda: MORNING, Actor("kari"), new=True) as ledger:
        _fill(ledger)
    return path


def _fill(ledger):
    ledger.give_references("2018", ["0214"], SERIES, {})
    aas_as_it_was = [letter("0214", "17-09100")]
    ledger.record_reading("2018", aas_as_it_was)
    ledger.request_approval("2018", aas_as_it_was)
    ledger.end_requests("2018", ["0214"], "sent back", "feil tall")
    ledger.register_passkey(PASSKEY)
    ledger.approve("2018", aas_as_it_was, signed=SIGNED)
    ledger.remove_passkey(PASSKEY.credential_id)
    ledger.keep_archive_numbers([ArchiveNumber("2018", "0214", "17-09100", "2017/9235")])
    aas = sealed("0214", "17-09100")
    ledger.record_sealed([aas])
    ledger.begin_sending(delivery(aas))
    ledger.withdraw("2018", ["0214"], "feil tall")
    ledger.register_answers([Answer("2018", "0214", "17-09100", late_until=date(2018, 2, 1))])


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", schema.WRITTEN_ONCE, ids=str)
def test_another_program_cannot_change_what_is_written_once(full, table, change):
    before = everything_in(full)
    (first, *_) = table.columns
    statement = CHANGES[change].format(table=table.name, column=first.name)

    with (
        closing(sqlite3.connect(full)) as other,
        pytest.raises(sqlite3.IntegrityError, match="written once"),
        other,
    ):
        other.execute(statement)

    assert everything_in(full) == before


def test_another_program_cannot_put_another_reference_in_the_place_of_a_letters_own(full):
    with (
        closing(sqlite3.connect(full)) as other,
        pytest.raises(sqlite3.IntegrityError, match="written once"),
    ):
        other.execute(
            'INSERT OR REPLACE INTO "references" '
            "VALUES (1, '17-09199', 1, '2017-11-06T09:00:00Z', 'series', 1)"
        )


def test_drafts_alone_are_not_written_once():
    assert set(schema.metadata.sorted_tables) - set(schema.WRITTEN_ONCE) == {schema.documents}
