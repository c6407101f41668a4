"""Files held up to the ledger, a municipality's history, and the log of everything."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.history_pages import YearFigures, chart
from brevgen.desk.visitors import Visits
from brevgen.ledger.reader import LedgerReader
from tests.desk.conftest import FROM_HERE
from tests.desk.desk_work import words
from tests.ledger.hands import by_another_hand
from tests.support.made_rounds import copied


@pytest.fixture
def place(all_sent: Path, tmp_path: Path) -> Path:
    """Six letters that were sent."""
    return copied(all_sent, tmp_path / "workspace")


def sent_to(browser: TestClient, page: str, *files: tuple[str, bytes]) -> tuple[int, str]:
    answer = browser.post(page, headers=FROM_HERE, files=[("file", each) for each in files])
    return answer.status_code, answer.text


def test_a_pdf_is_told_whose_it_is_and_whether_it_was_changed(
    browser: TestClient, place: Path
) -> None:
    pdf = next((place / "output/trial/letters").glob("0214*.pdf")).read_bytes()
    status, shown = sent_to(
        browser,
        "/verify",
        ("../../<i>brev.pdf", pdf),
        ("endret.pdf", pdf.replace(b"/Size", b"/Siz3", 1) + b"x"),
        ("tull.pdf", b"\0" * 100),
    )
    assert status == 200
    said = words(shown)
    assert "I orden: forseglet, uendret" in said
    assert "0214 Ås , 17-09235, trial" in said
    assert "Hege Aspelund" in said
    assert "Ifølge filen" in said
    assert "Dekket av seglet ja" in said
    assert said.count("IKKE I ORDEN") == 2
    assert "<i>brev" not in shown
    assert "brevgen-" not in said.partition("versjon")[0]
    assert sent_to(browser, "/verify")[0] == 422


def test_a_report_is_read_and_its_message_told_as_refused(browser: TestClient, place: Path) -> None:
    with LedgerReader(place / "data/ledger.sqlite3") as ledger:
        sent = ledger.deliveries("trial")["0214"][0]
    report = f"""From: MAILER-DAEMON@x.example
To: post@imdi.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Nope.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; x.example

Final-Recipient: rfc822; {sent.address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <script>x</script>

--b
Content-Type: message/rfc822

Message-ID: {sent.external_id}
Subject: x

--b--
"""
    for _ in range(2):
        status, shown = sent_to(
            browser, "/returned", ("retur.eml", report.encode()), ("a.eml", b"\0\xff")
        )
        assert (status, sent.address in shown) == (200, True)
        assert "<script>x" not in shown
    assert "Ikke lest a.eml: " in words(shown)  # and not where it lay on the server
    assert "(kjent fra før)" in words(shown)
    assert "no" in words(browser.get("/rounds/trial/messages/0214/1").text)
    assert "Prøv samme adresse på nytt" in words(browser.get("/rounds/trial/messages/0214/1").text)
    assert sent_to(browser, "/returned")[0] == 422


def test_who_may_not_send_does_not_read_what_came_back(
    stranger: TestClient, visits: Visits
) -> None:
    stranger.get("/enter", params={"code": visits.new_code(Actor("ola", roles=("make",)))})
    assert 'type="file"' not in stranger.get("/returned").text
    assert sent_to(stranger, "/returned", ("x.eml", b"x"))[0] == 403
    assert 'type="file"' in stranger.get("/verify").text


def test_a_municipality_is_found_with_its_years_and_events(browser: TestClient) -> None:
    assert browser.get("/municipalities?q=0214").headers["location"] == "/municipalities/0214"
    assert "kommuner funnet" in browser.get("/municipalities?q=herøy").text
    assert "0 kommuner funnet" in browser.get('/municipalities?q="><script>x').text
    shown = browser.get("/municipalities/0214").text
    assert 'role="img"' in shown
    assert "17-09235" in shown
    said = words(shown)
    assert "Anmodet, vedtatt og bosatt fra 2012 til 2024" in said
    assert "overlevert" in said
    assert browser.get("/municipalities/9999").status_code == 404
    assert browser.get("/municipalities/..%2f..").status_code == 404


@pytest.mark.parametrize("most", [1, 4, 7, 10, 23, 65, 99, 100, 1234])
def test_the_chart_reaches_its_highest_figure_with_few_lines(most: int) -> None:
    drawn = chart([YearFigures(2017, asked=most), YearFigures(2018, decided=0)])
    assert drawn is not None
    (bar,) = drawn.bars
    assert bar.y >= 16
    assert 2 <= len(drawn.lines) <= 7
    assert drawn.lines[-1][0] >= most


def test_no_figures_give_no_chart() -> None:
    assert chart([]) is None
    assert chart([YearFigures(2018, asked=0)]) is None


def test_the_log_tells_everything_and_is_filtered_and_paged(browser: TestClient) -> None:
    shown = words(browser.get("/log").text)
    assert "Side 1 av 1" in shown
    few = words(browser.get("/log?municipality=0214&act=sent").text)
    assert "2 hendelser" in few
    assert "anne" in few
    assert "Ingenting har skjedd" in browser.get("/log?round=nothing").text
    for number in ("0", "-1", "x", "9" * 9, "99"):
        assert browser.get(f"/log?page={number}").status_code == 200
    table = browser.get("/log/csv?municipality=0214&act=sent").content.decode("utf-8-sig")
    assert len(table.splitlines()) == 3


def test_who_administers_has_the_ledger_checked(browser: TestClient, place: Path) -> None:
    assert "Kontroller protokollen" in browser.get("/log").text
    shown = browser.post("/log/verify", headers=FROM_HERE)
    assert shown.status_code == 200
    said = words(shown.text)
    assert "Protokollen er i orden: Hver rad er slik den ble skrevet." in said
    assert "Forseglede brev i protokollen 6" in said

    by_another_hand(place / "data/ledger.sqlite3", "UPDATE events SET account = '<b>' WHERE id = 3")
    said = words(browser.post("/log/verify", headers=FROM_HERE).text)
    assert "PROTOKOLLEN ER IKKE I ORDEN" in said
    assert "Dette er ikke i orden" in said
    assert "Hendelse 3" in said


def test_nobody_else_has(stranger: TestClient, visits: Visits) -> None:
    actor = Actor("ola", roles=("make", "approve", "send"))
    stranger.get("/enter", params={"code": visits.new_code(actor)})
    assert "Kontroller protokollen" not in stranger.get("/log").text
    assert stranger.post("/log/verify", headers=FROM_HERE).status_code == 403
