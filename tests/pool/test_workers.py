"""Processes side by side do what one alone does, and none of them outlives its task."""

import errno
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from pathlib import Path

import pytest

from brevgen.errors import ExitCode, PartlyDone
from brevgen.findings import FaultyInput
from brevgen.language import speaking, tr
from brevgen.letter.letter import must_say
from brevgen.pool.letter_files import LOOK_CHANGED, Outcome, Task, look
from brevgen.pool.workers import Pool, Workers
from brevgen.render.pdf import LayoutFault
from tests.support import running
from tests.support.samples import DATED, REFERENCE, REQUEST, ROOT, TEMPLATES, content, letter

PATIENCE = 60  # seconds a process may take on a busy machine
wait_until = partial(running.wait_until, patience=PATIENCE)

NAMES = ["Ås", "Moss", "Vinje", "Kárášjohka – Karasjok", "Bø", "Nes"]


@cache
def task(name: str) -> Task:
    return Task(
        number="",
        reference=REFERENCE,
        dated=DATED,
        content=content(name=name),
        must_say=must_say(letter(name=name), REQUEST),
        folder=Path(),
        stem="",
    )


def tasks(folder: Path, names: list[str] = NAMES) -> list[Task]:
    numbers = [f"{number:04}" for number in range(len(names))]
    return [
        replace(task(name), number=number, stem=number, folder=folder)
        for number, name in zip(numbers, names, strict=True)
    ]


def made(folder: Path, jobs: int, names: list[str] = NAMES) -> dict[str, Outcome]:
    return {each.number: each for each in Workers(TEMPLATES, jobs).make(tasks(folder, names))}


def test_one_alone_and_several_side_by_side_come_to_the_same(tmp_path: Path) -> None:
    alone = made(tmp_path / "1", 1)
    together = made(tmp_path / "3", 3)
    assert together == alone
    assert list(alone) == [f"{number:04}" for number in range(len(NAMES))]
    for file in (tmp_path / "1").iterdir():
        assert (tmp_path / "3" / file.name).read_bytes() == file.read_bytes()


def test_where_processes_can_share_nothing_letters_are_made_in_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object) -> None:  # what the system answers where /dev/shm is read-only
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("multiprocessing.synchronize._multiprocessing.SemLock", read_only)
    outcomes = Workers(TEMPLATES, 2).make(tasks(tmp_path, NAMES[:2]))
    assert next(outcomes).faults == ()
    assert multiprocessing.active_children() == []
    assert [each.number for each in outcomes] == ["0001"]
    assert {file.stem for file in tmp_path.iterdir()} == {"0000", "0001"}


def test_a_letter_that_breaks_a_rule_is_told_and_the_others_are_made(tmp_path: Path) -> None:
    outcomes = made(tmp_path, 2, ["Ås", "漢", "Moss"])
    assert [number for number, each in outcomes.items() if each.faults] == ["0001"]
    assert {file.stem for file in tmp_path.iterdir()} == {"0000", "0002"}


def test_nothing_to_do_starts_no_process(tmp_path: Path) -> None:
    assert made(tmp_path, 8, []) == {}
    assert multiprocessing.active_children() == []


def test_no_process_is_left_when_all_is_done_or_when_it_is_ended_early(tmp_path: Path) -> None:
    made(tmp_path, 2, NAMES[:2])
    assert multiprocessing.active_children() == []
    outcomes = Workers(TEMPLATES, 2).make(tasks(tmp_path / "early"))
    next(outcomes)
    outcomes.close()
    assert multiprocessing.active_children() == []
    there = sorted((tmp_path / "early").iterdir())
    time.sleep(0.3)
    assert sorted((tmp_path / "early").iterdir()) == there, "nothing more is made"


