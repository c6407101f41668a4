"""A file is read again only where it may say something else, or something was found in it."""

from pathlib import Path

import pytest

from brevgen.findings import Findings, Place
from brevgen.known_files import KnownFiles


class Reader:
    """Reads a file, and counts how often; finds something where it says `odd`."""

    def __init__(self, path: Path) -> None:
        self.path, self.times = path, 0

    def __call__(self, findings: Findings) -> str:
        self.times += 1
        text = self.path.read_text(encoding="utf-8")
        if text == "odd":
            findings.warn("It is odd.", "Look at it.", Place(self.path.name))
        return text


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    path = tmp_path / "file.txt"
    path.write_text("even", encoding="utf-8")
    return Reader(path)


def test_the_same_file_is_read_once(reader: Reader) -> None:
    known = KnownFiles[str]()
    assert [known.read(reader.path, Findings(), reader) for _ in range(3)] == ["even"] * 3
    assert reader.times == 1
    reader.path.write_text("other", encoding="utf-8")
    assert known.read(reader.path, Findings(), reader) == "other"


def test_what_was_found_is_told_each_time(reader: Reader) -> None:
    known = KnownFiles[str]()
    reader.path.write_text("odd", encoding="utf-8")
    for times in (1, 2):
        findings = Findings()
        assert known.read(reader.path, findings, reader) == "odd"
        assert ([each.what for each in findings.items], reader.times) == (["It is odd."], times)


def test_it_is_read_anew_where_it_is_held_to_something_else(reader: Reader) -> None:
    known = KnownFiles[str](most=2)
    for held_to in ("a", "b", "a", "b"):
        known.read(reader.path, Findings(), reader, held_to)
    assert reader.times == 2
    known.read(reader.path, Findings(), reader, "c")  # before which the others are forgotten
    known.read(reader.path, Findings(), reader, "a")
    assert reader.times == 4
