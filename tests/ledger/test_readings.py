"""Who has read which letter is kept, with what it said then."""

import pytest

from tests.support.approving import MORNING, SERIES, letter, letters, sha256


@pytest.fixture
def references(ledger):
    return ledger.give_references("2018", ["0214", "0219"], SERIES, {})


def test_a_reading_is_kept_with_reader_time_note_and_what_was_read(ledger, references):
    ledger.record_reading("2018", [letter("0214", references["0214"])], "Tallet er for høyt")

    ((read,),) = ledger.readings("2018").values()
    assert (read.account, read.at, read.note) == ("kari", MORNING, "Tallet er for høyt")
    assert read.content_digest == sha256(ledger.content(read.content_digest))
    assert (ledger.events()[-1].act, ledger.events()[-1].what) == ("read", "Tallet er for høyt")
    assert ledger.broken_events() == []


def test_a_letter_is_read_again_and_several_at_once(ledger, references):
    ledger.record_reading("2018", letters(references))
    ledger.record_reading("2018", [letter("0214", references["0214"], "Ny tekst")])

    found = ledger.readings("2018")
    assert {number: len(those) for number, those in found.items()} == {"0214": 2, "0219": 1}
    assert found["0214"][-1].content_digest == sha256("Ny tekst")


def test_a_letter_of_another_round_or_none_is_not_read(ledger, references):
    with pytest.raises(ValueError, match="17-09199"):
        ledger.record_reading("2018", [letter("0214", "17-09199")])
    with pytest.raises(ValueError, match="at least one"):
        ledger.record_reading("2018", [])
    assert ledger.readings("2018") == {}
