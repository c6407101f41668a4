"""Templates in the desk: looked at, edited beside a letter, saved, and brought back."""

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.app import make_app
from brevgen.desk.guard import cookie_name
from brevgen.desk.visitors import Visits
from brevgen.rounds.new_round import new_round
from brevgen.workspace import find_workspace
from tests.desk.conftest import ADDRESS, FROM_HERE, HOST, Clock
from tests.support.samples import make_round, make_workspace
from tests.support.sessions import approved, generated

LETTER = "/templates/edit/request/letter"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Path, Visits]]:
    """One desk for all, so that its processes are warm; each test leaves the files as they were."""
    place = make_workspace(tmp_path_factory.mktemp("desk") / "workspace", ("2018",))
    make_round(place)
    clock = Clock()
    visits = Visits(clock)
    app = make_app(place, clock, visits, [HOST])
    with TestClient(app, base_url=ADDRESS, follow_redirects=False) as client:
        yield client, place, visits


@pytest.fixture
def templates(desk: tuple[TestClient, Path, Visits]) -> Iterator[Path]:
    folder = desk[1] / "templates"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    yield folder
    for path, data in before.items():
        path.write_bytes(data)


def log_in(desk: tuple[TestClient, Path, Visits], actor: Actor) -> TestClient:
    client, _, visits = desk
    client.cookies.clear()
    client.cookies.set(cookie_name(False), visits.enter(actor, "nb"))
    return client


@pytest.fixture
def kari(desk: tuple[TestClient, Path, Visits], templates: Path) -> TestClient:
    return log_in(desk, Actor("kari"))


def fields(page: str) -> dict[str, str]:
    """What a form of the editor would send."""
    found = {
        name: html.unescape(text).removeprefix("\n")
        for name, text in re.findall(
            r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', page, re.S
        )
    }
    found["loaded"] = re.findall(r'name="loaded" value="(\w+)"', page)[0]
    return {**found, "round": "trial", "number": "0214", "form": ""}


def post(client: TestClient, do: str, sent: dict[str, str], path: str = LETTER) -> tuple[int, str]:
    answer = client.post(path, headers=FROM_HERE, data={**sent, "do": do})
    return answer.status_code, html.unescape(answer.text)


def test_the_letter_of_a_round_without_faults_is_shown_first(kari: TestClient) -> None:
    place = kari.app.state.rounds.root  # type: ignore[attr-defined]
    new_round(find_workspace(place), Clock(), Actor("anne"), "2030", "trial")
    try:
        assert "<option selected>trial</option>" in kari.get(LETTER).text
        assert "<option selected>2030</option>" in kari.get(f"{LETTER}?round=2030").text
    finally:
        shutil.rmtree(place / "data/rounds/2030")


def test_the_overview_names_every_kind_with_its_rounds_and_faults(
    kari: TestClient, templates: Path
) -> None:
    page = kari.get("/templates").text
    assert "Anmodning om bosetting" in page
    assert f'href="{LETTER}"' in page
    assert 'href="/rounds/trial"' in page
    assert 'data-color="danger"' not in page
    path = templates / "letters/notice/nb.html"
    path.write_text(path.read_text(encoding="utf-8") + "{{ money }}", encoding="utf-8")
    assert re.search(r'data-color="danger">\d feil</span>', kari.get("/templates").text)


def test_the_editor_shows_both_forms_beside_a_letter(kari: TestClient) -> None:
    page = kari.get(LETTER, params={"round": "trial", "number": "0219"}).text
    assert '<label class="ds-label" for="text0">Bokmål' in page
    assert 'lang="nn" spellcheck="true"' in page
    assert page.count("data:image/png;base64,") == 1
    assert "65 flyktninger" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert '<option value="0219" selected>' in page


def test_what_is_typed_is_shown_and_not_saved(kari: TestClient, templates: Path) -> None:
    before = (templates / "letters/request/nb.html").read_bytes()
    sent = fields(kari.get(LETTER).text)
    sent["text0"] = sent["text0"].replace("<h2>Kontakt", "<h2>Snakk med oss &amp; andre")
    status, page = post(kari, "show", sent)
    assert status == 200
    assert "Snakk med oss & andre" in page.partition("<details>")[2]
    assert (templates / "letters/request/nb.html").read_bytes() == before


