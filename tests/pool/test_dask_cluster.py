"""A cluster makes the letters that this machine would make, whatever becomes of its workers."""

import asyncio
import importlib.util
import json
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from types import SimpleNamespace

import pytest

from brevgen.errors import ExitCode, PartlyDone, WrongUse
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import MadeDocument
from brevgen.pool import dask_cluster as cluster
from brevgen.pool.dask_cluster import Cluster
from brevgen.pool.letter_files import Outcome, Workshop
from brevgen.pool.workers import Workers
from brevgen.render.pdf import LayoutFault
from tests.pool.test_workers import NAMES, PATIENCE, tasks, wait_until
from tests.support.running import Ran, finish, seen_whole, start
from tests.support.samples import ROOT, TEMPLATES, make_round, make_workspace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs kill -9")

LETTERS = 32

Run = Callable[..., Ran]


# -- a cluster on this machine --------------------------------------------------------------------

WITHOUT_BREVGEN = "import sys; sys.modules['brevgen'] = None; "
WITHOUT_PANGO = "import cffi, os; cffi.FFI.dlopen = lambda *_: os.stat('/no libpango'); "


@contextmanager
def running(log: Path, *words: str, first: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A process of a cluster, and how it is ended."""
    program = f"{first}from dask.__main__ import main; main()"
    with log.open("ab") as told:
        process = subprocess.Popen(
            [sys.executable, "-c", program, *words, "--no-dashboard"], stdout=told, stderr=told
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)


class Here:
    """A scheduler on this machine, and workers that are started for it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "scheduler.json"

    @contextmanager
    def scheduler(self, *, first: str = "") -> Iterator[subprocess.Popen[bytes]]:
        words = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self.file))
        log = self.folder / "scheduler.log"
        with running(log, "scheduler", *words, first=first) as process:
            wait_until(
                lambda: self.file.exists() and self.file.read_text(), "the scheduler listens"
            )
            yield process

    @contextmanager
    def worker(self, *, threads: int = 1, first: str = "") -> Iterator[subprocess.Popen[bytes]]:
        before = len(self.workers())
        words = (self.address, "--no-nanny", "--nthreads", str(threads))
        with running(self.folder / "worker.log", "worker", *words, first=first) as process:
            wait_until(lambda: len(self.workers()) > before, "the worker has joined")
            yield process

    @property
    def address(self) -> str:
        return json.loads(self.file.read_text())["address"]

    @property
    def url(self) -> str:
        return self.address.replace("tcp:", "dask:")

    def workers(self) -> list[str]:
        async def asked() -> list[str]:
            from distributed import rpc

            async with rpc(self.address) as there:
                return list((await there.identity())["workers"])

        return asyncio.run(asked())


def installed() -> None:
    if importlib.util.find_spec("distributed") is None:
        pytest.skip("the library for clusters is not installed: brevgen[dask]")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    """A cluster with one worker of two threads, and a scheduler that has no brevgen."""
    installed()
    place = Here(tmp_path_factory.mktemp("cluster"))
    with place.scheduler(first=WITHOUT_BREVGEN), place.worker(threads=2):
        yield place


def elsewhere(url: str, templates: Path = TEMPLATES) -> Workers:
    return Workers(templates, 1, elsewhere=Cluster(url).hire)


# -- the same letters -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def as_made_here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a round that is made, letter by letter, by this machine."""
    workspace = workspace_of_many(tmp_path_factory.mktemp("here"))
    assert finish(start(workspace, "generate", "many", "--jobs", "1")).code == 0
    return workspace


def workspace_of_many(folder: Path) -> Path:
    workspace = make_workspace(folder / "workspace")
    source = ROOT / "data" / "rounds" / "2018" / "allocation.csv"
    rows = source.read_text(encoding="utf-8").splitlines()[1 : LETTERS + 1]
    make_round(workspace, rows, name="many")
    return workspace


def drafts(workspace: Path) -> list[Path]:
    """The files a person sees."""
    return sorted(workspace.glob("output/many/drafts/[!.]*"))


def what_is_known(workspace: Path) -> tuple[dict[str, MadeDocument], list[tuple[str, ...]]]:
    """What the ledger tells, but for the times."""
    some_time = datetime(2017, 11, 6, tzinfo=UTC)
    with LedgerReader(workspace / "data" / "ledger.sqlite3") as ledger:
        documents = {
            number: replace(document, made_at=some_time)
            for number, document in ledger.documents("many").items()
        }
        events = [
            (event.municipality, event.reference, event.act, event.what)
            for event in ledger.events("many")
        ]
    return documents, sorted(events)


