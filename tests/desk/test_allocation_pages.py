"""Another spreadsheet is looked at before it is used, whatever it was made to do."""

import re
import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.visitors import Visits
from brevgen.rounds import replace_allocation
from tests.desk.conftest import FROM_HERE
from tests.hostile.workbooks import SHEET, packed, parts
from tests.support.samples import HEADER, ROOT, ROWS

PAGE = "/rounds/trial/allocation"
CORPUS = sorted((Path(__file__).parents[1] / "hostile/corpus/allocations").iterdir())


def sheet(*rows: str) -> bytes:
    return "\n".join([HEADER, *(rows or ROWS)]).encode()


OTHER = tuple(
    row.replace("0834;Vinje;10", "0834;Vinje;12").replace("Herøy;12", "Herøy;10") for row in ROWS
)
FAULTY = tuple(row.replace("0214;Ås;10", "0214;Ås;<b>ti</b>") for row in ROWS)


def upload(browser: TestClient, data: bytes, called: str = "Ny fordeling.csv") -> str:
    """Where the look at an uploaded spreadsheet is."""
    answer = browser.post(PAGE, headers=FROM_HERE, files={"file": (called, data)})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def use(browser: TestClient, at: str) -> tuple[int, str]:
    found = re.search('name="shown" value="(.*?)"', browser.get(at).text)
    answer = browser.post(f"{at}/use", headers=FROM_HERE, data={"shown": found[1] if found else ""})
    return answer.status_code, answer.text


@pytest.fixture
def folder(place: Path) -> Path:
    return place / "data/rounds/trial"


def test_an_allocation_is_replaced_after_a_look_and_the_old_one_kept(
    browser: TestClient, folder: Path
) -> None:
    before = (folder / "allocation.csv").read_bytes()
    at = upload(browser, sheet(*OTHER))
    assert (folder / "allocation.csv").read_bytes() == before
    shown = browser.get(at).text
    assert "2 tall er annerledes enn" in shown
    assert re.search(r"0834 Vinje.*?10.*?12.*?\+2.*?\+20 %", shown, re.DOTALL)
    assert "Bruk denne fordelingen" in shown

    assert use(browser, at)[0] == 303
    assert (folder / "allocation.csv").read_bytes() == sheet(*OTHER)
    assert (folder / "earlier/allocation-1.csv").read_bytes() == before
    assert browser.get(at).status_code == 404
    assert browser.get(f"{PAGE}/file").content == sheet(*OTHER)
    assert "Denne fordelingen brukes nå" in browser.get(f"{PAGE}?used=1").text
    assert browser.get("/rounds/trial/letters").status_code == 200

    workbook = packed(folder / "x.zip", parts()).read_bytes()
    (folder / "x.zip").unlink()
    at = upload(browser, workbook, "C:\\data\\..\\..\\Fordeling.XLSX")
    assert use(browser, at)[0] == 409  # one row adds up to less than the settings say


@pytest.mark.parametrize("wrong", ["fordeling", "fordeling.xlsx", "fordeling.ods"])
def test_a_file_whose_name_was_put_right_is_read_anew(browser: TestClient, wrong: str) -> None:
    assert "Bruk denne fordelingen" not in browser.get(upload(browser, sheet(*OTHER), wrong)).text
    at = upload(browser, sheet(*OTHER), "fordeling.csv")
    assert "Bruk denne fordelingen" in browser.get(at).text


def test_the_name_of_the_round_is_kept_and_its_ending_is_that_of_the_new_file(
    browser: TestClient, folder: Path
) -> None:
    (folder / "allocation.csv").rename(folder / "Allocation 2018.csv")
    assert use(browser, upload(browser, sheet(*OTHER), "../../../brevgen.txt"))[0] == 303
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["Allocation 2018.txt", "earlier", "round.toml"]
    assert [file.name for file in (folder / "earlier").iterdir()] == ["Allocation 2018-1.csv"]


def test_a_faulty_one_is_laid_aside_with_its_faults_and_rows(
    browser: TestClient, folder: Path
) -> None:
    before = (folder / "allocation.csv").read_bytes()
    at = upload(browser, sheet(*FAULTY))
    shown = browser.get(at).text
    assert "&lt;b&gt;ti&lt;/b&gt;» er ikke et tall." in shown
    assert "<mark>&lt;b&gt;ti&lt;/b&gt;</mark>" in shown
    assert "Bruk denne fordelingen" not in shown
    assert 'action="/rounds/trial/allocation" enctype="multipart/form-data"' in shown
    assert at in browser.get(PAGE).text
    assert use(browser, at)[0] == 409
    assert (folder / "allocation.csv").read_bytes() == before
    assert browser.post(f"{at}/discard", headers=FROM_HERE).status_code == 303
    assert at not in browser.get(PAGE).text


def test_faults_stand_in_the_order_of_the_rows(browser: TestClient) -> None:
    rows = (*FAULTY, "0219;Bærum;5;0;0;;;")
    shown = browser.get(upload(browser, sheet(*rows))).text
    faults = shown.partition('id="warning"')[0]
    places = re.findall(r"<strong>(Fordeling.*?)</strong>", faults)
    assert [re.search("rad ([0-9]+)", place)[1] for place in places] == ["2", "8"]  # type: ignore[index]


