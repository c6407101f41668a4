"""Files appear whole: a reader sees the old one or the new one, never a part."""

import errno
import multiprocessing
import os
import socket
import time
from pathlib import Path

import pytest

from brevgen.errors import UnreadableFile
from brevgen.files import (
    MEGABYTE,
    REASONS,
    open_file,
    os_reason,
    read_bytes,
    sha256,
    sha256_of_file,
    write_whole,
)
from brevgen.language import speaking

PATIENCE = 60  # seconds a process may take on a busy machine
SIZE = 3_000_000

spawn = multiprocessing.get_context("spawn")


def test_a_file_is_written_into_a_folder_that_was_not_there(tmp_path: Path) -> None:
    path = tmp_path / "2018" / "drafts" / "0214-Ås.pdf"
    write_whole(path, b"%PDF")
    assert path.read_bytes() == b"%PDF"
    assert [file.name for file in path.parent.iterdir()] == ["0214-Ås.pdf"]


@pytest.mark.parametrize(
    ("folder", "file", "below"),
    [
        (0o700, 0o600, 0o700),
        (0o755, 0o644, 0o755),
        (0o775, 0o664, 0o775),
        (0o750, 0o640, 0o750),
        (0o2770, 0o660, 0o2770),
        (0o777, 0o664, 0o775),
    ],
)
def test_who_can_read_and_write_the_folder_can_do_so_with_what_is_made_in_it(
    tmp_path: Path, folder: int, file: int, below: int
) -> None:
    tmp_path.chmod(folder)
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "letter.pdf", b"%PDF")
        write_whole(tmp_path / "2018" / "drafts" / "letter.pdf", b"%PDF")
    finally:
        os.umask(before)
    modes = {path: path.stat().st_mode & 0o7777 for path in tmp_path.rglob("*")}
    drafts = tmp_path / "2018" / "drafts"
    assert modes == {
        tmp_path / "letter.pdf": file,
        tmp_path / "2018": below,
        drafts: below,
        drafts / "letter.pdf": file,
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to any group")
def test_files_and_folders_have_the_group_of_their_folder(tmp_path: Path) -> None:
    os.chown(tmp_path, -1, 65_534)
    tmp_path.chmod(0o770)
    write_whole(tmp_path / "drafts" / "letter.pdf", b"%PDF")
    assert {path.stat().st_gid for path in tmp_path.rglob("*")} == {65_534}


def test_what_killed_writers_have_left_is_removed_some_time(tmp_path: Path) -> None:
    for name, hours in ((".abcd_123.part", 2), (".abcd_124.part", 0), (".notes.part", 2)):
        (tmp_path / name).touch()
        then = time.time() - 3600 * hours
        os.utime(tmp_path / name, (then, then))
    write_whole(tmp_path / "letter.pdf", b"%PDF")
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        ".abcd_124.part",
        ".notes.part",
        "letter.pdf",
    ]


@pytest.mark.parametrize("kind", ["pipe", "device", "socket", "folder", "link to itself"])
def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    elif kind == "link to itself":
        path.symlink_to("x")
    with socket.socket(socket.AF_UNIX) as there:
        if kind == "socket":
            there.bind(str(path))
        with pytest.raises(UnreadableFile) as refused:
            read_bytes(path, most=10)
        with pytest.raises(UnreadableFile):
            open_file(path, most=10)
    assert refused.value.remedy
    assert sha256_of_file(path) == ""


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "x").open("wb") as file:
        file.truncate(5_000_000_000)
    with pytest.raises(UnreadableFile, match="larger than 20 MB"):
        read_bytes(tmp_path / "x", most=20 * MEGABYTE)
    (tmp_path / "y").write_bytes(b"12345678")
    assert read_bytes(tmp_path / "y", most=8) == b"12345678"
    with pytest.raises(UnreadableFile, match="larger than 7 bytes"):
        read_bytes(tmp_path / "y", most=7)


def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    path.chmod(0)
    before = os.geteuid()
    if before == 0:  # root reads everything
        os.seteuid(65_534)
    try:
        with pytest.raises(UnreadableFile, match="may not be read"):
            read_bytes(path, most=10)
    finally:
        os.seteuid(before)
        tmp_path.chmod(0o700)


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
        seen: set[bytes] = set()
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


def test_why_the_system_did_not_do_it_is_told_in_the_language_of_the_reader(
    tmp_path: Path,
) -> None:
    with pytest.raises(OSError, match="No such file") as caught:
        (tmp_path / "none" / "file").write_text("")
    assert os_reason(caught.value) == "No such file or directory"
    with speaking("nb"):
        assert os_reason(caught.value) == "Filen eller mappen finnes ikke"
        assert os_reason(OSError("the moon is full")) == "the moon is full"


@pytest.mark.parametrize("said", REASONS)
def test_every_reason_is_one_the_system_has(said: str) -> None:
    assert said in {os.strerror(number) for number in errno.errorcode}