def see_that_all_is_the_same(workspace: Path, as_made_here: Path) -> None:
    assert len(drafts(workspace)) == 2 * LETTERS
    for file, wanted in zip(drafts(workspace), drafts(as_made_here), strict=True):
        assert (file.name, file.read_bytes()) == (wanted.name, wanted.read_bytes())
    assert what_is_known(workspace) == what_is_known(as_made_here)


def test_with_a_worker_killed_on_the_way_letters_and_ledger_are_as_from_this_machine(
    tmp_path: Path, here: Here, as_made_here: Path
) -> None:
    workspace = workspace_of_many(tmp_path)
    with here.worker() as worker:
        command = start(workspace, "generate", "many", "--executor", here.url)
        wait_until(lambda: command.poll() is not None or len(drafts(workspace)) > 8, "it begins")
        worker.kill()
        assert len(drafts(workspace)) < 2 * LETTERS, "it was killed on the way"
        ran = finish(command)
    assert (ran.code, ran.out.partition("\n")[0]) == (0, f"{LETTERS} letters made, 0 up to date.")
    see_that_all_is_the_same(workspace, as_made_here)


def test_ctrl_c_keeps_what_was_made_and_the_next_run_goes_on(
    tmp_path: Path, here: Here, as_made_here: Path
) -> None:
    workspace = workspace_of_many(tmp_path)
    command = start(workspace, "generate", "many", "--executor", here.url)
    wait_until(lambda: command.poll() is not None or len(drafts(workspace)) > 8, "it begins")
    os.killpg(command.pid, signal.SIGINT)
    ran = finish(command)
    assert ran.code == ExitCode.PARTLY_DONE
    assert "Interrupted; what was made is kept. Go on with: brevgen generate many" in ran.err
    kept = len(what_is_known(workspace)[0])
    assert 0 < kept < LETTERS
    seen_whole(drafts(workspace))
    ran = finish(start(workspace, "generate", "many", "--executor", here.url))
    assert f"{LETTERS - kept} letters made, {kept} up to date." in ran.out
    see_that_all_is_the_same(workspace, as_made_here)


@pytest.fixture
def own_templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


def test_pictures_travel_along_and_a_letter_that_breaks_a_rule_is_told(
    tmp_path: Path, own_templates: Path, here: Here
) -> None:
    (own_templates / "pictures").mkdir()
    (own_templates / "pictures" / "arms.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle r="8"/></svg>'
    )
    with (own_templates / "letter.css").open("a", encoding="utf-8") as stylesheet:
        stylesheet.write("@page { background: url(pictures/arms.svg) no-repeat }")
    names = [*NAMES, "漢"]

    def made(by: Workers, folder: Path) -> dict[str, Outcome]:
        return {each.number: each for each in by.make(tasks(folder, names))}

    alone = made(Workers(own_templates, 1), tmp_path / "alone")
    assert made(elsewhere(here.url, own_templates), tmp_path / "cluster") == alone
    assert [number for number, each in alone.items() if each.faults] == [f"{len(NAMES):04}"]
    files = sorted((tmp_path / "alone").iterdir())
    for file in files:
        assert (tmp_path / "cluster" / file.name).read_bytes() == file.read_bytes()
    assert len(files) == 2 * len(NAMES) == len(list((tmp_path / "cluster").iterdir()))
    plain = Workshop(TEMPLATES).make(tasks(tmp_path / "plain")[0])
    assert plain.pdf_sha256 != alone["0000"].pdf_sha256, "the picture is in the letter"


def test_a_fault_in_the_stylesheet_is_told_of_the_file_that_is_here(
    tmp_path: Path, own_templates: Path, here: Here
) -> None:
    with (own_templates / "letter.css").open("a", encoding="utf-8") as stylesheet:
        stylesheet.write("p { colour: red }")
    with pytest.raises(LayoutFault, match=r"letter\.css: .*colour"):
        list(elsewhere(here.url, own_templates).make(tasks(tmp_path / "out")))


def test_a_worker_of_many_threads_makes_one_letter_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_work = Lock()

    def finish(task: int) -> int:
        assert at_work.acquire(blocking=False), "another letter is being made"
        time.sleep(0.01)
        at_work.release()
        return task

    outpost = SimpleNamespace(proof={}, expected={}, workshop=SimpleNamespace(finish=finish))
    monkeypatch.setattr(cluster, "_outpost", lambda terms: outpost)
    with ThreadPoolExecutor(4) as threads:
        made = threads.map(cluster.make, [b""] * 8, map(pickle.dumps, range(8)))
        assert list(made) == list(range(8))


# -- workers that make other letters --------------------------------------------------------------


