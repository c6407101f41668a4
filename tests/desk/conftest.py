"""A desk on a small workspace, asked without a network."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.app import make_app
from brevgen.desk.visitors import Visits
from tests.support.samples import make_round, make_workspace

HOST = "127.0.0.1:8123"
ADDRESS = f"http://{HOST}"
KARI = Actor("kari")
FROM_HERE = {"Origin": ADDRESS}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2017, 10, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with the small round `trial` alone."""
    place = make_workspace(tmp_path / "workspace", ())
    make_round(place)
    return place


@pytest.fixture
def visits(clock: Clock) -> Visits:
    return Visits(clock)


@pytest.fixture
def stranger(place: Path, clock: Clock, visits: Visits) -> Iterator[TestClient]:
    """A browser that is not logged in."""
    app = make_app(place, clock, visits, [HOST])
    with TestClient(app, base_url=ADDRESS, follow_redirects=False) as client:
        yield client


@pytest.fixture
def browser(stranger: TestClient, visits: Visits) -> TestClient:
    """A browser that is logged in as Kari."""
    assert stranger.get("/enter", params={"code": visits.new_code(KARI)}).status_code == 303
    return stranger
