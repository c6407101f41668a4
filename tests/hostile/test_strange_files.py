"""What lies where a file should be, but is none: a pipe, a device, a folder, a link to itself."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.bounds import Run

FILES = (
    "data/rounds/trial/round.toml",
    "data/rounds/trial/allocation.csv",
    "data/municipalities.csv",
    "data/contacts.csv",
    "templates/letters/words.toml",
    "templates/letters/layout.html",
    "templates/letters/request/nb.html",
    "templates/letters/letter.css",
    "templates/letters/styles.docx",
)
KINDS: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "folder": os.mkdir,
    "link to itself": lambda path: path.symlink_to(path.name),
}
TOLD = {
    "pipe": "no ordinary file",
    "device": "no ordinary file",
    "folder": "a folder, not a file",
    "link to itself": "There is no",
}


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (file, kind)
        for file in FILES
        for kind in KINDS
        if kind == "pipe" or file.endswith(("round.toml", "allocation.csv", ".css"))
    ],
)
def test_no_file_is_a_fault_that_names_it(place: Path, refused: Run, file: str, kind: str) -> None:
    path = place / file
    path.unlink()
    KINDS[kind](path)
    # a link to itself is no allocation at all, so that it has no name
    where = "trial" if kind == "link to itself" and "allocation" in file else path.name
    refused(where, TOLD[kind], command="check")


@pytest.mark.parametrize("kind", KINDS)
def test_without_its_settings_there_is_no_workspace(place: Path, run: Run, kind: str) -> None:
    path = place / "brevgen.toml"
    path.unlink()
    KINDS[kind](path)
    ended = run("check", "trial")
    assert ended.code == 2
    assert "not in a workspace" in ended.err


@pytest.mark.parametrize("name", ["../../../etc", ".", "", "trial/../trial", "/etc", "a" * 5_000])
def test_a_round_by_the_name_of_a_path_is_no_round(run: Run, name: str) -> None:
    ended = run("check", name)
    assert ended.code == 2
    assert "There is no round" in ended.err
