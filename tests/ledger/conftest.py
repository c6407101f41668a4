"""What the tests of the ledger share: a place for it, a clock, and one that is open."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from brevgen.actor import Actor
from brevgen.ledger.ledger import Ledger
from tests.ledger.hands import AAS
from tests.support.approving import SERIES, delivery, letter
from tests.support.databases import SERVER, schema_of_its_own

MORNING = datetime(2017, 11, 6, 9, 0, 0, tzinfo=UTC)


def pytest_collection_modifyitems(config, items):
    """Where a PostgreSQL server runs for the tests, those that are about files need not run."""
    if SERVER:
        about_files = [each for each in items if each.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=about_files)
        items[:] = [each for each in items if each not in about_files]


@pytest.fixture
def path(tmp_path, request):
    """Where a ledger may lie: a file, or a schema of its own where a server runs for the tests."""
    if not SERVER:
        yield tmp_path / "ledger.sqlite3"
        return
    with schema_of_its_own() as place:
        yield place


@pytest.fixture
def clock():
    return lambda: MORNING


@pytest.fixture
def ledger(path, clock):
    with Ledger(path, clock, Actor("kari"), new=True) as opened:
        yield opened


@pytest.fixture
def full(path):
    """The path of a ledger with something in every table."""
    with Ledger(path, lambda: MORNING, Actor("kari", "root"), new=True) as ledger:
        ledger.give_references("2018", ["0214", "2011"], SERIES, {})
        approved = replace(letter("0214", "17-09100"), facts={"asked": 10, "name": "Ås"})
        ledger.record_shown("2018", [approved])
        ledger.approve("2018", [approved, letter("2011", "17-09101")])
        ledger.record_sealed([AAS])
        ledger.begin_sending(delivery(AAS))
        ledger.record_receipt(delivery(AAS), "refused", "550 no")
        ledger.withdraw("2018", ["2011"], "feil tall")
    return path
