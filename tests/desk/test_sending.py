"""Sending from the desk, through a real mail server on the loopback."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.visitors import Visits
from tests.desk.conftest import FROM_HERE
from tests.desk.desk_work import begun, field, words
from tests.support.made_rounds import copied, use_server
from tests.support.post_office import PostOffice, Script
from tests.support.svarut_rounds import stub, use_svarut


@pytest.fixture
def place(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters for twelve recipients."""
    return copied(sealed_trial, tmp_path / "workspace")


def sent(browser: TestClient) -> str:
    """All that can be sent, sent as it is shown."""
    shown = browser.get("/rounds/trial/send").text
    form = {"shown": field(shown, "shown"), "only": field(shown, "only"), "typed": "trial"}
    return begun(browser, "/rounds/trial/send", **form)


def addresses(browser: TestClient) -> list[str]:
    shown = browser.get("/rounds/trial/send").text
    return [part.partition("</td>")[0] for part in shown.split("<td>") if "@" in part.split("<")[0]]


def test_a_trial_goes_to_one_reader_and_counts_for_nothing(
    browser: TestClient, place: Path
) -> None:
    assert "De første 3 brevene" in words(browser.get("/rounds/trial/send").text)
    with PostOffice() as office:
        use_server(place, office.port, tls="none")
        shown = begun(browser, "/rounds/trial/trial", redirect_to="meg@imdi.example")
        assert "6 prøvemeldinger er laget; ingen av dem regnes som sendt." in shown
        assert {each.to for each in office.mailbox} == {("meg@imdi.example",)}
    assert "Ingenting er sendt i denne runden ennå." in browser.get("/rounds/trial/sendings").text
    refused = browser.post(
        "/rounds/trial/trial", headers=FROM_HERE, data={"redirect_to": "meg@annet.no"}
    )
    assert refused.status_code == 422
    assert 'href="#to"' in refused.text
    assert 'value="meg@annet.no"' in refused.text


def test_a_round_is_sent_as_it_was_shown_and_each_message_told_of(
    browser: TestClient, place: Path
) -> None:
    first, second = addresses(browser)[:2]
    refusing = Script(RCPT={first: ["550 5.1.1 no such user"], second: ["550 5.1.1 <b>no</b>"]})
    with PostOffice(watch=refusing) as office:
        use_server(place, office.port, tls="none")
        shown = words(browser.get("/rounds/trial/send").text)
        assert "Meldinger med e-post 12" in shown
        assert "til ordførere 6" in shown
        wrong = browser.post("/rounds/trial/send", headers=FROM_HERE, data={"typed": "trail"})
        assert (wrong.status_code, 'href="#typed"' in wrong.text) == (409, True)
        assert "sendt 10" in sent(browser)
        assert len(office.mailbox) == 10

        run = browser.get("/rounds/trial/sendings/1").text
        assert run.index(first) < run.index("De andre")
        assert "<b>no</b>" not in run
        table = browser.get("/rounds/trial/sendings/1/csv")
        lines = table.content.decode("utf-8-sig").splitlines()
        assert (len(lines), lines[0].split(";")[6]) == (13, "Status")
        assert "avvist" in lines[1]

        message = browser.get("/rounds/trial/messages/0214/1").text
        assert "no such user" in message
        form = {"seen": field(message, "seen")[0], "answer": "resend"}
        for expected in (303, 409):  # the second time it is no longer what was shown
            answer = browser.post(
                "/rounds/trial/messages/0214/1/settle", headers=FROM_HERE, data=form
            )
            assert answer.status_code == expected
        message = browser.get("/rounds/trial/messages/0214/2").text
        form = {"seen": field(message, "seen")[0], "answer": "delivered", "words": "i posten"}
        browser.post("/rounds/trial/messages/0214/2/settle", headers=FROM_HERE, data=form)
        assert "i posten" in browser.get("/rounds/trial/messages/0214/2").text
        assert "sendt 1" in sent(browser)
        assert [each.to for each in office.mailbox[10:]] == [(first,)]
        assert "Alt er sendt." in browser.get("/rounds/trial/send").text

        again = browser.post(
            "/rounds/trial/messages/0214/1/again", headers=FROM_HERE, data={"why": "borte"}
        )
        assert again.headers["location"] == "/rounds/trial/send"
        assert "Send 1 melding" in words(browser.get("/rounds/trial/send").text)


@pytest.mark.slow
def test_a_server_that_takes_nothing_is_told_as_what_it_is(
    browser: TestClient, place: Path
) -> None:
    with PostOffice(watch=Script(("RCPT", ["554 5.7.1 relay access denied"] * 12))) as office:
        use_server(place, office.port, tls="none")
        shown = sent(browser)
    assert "Arbeidet ble ikke gjort ferdig. Det som ble gjort, er beholdt." in shown
    assert "avbrutt" not in shown
    assert "Send 12 meldinger" in words(browser.get("/rounds/trial/send").text)


