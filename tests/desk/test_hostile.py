"""What nobody sends who means well, and what a disk does: the desk says so, and goes on."""

import os
import signal
import tempfile
from pathlib import Path

import pypdfium2
import pytest
from starlette.testclient import TestClient

from brevgen.desk import aside
from brevgen.desk.images import PageImages
from brevgen.desk.visitors import Visits
from brevgen.files import sha256
from tests.desk.conftest import FROM_HERE, KARI
from tests.desk.desk_work import begun, words

pytestmark = pytest.mark.slow

CORPUS = sorted((Path(__file__).parents[1] / "hostile/corpus").glob("*/*"))[::23]
"""A few of each kind."""
DIGITS = "9" * 5_000
"""More than Python makes a number of."""


@pytest.mark.parametrize(
    "address",
    [
        f"/rounds/trial/sendings/{DIGITS}",
        f"/rounds/trial/messages/0214/{DIGITS}",
        f"/rounds/trial/letters/0214/page/{DIGITS}",
        f"/rounds/{'a' * 60_000}",
    ],
)
def test_there_is_no_page_at_an_endless_address(browser: TestClient, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 404
    assert len(answer.text) < 2_000


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/rounds/trial/messages/0214/1/settle", {"answer": "sent", "seen": DIGITS}),
        ("/rounds/trial/settings", {"base": "YT0x", f"%2Boffices/{DIGITS}/name": "x", "do": "x"}),
    ],
)
def test_a_number_without_end_in_a_form_is_no_fault_of_ours(
    browser: TestClient, address: str, form: dict[str, str]
) -> None:
    answer = browser.post(address, headers=FROM_HERE, data=form)
    assert 400 <= answer.status_code < 500


def test_a_form_of_thousands_of_fields_is_refused_in_words_of_ours(browser: TestClient) -> None:
    form = {"only": ["0214"] * 10_000}
    answer = browser.post("/rounds/trial/ask", headers=FROM_HERE, data=form)
    assert answer.status_code == 400
    assert "er ikke et skjema" in words(answer.text)
    assert "Too many" not in answer.text


@pytest.mark.parametrize("text", ["", '{"what": "beg'])
def test_a_record_of_work_that_the_full_disk_kept_nothing_of_hinders_nobody(
    browser: TestClient, place: Path, text: str
) -> None:
    record = place / ".brevgen" / "work" / "trial" / "000001-aaaaaaaaaaaaaaaa.jsonl"
    record.parent.mkdir(parents=True)
    record.write_text(text)
    assert browser.get("/rounds/trial").status_code == 200
    assert browser.get(f"/work/{record.stem}").status_code == 404
    assert "6 brev laget" in begun(browser, "/rounds/trial/generate")


def test_a_disk_that_fails_is_told_and_nothing_else(browser: TestClient, place: Path) -> None:
    (place / ".brevgen").mkdir(exist_ok=True)
    (place / ".brevgen" / "uploads").write_text("in the way")
    file = {"file": ("fordeling.csv", b"kommunenr\r\n0214\r\n")}
    answer = browser.post("/rounds/trial/allocation", headers=FROM_HERE, files=file)
    assert answer.status_code == 503
    assert "ikke leses eller skrives" in words(answer.text)
    assert str(place) not in answer.text


def test_work_that_a_disk_stops_says_so_and_not_that_somebody_ended_it(
    browser: TestClient, place: Path
) -> None:
    (place / ".brevgen" / "ledger.json").mkdir(parents=True)  # where a file is to be
    told = begun(browser, "/rounds/trial/generate")
    assert "En fil kunne ikke leses eller skrives" in told
    assert "avbrutt" not in told
    assert str(place) not in told


def test_nothing_is_kept_of_rounds_that_there_are_not(browser: TestClient) -> None:
    rounds = browser.app.state.rounds  # type: ignore[attr-defined]
    browser.get("/rounds/trial")
    before = len(rounds._opened)
    for number in range(20):
        assert browser.get(f"/rounds/none-{number}").status_code == 404
    assert len(rounds._opened) == before


def test_a_link_that_leads_to_itself_hinders_nobody(browser: TestClient, place: Path) -> None:
    (place / "templates" / "letters" / "loop").symlink_to("loop")
    assert browser.get("/rounds/trial").status_code == 200


def test_no_file_of_the_workspace_is_run_as_a_program(browser: TestClient, place: Path) -> None:
    (place / "json.py").write_text("raise SystemExit('run')")
    assert "6 brev laget" in begun(browser, "/rounds/trial/generate")


def test_pages_are_drawn_again_after_somebody_has_ended_what_draws_them(tmp_path: Path) -> None:
    pdf = tmp_path / "a.pdf"
    with pypdfium2.PdfDocument.new() as document:
        for _ in range(2):
            document.new_page(100, 100).close()
        document.save(pdf)
    digest = sha256(pdf.read_bytes())
    images = PageImages(1)
    try:
        assert images.page(pdf, digest, 0).startswith(b"\x89PNG")
        for number in list(images._pool._processes):
            os.kill(number, signal.SIGKILL)
        assert images.page(pdf, digest, 1).startswith(b"\x89PNG")
    finally:
        images.close()


def test_files_from_outside_are_read_a_few_at_a_time(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "PATIENCE", 0.01)
    file = {"file": ("a.pdf", b"%PDF-1.7")}
    for _ in range(aside.AT_A_TIME):
        assert aside._turns.acquire(blocking=False)
    try:
        answer = browser.post("/verify", headers=FROM_HERE, files=file)
    finally:
        aside._turns.release(aside.AT_A_TIME)
    assert answer.status_code == 409
    assert "om et minutt" in words(answer.text)


def test_a_file_that_is_given_up_leaves_nothing_behind(
    browser: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "temporary"
    there.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(there))
    monkeypatch.setattr(aside, "LONGEST", 1.0)
    hold = b"%PDF-1.7\n" + bytes(19 * 1024 * 1024)
    answer = browser.post("/verify", headers=FROM_HERE, files={"file": ("a.pdf", hold)})
    assert "for lang tid" in words(answer.text)
    assert list(there.iterdir()) == []


@pytest.mark.parametrize("page", ["answers/import", "archive/numbers", "verify", "returned"])
@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_what_is_made_to_do_harm_does_none_wherever_it_is_given(
    browser: TestClient, place: Path, file: Path, page: str
) -> None:
    before = sorted(place.rglob("*"))
    address = f"/rounds/trial/{page}" if "/" in page else f"/{page}"
    answer = browser.post(
        address, headers=FROM_HERE, files={"file": (f"../{file.name}", file.read_bytes())}
    )
    assert answer.status_code in (200, 409, 413, 422)
    assert "Traceback" not in answer.text
    assert str(place) not in answer.text
    assert sorted(place.rglob("*")) == before


def test_a_code_is_no_code_whatever_signs_it_has(stranger: TestClient, visits: Visits) -> None:
    visits.new_code(KARI)
    for code in ("å", "\x00", "x" * 1_000):
        assert stranger.get("/enter", params={"code": code}).status_code == 403, code
