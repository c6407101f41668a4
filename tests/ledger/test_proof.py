"""The ledger is walked from its first event on, and the first row that does not hold is named."""

import pytest

from brevgen.actor import Actor
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import LedgerMark
from tests.ledger.hands import by_another_hand
from tests.support.approving import MORNING, sha256


def faults(path):
    with LedgerReader(path) as reader:
        return [(each.code, each.table, each.row, each.event) for each in reader.prove().faults]


def test_a_ledger_nobody_has_touched_holds(full):
    with LedgerReader(full) as reader:
        proof = reader.prove()
        assert reader.contradiction(proof.mark, "a witness") is None

    assert proof.faults == ()
    assert (proof.events, proof.approvals, proof.sealed) == (9, 1, 1)


SAID = "Vi ber Ås om 10"


@pytest.mark.parametrize(
    ("statements", "first"),
    [
        # a cell changed
        (["UPDATE events SET account = 'hasp' WHERE id = 4"], ("event changed", "events", "4", 4)),
        (
            ["UPDATE letters SET municipality = '0215' WHERE id = 1"],
            ("event changed", "events", "1", 1),
        ),
        (["UPDATE contents SET text = 'Vi ber Ås om 11'"], ("words changed", "contents", "", 3)),
        (["UPDATE sealed SET pdf = docx"], ("file changed", "sealed", "17-09100", 6)),
        (["UPDATE sealed SET docx = pdf"], ("file changed", "sealed", "17-09100", 6)),
        (["UPDATE events SET at = 'yesterday' WHERE id = 5"], ("event changed", "events", "5", 5)),
        # a row removed
        (["DELETE FROM withdrawals"], ("event changed", "events", "9", 9)),
        (["DELETE FROM events WHERE id = 3"], ("event missing", "events", "3", 3)),
        (["DELETE FROM events WHERE id = 1"], ("event missing", "events", "1", 1)),
        # rows swapped
        (
            [
                "UPDATE events SET id = 99 WHERE id = 1",
                "UPDATE events SET id = 1 WHERE id = 2",
                "UPDATE events SET id = 2 WHERE id = 99",
            ],
            ("event changed", "events", "1", 1),
        ),
        (
            [
                "UPDATE letters SET municipality = 'x' WHERE id = 1",
                "UPDATE letters SET municipality = '0214' WHERE id = 2",
                "UPDATE letters SET municipality = '2011' WHERE id = 1",
            ],
            ("event changed", "events", "1", 1),
        ),
    ],
)
def test_the_first_row_that_another_hand_has_changed_is_named(full, statements, first):
    by_another_hand(full, *statements)

    code, table, row, event = faults(full)[0]

    assert (code, table, row if first[2] else "", event) == first


def test_letters_taken_out_of_an_approval_are_found_by_its_digest_too(full):
    by_another_hand(full, "DELETE FROM manifest_letters WHERE event = 5")

    assert ("manifest changed", "manifests", "2", 4) in faults(full)
    assert ("event changed", "events", "5", 5) in faults(full)


CUT = (
    "DELETE FROM withdrawals",
    "DELETE FROM receipts",
    "DELETE FROM deliveries",
    "DELETE FROM events WHERE id >= 7",
)


def test_a_tail_cut_off_whole_is_found_by_whoever_has_seen_it(full):
    with LedgerReader(full) as reader:
        seen = reader.mark()
    by_another_hand(full, *CUT)

    assert faults(full) == [], "the ledger by itself cannot tell"
    with LedgerReader(full) as reader:
        found = reader.contradiction(seen, "kept elsewhere")
    assert found is not None
    assert (found.code, found.event, found.seen_in) == ("ends too early", 9, "kept elsewhere")


def test_a_ledger_that_was_written_anew_contradicts_whoever_has_seen_it(full):
    with LedgerReader(full) as reader:
        seen = reader.mark()
    by_another_hand(full, *CUT)
    with Ledger(full, lambda: MORNING, Actor("hasp")) as ledger:
        for _ in range(4):
            ledger.note("2018", "0214", "another story")

    assert faults(full) == []
    with LedgerReader(full) as reader:
        found = reader.contradiction(seen, "a witness")
        other = reader.contradiction(LedgerMark("another", 9, sha256(SAID)), "a witness")
    assert found is not None
    assert (found.code, found.event) == ("another story", 9)
    assert other is not None
    assert other.code == "another ledger"
