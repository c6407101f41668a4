"""A run that finds nothing touched does nothing; whatever is touched is looked at again."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from brevgen.batch.untouched import letters_untouched
from running import Ran

Run = Callable[..., Ran]

NOTHING = "0 letters made, 6 up to date.\nNothing was touched since then."


@pytest.fixture
def made(workspace: Path, brevgen: Run) -> Path:
    """A round of which every letter is made."""
    assert brevgen("generate", "trial", "--jobs", "1").code == 0
    return workspace


def test_a_second_run_says_that_nothing_was_touched(made: Path, brevgen: Run) -> None:
    ran = brevgen("generate", "trial")
    assert (ran.code, ran.out.strip(), ran.err) == (0, NOTHING, "")


def test_nothing_is_known_of_a_round_that_was_not_made_whole(workspace: Path, brevgen: Run) -> None:
    assert letters_untouched(workspace, "trial") is None
    brevgen("generate", "trial", "--only", "Ås", "--jobs", "1")
    assert letters_untouched(workspace, "trial") is None


@pytest.mark.parametrize(
    "file",
    [
        "brevgen.toml",
        "data/contacts.csv",
        "data/municipalities.csv",
        "data/rounds/trial/allocation.csv",
        "data/rounds/trial/round.toml",
        "data/ledger.sqlite3",
        "templates/letters/words.toml",
        "templates/letters/letter.css",
        "templates/messages/request/nn.html",
        "output/trial/drafts/0214-Ås-17-09235.pdf",
        "output/trial/report.csv",
    ],
)
def test_a_file_written_anew_is_looked_at_even_with_its_size_and_time_set_back(
    made: Path, file: str
) -> None:
    assert letters_untouched(made, "trial") == 6
    path = made / file
    before = path.stat()
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert letters_untouched(made, "trial") is None


@pytest.mark.parametrize(
    "file",
    [
        "data/rounds/trial/allocation.xlsx",
        "templates/letters/request/nn.txt",
        "output/trial/drafts/x",
    ],
)
def test_a_new_file_is_seen(made: Path, file: str) -> None:
    (made / file).write_bytes(b"")
    assert letters_untouched(made, "trial") is None


def test_a_missing_letter_is_made_again(made: Path, brevgen: Run) -> None:
    letter = made / "output" / "trial" / "drafts" / "0214-Ås-17-09235.pdf"
    before = letter.read_bytes()
    letter.unlink()
    assert "1 letter made, 5 up to date." in brevgen("generate", "trial", "--jobs", "1").out
    assert letter.read_bytes() == before
    assert brevgen("generate", "trial").out.strip() == NOTHING


def test_what_is_remembered_may_be_broken(made: Path, brevgen: Run) -> None:
    for broken in ("", "[]", "{", '{"digest": 1}'):
        (made / ".brevgen" / "trial.untouched").write_text(broken, encoding="utf-8")
        assert letters_untouched(made, "trial") is None
    assert "6 up to date." in brevgen("generate", "trial", "--jobs", "1").out


def test_another_rounds_letters_are_another_matter(made: Path) -> None:
    assert letters_untouched(made, "2018") is None
    assert letters_untouched(made, "../trial") is None
