"""No page tells where on the machine a file lies, whatever is wrong with it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.desk.conftest import FROM_HERE
from tests.desk.desk_work import begun
from tests.support.sessions import generated

LEDGER = "data/ledger.sqlite3"
PAGES = (
    *("/rounds", "/rounds/trial", "/rounds/trial/letters/0214", "/rounds/trial/send"),
    *("/log", "/municipalities/0214", "/account", "/new-round", "/templates"),
)


@pytest.fixture
def place(place: Path) -> Path:
    generated(place)
    return place


def is_empty(place: Path) -> None:
    (place / LEDGER).write_bytes(b"")


def is_no_database(place: Path) -> None:
    (place / LEDGER).write_bytes(b"x" * 9_000)


def is_a_folder(place: Path) -> None:
    (place / LEDGER).unlink()
    (place / LEDGER).mkdir()


def leads_nowhere(place: Path) -> None:
    (place / LEDGER).unlink()
    (place / LEDGER).symlink_to(place / "nowhere")


def is_elsewhere(place: Path) -> None:
    other = place.parent / "ledgers" / "ledger.sqlite3"
    other.parent.mkdir()
    other.touch()
    with (place / "brevgen.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[ledger]\nfile = "../ledgers/ledger.sqlite3"\n')


@pytest.mark.parametrize(
    "spoil",
    [
        is_elsewhere,
        *(
            pytest.param(each, marks=pytest.mark.slow)
            for each in (is_no_database, is_empty, is_a_folder, leads_nowhere)
        ),
    ],
)
def test_what_is_wrong_with_the_ledger_is_told_without_where_it_lies(
    browser: TestClient, place: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(place)
    assert browser.get("/rounds/trial").status_code == 409
    texts = [browser.get(page).text for page in PAGES]
    assert not any("Finnes ikke" in text for text in texts)
    texts.append(browser.post("/rounds/trial/ask", headers=FROM_HERE, data={"only": "0214"}).text)
    texts.append(begun(browser, "/rounds/trial/generate"))
    texts.append(browser.post("/log/verify", headers=FROM_HERE).text)
    assert sum("ledger.sqlite3" in text for text in texts) > 4
    assert not [text for text in texts if str(place.parent) in text]