def test_a_letter_that_became_too_long_is_told(kari: TestClient) -> None:
    sent = fields(kari.get(LETTER).text)
    sent["text0"] = sent["text0"].replace("<h2>Kontakt", f"<p>{'Mye mer. ' * 1200}</p><h2>Kontakt")
    sent["text1"] = sent["text1"].replace(
        "<h2>Kontakt", f"<p>{'Mykje meir. ' * 1200}</p><h2>Kontakt"
    )
    status, page = post(kari, "show", sent)
    assert status == 200
    assert "Dette brevet har" in page
    assert "sider; det kan ikke lages, for det kan ha høyst 2." in page


def test_faults_stand_at_their_lines_and_nothing_with_them_is_saved(
    kari: TestClient, templates: Path
) -> None:
    sent = fields(kari.get(LETTER).text)
    typed = sent["text1"] = sent["text1"].replace("{{ asked", "{{ money", 1)
    before = (templates / "letters/request/nn.html").read_bytes()
    for do in ("show", "save", "keep"):
        status, page = post(kari, do, sent)
        assert status == (200 if do == "show" else 422)
        assert '<a class="ds-link" href="#text1" data-line="9">linje 9</a>' in page
        assert "money" in fields(page)["text1"]
        assert ('href="#text1">letters/request/nn.html' in page) == (do != "show")
    assert typed.count("money") == 1
    assert (templates / "letters/request/nn.html").read_bytes() == before


def test_saving_tells_before_what_changes_and_asks(
    kari: TestClient, desk: tuple[TestClient, Path, Visits], templates: Path
) -> None:
    generated(desk[1])
    approved(desk[1], only=["0214"])
    sent = fields(kari.get(LETTER).text)
    sent["text0"] = sent["text0"].replace("<h2>Kontakt", "<h2>Snakk")
    status, page = post(kari, "save", sent)
    assert status == 200
    assert "1 godkjent brev i runden trial mister godkjenningen." in page
    assert "<del>" in page
    assert "Lagre 1 fil<" in page
    assert "Snakk" not in (templates / "letters/request/nb.html").read_text(encoding="utf-8")
    answer = kari.post(LETTER, headers=FROM_HERE, data={**fields(page), "do": "keep"})
    assert answer.status_code == 303
    assert "Snakk" in (templates / "letters/request/nb.html").read_text(encoding="utf-8")
    assert "Lagret." in kari.get(answer.headers["location"]).text
    listed = kari.get("/templates/versions/request/letter").text
    assert "<td>kari</td>" in listed
    assert "slik det var før" in listed
    oldest = re.findall(r"version=([\w-]+)", listed)[-1]
    looked = kari.get("/templates/versions/request/letter", params={"version": oldest}).text
    assert "Hent den inn i redigeringen" in looked
    back = fields(kari.get(LETTER, params={"version": oldest}).text)
    assert "<h2>Kontakt" in back["text0"]
    assert post(kari, "keep", back)[0] == 303
    assert "Snakk" not in (templates / "letters/request/nb.html").read_text(encoding="utf-8")


def test_what_others_saved_meanwhile_is_shown_and_kept(
    kari: TestClient, desk: tuple[TestClient, Path, Visits], templates: Path
) -> None:
    mine = fields(kari.get(LETTER).text)
    theirs = dict(mine)
    theirs["text0"] = theirs["text0"].replace("<h2>Kontakt", "<h2>Deres")
    mine["text0"] = mine["text0"].replace("<h2>Kontakt", "<h2>Mine")
    ola = log_in(desk, Actor("ola"))
    assert post(ola, "keep", theirs)[0] == 303
    kari = log_in(desk, Actor("kari"))
    for do in ("save", "keep"):
        status, page = post(kari, do, mine)
        assert status == 409
        assert "ola lagret" in page
        assert "Deres" in page
        assert 'value="keep"' not in page
    assert "Deres" in (templates / "letters/request/nb.html").read_text(encoding="utf-8")
    status, page = post(kari, "show", fields(page))
    assert "Mine" in page
    assert post(kari, "keep", fields(page))[0] == 303


def test_a_kind_without_a_round_is_edited_all_the_same(kari: TestClient) -> None:
    page = kari.get("/templates/edit/notice/letter").text
    assert "Ingen runde bruker dette ennå" in page
    sent = fields(page)
    sent["text0"] = sent["text0"].replace("</p>", "{{ money }}</p>", 1)
    assert "money" in post(kari, "show", sent, "/templates/edit/notice/letter")[1]


