"""The archive in the desk: made ready, downloaded, and its numbers taken in."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.visitors import Visits
from tests.desk.conftest import FROM_HERE, Clock
from tests.desk.desk_work import begun, words
from tests.support.made_rounds import copied

ARCHIVE = "/rounds/trial/archive"


@pytest.fixture
def place(sealed_trial: Path, tmp_path: Path) -> Path:
    return copied(sealed_trial, tmp_path / "workspace")


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = datetime.now(UTC)
    return clock


def test_it_is_made_ready_and_downloaded(browser: TestClient) -> None:
    assert browser.get(f"{ARCHIVE}/zip").status_code == 404
    before = browser.get(ARCHIVE)
    assert "Klargjør 6 brev" in words(before.text)
    assert "Last ned" not in before.text
    shown = begun(browser, ARCHIVE)
    assert "6 brev er klare for arkivet." in shown
    after = words(browser.get(ARCHIVE).text)
    assert "Nye siden sist 0" in after
    package = browser.get(f"{ARCHIVE}/zip")
    assert package.headers["content-type"] == "application/zip"
    assert "trial-arkiv.zip" in package.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(package.content)) as opened:
        assert "trial-arkiv/melding-001/arkivmelding.xml" in opened.namelist()


def test_numbers_are_taken_in_and_shown(browser: TestClient) -> None:
    page = browser.get(ARCHIVE).text
    reference = page.partition("0214 Ås</a></th><td>")[2].partition("<")[0]

    def sent(text: str, **form: str) -> tuple[int, str]:
        files = {"file": ("numre.csv", text.encode(), "text/csv")}
        answer = browser.post(f"{ARCHIVE}/numbers", headers=FROM_HERE, files=files, data=form)
        return answer.status_code, words(answer.text)

    status, shown = sent(f"vår_ref;saksnummer;journalpostnummer\n{reference};2017/9235;1\n")
    assert status == 200
    assert "numre.csv: 1 nummer lagret. 5 brev har ikke fått nummer ennå." in shown
    assert "2017/9235-1" in shown
    other = f"vår_ref;saksnummer;journalpostnummer\n{reference};2017/9235;2\nfeil;2017/1;1\n"
    status, shown = sent(other)
    assert status == 422
    assert "Ingen numre fra numre.csv ble lagret" in shown
    assert "2017/9235-1" in shown
    assert "feil" in shown
    status, shown = sent(other.replace("feil;2017/1;1\n", ""), replace="yes")
    assert (status, "2017/9235-2" in shown) == (200, True)
    assert browser.post(f"{ARCHIVE}/numbers", headers=FROM_HERE).status_code == 422
    assert "2017/9235-2" in words(browser.get(ARCHIVE).text)


def test_who_only_looks_sees_it_without_its_buttons(browser: TestClient, visits: Visits) -> None:
    browser.cookies.clear()
    browser.cookies.set("brevgen", visits.enter(Actor("ola", roles=("send",)), "nb"))
    shown = browser.get(ARCHIVE).text
    assert "0214 Ås" in shown
    assert "<button" not in shown.partition("<main")[2]
    assert browser.post(ARCHIVE, headers=FROM_HERE).status_code == 403
