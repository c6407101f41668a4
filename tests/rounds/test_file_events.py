"""What is changed in files and cannot be written down is not changed."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from brevgen.actor import Actor
from brevgen.ledger.ledger import Ledger
from brevgen.rounds.edit_round import round_text, write_settings
from brevgen.rounds.edit_templates import save
from brevgen.rounds.file_events import all_or_nothing
from brevgen.rounds.replace_allocation import (
    lay_aside,
    look_at_new,
    present_digest,
    replace_allocation,
)
from brevgen.rounds.template_sheets import digest_of, find_sheet, texts_of
from brevgen.rounds.template_versions import versions
from brevgen.workspace import Workspace, find_workspace
from tests.support.samples import make_round, make_workspace
from tests.support.sessions import Clock, session

KARI = Actor("kari")


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A workspace with a ledger that takes no event, as on a disk that has just become full."""
    place = find_workspace(make_workspace(tmp_path / "workspace", ()))
    make_round(place.root)
    assert isinstance(place.ledger, Path)
    Ledger(place.ledger, Clock(), KARI, new=True).close()
    with closing(sqlite3.connect(place.ledger)) as ledger:
        ledger.execute(
            "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    return place


def contents(place: Workspace) -> dict[str, bytes]:
    """All files that the workspace is worked from."""
    folders = (place.templates.parent, place.data / "rounds")
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return {str(file): file.read_bytes() for file in files if file.parent.name != "earlier"}


def test_settings_are_as_they_were(place: Workspace) -> None:
    before = contents(place)
    text = round_text(place, "trial")
    new = text.with_changes({("letter_date",): date(2017, 11, 7)})
    with session(place.root) as opened, pytest.raises(IntegrityError):
        write_settings(opened, new, text.digest)
    assert contents(place) == before


def test_an_allocation_is_as_it_was(place: Workspace) -> None:
    before = contents(place)
    data = (place.round_folder("trial") / "allocation.csv").read_bytes() + b"\n"
    with session(place.root) as opened:
        digest = lay_aside(opened, data, "ny.csv")
        look = look_at_new(opened, digest)
        with pytest.raises(IntegrityError):
            replace_allocation(opened, digest, present_digest(place, "trial"), look)
    assert contents(place) == before


def test_templates_are_as_they_were(place: Workspace) -> None:
    before, letter = contents(place), find_sheet(place, "request/letter")
    texts = texts_of(place, letter)
    new = {file: f"{text}<p>Mer.</p>" for file, text in texts.items()}
    with pytest.raises(IntegrityError):
        save(place, KARI, Clock(), letter, new, loaded=digest_of(texts), check=lambda *_: [])
    assert contents(place) == before
    assert [each.account for each in versions(place, letter)] == [""]


def test_what_was_not_there_is_gone_again(tmp_path: Path) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    old.write_bytes(b"old")

    def spoil() -> None:
        with all_or_nothing([new, old]):
            new.write_bytes(b"new")
            old.unlink()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spoil()
    assert (new.exists(), old.read_bytes()) == (False, b"old")