def test_where_no_letter_can_be_made_in_time_the_texts_are_there_all_the_same(
    kari: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    previews = kari.app.state.previews  # type: ignore[attr-defined]
    kari.get(LETTER)
    monkeypatch.setattr(previews, "_seconds", 0.001)
    monkeypatch.setattr("brevgen.desk.previews.SECONDS_TO_BEGIN", 0)
    sent = fields(kari.get(LETTER).text)
    sent["text0"] += "<!-- x -->"
    status, page = post(kari, "show", sent)
    assert status == 200
    assert "Det tar for lang tid" in page
    assert "<!-- x -->" in fields(page)["text0"]
    for do in ("save", "keep"):
        status, page = post(kari, do, sent)
        assert status == 409
        assert 'value="keep"' not in page


def test_who_may_not_make_letters_looks_only(
    desk: tuple[TestClient, Path, Visits], templates: Path
) -> None:
    per = log_in(desk, Actor("per", roles=("approve", "send", "follow up")))
    page = per.get(LETTER).text
    assert "readonly" in page
    assert 'name="text0"' not in page
    assert 'value="save"' not in page
    assert "data:image/png" in page
    for do in ("show", "save", "keep"):
        answer = per.post(LETTER, headers=FROM_HERE, data={"text0": "x", "text1": "y", "do": do})
        assert answer.status_code == 403
    assert (templates / "letters/request/nb.html").read_text(encoding="utf-8") != "x\n"


def test_the_email_stands_in_a_frame_that_may_do_nothing(kari: TestClient) -> None:
    page = kari.get("/templates/edit/request/message", params={"round": "trial"}).text
    (address,) = re.findall(r'<iframe class="mail" src="([^"]+)"[^>]* sandbox>', page)
    mail = kari.get(address)
    assert "Dette gjør dere:" in mail.text
    policy = mail.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy
    assert "Dette gjør dere:" in page.partition('<pre class="code"')[2]
    assert kari.get("/templates/mail/nothing").status_code == 404


@pytest.mark.parametrize(
    ("key", "good", "bad", "line"),
    [
        ("style", "\nh1 { color: #111 }\n", "\nh1 { size: 3 }\n", None),
        ("request/kind", "\n# en merknad\n", "\n[columns.x]\nheadr = 'x'\n", "headr"),
        ("layout", "\n{# en merknad #}\n", "\n<b>x</b>\n", None),
    ],
)
def test_the_other_files_are_edited_alike(
    kari: TestClient, key: str, good: str, bad: str, line: str | None
) -> None:
    path = f"/templates/edit/{key}"
    sent = fields(kari.get(path).text)
    text = sent["text0"]
    status, page = post(kari, "save", {**sent, "text0": text + bad}, path)
    assert status == 422
    assert "data-line=" in page
    assert line is None or line in page
    status, page = post(kari, "save", {**sent, "text0": text + good}, path)
    assert status == 200, page
    assert post(kari, "keep", fields(page), path)[0] == 303


@pytest.mark.parametrize(
    "path",
    [
        "/templates/edit/nothing",
        "/templates/edit/../../etc/passwd",
        "/templates/edit/request/letter/../../../brevgen.toml",
        "/templates/edit/request%2f..%2f..%2fstyle",
        "/templates/versions/nothing",
        f"{LETTER}?version=../../../brevgen",
        "/templates/versions/request/letter?version=nothing",
    ],
)
def test_no_other_file_is_reached(kari: TestClient, path: str) -> None:
    assert kari.get(path).status_code == 404


def test_what_is_typed_is_never_markup(kari: TestClient) -> None:
    sent = fields(kari.get(LETTER).text)
    sent["text0"] = (
        f"</textarea><script>x</script>{sent['text0']}<p onclick='x'>{{{{ asked }}}}</p>"
    )
    answer = kari.post(LETTER, headers=FROM_HERE, data={**sent, "do": "show"})
    assert "<script>x" not in answer.text
    assert "<p onclick" not in answer.text
    sent["round"], sent["number"], sent["form"] = '"><b>', '"><b>', '"><b>'
    answer = kari.post(LETTER, headers=FROM_HERE, data={**sent, "do": "show"})
    assert "<b>" not in answer.text


def test_texts_beyond_measure_are_refused(kari: TestClient) -> None:
    status, page = post(kari, "show", {"text0": "x" * 70_000, "text1": ""})
    assert status == 409
    assert "64 kB" in page


def test_nothing_heavy_is_loaded_into_the_server() -> None:
    import subprocess
    import sys

    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, brevgen.desk.app as _; print([each for each in"
            " ('weasyprint', 'pandas', 'docx', 'fontTools', 'pypdfium2') if each in sys.modules])",
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    assert said.stdout.strip() == "[]"
