"""The ledger is walked from its first event on, and the first row that does not hold is named."""

from dataclasses import replace

import pytest

from brevgen.actor import Actor
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.manifests import manifest_digest
from brevgen.ledger.passkey_signature import challenge
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import LedgerMark
from tests.ledger.hands import by_another_hand, with_a_new_chain
from tests.support.approving import MORNING, SERIES, letters, sha256
from tests.support.passkeys import Device


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


@pytest.mark.sqlite
def test_an_approval_that_was_edited_with_all_hashes_after_it_contradicts_whoever_has_seen_it(full):
    with LedgerReader(full) as reader:
        seen = reader.mark()
    with_a_new_chain(full, "UPDATE manifests SET account = 'hasp' WHERE act = 'approved'")

    assert faults(full) == []
    with LedgerReader(full) as reader:
        found = reader.contradiction(seen, "a witness")
    assert found is not None
    assert (found.code, found.event) == ("another story", 9)


# -- signatures of persons ------------------------------------------------------------------------


def look(letters, digest="cd" * 32):
    return [replace(each, look=digest) for each in letters]


@pytest.fixture
def signed(path):
    """A ledger with two approvals signed by passkeys, one of which was removed since."""
    phone, key = Device(b"phone"), Device(b"key")
    with Ledger(path, lambda: MORNING, Actor("hege"), new=True) as ledger:
        references = ledger.give_references("2018", ["0214", "0219"], SERIES, {})
        ledger.register_passkey(phone.passkey())
        ledger.register_passkey(key.passkey(name="nøkkel"))
        for device, said in ((phone, "Vi ber"), (key, "Vi ber om")):
            approved = look(letters(references, said))
            manifest = manifest_digest(approved)
            after = ledger.last_approved(list(references.values()))
            wanted = challenge(ledger.mark().identity, manifest, "cd" * 32, after)
            ledger.approve("2018", approved, signed=device.signs(wanted))
        ledger.remove_passkey(phone.credential_id)
    return path


FIRST = ("signature broken", "approval_signatures", "1", 5)


def test_signatures_hold_also_by_a_passkey_that_was_removed_since(signed):
    with LedgerReader(signed) as reader:
        proof = reader.prove()
    assert (proof.faults, proof.approvals, proof.signed) == ((), 2, 2)


BYTE = (
    "UPDATE approval_signatures SET signature = 'AAAA' || substr(signature, 5) WHERE manifest = 1"
)
SWAPPED = [
    "UPDATE passkeys SET public_key = (SELECT public_key FROM passkeys WHERE name = 'nøkkel')"
    " WHERE name = 'telefon'"
]
OF_ANOTHER = [
    "UPDATE approval_signatures SET client_data ="
    " (SELECT client_data FROM approval_signatures WHERE manifest = 2) WHERE manifest = 1"
]
OTHER_LETTERS = [
    "DELETE FROM manifest_letters WHERE manifest = 1 AND reference = '17-09101'",
]


SIGNATURES = [
    [BYTE],
    SWAPPED,
    OF_ANOTHER,
    OTHER_LETTERS,
    ["UPDATE manifest_letters SET look = '' WHERE manifest = 1"],
    ["UPDATE manifest_letters SET look = '' WHERE manifest = 1 AND reference = '17-09100'"],
    ["UPDATE manifests SET account = 'hasp' WHERE id = 1"],
    ["UPDATE passkeys SET account = 'hasp' WHERE name = 'telefon'"],
    ["UPDATE passkeys SET event = 6 WHERE name = 'telefon'"],
    ["UPDATE passkey_removals SET event = 4"],
]


@pytest.mark.parametrize("statements", SIGNATURES)
def test_a_signature_that_does_not_hold_is_named(signed, statements):
    by_another_hand(signed, *statements)
    assert FIRST in faults(signed)


@pytest.mark.sqlite
@pytest.mark.parametrize("statements", SIGNATURES)
def test_nor_does_a_new_chain_make_it_hold(signed, statements):
    with_a_new_chain(signed, *statements)
    found = faults(signed)
    assert FIRST in found
    assert {code for code, *_ in found} <= {"signature broken", "manifest changed"}


@pytest.mark.sqlite
def test_a_new_chain_over_a_ledger_as_it_is_holds(signed):
    with LedgerReader(signed) as reader:
        before = reader.mark()
    with_a_new_chain(signed)
    with LedgerReader(signed) as reader:
        assert (reader.mark(), reader.prove().faults) == (before, ())


@pytest.mark.parametrize(
    ("statement", "event"),
    [
        ("DELETE FROM passkey_removals", 9),
        ("DELETE FROM approval_signatures WHERE manifest = 1", 5),
        ("DELETE FROM passkeys WHERE name = 'telefon'", 3),
    ],
)
def test_a_key_a_removal_or_a_signature_taken_out_is_found_by_the_chain(signed, statement, event):
    by_another_hand(signed, statement)
    assert ("event changed", "events", str(event), event) in faults(signed)