def test_interrupted_every_letter_that_is_there_is_among_the_outcomes(tmp_path: Path) -> None:
    outcomes = Workers(TEMPLATES, 2).make(tasks(tmp_path, NAMES * 10))
    seen = {next(outcomes).number}
    with pytest.raises(KeyboardInterrupt):
        seen.update(o.number for o in chain([outcomes.throw(KeyboardInterrupt)], outcomes))
    assert multiprocessing.active_children() == []
    assert len(seen) < 10 * len(NAMES)
    assert {file.stem for file in tmp_path.iterdir()} == seen


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_the_processes_hear_of_no_interrupt(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    outcomes = Workers(TEMPLATES, 2).make(tasks(tmp_path))
    seen = {next(outcomes).number}
    for child in multiprocessing.active_children():
        assert child.pid is not None
        os.kill(child.pid, signal.SIGINT)
    seen.update(each.number for each in outcomes)
    assert len(seen) == len(NAMES)
    assert capfd.readouterr().err == ""


EARLY = """
from multiprocessing import forkserver
from pathlib import Path
from brevgen.pool.workers import Workers

Workers(Path(), 2).load_early()
print(Path(f"/proc/{forkserver._forkserver._forkserver_pid}/status").read_text())
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_what_loads_for_the_processes_hears_of_no_interrupt_from_its_first_moment() -> None:
    ran = subprocess.run([sys.executable, "-c", EARLY], capture_output=True, text=True, check=True)
    (blocked,) = (line.split()[1] for line in ran.stdout.splitlines() if line.startswith("SigBlk:"))
    assert int(blocked, 16) >> (signal.SIGINT - 1) & 1


@pytest.mark.parametrize("stop", [KeyboardInterrupt, PartlyDone, EOFError])
def test_whatever_stops_a_pool_the_finished_letters_are_told_first(
    stop: type[BaseException],
) -> None:
    ended: list[bool] = []

    def submit(task: Task) -> Future[Outcome]:
        future: Future[Outcome] = Future()
        if task.number == "0002":
            future.set_exception(stop())
        else:
            future.set_result(Outcome(task.number))
        return future

    pool = Pool(submit, lambda _, each: each, lambda: ended.append(True), (EOFError,), "Again.")
    seen: list[str] = []
    with pytest.raises(KeyboardInterrupt if stop is KeyboardInterrupt else PartlyDone) as stopped:
        seen.extend(outcome.number for outcome in pool.outcomes(tasks(Path())))
    assert sorted(seen) == ["0000", "0001", "0003", "0004", "0005"]
    assert (str(stopped.value) == "Again.") is (stop is EOFError)
    assert ended


@pytest.fixture
def own_templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_letter_is_made_with_a_look_that_nobody_has_seen(
    tmp_path: Path, own_templates: Path, jobs: int
) -> None:
    workers = Workers(own_templates, jobs)
    seen = [replace(each, look=look(own_templates)) for each in tasks(tmp_path / "out", NAMES[:3])]
    assert [each.faults for each in workers.make(seen[:1])] == [()]
    made = sorted((tmp_path / "out").iterdir())
    with (own_templates / "letter.css").open("a") as stylesheet:
        stylesheet.write("p { color: #111 }")
    faults = [each.faults for each in workers.make(seen)]
    assert faults == [(LOOK_CHANGED,)] * 3
    assert sorted((tmp_path / "out").iterdir()) == made


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_process_speaks_as_the_one_that_asks(tmp_path: Path, jobs: int) -> None:
    changed = [replace(each, look="another") for each in tasks(tmp_path, NAMES[:2])]
    with speaking("nb"):
        faults = [each.faults for each in Workers(TEMPLATES, jobs).make(changed)]
        assert faults == [(tr(LOOK_CHANGED),)] * 2
    assert faults[0][0].startswith("utseende: stilarket")


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fault_in_the_stylesheet_comes_back_from_any_process(
    tmp_path: Path, own_templates: Path, jobs: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with (own_templates / "letter.css").open("a") as stylesheet:
        stylesheet.write("p { colour: red }")
    with pytest.raises(LayoutFault, match=r"letter\.css: .*colour"):
        list(Workers(own_templates, jobs).make(tasks(tmp_path / "out")))
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("jobs", [1, 2])
def test_faults_in_the_word_styles_come_back_with_all_their_findings(
    tmp_path: Path, own_templates: Path, jobs: int, capfd: pytest.CaptureFixture[str]
) -> None:
    (own_templates / "styles.docx").write_bytes(b"no document")
    with pytest.raises(FaultyInput, match="cannot be read") as caught:
        list(Workers(own_templates, jobs).make(tasks(tmp_path / "out")))
    (finding,) = caught.value.findings
    assert finding.place.file == "styles.docx"
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_a_process_ended_from_outside_becomes_advice(tmp_path: Path) -> None:
    outcomes = Workers(TEMPLATES, 2).make(tasks(tmp_path, NAMES * 40))
    next(outcomes)
    multiprocessing.active_children()[0].kill()
    with pytest.raises(PartlyDone, match="run the command again, with --jobs 1") as caught:
        list(outcomes)
    assert caught.value.exit_code == ExitCode.PARTLY_DONE
    assert multiprocessing.active_children() == []


def test_a_process_that_looks_for_faults_and_is_ended_from_outside_becomes_advice(
    own_templates: Path,
) -> None:
    with (own_templates / "letter.css").open("a") as stylesheet:
        stylesheet.write("p.closing { color: #123456 }")  # which nobody has looked at before
    findings = Workers(own_templates, 2).check_look()
    multiprocessing.active_children()[0].kill()
    with pytest.raises(PartlyDone, match="run the command again, with --jobs 1"):
        findings()


def test_a_look_without_faults_is_not_looked_at_again(
    own_templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_process(_: int) -> None:
        raise AssertionError("nobody looks again")

    stylesheet = own_templates / "letter.css"
    with stylesheet.open("a") as file:
        file.write("p.closing { color: #123455 }")
    assert Workers(own_templates, 2).check_look()() == []
    with monkeypatch.context() as patch:
        patch.setattr("brevgen.pool.workers._executor", no_process)
        assert Workers(own_templates, 2).check_look()() == []
    with stylesheet.open("a") as file:
        file.write("p.closing { colour: red }")
    (finding,) = Workers(own_templates, 2).check_look()()
    assert "colour" in finding.what


PROGRAM = """
from pathlib import Path
from tests.support.samples import TEMPLATES
from tests.pool.test_workers import NAMES, tasks
from brevgen.pool.workers import Workers

if __name__ == "__main__":
    list(Workers(TEMPLATES, 2).make(tasks(Path("letters"), NAMES * 60)))
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_processes_go_when_their_parent_is_killed(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    parent = subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src")))},
        start_new_session=True,
    )
    letters = tmp_path / "letters"
    wait_until(lambda: parent.poll() is not None or len(list(letters.glob("*"))) > 4, "it begins")
    group = {pid for pid, leader in living().items() if leader == parent.pid}
    assert len(group) >= 3, "a parent and two that make letters"
    parent.send_signal(how)
    parent.wait(PATIENCE)
    wait_until(lambda: not group & living().keys(), "all are gone")


def living() -> dict[int, int]:
    """Processes and their groups, without those that are dead and only not yet fetched."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if state not in "ZX":
            found[int(stat.parent.name)] = int(group)
    return found
