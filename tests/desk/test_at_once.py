"""The same button pressed twice at once, in two browsers, and after the back button."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from brevgen.desk.work import WorkOfAll
from tests.desk.conftest import FROM_HERE
from tests.desk.desk_work import begun, field, words
from tests.support.made_rounds import copied, use_server
from tests.support.post_office import PostOffice
from tests.support.sessions import session

pytestmark = pytest.mark.slow

TIMES = 6


@pytest.fixture
def place(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters for twelve recipients."""
    return copied(sealed_trial, tmp_path / "workspace")


def at_once(press: Callable[[], httpx2.Response]) -> list[httpx2.Response]:
    """A button pressed by several at once; what each is answered."""
    with ThreadPoolExecutor(TIMES) as several:
        return [each.result() for each in [several.submit(press) for _ in range(TIMES)]]


def wait_for_all(browser: TestClient, answers: list[httpx2.Response]) -> list[str]:
    """The pages of the work that was begun, once it is over."""
    work: WorkOfAll = browser.app.state.work  # type: ignore[attr-defined]
    pages = []
    for each in answers:
        if each.status_code == 303:
            work.wait(each.headers["location"].removeprefix("/work/"), 120)
            pages.append(words(browser.get(each.headers["location"]).text))
    return pages


def test_a_round_is_sent_once_however_often_the_button_is_pressed(
    browser: TestClient, place: Path
) -> None:
    with PostOffice() as office:
        use_server(place, office.port, tls="none")
        shown = browser.get("/rounds/trial/send").text
        form = {"shown": field(shown, "shown"), "only": field(shown, "only"), "typed": "trial"}

        def press() -> httpx2.Response:
            return browser.post("/rounds/trial/send", headers=FROM_HERE, data=form)

        answers = at_once(press)
        assert sorted(each.status_code for each in answers) == [303] + [409] * (TIMES - 1)
        (told,) = wait_for_all(browser, answers)
        assert "sendt 12" in told
        again = wait_for_all(browser, [press()])  # the back button, and once more
        assert "sendt 12" not in again[0]
        times = Counter(each.to for each in office.mailbox)
        assert set(times.values()) == {1}
        assert len(times) == 12


def test_a_letter_is_approved_once_however_often_the_button_is_pressed(
    browser: TestClient, place: Path
) -> None:
    with session(place) as opened:
        (number,) = {each.number for each in opened.letters() if each.number == "0214"}
    shown = browser.get(f"/rounds/trial/withdraw?only={number}").text
    form = {"shown": field(shown, "shown"), "only": number, "reason": "Feil."}

    def withdraw() -> httpx2.Response:
        return browser.post("/rounds/trial/withdraw", headers=FROM_HERE, data=form)

    assert sorted(each.status_code for each in at_once(withdraw))[:2] == [303, 409]
    begun(browser, "/rounds/trial/generate")
    shown = browser.get("/rounds/trial/approve").text
    form = {name: field(shown, name) for name in ("shown", "look", "only")}

    def approve() -> httpx2.Response:
        return browser.post("/rounds/trial/approve", headers=FROM_HERE, data=form)

    answers = at_once(approve)
    assert sorted(each.status_code for each in answers) == [303] + [409] * (TIMES - 1)
    (told,) = wait_for_all(browser, answers)
    assert "1 brev godkjent" in told
    assert approve().status_code == 409
    with session(place) as opened:
        acts = Counter(each.act for each in opened.ledger.events("trial", number))
    assert acts["approved"] == 2  # before it was withdrawn, and now
