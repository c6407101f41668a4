"""A cluster makes the letters that this machine would make, whatever becomes of its workers."""

import os
import pickle
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from brevgen.errors import ExitCode, PartlyDone, WrongUse
from brevgen.language import speaking
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import MadeDocument
from brevgen.pool import dask_cluster
from brevgen.pool.dask_cluster import Cluster
from brevgen.pool.letter_files import LetterMaker, Outcome, look
from brevgen.pool.workers import Workers
from brevgen.render.pdf import LayoutFault
from tests.pool.test_workers import NAMES, PATIENCE, tasks, wait_until
from tests.support.running import Ran, finish, start
from tests.support.samples import ROOT, TEMPLATES, make_round, make_workspace

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from distributed import LocalCluster

Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def local() -> "Iterator[LocalCluster]":
    """A scheduler and a worker of two threads, in this process, reached by the network."""
    distributed = pytest.importorskip("distributed", reason="needs brevgen[dask]")
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address=":0",
        silence_logs=50,
    ) as cluster:
        yield cluster


def workers(address: str, templates: Path = TEMPLATES) -> Workers:
    cluster = Cluster(address.replace("tcp:", "dask:"))
    return Workers(templates, 1, elsewhere=cluster.connect)


@pytest.fixture
def own_templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


# -- the same letters -----------------------------------------------------------------------------


def test_letters_come_out_as_from_this_machine_with_styles_and_broken_rules(
    tmp_path: Path, own_templates: Path, local: "LocalCluster"
) -> None:
    with (own_templates / "letter.css").open("a", encoding="utf-8") as stylesheet:
        stylesheet.write("strong { color: #111 }")

    def made(by: Workers, folder: Path) -> dict[str, Outcome]:
        return {each.number: each for each in by.make(tasks(folder, ["Ås", "漢", "Moss"]))}

    here = made(Workers(own_templates, 1), tmp_path / "here")
    there = made(workers(local.scheduler_address, own_templates), tmp_path / "there")
    assert there == here
    assert [number for number, each in here.items() if each.faults] == ["0001"]
    files = sorted((tmp_path / "here").iterdir())
    assert len(files) == 4
    for file in files:
        assert (tmp_path / "there" / file.name).read_bytes() == file.read_bytes()
    (plain,) = Workers(TEMPLATES, 1).make(tasks(tmp_path / "plain", ["Ås"]))
    assert plain.pdf_sha256 != here["0000"].pdf_sha256, "the style is in the letter"


def test_a_worker_speaks_as_the_machine_that_asks(tmp_path: Path, local: "LocalCluster") -> None:
    with speaking("nb"):
        made = list(workers(local.scheduler_address).make(tasks(tmp_path, ["漢"])))
    assert [each.faults[0].partition(":")[0] for each in made] == ["oppsett"]


def test_interrupted_every_letter_that_is_there_is_among_the_outcomes(
    tmp_path: Path, local: "LocalCluster"
) -> None:
    outcomes = workers(local.scheduler_address).make(tasks(tmp_path, NAMES * 10))
    seen = {next(outcomes).number}
    with pytest.raises(KeyboardInterrupt):
        seen.update(o.number for o in chain([outcomes.throw(KeyboardInterrupt)], outcomes))
    assert len(seen) < 10 * len(NAMES)
    assert {file.stem for file in tmp_path.iterdir()} == seen


def test_a_worker_of_many_threads_makes_one_letter_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_work = Lock()

    def finish(task: int) -> int:
        assert at_work.acquire(blocking=False), "another letter is being made"
        time.sleep(0.01)
        at_work.release()
        return task

    maker = SimpleNamespace(finish=finish)
    monkeypatch.setattr(dask_cluster, "_set_up", lambda job: (maker, "", "en"))
    with ThreadPoolExecutor(4) as threads:
        made: Iterator[object] = threads.map(
            dask_cluster.answer, [b""] * 8, map(pickle.dumps, range(8))
        )
        assert list(made) == list(range(8))


def test_a_fault_in_the_stylesheet_is_told_of_the_file_that_is_here(
    tmp_path: Path, own_templates: Path
) -> None:
    with (own_templates / "letter.css").open("a", encoding="utf-8") as stylesheet:
        stylesheet.write("p { colour: red }")
    with pytest.raises(LayoutFault, match=r"letter\.css: .*colour"):
        list(workers("tcp://127.0.0.1:1", own_templates).make(tasks(tmp_path / "out")))


# -- workers that make other letters --------------------------------------------------------------


