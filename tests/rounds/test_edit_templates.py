"""Templates saved: only without faults, only over what was loaded, and with their versions."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brevgen import files
from brevgen.actor import Actor
from brevgen.errors import LedgerError, PartlyDone, Refused, WrongUse
from brevgen.findings import FaultyInput, Finding
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader
from brevgen.rounds import edit_templates
from brevgen.rounds.edit_templates import SavedMeanwhile, save
from brevgen.rounds.template_sheets import (
    Sheet,
    Texts,
    digest_of,
    find_sheet,
    sheets,
    texts_of,
    tidy,
)
from brevgen.rounds.template_versions import MOST_VERSIONS, find_version, versions
from brevgen.workspace import Workspace, find_workspace
from tests.support.samples import make_workspace

KARI = Actor("kari")
NB, NN = "letters/request/nb.html", "letters/request/nn.html"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2017, 10, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return find_workspace(make_workspace(tmp_path / "workspace"))


@pytest.fixture
def letter(workspace: Workspace) -> Sheet:
    return find_sheet(workspace, "request/letter")


@pytest.fixture
def keep(workspace: Workspace, letter: Sheet) -> Callable[..., None]:
    clock = Clock()

    def keep(texts: Texts, actor: Actor = KARI, loaded: str = "", *faults: Finding) -> None:
        save(
            workspace,
            actor,
            clock,
            letter,
            texts,
            loaded=loaded or digest_of(texts_of(workspace, letter)),
            check=lambda sheet, texts: faults,
        )

    return keep


def changed(workspace: Workspace, letter: Sheet, more: str = "<p>Mer.</p>") -> dict[str, str]:
    return {file: f"{text}{more}" for file, text in texts_of(workspace, letter).items()}


def test_all_that_is_in_the_folders_can_be_edited(workspace: Workspace) -> None:
    keys = {each.key for each in sheets(workspace)}
    assert {"request/letter", "request/message", "request/kind", "style", "layout"} <= keys
    files = [file for each in sheets(workspace) for file in each.files]
    assert len(files) == len(set(files))
    assert all((workspace.templates.parent / file).is_file() for file in files)


@pytest.mark.parametrize("key", ["", "nothing", "../letters/letter", "request/../style", "/style"])
def test_no_other_file_can_be(workspace: Workspace, key: str) -> None:
    with pytest.raises(WrongUse, match="no templates"):
        find_sheet(workspace, key)


def test_both_forms_are_saved_and_the_versions_tell_by_whom(
    workspace: Workspace, letter: Sheet, keep: Callable[..., None]
) -> None:
    before = texts_of(workspace, letter)
    keep({file: text.replace("\n", "\r\n") for file, text in changed(workspace, letter).items()})
    after = texts_of(workspace, letter)
    assert after[NB] == f"{before[NB]}<p>Mer.</p>\n"
    assert b"\r" not in (workspace.templates / "request" / "nb.html").read_bytes()
    last, first = versions(workspace, letter)
    assert (last.account, last.texts) == ("kari", after)
    assert (first.account, first.texts) == ("", before)
    assert find_version(workspace, letter, first.key) == first


def test_who_saved_which_files_stands_in_the_ledger_where_there_is_one(
    workspace: Workspace, letter: Sheet, keep: Callable[..., None]
) -> None:
    keep(changed(workspace, letter))
    assert not workspace.has_ledger
    Ledger(workspace.ledger, Clock(), KARI, new=True).close()
    keep({**texts_of(workspace, letter), NN: "<p>Nytt.</p>"})
    assert isinstance(workspace.ledger, Path)
    with LedgerReader(workspace.ledger) as ledger:
        (event,) = ledger.events()
    told = (event.actor.account, event.round, event.act, event.what)
    assert told == ("kari", "", "templates changed", NN)


def test_nothing_is_saved_that_cannot_be_written_down(
    workspace: Workspace, letter: Sheet, keep: Callable[..., None]
) -> None:
    assert isinstance(workspace.ledger, Path)
    workspace.ledger.write_bytes(b"no ledger")
    before = texts_of(workspace, letter)
    with pytest.raises(LedgerError):
        keep(changed(workspace, letter))
    assert texts_of(workspace, letter) == before
    assert [each.account for each in versions(workspace, letter)] == [""]


def test_what_is_brought_back_is_a_version_like_any_other(
    workspace: Workspace, letter: Sheet, keep: Callable[..., None]
) -> None:
    before = texts_of(workspace, letter)
    keep(changed(workspace, letter))
    keep(versions(workspace, letter)[-1].texts, Actor("ola"))
    assert texts_of(workspace, letter) == before
    assert [each.account for each in versions(workspace, letter)] == ["ola", "kari", ""]


def test_what_somebody_changed_by_hand_becomes_a_version_before_it_is_overwritten(
    workspace: Workspace, letter: Sheet, keep: Callable[..., None]
) -> None:
    keep(changed(workspace, letter))
    path = workspace.templates / "request" / "nb.html"
    path.write_text(by_hand := f"{path.read_text(encoding='utf-8')}<p>For hånd.</p>\n", "utf-8")
    keep(changed(workspace, letter, "<p>Enda mer.</p>"))
    assert [each.account for each in versions(workspace, letter)] == ["kari", "", "kari", ""]
    assert versions(workspace, letter)[1].texts[NB] == by_hand


def test_only_so_many_versions_are_kept(
    workspace: Workspace, letter: Sheet, keep: Callable[..., None]
) -> None:
    for number in range(MOST_VERSIONS + 3):
        keep(changed(workspace, letter, f"<p>{number}</p>"))
    kept = versions(workspace, letter)
    assert len(kept) == MOST_VERSIONS
    assert kept[0].texts == texts_of(workspace, letter)
    with pytest.raises(WrongUse, match="no such version"):
        find_version(workspace, letter, "000001-00000000")


def test_nothing_that_others_saved_meanwhile_is_overwritten(
    workspace: Workspace, letter: Sheet, keep: Callable[..., None]
) -> None:
    loaded = digest_of(texts_of(workspace, letter))
    mine = changed(workspace, letter, "<p>Min.</p>")
    keep(changed(workspace, letter, "<p>Din.</p>"), Actor("ola"))
    with pytest.raises(SavedMeanwhile):
        keep(mine, KARI, loaded)
    assert "Din." in texts_of(workspace, letter)[NB]
    assert len(versions(workspace, letter)) == 2


def test_nothing_with_a_fault_is_saved(
    workspace: Workspace, letter: Sheet, keep: Callable[..., None]
) -> None:
    before = texts_of(workspace, letter)
    with pytest.raises(FaultyInput, match="Wrong"):
        keep(changed(workspace, letter), KARI, "", Finding("fault", "Wrong.", "Mend it."))
    assert texts_of(workspace, letter) == before
    assert versions(workspace, letter) == []


def test_who_may_not_make_letters_saves_nothing(
    workspace: Workspace, letter: Sheet, keep: Callable[..., None]
) -> None:
    before = texts_of(workspace, letter)
    with pytest.raises(Refused, match="may not"):
        keep(changed(workspace, letter), Actor("per", roles=("approve", "send", "follow up")))
    assert texts_of(workspace, letter) == before


def test_a_text_is_bounded(keep: Callable[..., None]) -> None:
    with pytest.raises(Refused, match="64 kB"):
        keep({NB: "ø" * 40_000, NN: ""})


def test_if_one_file_cannot_be_written_none_is(
    workspace: Workspace,
    letter: Sheet,
    keep: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = texts_of(workspace, letter)
    write = files.write_whole

    def fail(path: Path, data: bytes) -> None:
        if path.name == "nn.html":
            raise OSError(28, "No space left on device")
        write(path, data)

    monkeypatch.setattr(edit_templates, "write_whole", fail)
    with pytest.raises(PartlyDone, match="Nothing was saved"):
        keep(changed(workspace, letter))
    assert texts_of(workspace, letter) == before
    assert [each.texts for each in versions(workspace, letter)] == [before]


def test_a_kind_without_its_file_is_edited_from_the_shipped_one(workspace: Workspace) -> None:
    sheet = find_sheet(workspace, "request/kind")
    path = workspace.templates / "request" / "kind.toml"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    assert texts_of(workspace, sheet) == {"letters/request/kind.toml": text}


@pytest.mark.parametrize(
    ("text", "saved"), [("", ""), ("\n\n", ""), ("a", "a\n"), ("a\r\nb\rc\n\n", "a\nb\nc\n")]
)
def test_lines_end_in_a_newline_alone(text: str, saved: str) -> None:
    assert tidy(text) == saved