def test_two_who_replace_at_once_lose_nothing(browser: TestClient, folder: Path) -> None:
    first, second = upload(browser, sheet(*OTHER)), upload(browser, sheet(*ROWS[::-1]))
    shown = re.search('name="shown" value="(.*?)"', browser.get(second).text)
    assert shown
    assert use(browser, first)[0] == 303
    late = browser.post(f"{second}/use", headers=FROM_HERE, data={"shown": shown[1]})
    assert late.status_code == 409
    assert "Noen andre har byttet ut fordelingen" in late.text
    assert (folder / "allocation.csv").read_bytes() == sheet(*OTHER)
    assert use(browser, second)[0] == 303
    kept = sorted((folder / "earlier").iterdir())
    assert [file.name for file in kept] == ["allocation-1.csv", "allocation-2.csv"]
    assert kept[1].read_bytes() == sheet(*OTHER)


@pytest.mark.slow
def test_only_the_last_of_the_earlier_ones_are_kept_and_everybodys_own_files(
    browser: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = folder / "earlier"
    earlier.mkdir()
    own = {"allocation-1.csv", "allocation-final-2.xlsx", "mine.csv"}
    for name in own:
        (earlier / name).write_bytes(b"mine")
    monkeypatch.setattr(replace_allocation, "MOST_EARLIER", 2)
    for rows in (OTHER, ROWS[::-1], OTHER, ROWS[::-1]):
        assert use(browser, upload(browser, sheet(*rows)))[0] == 303
    kept = {"allocation-5.csv", "allocation-6.csv"}
    assert {file.name for file in earlier.iterdir()} == own | kept
    (earlier / "allocation-5.csv").write_bytes(b"looked into and saved")
    for rows in (OTHER, ROWS[::-1]):
        assert use(browser, upload(browser, sheet(*rows)))[0] == 303
    kept = {"allocation-5.csv", "allocation-7.csv", "allocation-8.csv"}
    assert {file.name for file in earlier.iterdir()} == own | kept


@pytest.mark.parametrize(
    "file",
    [*CORPUS[::10], *(pytest.param(file, marks=pytest.mark.slow) for file in CORPUS[5::10])],
    ids=lambda file: file.stem,
)
def test_a_hostile_file_does_no_harm(browser: TestClient, folder: Path, file: Path) -> None:
    before = (folder / "allocation.csv").read_bytes()
    at = upload(browser, file.read_bytes(), file.name)
    answer = browser.get(at)
    assert answer.status_code in (200, 422)
    assert "Traceback" not in answer.text
    assert use(browser, at)[0] == 409
    assert (folder / "allocation.csv").read_bytes() == before


def test_a_workbook_that_swells_is_refused(browser: TestClient, tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb.xlsx", parts() | {SHEET: b" " * (201 * 1024 * 1024)})
    answer = browser.get(upload(browser, bomb.read_bytes(), "bomb.xlsx"))
    assert "200 MB" in answer.text
    assert "Bruk denne fordelingen" not in answer.text


def test_what_takes_too_long_is_stopped(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brevgen.desk.aside.LONGEST", 0.01)
    answer = browser.get(upload(browser, sheet(*OTHER)))
    assert (answer.status_code, "tar for lang tid" in answer.text) == (422, True)


@pytest.mark.parametrize(
    "called",
    [
        "x.xls",
        *(
            pytest.param(each, marks=pytest.mark.slow)
            for each in ("x.exe", "x.csv\x00", "..", "a/b.pdf")
        ),
    ],
)
def test_what_is_not_read_is_told(browser: TestClient, place: Path, called: str) -> None:
    shown = browser.get(upload(browser, sheet(*OTHER), called)).text
    assert "Bruk denne fordelingen" not in shown
    assert {file.suffix for file in place.glob(".brevgen/uploads/*/*")} <= {"", ".ods", ".xls"}


def test_what_is_too_large_is_refused_unread(browser: TestClient, place: Path) -> None:
    answer = browser.post(PAGE, headers=FROM_HERE, files={"file": ("x.csv", b"x" * 21_000_000)})
    assert answer.status_code == 413
    assert not list(place.glob(".brevgen/uploads/*"))


def test_a_form_without_a_file_is_told(browser: TestClient) -> None:
    assert "Ingen fil er valgt" in browser.post(PAGE, headers=FROM_HERE, data={"file": ""}).text


def test_a_sheet_to_begin_with_has_the_municipalities_and_columns(browser: TestClient) -> None:
    answer = browser.get(f"{PAGE}/sheet")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("kommunenummer;kommunenavn;antall;enslige_mindreårige")
    assert any(line.startswith("0214;Ås;;") for line in lines)
    assert answer.headers["content-disposition"].startswith("attachment")


def test_figures_stand_beside_the_settings_and_the_year_before(
    browser: TestClient, place: Path
) -> None:
    shutil.copytree(ROOT / "data/rounds/2018", place / "data/rounds/2018")
    text = browser.get("/rounds/2018/allocation").text
    assert "Anmodet i 2017" in text
    assert "De største endringene siden 2017" in text
    assert re.search(r"Alle.*?4.400", text, re.DOTALL)


def test_who_may_only_look_replaces_nothing(
    stranger: TestClient, visits: Visits, folder: Path
) -> None:
    stranger.get("/enter", params={"code": visits.new_code(Actor("per", roles=("approve",)))})
    assert 'type="file"' not in stranger.get(PAGE).text
    answer = stranger.post(PAGE, headers=FROM_HERE, files={"file": ("x.csv", sheet())})
    assert answer.status_code == 403
    assert not list(folder.parents[2].glob(".brevgen/uploads/*"))


@pytest.mark.parametrize("digest", ["nothing", "..%2f..", "0" * 64, "*" * 64])
def test_only_what_was_laid_aside_is_found(browser: TestClient, digest: str) -> None:
    assert browser.get(f"{PAGE}/new/{digest}").status_code == 404
    answer = browser.post(f"{PAGE}/new/{digest}/use", headers=FROM_HERE, data={"shown": ""})
    assert answer.status_code == 404