@pytest.fixture
def older_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of a library is there when the worker is asked, after this machine."""
    here = dask_cluster._versions()
    answers = iter([here])
    older = {**here, "weasyprint": "0.1"}
    monkeypatch.setattr(dask_cluster, "_versions", lambda: next(answers, older))
    dask_cluster._set_up.cache_clear()


OLDER = f"It makes other letters: weasyprint 0.1 instead of {version('weasyprint')}."


@pytest.mark.usefixtures("older_worker")
def test_a_worker_with_another_version_is_refused_before_anything_is_made(
    tmp_path: Path, local: "LocalCluster"
) -> None:
    with pytest.raises(WrongUse, match=rf"\n- tcp://127\.0\.0\.1:\d+: {re.escape(OLDER)}\n"):
        list(workers(local.scheduler_address).make(tasks(tmp_path / "out")))
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("older_worker")
def test_a_worker_with_another_version_that_comes_later_is_refused_too(
    tmp_path: Path, local: "LocalCluster", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "_check_workers", lambda *_: None)
    with pytest.raises(PartlyDone, match=rf"{re.escape(OLDER)} A worker needs the same"):
        list(workers(local.scheduler_address).make(tasks(tmp_path / "out")))
    assert not (tmp_path / "out").exists()


def test_a_worker_that_reads_other_styles_is_refused(tmp_path: Path, own_templates: Path) -> None:
    (first,) = tasks(tmp_path, ["Ås"])
    expected = dask_cluster._fingerprint(LetterMaker(TEMPLATES), TEMPLATES, first)
    with (own_templates / "letter.css").open("a") as stylesheet:
        stylesheet.write(".never-used { color: #111 }")
    job = dask_cluster._job(own_templates, first, expected)
    told = f"the look is {look(own_templates)[:12]} instead of {look(TEMPLATES)[:12]}"
    assert dask_cluster.answer(job) == f"It makes other letters: {told}."
    with speaking("nb"):
        job = dask_cluster._job(own_templates, first, expected)
    told = f"utseendet er {look(own_templates)[:12]} i stedet for {look(TEMPLATES)[:12]}"
    assert dask_cluster.answer(job) == f"Den lager andre brev: {told}."


# -- no cluster -----------------------------------------------------------------------------------


@pytest.mark.parametrize("there", ["nothing", "something silent", "a worker"])
def test_where_no_scheduler_answers_it_is_said_before_anything_is_made(
    tmp_path: Path, local: "LocalCluster", there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "PATIENCE", 1)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if there == "something silent":
            listener.listen()
        host, port = listener.getsockname()
        address = local.workers[0].address if there == "a worker" else f"tcp://{host}:{port}"
        with pytest.raises(WrongUse, match=rf"No Dask scheduler answers at {address}\."):
            list(workers(address).make(tasks(tmp_path / "out")))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "url",
    [
        *("10.0.0.5:8786", "tcp://10.0.0.5:8786", "dask://", "dask://10.0.0.5", "dask://a:0"),
        *("dask://a:65536", "dask://a:8786/x", "dask://ola@a:8786"),
    ],
)
def test_an_address_that_is_none_is_wrong_use(url: str) -> None:
    with pytest.raises(WrongUse, match=r"no address of a cluster\. Write dask://HOST:P") as told:
        Cluster(url)
    assert str(told.value).startswith(f"“{url}” ")


def test_without_the_library_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "find_spec", lambda name: None)
    with pytest.raises(WrongUse, match=r"Install brevgen\[dask\]"):
        Cluster("dask://[::1]:8786")


def test_a_cluster_does_not_go_with_a_number_of_processes(brevgen: Run) -> None:
    ran = brevgen("generate", "trial", "--executor", "dask://localhost:8786", "--jobs", "2")
    assert ran.code == ExitCode.WRONG_USE
    assert "--jobs counts processes of this machine" in ran.err


# -- a cluster in processes of its own, some of which are killed ----------------------------------

WITHOUT_BREVGEN = "import sys; sys.modules['brevgen'] = None; "
WITHOUT_PANGO = "import cffi, os; cffi.FFI.dlopen = lambda *_: os.stat('/no libpango'); "


class OwnCluster:
    """A scheduler in a process of its own, and workers that are started for it.

    Args:
        folder: for its file and what it logs.
        first: Python that the scheduler runs first.
    """

    def __init__(self, folder: Path, first: str = "") -> None:
        self._log, self._stack = folder / "log", ExitStack()
        told = folder / "scheduler.json"
        words = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))
        self.scheduler = self._stack.enter_context(self._running("scheduler", *words, first=first))
        wait_until(lambda: told.exists() and "}" in told.read_text(), "the scheduler listens")
        found = re.search(r'"(tcp://[^"]+)"', told.read_text())
        assert found
        self.address = found[1]

    @contextmanager
    def worker(self, *, first: str = "") -> Iterator[subprocess.Popen[bytes]]:
        begun = self._log.read_text().count("Registered to")
        words = (self.address, "--no-nanny", "--nthreads", "1")
        with self._running("worker", *words, first=first) as process:
            wait_until(lambda: self._log.read_text().count("Registered to") > begun, "it joins")
            yield process

    @contextmanager
    def _running(self, *words: str, first: str) -> Iterator[subprocess.Popen[bytes]]:
        program = f"{first}from dask.__main__ import main; main()"
        command = [sys.executable, "-c", program, *words, "--no-dashboard"]
        with self._log.open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait(PATIENCE)

    def __enter__(self) -> "OwnCluster":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[OwnCluster]:
    """A cluster whose scheduler has no brevgen, and no workers yet."""
    pytest.importorskip("distributed", reason="needs brevgen[dask]")
    with OwnCluster(tmp_path, WITHOUT_BREVGEN) as cluster:
        yield cluster


LETTERS = 12


def generated(folder: Path, *words: str, until: Callable[[Path], None] = lambda _: None) -> Path:
    """A workspace with a round that is made as told, while something may happen to it."""
    workspace = make_workspace(folder / "workspace")
    source = ROOT / "data" / "rounds" / "2018" / "allocation.csv"
    rows = source.read_text(encoding="utf-8").splitlines()[1 : LETTERS + 1]
    make_round(workspace, rows, name="many")
    command = start(workspace, "generate", "many", *words)
    until(workspace)
    ran = finish(command)
    assert (ran.code, ran.out.partition("\n")[0]) == (0, f"{LETTERS} letters made, 0 up to date.")
    return workspace


def drafts(workspace: Path) -> list[Path]:
    """The files a person sees."""
    return sorted(workspace.glob("output/many/drafts/[!.]*"))


def recorded(workspace: Path) -> dict[str, MadeDocument]:
    """What the ledger tells of the letters, but for the time."""
    some_time = datetime(2017, 11, 6, tzinfo=UTC)
    with LedgerReader(workspace / "data" / "ledger.sqlite3") as ledger:
        found = ledger.documents("many").items()
        return {number: replace(document, made_at=some_time) for number, document in found}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs kill -9")
def test_with_a_worker_killed_on_the_way_letters_and_ledger_are_as_from_this_machine(
    tmp_path: Path, own: OwnCluster
) -> None:
    here = generated(tmp_path / "here", "--jobs", "1")
    with own.worker(), own.worker() as worker:

        def kill(workspace: Path) -> None:
            wait_until(lambda: len(drafts(workspace)) > 3, "it begins")
            worker.kill()
            assert len(drafts(workspace)) < 2 * LETTERS, "it was killed on the way"

        url = own.address.replace("tcp:", "dask:")
        there = generated(tmp_path / "there", "--executor", url, until=kill)
    assert len(drafts(here)) == 2 * LETTERS
    for file, wanted in zip(drafts(there), drafts(here), strict=True):
        assert (file.name, file.read_bytes()) == (wanted.name, wanted.read_bytes())
    assert recorded(there) == recorded(here)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "told"),
    [
        (WITHOUT_BREVGEN, "No module named 'brevgen"),
        (WITHOUT_PANGO, "Pango, which is not installed"),
    ],
)
def test_a_worker_that_lacks_what_letters_need_is_refused_and_lives_on(
    tmp_path: Path, own: OwnCluster, monkeypatch: pytest.MonkeyPatch, first: str, told: str
) -> None:
    with own.worker(first=first) as worker:
        with pytest.raises(WrongUse, match=rf"- tcp://127\.0\.0\.1:\d+: .*{told}"):
            list(workers(own.address).make(tasks(tmp_path / "out")))
        monkeypatch.setattr(dask_cluster, "_check_workers", lambda *_: None)
        with pytest.raises(PartlyDone, match=f"It cannot make letters: .*{told}"):
            list(workers(own.address).make(tasks(tmp_path / "out")))
        assert worker.poll() is None
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_cluster_that_goes_away_ends_the_run_with_advice(
    tmp_path: Path, own: OwnCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "PATIENCE", 1)
    with pytest.raises(WrongUse, match=f"no workers.* dask worker {own.address} "):
        list(workers(own.address).make(tasks(tmp_path / "none")))
    for number, ended in enumerate(("worker", "scheduler")):
        with own.worker() as worker:
            outcomes = workers(own.address).make(tasks(tmp_path / str(number), NAMES * 40))
            next(outcomes)
            (worker if ended == "worker" else own.scheduler).kill()
            with pytest.raises(PartlyDone, match="run the command again, without --executor"):
                list(outcomes)
