"""One letter: its pages, words, facts with their sources, history, and what to do next."""

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.visitors import Visits
from brevgen.rounds.reading import marks
from tests.desk.conftest import FROM_HERE, KARI, Clock
from tests.desk.desk_work import field, words
from tests.support.made_rounds import copied
from tests.support.samples import ROWS, make_round
from tests.support.sessions import generated, session

AAS = "/rounds/trial/letters/0214"


@pytest.fixture
def place(tmp_path: Path, sealed_trial: Path) -> Path:
    """A workspace where the six letters of the round `trial` are approved and sealed."""
    return copied(sealed_trial, tmp_path / "workspace")


def test_the_words_stand_beside_the_pages_in_their_own_language(browser: TestClient) -> None:
    nb, nn = browser.get(AAS).text, browser.get("/rounds/trial/letters/0834").text
    assert '<div class="words" lang="nb">' in nb
    assert '<div class="words" lang="nn">' in nn
    assert '<h3 class="title">Anmodning om bosetting av flyktninger i 2018</h3>' in nb
    assert "<dt>Svar innen</dt><dd><strong>lørdag 6. januar 2018</strong></dd>" in nb
    assert f'src="{AAS}/page/1?' in nb


def test_each_fact_tells_where_it_comes_from(browser: TestClient) -> None:
    text = browser.get("/rounds/trial/letters/0219").text
    assert '/rounds/trial/allocation">Fordeling, rad 3, antall</a>' in text
    assert "Fordeling, rad 3, deres_ref" in text
    assert '/rounds/trial/settings">Innstillinger: Svarfrist</a>' in text
    assert "Innstillinger: Kontorer og underskrivere" in text
    assert "protokollen, fra serien til runden" in text
    assert "round.toml" not in text
    assert "Fordeling, rad 2, vår_ref" in browser.get(AAS).text


def test_it_is_compared_only_with_what_there_is(browser: TestClient) -> None:
    def offered() -> list[str]:
        return re.findall(r"/compare\?with=(\w+)", browser.get(AAS).text)

    assert offered() == ["approved", "form"]
    absent = browser.get(f"{AAS}/compare", params={"with": "shown"}).text
    assert "Du har verken merket dette brevet som lest" in absent
    form = {"shown": field(browser.get(AAS).text, "shown")[0]}
    browser.post(f"{AAS}/read", headers=FROM_HERE, data=form)
    assert offered() == ["shown", "approved", "form"]


def test_a_warning_of_its_row_stands_with_the_letter(browser: TestClient, place: Path) -> None:
    make_round(place, [ROWS[0], ROWS[1].replace(";65;", ";650;"), *ROWS[2:]])
    assert "Bærum (rad 3) 650, før" in browser.get("/rounds/trial/letters/0219").text
    assert "rad 3) 650" not in browser.get(AAS).text


def test_what_to_do_next_is_one_button(browser: TestClient, place: Path) -> None:
    assert "Det er godkjent og forseglet" in browser.get(AAS).text
    assert "/rounds/trial/send?only=0214" in browser.get(AAS).text
    make_round(place, [ROWS[0].replace(";10;", ";11;"), *ROWS[1:]])
    assert "Lag dette utkastet" in browser.get(AAS).text


def test_who_may_not_do_it_is_not_offered_it(stranger: TestClient, visits: Visits) -> None:
    stranger.get("/enter", params={"code": visits.new_code(Actor("ola", roles=()))})
    text = stranger.get(AAS).text
    assert "ds-button" in text  # to log out
    assert "send?only" not in text
    assert "Merk som lest" not in text


def test_a_letter_without_a_file_has_its_words_and_a_button_for_its_draft(
    browser: TestClient, place: Path
) -> None:
    make_round(place, name="later", first='"18-10000"', last='"18-10500"')
    file = place / "data/rounds/later/allocation.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("17-09235", ""), encoding="utf-8")
    text = browser.get("/rounds/later/letters/0214").text
    assert "Det finnes ingen fil av dette brevet ennå" in text
    assert "<img" not in text
    assert "Frist for å svare på anmodningen" in text
    assert "Lag dette utkastet" in text
    assert "Brev i andre runder" in text
    assert 'href="/rounds/trial/letters/0214"' in text
    assert "compare?with=earlier&amp;round=trial" in text


