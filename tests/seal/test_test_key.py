"""The TEST key, made on first use where no real one is set."""

import multiprocessing
import os
import stat
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from brevgen.seal.key import open_key
from brevgen.seal.roots import read_roots
from brevgen.seal.sign import Sealer
from brevgen.seal.verify import verify_seal
from brevgen.settings.seal import SealSettings
from tests.seal.refusals import faults
from tests.support.pki import NOW, issue

TEST_KEY = Path(".brevgen/test-seal.pem")


def test_without_a_key_a_test_key_is_made_and_used_from_then_on(tmp_path: Path) -> None:
    first = open_key(SealSettings(), tmp_path, NOW)
    again = open_key(SealSettings(), tmp_path, NOW)

    assert first.is_test
    assert "TEST" in first.owner.name
    assert "TEST" in first.owner.organisation
    assert first.notice.startswith("No seal key is set: letters get a TEST seal")
    assert "\n" not in first.notice
    assert again.certificate == first.certificate


def test_a_test_key_with_a_root_of_its_own_stays_in_use(tmp_path: Path, letter: bytes) -> None:
    """Until lately TEST keys were made so; letters sealed with one stay good."""
    root = issue("TEST brevgen root", is_issuer=True)
    older = issue("TEST brevgen seal", root)
    (tmp_path / TEST_KEY).parent.mkdir()
    (tmp_path / TEST_KEY).write_bytes(older.key_pem + older.pem())

    key = open_key(SealSettings(), tmp_path, NOW)
    report = verify_seal(Sealer(key).seal(letter, at=NOW), read_roots(SealSettings(), tmp_path))

    assert (key.certificate, key.chain) == (older.der, ())
    assert read_roots(SealSettings(), tmp_path).test == root.der
    assert report.is_good
    assert report.is_test


def test_the_test_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    open_key(SealSettings(), tmp_path, NOW)

    assert stat.S_IMODE((tmp_path / TEST_KEY).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / TEST_KEY).parent.iterdir()] == [TEST_KEY.name]


def test_a_group_that_shares_the_folder_shares_the_test_key(tmp_path: Path) -> None:
    folder = (tmp_path / TEST_KEY).parent
    folder.mkdir()
    folder.chmod(0o2770)

    open_key(SealSettings(), tmp_path, NOW)

    made = (tmp_path / TEST_KEY).stat()
    assert stat.S_IMODE(made.st_mode) == 0o640
    assert made.st_gid == folder.stat().st_gid


def _open_at_once(
    folder: Path, start: Barrier, certificates: "multiprocessing.Queue[bytes]"
) -> None:
    start.wait()
    certificates.put(open_key(SealSettings(), folder, NOW).certificate)


@pytest.mark.slow
def test_processes_that_make_the_test_key_at_once_agree_on_one(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start, certificates = context.Barrier(2), context.Queue()
    processes = [
        context.Process(target=_open_at_once, args=(tmp_path, start, certificates))
        for _ in range(2)
    ]
    for process in processes:
        process.start()
    opened = {certificates.get(timeout=60) for _ in processes}
    for process in processes:
        process.join()
    certificates.close()
    certificates.join_thread()

    assert opened == {open_key(SealSettings(), tmp_path, NOW).certificate}


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_test_key_is_told_and_not_replaced(tmp_path: Path, damage: bytes | None) -> None:
    open_key(SealSettings(), tmp_path, NOW)
    path = tmp_path / TEST_KEY
    data = path.read_bytes()[:-900] if damage is None else damage
    path.write_bytes(data)

    (fault,) = faults(SealSettings(), tmp_path)

    assert "The TEST key is damaged" in str(fault)
    assert "Remove the file" in str(fault)
    assert path.read_bytes() == data


def test_a_pipe_in_place_of_the_test_key_is_told(tmp_path: Path) -> None:
    (tmp_path / TEST_KEY).parent.mkdir()
    os.mkfifo(tmp_path / TEST_KEY)

    (fault,) = faults(SealSettings(), tmp_path)

    assert "The TEST key cannot be read. This is no ordinary file" in fault.what
    assert read_roots(SealSettings(), tmp_path).test == b""


def test_a_workspace_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / ".brevgen").write_text("a file where the folder should be", encoding="utf-8")

    (fault,) = faults(SealSettings(), tmp_path)

    assert "The TEST key cannot be made" in fault.what