def test_who_may_not_send_sees_it_all_and_changes_nothing(
    stranger: TestClient, visits: Visits
) -> None:
    stranger.get("/enter", params={"code": visits.new_code(Actor("ola", roles=("make",)))})
    shown = stranger.get("/rounds/trial/send").text
    assert 'name="typed"' not in shown
    form = {"shown": field(shown, "shown"), "only": "0214", "typed": "trial"}
    answer = stranger.post("/rounds/trial/send", headers=FROM_HERE, data=form)
    assert (answer.status_code, "ola har ikke lov" in answer.text) == (403, True)


@pytest.mark.parametrize(
    "page", ["sendings/1", "sendings/1/csv", "messages/0214/1", "messages/9999/0"]
)
def test_what_was_never_sent_is_not_there(browser: TestClient, page: str) -> None:
    assert browser.get(f"/rounds/trial/{page}").status_code == 404


@pytest.mark.slow
def test_only_the_chosen_letters_are_shown_and_sent(browser: TestClient, place: Path) -> None:
    chosen = browser.post(
        "/rounds/trial/letters", headers=FROM_HERE, data={"only": "0214", "do": "send"}
    )
    address = chosen.headers["location"]
    assert address == "/rounds/trial/send?only=0214"
    shown = browser.get(address).text
    assert "Dette gjelder 1 valgt brev." in words(shown)
    assert "Send 2 meldinger" in words(shown)
    assert set(field(shown, "only")) == {"0214"}
    wrong = browser.post(address, headers=FROM_HERE, data={"typed": "trail"}).text
    assert field(wrong, "only") == field(shown, "only")
    with PostOffice() as office:
        use_server(place, office.port, tls="none")
        form = {"shown": field(shown, "shown"), "only": field(shown, "only"), "typed": "trial"}
        begun(browser, address, **form)
        assert len(office.mailbox) == 2
        shown = begun(browser, "/rounds/trial/trial?only=0219", redirect_to="")
        assert "2 prøvemeldinger er laget" in shown
        assert len(list((place / "output/trial/outbox").glob("*.eml"))) == 2
        assert len(office.mailbox) == 2


def test_letters_that_only_become_files_are_not_sent_for_real(
    browser: TestClient, place: Path
) -> None:
    with (place / "data/rounds/trial/round.toml").open("a", encoding="utf-8") as file:
        file.write('\n[dispatch]\nchannel = "outbox"\n')
    shown = browser.get("/rounds/trial/send").text
    assert "bare skrevet til utboksen" in words(shown)
    assert 'name="typed"' not in shown
    assert 'action="/rounds/trial/trial"' in shown


def test_a_round_that_goes_through_svarut_is_sent_and_asked_about(
    browser: TestClient, place: Path
) -> None:
    with (place / "data/rounds/trial/round.toml").open("a", encoding="utf-8") as file:
        file.write('\n[dispatch]\nchannel = "svarut"\n')
    with stub() as there:
        use_svarut(place, there)
        shown = words(browser.get("/rounds/trial/send").text)
        assert "Meldinger gjennom SvarUt 6" in shown
        assert "til kommuner 6" in shown
        assert "e-post" not in shown.lower()
        assert "sendt 6" in sent(browser)
        assert len(there.kept) == 6
        for each in there.kept.values():
            each.state = "LEST"
        assert "Spør SvarUt" in words(browser.get("/rounds/trial/sendings").text)
        letter = browser.get("/rounds/trial/letters/0214").text
        assert 'href="/rounds/trial/messages/0214/1">sendt' in letter
        assert "brevgen send" not in letter
        told = begun(browser, "/rounds/trial/follow-up")
        assert "Spurt om: 6. Nytt: 6." in told
        message = "/rounds/trial/messages/0214/1"
        assert "mottakeren" in words(browser.get(message).text)
        assert f'action="{message}/again"' in browser.get(message).text
        again = browser.post(f"{message}/again", headers=FROM_HERE, data={"why": "slettet"})
        assert again.headers["location"] == "/rounds/trial/send"
        shown = words(browser.get("/rounds/trial/send").text)
        assert "Meldinger gjennom SvarUt 1" in shown


def test_nothing_is_sent_in_other_words_than_those_of_the_trial(
    browser: TestClient, place: Path
) -> None:
    with PostOffice() as office:
        use_server(place, office.port, tls="none")
        shown = browser.get("/rounds/trial/send").text
        form = {name: field(shown, name) for name in ("shown", "only")}
        message = place / "templates/messages/request/nb.html"
        text = message.read_text(encoding="utf-8")
        message.write_text(text.replace("</p>", " Ring oss.</p>", 1), encoding="utf-8")
        stale = begun(browser, "/rounds/trial/send", typed="trial", **form)
        assert "Noe er endret" in stale
        assert not office.mailbox