@pytest.fixture
def newer_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine has another version of a library than the workers."""
    versions = {**cluster._versions(), "weasyprint": "99.0"}
    monkeypatch.setattr(cluster, "_versions", lambda: versions)


@pytest.mark.usefixtures("newer_here")
def test_a_worker_with_another_version_is_refused_before_anything_is_made(
    tmp_path: Path, here: Here
) -> None:
    with pytest.raises(WrongUse) as refused:
        list(elsewhere(here.url).make(tasks(tmp_path / "out")))
    (worker,) = here.workers()
    told = str(refused.value)
    assert f"- {worker}: weasyprint {cluster.version('weasyprint')} instead of 99.0\n" in told
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("newer_here")
def test_a_worker_with_another_version_that_comes_later_is_refused_too(
    tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_see_that_letters_come_out_the_same", lambda *_: None)
    with pytest.raises(PartlyDone, match=r"weasyprint .* instead of 99\.0"):
        list(elsewhere(here.url).make(tasks(tmp_path / "out")))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("first", "told"),
    [(WITHOUT_BREVGEN, "No module named 'brevgen"), (WITHOUT_PANGO, "no libpango")],
)
def test_a_worker_that_lacks_what_letters_need_is_refused_and_lives_on(
    tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch, first: str, told: str
) -> None:
    with here.worker(first=first) as worker:
        with pytest.raises(WrongUse, match=rf"- tcp://127\.0\.0\.1:\d+: .*{told}"):
            list(elsewhere(here.url).make(tasks(tmp_path / "out")))
        assert not (tmp_path / "out").exists()
        monkeypatch.setattr(cluster, "_see_that_letters_come_out_the_same", lambda *_: None)
        with pytest.raises(PartlyDone, match=f"A worker cannot make letters: .*{told}"):
            list(elsewhere(here.url).make(tasks(tmp_path / "out", NAMES * 4)))
        assert worker.poll() is None
        assert len(here.workers()) == 2


# -- no cluster, or none any more -----------------------------------------------------------------


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)


@pytest.mark.usefixtures("hurried")
def test_a_cluster_that_goes_away_ends_the_run_with_advice(tmp_path: Path) -> None:
    installed()
    place = Here(tmp_path)
    with place.scheduler() as scheduler:
        with pytest.raises(WrongUse, match=f"no workers.* dask worker {place.address} "):
            list(elsewhere(place.url).make(tasks(tmp_path / "none")))
        with place.worker() as worker:
            outcomes = elsewhere(place.url).make(tasks(tmp_path / "first", NAMES * 40))
            next(outcomes)
            worker.kill()
            with pytest.raises(PartlyDone, match="run the command again, without --executor"):
                list(outcomes)
        with place.worker():
            outcomes = elsewhere(place.url).make(tasks(tmp_path / "second", NAMES * 40))
            next(outcomes)
            scheduler.kill()
            with pytest.raises(PartlyDone, match="run the command again, without --executor"):
                list(outcomes)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("there", ["nothing", "something silent", "a worker"])
def test_where_no_scheduler_answers_it_is_said_before_anything_is_made(
    tmp_path: Path, here: Here, there: str
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if there == "something silent":
            listener.listen()
        host, port = listener.getsockname()
        url = here.workers()[0].replace("tcp", "dask") if there == "a worker" else ""
        with pytest.raises(WrongUse, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:"):
            list(elsewhere(url or f"dask://{host}:{port}").make(tasks(tmp_path / "out")))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "url",
    [
        *("10.0.0.5:8786", "tcp://10.0.0.5:8786", "dask://", "dask://10.0.0.5", "dask://a:0"),
        *("dask://a:65536", "dask://a:8786/x", "dask://ola@a:8786"),
    ],
)
def test_an_address_that_is_none_is_wrong_use(brevgen: Run, url: str) -> None:
    ran = brevgen("generate", "trial", "--executor", url)
    assert ran.code == ExitCode.WRONG_USE
    assert f"“{url}” is no address of a cluster. Write dask://HOST:PORT" in ran.err


def test_a_cluster_does_not_go_with_a_number_of_processes(brevgen: Run) -> None:
    ran = brevgen("generate", "trial", "--executor", "dask://localhost:8786", "--jobs", "2")
    assert ran.code == ExitCode.WRONG_USE
    assert "leave one of them away" in ran.err


def test_without_the_library_it_is_said_how_to_install_it(
    workspace: Path, brevgen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    ran = brevgen("generate", "trial", "--executor", "dask://[::1]:8786")
    assert ran.code == ExitCode.WRONG_USE
    assert "Install brevgen[dask]" in ran.err
    assert not (workspace / "data" / "ledger.sqlite3").exists(), "no reference is given"
