"""Where the archive keeps a letter is kept; a later number stands beside an earlier one."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from brevgen.ledger.records import ArchiveNumber
from tests.support.approving import MORNING, SERIES

AAS = ArchiveNumber("2018", "0214", "17-09100", "2017/9235", "2", "Elements")


@pytest.fixture
def ledger(ledger):
    ledger.give_references("2018", ["0214", "0219"], SERIES, {})
    return ledger


def test_numbers_are_kept_with_who_kept_them_and_the_last_one_holds(ledger):
    ledger.keep_archive_numbers([AAS])
    ledger.keep_archive_numbers([replace(AAS, journal_number="3")])

    first, second = ledger.archive_numbers("2018")["0214"]
    assert first == replace(AAS, at=MORNING, account="kari", sequence=first.sequence)
    assert second.journal_number == "3"
    assert (ledger.events()[-1].act, ledger.events()[-1].what) == (
        *("archive number kept", "2017/9235 3 Elements"),
    )
    assert ledger.broken_events() == []


def test_numbers_of_no_letter_or_of_no_case_are_refused_and_none_is_kept(ledger):
    with pytest.raises(ValueError, match="17-09100"):
        ledger.keep_archive_numbers([replace(AAS, municipality="0219")])
    with pytest.raises(IntegrityError):
        ledger.keep_archive_numbers([replace(AAS, case_number=" ")])
    assert ledger.archive_numbers("2018") == {}
