"""An upgrade replaces what nobody touched, and lays the rest beside it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

import brevgen
from brevgen.errors import Refused
from brevgen.marker import STATE_FOLDER
from brevgen.rounds import upgrade as use_case
from brevgen.rounds.check import check
from brevgen.rounds.new import new_workspace
from brevgen.rounds.starter import MANIFEST, read_manifest, starter_files
from brevgen.rounds.upgrade import upgrade
from tests.support.samples import ROOT
from tests.support.sessions import session

CSS = "templates/letters/letter.css"
NB = "templates/letters/request/nb.html"
STYLES = "templates/letters/styles.docx"
GIVEN = brevgen.__version__


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return new_workspace(tmp_path / "work").root


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A version that ships other files: what is written into this folder, else what it was."""
    folder = tmp_path / "newer"
    folder.mkdir()

    def shipped() -> dict[str, Path]:
        changed = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
        return dict(sorted({**starter_files(), **changed}.items()))

    monkeypatch.setattr(use_case, "starter_files", shipped)
    monkeypatch.setattr(brevgen, "__version__", "9.0")
    return folder


def ship(newer: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        (newer / name).parent.mkdir(parents=True, exist_ok=True)
        (newer / name).write_bytes(data)


def outcomes(place: Path) -> dict[str, str]:
    """What became of each file that is not as it was."""
    return {e.name: e.outcome for e in upgrade(place).files if e.outcome != "as it was"}


def as_given_before(place: Path, name: str) -> None:
    """Make a workspace one of a version that did not ship a file."""
    (place / name).unlink()
    manifest = place / STATE_FOLDER / MANIFEST
    told = json.loads(manifest.read_text(encoding="utf-8"))
    del told["files"][name]
    manifest.write_text(json.dumps(told), encoding="utf-8")


def add(path: Path, text: str) -> bytes:
    path.write_bytes(path.read_bytes() + text.encode())
    return path.read_bytes()


def test_nothing_is_done_where_nothing_is_new(place: Path) -> None:
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    done = upgrade(place)
    assert {each.outcome for each in done.files} == {"as it was"}
    assert not done.is_changed
    assert before == {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}


def test_the_figures_of_earlier_years_come_to_new_and_to_older_workspaces(place: Path) -> None:
    name = "data/history.csv"
    shipped = (ROOT / name).read_bytes()
    assert (place / name).read_bytes() == shipped
    as_given_before(place, name)
    assert outcomes(place) == {name: "added"}
    assert (place / name).read_bytes() == shipped


def test_what_nobody_touched_is_replaced_and_what_is_new_is_added(place: Path, newer: Path) -> None:
    ship(newer, {CSS: b"/* new */\n", "templates/letters/another/nb.html": b"<p>new</p>\n"})
    done = upgrade(place)
    assert (done.before, done.version) == (GIVEN, "9.0")
    assert [(each.name, each.outcome) for each in done.files[:2]] == [
        ("templates/letters/another/nb.html", "added"),
        (CSS, "replaced"),
    ]
    assert (place / CSS).read_bytes() == b"/* new */\n"
    assert (place / "templates/letters/another/nb.html").read_bytes() == b"<p>new</p>\n"
    assert outcomes(place) == {}


def test_what_somebody_touched_stays_and_the_new_one_lies_beside_it(
    place: Path, newer: Path
) -> None:
    mine = add(place / "data/contacts.csv", "9999,Mitt,post@mitt.example,,,,\n")
    theirs = (ROOT / "data/contacts.csv").read_bytes() + b"8888,Nytt,post@nytt.example,,,,\n"
    ship(newer, {"data/contacts.csv": theirs})
    (file,) = [each for each in upgrade(place).files if each.outcome != "as it was"]
    assert (file.outcome, file.beside) == ("laid beside", "data/contacts.csv.new")
    assert (place / "data/contacts.csv").read_bytes() == mine
    assert (place / "data/contacts.csv.new").read_bytes() == theirs
    changed = [line for line in file.difference if line[0] in "+-"]
    assert changed == [
        *("--- data/contacts.csv", "+++ data/contacts.csv.new"),
        *("-9999,Mitt,post@mitt.example,,,,", "+8888,Nytt,post@nytt.example,,,,"),
    ]
    assert outcomes(place) == {"data/contacts.csv": "yours"}, "told once, and once is enough"


def test_a_new_file_that_was_taken_over_counts_as_untouched_again(place: Path, newer: Path) -> None:
    add(place / CSS, "/* mine */")
    ship(newer, {CSS: b"/* second */"})
    upgrade(place)
    (place / f"{CSS}.new").replace(place / CSS)
    ship(newer, {CSS: b"/* third */"})
    assert outcomes(place) == {CSS: "replaced"}


def test_what_is_new_in_nothing_is_left_alone_however_it_was_changed(
    place: Path, newer: Path
) -> None:
    add(place / "brevgen.toml", "# mine\n")
    assert outcomes(place) == {"brevgen.toml": "yours"}
    assert list(place.rglob("*.new")) == []


def test_what_was_removed_stays_removed(place: Path, newer: Path) -> None:
    (place / "data/README.md").unlink()
    ship(newer, {"data/README.md": b"new"})
    assert outcomes(place) == {"data/README.md": "removed"}
    assert not (place / "data/README.md").exists()


def test_rounds_are_never_touched(place: Path, newer: Path) -> None:
    before = {path: path.read_bytes() for path in (place / "data/rounds").rglob("*.*")}
    ship(newer, {"data/rounds/trial/round.toml": b"", "data/rounds/other/round.toml": b""})
    assert outcomes(place) == {}
    assert before == {path: path.read_bytes() for path in (place / "data/rounds").rglob("*.*")}


def test_what_is_shipped_no_more_is_left_and_told_once(place: Path, newer: Path) -> None:
    ship(newer, {"templates/letters/old.html": b"old"})
    upgrade(place)
    (newer / "templates/letters/old.html").unlink()
    assert outcomes(place) == {"templates/letters/old.html": "given up"}
    assert (place / "templates/letters/old.html").read_bytes() == b"old"
    assert outcomes(place) == {}


def test_a_workspace_that_is_not_known_keeps_all_that_differs(place: Path, newer: Path) -> None:
    (place / ".brevgen/starter.json").unlink()
    ship(newer, {CSS: b"/* new */\n", NB: (place / NB).read_bytes()})
    done = upgrade(place)
    assert done.before == ""
    assert [e.name for e in done.files if e.outcome == "laid beside"] == [CSS]
    assert {e.outcome for e in done.files} == {"laid beside", "as it was"}
    assert read_manifest(place).version == "9.0"


@pytest.mark.parametrize("text", ["", "[]", '{"version": "1", "files": 3}', "{", "\x00"])
def test_a_manifest_that_cannot_be_read_is_none(place: Path, newer: Path, text: str) -> None:
    (place / ".brevgen/starter.json").write_text(text, encoding="utf-8")
    ship(newer, {CSS: b"/* new */\n"})
    assert outcomes(place) == {CSS: "laid beside"}


def test_what_is_no_text_and_what_is_no_file_is_kept_too(place: Path, newer: Path) -> None:
    add(place / STYLES, "more")
    (place / CSS).unlink()
    (place / CSS).mkdir()
    ship(newer, {STYLES: b"PK\xff\xfe", CSS: b"/* new */"})
    done = {each.name: each for each in upgrade(place).files if each.beside}
    assert set(done) == {STYLES, CSS}
    assert done[STYLES].difference == ()
    assert (place / CSS).is_dir()


def test_files_laid_beside_do_not_disturb_a_round(place: Path, newer: Path) -> None:
    for name in (NB, "data/municipalities.csv", "brevgen.toml", "templates/letters/words.toml"):
        add(place / name, "\n")
        ship(newer, {name: (ROOT / name).read_bytes() + b"\n\n"})
    assert set(outcomes(place).values()) == {"laid beside"}
    with session(place) as opened:
        assert [e for e in check(opened).findings if e.severity == "fault"] == []


def test_the_checkout_itself_is_left_to_git() -> None:
    with pytest.raises(Refused, match="git"):
        upgrade(ROOT)
