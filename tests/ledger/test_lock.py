"""One at a time changes a round, whoever and wherever they are; a second one learns who does."""

import multiprocessing
import os
import resource
import threading
import time
from datetime import UTC, datetime

import pytest

from brevgen.actor import Actor
from brevgen.errors import ExitCode, LedgerDiskError, LedgerUnusable, RoundLocked
from brevgen.language import when
from brevgen.ledger.engine import store_at
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.lock import LockHolder, lock_path, round_lock
from brevgen.ledger.reader import LedgerReader
from tests.ledger.killing import PATIENCE
from tests.support.approving import SERIES
from tests.support.bounded import within_bounds

SINCE = datetime(2017, 11, 6, 9, 0, 0, tzinfo=UTC)
KARI, OLA = Actor("kari", "kari.n"), Actor("ola")
spawn = multiprocessing.get_context("spawn")


def since():
    return SINCE


def test_a_second_one_is_told_who_holds_it_and_since_when_and_then_refused(path):
    told: list[LockHolder] = []
    with (
        store_at(path).round_lock("2018", KARI, since),
        pytest.raises(RoundLocked) as refused,
        store_at(path).round_lock("2018", OLA, since, wait=0.1, on_wait=told.append),
    ):
        pass

    assert told == [LockHolder("kari (logged in as kari.n)", SINCE)]
    assert f"2018 is being changed by kari (logged in as kari.n) since {when(SINCE)}" in (
        str(refused.value)
    )
    assert refused.value.exit_code is ExitCode.REFUSED


def test_a_second_one_waits_and_goes_on_when_the_first_is_done(path):
    held = threading.Event()
    order: list[object] = []

    def first():
        with store_at(path).round_lock("2018", KARI, since):
            held.set()
            time.sleep(0.2)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    held.wait()
    with store_at(path).round_lock("2018", OLA, since, wait=PATIENCE, on_wait=order.append):
        order.append("second")
    thread.join()

    assert order == [LockHolder(str(KARI), SINCE), "first", "second"]


def hold(path, taken, done):
    with store_at(path).round_lock("2018", KARI, since):
        taken.set()
        done.wait(PATIENCE)


def test_it_holds_between_processes_and_goes_with_one_that_is_killed(path):
    taken, done = spawn.Event(), spawn.Event()
    process = spawn.Process(target=hold, args=(path, taken, done))
    process.start()
    assert taken.wait(PATIENCE)
    with pytest.raises(RoundLocked), store_at(path).round_lock("2018", OLA, since, wait=0):
        pass

    process.kill()
    process.join(PATIENCE)

    with store_at(path).round_lock("2018", OLA, since, wait=0):
        pass


def test_rounds_do_not_hinder_each_other_and_nobody_who_reads_is_hindered(path):
    with (
        Ledger(path, since, KARI, new=True) as ledger,
        ledger.round_lock("2018"),
        ledger.round_lock("2018-2", wait=0),
        LedgerReader(path) as reader,
    ):
        ledger.give_references("2018", ["0214"], SERIES, {})
        assert reader.references("2018") == {"0214": "17-09100"}


@pytest.mark.sqlite
def test_that_nobody_can_write_down_who_holds_it_is_told_as_a_full_disk(path):
    def held():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        try:
            with store_at(path).round_lock("2018", KARI, since):
                return "held"
        except LedgerDiskError as error:
            return str(error)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    assert within_bounds(held).endswith("Make room on the disk.")


def test_it_is_let_go_whatever_happens(path):
    with pytest.raises(KeyError), store_at(path).round_lock("2018", KARI, since):
        raise KeyError

    with store_at(path).round_lock("2018", OLA, since, wait=0):
        pass


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["x" * 5000, "../../etc/2018", "høst 2018", "\udce5"])
def test_any_name_of_a_round_makes_a_file_beside_the_ledger(path, name):
    assert lock_path(path, name).parent == path.parent
    with round_lock(path, name, KARI, since):
        assert lock_path(path, name).is_file()


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["link", "hard link", "pipe", "folder"])
def test_what_is_no_lock_of_ours_is_neither_followed_nor_emptied(path, tmp_path, kind):
    lock, other = lock_path(path, "2018"), tmp_path / "another.txt"
    other.write_text("keep me")
    if kind == "link":
        lock.symlink_to(other)
    elif kind == "hard link":
        os.link(other, lock)
    elif kind == "pipe":
        os.mkfifo(lock)
    else:
        lock.mkdir()

    with (
        pytest.raises(LedgerUnusable, match=r"lock .*2018|lock .*\.lock"),
        round_lock(path, "2018", KARI, since),
    ):
        pass

    assert other.read_text() == "keep me"


@pytest.mark.sqlite
@pytest.mark.parametrize(("folder", "group"), [(0o2770, 0o060), (0o755, 0)])
def test_the_group_of_a_shared_folder_may_lock_too(tmp_path, folder, group):
    place = tmp_path / "data"
    place.mkdir()
    place.chmod(folder)
    before = os.umask(0o022)
    try:
        with round_lock(place / "ledger.sqlite3", "2018", KARI, since):
            found = lock_path(place / "ledger.sqlite3", "2018").stat()
    finally:
        os.umask(before)

    assert found.st_mode & 0o020 == group & 0o020
    assert found.st_gid == place.stat().st_gid


@pytest.mark.sqlite
def test_without_a_folder_for_the_ledger_there_is_no_lock(tmp_path):
    with (
        pytest.raises(LedgerUnusable, match="There is no folder"),
        round_lock(tmp_path / "data" / "ledger.sqlite3", "2018", KARI, since),
    ):
        pass
