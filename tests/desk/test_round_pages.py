"""The rounds with what to do next in each, and one round with who works on it."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.visitors import Visits
from brevgen.ledger.lock import round_lock
from tests.desk.conftest import Clock
from tests.support.samples import ROWS, make_round
from tests.support.sessions import generated


def test_each_round_has_its_kind_its_deadline_and_one_thing_to_do(browser: TestClient) -> None:
    text = browser.get("/rounds").text
    trial = re.search(r'href="/rounds/trial">.*?</article>', text, re.DOTALL)
    assert trial
    words = re.sub(r"<[^>]+>|\s+", " ", trial[0])
    assert "Anmodning om bosetting" in words
    assert "svarfrist 6. januar 2018" in words
    assert "(96 dager igjen)" in words.replace("  ", " ")
    assert trial[0].count("ds-button") == 1
    assert "Lag 6 utkast" in words


def test_a_round_that_cannot_be_read_is_told_and_locks_nothing_else(
    browser: TestClient, place: Path
) -> None:
    other = make_round(place, name="2018")
    (other / "round.toml").write_text("kind = “request”", encoding="utf-8")
    (place / "data/rounds/empty").mkdir()
    (place / "data/rounds" / ("x" * 210)).mkdir()
    text = browser.get("/rounds").text
    assert "Lag 6 utkast" in text
    assert "Denne runden kan ikke leses" in text
    assert 'href="/rounds/2018/settings"' in text
    assert browser.get("/rounds/empty").status_code == 200
    assert browser.get("/rounds/empty/settings/text").status_code == 200
    assert browser.get("/rounds/empty/allocation").status_code == 200
    assert browser.get("/rounds/trial/letters").status_code == 200


def test_faults_lead_to_where_they_are_mended(browser: TestClient, place: Path) -> None:
    make_round(place, deadline='"soon"')
    text = browser.get("/rounds/trial").text
    assert re.search(r'href="/rounds/trial/settings">\s*Rett 1 feil', text)
    make_round(place)
    file = place / "data/rounds/trial/allocation.csv"
    lines = file.read_text(encoding="utf-8").replace("0214;Ås;10", "0214;Ås;ti")
    file.write_text(lines, encoding="utf-8")
    text = browser.get("/rounds/trial").text
    assert re.search(r'href="/rounds/trial/allocation">\s*Rett 1 feil', text)


def test_the_overview_counts_the_warnings_that_the_allocation_shows(
    browser: TestClient, place: Path
) -> None:
    make_round(place, [ROWS[0], ROWS[1].replace(";65;", ";650;"), *ROWS[2:]])
    shown = browser.get("/rounds/trial/allocation").text
    assert "650, før" in shown
    count = shown.partition('id="warning"')[2].count('class="ds-card"')
    told = re.search(r"Fordeling</a>.*?(\d+) vars", browser.get("/rounds/trial").text)
    assert told is not None
    assert int(told[1]) == count


def test_an_allocation_that_is_not_filled_in_is_no_fault_to_mend(
    browser: TestClient, place: Path
) -> None:
    make_round(place, ("0214;Ås;;;;;;", "0219;Bærum;;;;;;"))
    text = browser.get("/rounds/trial").text
    assert re.search(r'href="/rounds/trial/allocation">\s*Last opp fordelingen', text)
    text = browser.get("/rounds/trial/allocation").text
    assert "Kontrolltall" not in text  # which there are none of
    assert '<button class="ds-button" data-variant="primary">Last opp og se' in text


def test_the_first_thing_one_may_do_oneself_stands_out(
    stranger: TestClient, visits: Visits, place: Path
) -> None:
    make_round(place, name="2018")
    generated(place, name="2018")
    actor = Actor("hege", roles=("approve",))
    stranger.get("/enter", params={"code": visits.new_code(actor)})
    text = stranger.get("/rounds").text
    primary = re.findall(r'data-variant="primary" href="(.*?)"', text)
    assert primary == ["/rounds/2018/reading"]


@pytest.mark.parametrize("page", ["", "/settings", "/allocation", "/letters", "/send"])
def test_every_page_of_a_round_tells_where_it_is_on_its_way(
    browser: TestClient, place: Path, page: str
) -> None:
    def marked() -> list[tuple[str, str]]:
        text = browser.get(f"/rounds/trial{page}").text
        return re.findall(r'<a href="/rounds/trial/(\w+)"[^>]*class="is-(\w+)"', text)

    assert marked() == [("settings", "done"), ("allocation", "done"), ("letters", "next")]
    make_round(place, deadline='"soon"')
    if page not in ("/letters", "/send"):  # which there are not with faults
        assert marked() == [("settings", "next")]


def test_who_changes_a_round_is_named(browser: TestClient, place: Path, clock: Clock) -> None:
    make_round(place, name="2018")
    with round_lock(place / "data/ledger.sqlite3", "trial", Actor("ola"), clock):
        for page in ("", "/settings", "/letters", "/letters/0214", "/send", "/answers"):
            text = browser.get(f"/rounds/trial{page}").text
            assert "Runden blir endret av ola siden 02.10.2017" in text, page
            text = browser.get(f"/beside?of=/rounds/trial{page}").text
            assert "Runden blir endret av ola siden 02.10.2017" in text, page
        assert "Runden blir endret" not in browser.get("/rounds/2018").text
    assert "Runden blir endret" not in browser.get("/rounds/trial").text
    assert "Runden blir endret" not in browser.get("/beside?of=/rounds/trial").text


@pytest.mark.parametrize("role", ["approve", "send", "follow up"])
def test_who_may_not_make_letters_gets_no_button_for_it(
    stranger: TestClient, visits: Visits, role: str
) -> None:
    actor = Actor("per", roles=(role,))  # type: ignore[arg-type]
    stranger.get("/enter", params={"code": visits.new_code(actor)})
    text = stranger.get("/rounds/trial").text
    assert "Lag 6 utkast" in text
    assert 'action="/rounds/trial/generate"' not in text
    assert "/new-round" not in text
