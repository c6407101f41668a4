"""What the tests of the ledger share: a place for it, a clock, and one that is open."""

from datetime import UTC, datetime

import pytest

from brevgen.actor import Actor
from brevgen.ledger.ledger import Ledger

MORNING = datetime(2017, 11, 6, 9, 0, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def clock():
    return lambda: MORNING


@pytest.fixture
def ledger(path, clock):
    with Ledger(path, clock, Actor("kari"), new=True) as opened:
        yield opened