def test_a_letter_is_marked_as_read_with_a_note_and_the_next_is_shown(
    browser: TestClient, place: Path
) -> None:
    text = browser.get(f"{AAS}?form=nb").text
    assert "Ingen har merket det som lest" in text
    form = {
        "shown": field(text, "shown")[0],
        "asked": "?form=nb",
        "note": "Tallet er <b>for høyt</b>",
        "next": "0219",
    }
    answer = browser.post(f"{AAS}/read", headers=FROM_HERE, data=form)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/rounds/trial/letters/0219?form=nb",
    )
    again = browser.get(AAS).text
    assert "kari" in again
    assert "Tallet er &lt;b&gt;for høyt&lt;/b&gt;" in again
    assert "ikke lest av noen <strong>5</strong>" in browser.get("/rounds/trial/letters").text

    make_round(place, [ROWS[0].replace(";10;", ";11;"), *ROWS[1:]])
    assert "det er endret siden" in browser.get(AAS).text
    refused = browser.post(f"{AAS}/read", headers=FROM_HERE, data=form)
    assert refused.status_code == 409
    with session(place) as opened:
        assert len(marks(opened).of("0214")) == 1


@pytest.mark.parametrize("onward", ["//elsewhere.example", "https://x.example", "../../x"])
def test_nobody_is_led_elsewhere_by_marking_a_letter(browser: TestClient, onward: str) -> None:
    shown = field(browser.get(AAS).text, "shown")[0]
    form = {"next": onward, "asked": f"?next={onward}", "shown": shown}
    answer = browser.post(f"{AAS}/read", headers=FROM_HERE, data=form)
    assert answer.headers["location"] == AAS


def test_a_draft_that_is_out_of_date_says_so(browser: TestClient, place: Path) -> None:
    make_round(place, [ROWS[0].replace(";10;", ";11;"), *ROWS[1:]])
    generated(place, only=["0214"])
    assert "utdatert" not in browser.get(AAS).text
    make_round(place, [ROWS[0].replace(";10;", ";12;"), *ROWS[1:]])
    text = browser.get(AAS).text
    assert "Det er utdatert" in text
    assert "Lag utkastet på nytt" in text
    assert browser.get(f"{AAS}/page/1").content.startswith(b"\x89PNG")


def test_an_approved_letter_that_has_changed_shows_its_words_of_today_alone(
    browser: TestClient, place: Path
) -> None:
    make_round(place, [ROWS[0].replace(";10;", ";11;"), *ROWS[1:]])
    text = browser.get(AAS).text
    assert "Utkastet er ikke laget ennå" in text
    assert "<img" not in text
    assert "<strong>11 flyktninger</strong>" in text


def test_who_has_a_letter_what_was_answered_and_what_has_happened_stand_on_its_page(
    stranger: TestClient, visits: Visits, clock: Clock, place: Path, all_sent: Path
) -> None:
    clock.goes_on(timedelta(days=100))
    shutil.rmtree(place)
    copied(all_sent, place)
    stranger.get("/enter", params={"code": visits.new_code(KARI)})
    form = {"who": "0214", "decided": "8", "on": "4.1.2018", "conditions": "Etter behandling"}
    answer = stranger.post("/rounds/trial/answers", headers=FROM_HERE, data=form)
    assert answer.status_code == 303, answer.text
    text = stranger.get(AAS).text
    recipients = text.partition('id="recipients"')[2].partition("</section>")[0]
    assert recipients.count(f'href="{AAS.replace("letters", "messages")}/') == 2
    assert recipients.count("sendt") >= 2
    answered = words(text.partition('id="answer"')[2].partition("</section>")[0])
    assert "færre (8) Vedtaksdato 4. januar 2018" in answered
    assert "Etter behandling" in answered
    history = words(text.partition('id="history"')[2].partition("</section>")[0])
    for told in ("svar registrert", "kari", "forseglet", "godkjent", "utkast laget"):
        assert told in history
