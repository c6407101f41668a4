"""Files appear whole: a reader sees the old one or the new one, never a part."""

import multiprocessing
import os
import time
from pathlib import Path

import pytest

from brevgen.files import sha256, sha256_of_file, write_whole

PATIENCE = 60  # seconds a process may take on a busy machine
SIZE = 3_000_000

spawn = multiprocessing.get_context("spawn")


def test_a_file_is_written_into_a_folder_that_was_not_there(tmp_path: Path) -> None:
    path = tmp_path / "2018" / "drafts" / "0214-Ås.pdf"
    write_whole(path, b"%PDF")
    assert path.read_bytes() == b"%PDF"
    assert [file.name for file in path.parent.iterdir()] == ["0214-Ås.pdf"]


def test_others_may_read_the_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "letter.pdf", b"%PDF")
    assert (tmp_path / "letter.pdf").stat().st_mode & 0o777 == 0o644


def test_a_file_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    for data in (b"first and longer", b"second", b""):
        write_whole(tmp_path / "letter.pdf", data)
        assert (tmp_path / "letter.pdf").read_bytes() == data


def test_who_reads_the_earlier_one_goes_on_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    write_whole(path, b"first")
    with path.open("rb") as reader:
        write_whole(path, b"second")
        assert reader.read() == b"first"


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").mkdir()
    with pytest.raises(OSError, match=r"letter\.pdf"):
        write_whole(tmp_path / "letter.pdf", b"%PDF")
    assert [file.name for file in tmp_path.iterdir()] == ["letter.pdf"]


def write_on_and_on(path: Path) -> None:
    for turn in range(1_000_000):
        write_whole(path, bytes([turn % 250]) * SIZE)


@pytest.mark.skipif(os.name == "nt", reason="needs kill -9")
def test_a_writer_killed_in_the_middle_never_leaves_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    for milliseconds in (5, 11, 23):
        writer = spawn.Process(target=write_on_and_on, args=(path,))
        writer.start()
        seen = set()
        until = time.monotonic() + PATIENCE
        while len(seen) < 3 and time.monotonic() < until:
            if path.exists():
                data = path.read_bytes()
                assert data == data[:1] * SIZE, "a reader sees one whole file"
                seen.add(data[:1])
        time.sleep(milliseconds / 1000)
        writer.kill()
        writer.join(PATIENCE)
        data = path.read_bytes()
        assert data == data[:1] * SIZE
        assert len(seen) == 3


def test_a_digest_is_sha_256_and_empty_where_there_is_no_file(tmp_path: Path) -> None:
    """The value is the one of FIPS 180-4 for “abc”."""
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    (tmp_path / "file").write_bytes(b"abc")
    assert sha256(b"abc") == sha256_of_file(tmp_path / "file") == abc
    assert sha256_of_file(tmp_path / "no file") == ""
