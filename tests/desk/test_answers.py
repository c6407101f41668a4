"""Answers taken down in the desk, and who is reminded."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.opened import OpenRounds
from brevgen.desk.visitors import Visits
from tests.desk.conftest import FROM_HERE, Clock
from tests.desk.desk_work import field, words
from tests.ledger.hands import by_another_hand
from tests.support.made_rounds import copied

ANSWERS = "/rounds/trial/answers"


@pytest.fixture
def place(all_sent: Path, tmp_path: Path) -> Path:
    """Six letters that were sent."""
    return copied(all_sent, tmp_path / "workspace")


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = datetime(2018, 1, 16, 9, tzinfo=UTC)  # ten days past the deadline
    return clock


def registered(browser: TestClient, **typed: str) -> str:
    answer = browser.post(ANSWERS, headers=FROM_HERE, data=typed)
    assert answer.status_code == 303, answer.text
    return words(browser.get(answer.headers["location"]).text)


def test_an_answer_is_told_beside_what_was_asked(browser: TestClient) -> None:
    before = browser.get(ANSWERS).text
    assert '<option value="0214 Ås">anmodet 10</option>' in before
    assert "autofocus" in before
    shown = registered(browser, who="0214 Ås", decided="8", on="4.1.2018")
    assert "0214 Ås : 8 vedtatt, 2 færre enn de 10 det ble anmodet om" in shown
    inexact = {"on": "4.1.18", "conditions": "4.1.18", "journal": "18/1-2"}
    shown = registered(browser, who="ås", decided="0", **inexact)
    assert "0 vedtatt, et nei; det ble anmodet om 10" in shown
    assert "Det erstatter et tidligere svar (8)" in shown
    shown = registered(browser, who="0219", decided="65", on="4.1.2018", conditions="<b>penger</b>")
    assert "65 vedtatt, som anmodet" in shown
    every = browser.get(f"{ANSWERS}?show=all").text
    assert "&lt;b&gt;penger" in every
    assert "4.1.18" in every  # her own words stay as they are
    assert "<b>penger" not in every
    assert "2 av 6" in shown


def test_blank_is_not_zero_and_every_fault_is_told_at_its_field(browser: TestClient) -> None:
    typed = {"who": "0214", "decided": "", "minors": "tre", "on": "", "journal": "18/7"}
    typed["conditions"] = "Etter behandling"
    answer = browser.post(ANSWERS, headers=FROM_HERE, data=typed)
    assert answer.status_code == 422
    assert 'href="#minors"' in answer.text
    assert 'href="#decided"' in answer.text
    assert 'href="#conditions"' not in answer.text  # they are a warning, and no fault
    assert 'value="tre"' in answer.text
    assert 'value="18/7"' in answer.text
    for who in ("", "Ingensteds", "9999"):
        answer = browser.post(ANSWERS, headers=FROM_HERE, data={"who": who, "decided": "1"})
        assert (answer.status_code, 'href="#who"' in answer.text) == (422, True)
    assert "0 av 6" in words(browser.get(ANSWERS).text)


def test_the_overdue_are_reminded_in_a_round_that_holds_just_the_chosen(
    browser: TestClient, place: Path
) -> None:
    registered(browser, who="0214", decided="10", on="4.1.2018")
    registered(browser, who="0834", late_until="1.2.2018")
    shown = words(browser.get(f"{ANSWERS}?show=overdue").text)
    assert "0834 Vinje" not in shown.partition("Hvem som har svart")[2]
    assert "10" in shown
    assert "(utsatt)" in words(browser.get(f"{ANSWERS}?show=extended").text)
    nobody = browser.post(f"{ANSWERS}/remind", headers=FROM_HERE, data={"new_name": "purring"})
    assert (nobody.status_code, "minst én kommune" in nobody.text) == (422, True)
    form = {"new_name": "purring", "only": ["0219", "1515"]}
    answer = browser.post(f"{ANSWERS}/remind", headers=FROM_HERE, data=form)
    assert answer.headers["location"] == "/rounds/purring"
    settings = (place / "data/rounds/purring/round.toml").read_text(encoding="utf-8")
    assert 'kind = "reminder"' in settings
    rows = (place / "data/rounds/purring/allocation.csv").read_text(encoding="utf-8-sig")
    assert [line[:4] for line in rows.splitlines()[1:]] == ["0219", "1515"]
    assert "runde opprettet purring følger runden trial" in words(browser.get("/log").text)
    again = browser.post(
        f"{ANSWERS}/remind", headers=FROM_HERE, data={"new_name": "to", "only": "0214"}
    )
    assert (again.status_code, (place / "data/rounds/to").exists()) == (422, False)


def upload(browser: TestClient, text: str, name: str = "svar.csv") -> tuple[int, str]:
    answer = browser.post(
        f"{ANSWERS}/import", headers=FROM_HERE, files={"file": (name, text.encode())}
    )
    return answer.status_code, answer.text


def test_a_spreadsheet_is_tried_before_it_is_taken(browser: TestClient) -> None:
    table = "kommunenummer;vedtatt;vedtaksdato\n0214;8;4.1.2018\n0219;65;4.1.2018\n"
    status, shown = upload(browser, table, "../../<i>svar.csv")
    assert (status, "2 svar blir registrert" in words(shown)) == (200, True)
    assert "<i>svar" not in shown
    assert "0 av 6" in words(browser.get(ANSWERS).text)
    form = {key: field(shown, key)[0] for key in ("shown", "name", "data")}
    taken = browser.post(f"{ANSWERS}/import", headers=FROM_HERE, data=form)
    assert "er registrert" in taken.text
    assert "2 av 6" in words(browser.get(ANSWERS).text)
    stale = browser.post(f"{ANSWERS}/import", headers=FROM_HERE, data=form)
    assert stale.status_code == 409

    status, shown = upload(browser, table.replace("8;4", "åtte;4"))
    assert (status, "«åtte»" in shown) == (422, True)
    assert upload(browser, "x" * 800_000)[0] == 413
    assert upload(browser, "")[0] == 422
    assert upload(browser, "\0\xff", "svar.xlsx")[0] == 422


def test_who_may_not_follow_up_sees_it_all_and_changes_nothing(
    stranger: TestClient, visits: Visits
) -> None:
    stranger.get("/enter", params={"code": visits.new_code(Actor("ola", roles=("make",)))})
    shown = stranger.get(ANSWERS).text
    assert 'name="decided"' not in shown
    assert 'name="only"' not in shown
    for page, form in (
        ("", {"who": "0214", "decided": "1", "on": "4.1.2018"}),
        ("/remind", {"new_name": "purring", "only": "0214"}),
        ("/import", {"data": "eA==", "name": "svar.csv"}),
    ):
        answer = stranger.post(f"{ANSWERS}{page}", headers=FROM_HERE, data=form)
        assert answer.status_code == 403
        assert "ola har ikke lov" in answer.text


def test_a_fault_that_is_none_of_the_form_is_told_on_a_page_of_its_own(
    browser: TestClient, place: Path
) -> None:
    with (place / "brevgen.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[nothing]\nx = 1\n")
    form = {"who": "0214", "decided": "1"}
    answer = browser.post("/rounds/trial/answers", headers=FROM_HERE, data=form)
    assert answer.status_code == 422
    assert "brevgen.toml" in answer.text


@pytest.mark.parametrize("page", ["", "/letters", "/letters/0214", "/sendings", "/answers"])
def test_what_another_hand_has_changed_of_the_sending_is_told_wherever_it_is_shown(
    browser: TestClient, place: Path, page: str
) -> None:
    told = "Ikke stol på det som står her om utsendingen"
    assert told not in browser.get(f"/rounds/trial{page}").text
    by_another_hand(place / "data/ledger.sqlite3", "UPDATE receipts SET words = 'x' WHERE id = 2")
    browser.app.state.rounds = OpenRounds(place, Clock())  # type: ignore[attr-defined]
    answer = browser.get(f"/rounds/trial{page}")
    assert (answer.status_code, answer.text.count(told)) == (200, 1)
