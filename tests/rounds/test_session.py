"""Opening a round: with which ledger, who waits for whom, and that reading never waits."""

import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from brevgen.actor import Actor
from brevgen.errors import LedgerOutdated, PartlyDone, RoundLocked
from brevgen.ledger import lock
from brevgen.ledger.lock import round_lock
from brevgen.pool.workers import Workers
from brevgen.rounds.check import check
from brevgen.rounds.generate import Generated, generate
from brevgen.rounds.history import history
from brevgen.rounds.preview import preview
from brevgen.rounds.session import RoundSession
from brevgen.rounds.status import status
from brevgen.workspace import find_workspace
from tests.support.samples import ROWS, make_round
from tests.support.sessions import Clock, approved, generated, session, silent

ONE = ROWS[:1]


@pytest.fixture
def trial(workspace: Path) -> Path:
    """A round of one letter, drafted."""
    make_round(workspace, ONE)
    generated(workspace)
    return workspace


@pytest.fixture
def ledger(workspace: Path) -> Path:
    return workspace / "data" / "ledger.sqlite3"


def generated_anew(workspace: Path) -> Generated:
    """Drafts made with a new ledger, as somebody wants it."""
    place = find_workspace(workspace)
    with RoundSession(place, "trial", Actor("anne"), Clock(), new_ledger=True) as opened:
        workers = Workers(place.templates, 1)
        return generate(opened, opened.choose(), workers=workers, progress=silent)


# -- a ledger that is not the one the letters were made with --------------------------------------


@pytest.mark.parametrize("go_on", [generated, approved])
def test_a_ledger_that_is_gone_is_not_begun_anew(
    trial: Path, ledger: Path, go_on: Callable[[Path], object]
) -> None:
    ledger.rename(ledger.with_name("elsewhere"))
    with pytest.raises(LedgerOutdated, match=r"no ledger at data/ledger\.sqlite3"):
        go_on(trial)
    assert not ledger.exists()


def test_it_is_said_what_shows_that_there_was_a_ledger_and_how_to_begin_anew(
    trial: Path, ledger: Path
) -> None:
    approved(trial)
    ledger.unlink()
    with pytest.raises(LedgerOutdated) as refused:
        generated(trial)
    assert "output/trial/letters/0214-Ås-17-09235.pdf, 2 in all" in str(refused.value)
    assert "--new-ledger" in str(refused.value)
    (trial / "output/trial/report.csv").unlink()
    with pytest.raises(LedgerOutdated, match="1 in all"):
        generated(trial)
    assert generated_anew(trial).made == ("0214",)
    assert ledger.exists()


def test_a_ledgers_place_that_is_mistyped_is_refused(trial: Path) -> None:
    with (trial / "brevgen.toml").open("a") as settings:
        settings.write('\n[ledger]\nfile = "data/legder.sqlite3"\n')
    with pytest.raises(LedgerOutdated, match=r"no ledger at data/legder\.sqlite3"):
        generated(trial)
    assert not (trial / "data" / "legder.sqlite3").exists()


def test_an_older_copy_of_the_ledger_is_refused_and_the_latest_goes_on(
    trial: Path, ledger: Path
) -> None:
    before = ledger.read_bytes()
    approved(trial)
    latest = ledger.read_bytes()
    ledger.write_bytes(before)
    with pytest.raises(LedgerOutdated, match="ends with event"):
        generated(trial)
    ledger.write_bytes(latest)
    assert generated(trial).kept == ("0214",)


def test_a_ledger_of_another_workspace_is_refused(trial: Path, ledger: Path) -> None:
    other = trial.with_name("other")
    shutil.copytree(trial, other, ignore=shutil.ignore_patterns("output", "ledger*", ".brevgen"))
    generated(other)
    shutil.copy(other / "data" / "ledger.sqlite3", ledger)
    with pytest.raises(LedgerOutdated, match="another ledger"):
        generated(trial)


def test_the_status_tells_of_an_older_ledger_and_goes_on(trial: Path, ledger: Path) -> None:
    before = ledger.read_bytes()
    approved(trial)
    ledger.write_bytes(before)
    told: list[str] = []
    with session(trial, tell=told.append) as opened:
        assert [each.number for each in status(opened).letters] == ["0214"]
    assert "an older copy" in told[0]


def test_a_workspace_where_nothing_was_made_gets_its_ledger(workspace: Path, ledger: Path) -> None:
    make_round(workspace, ONE)
    with session(workspace) as opened:
        assert {each.state for each in status(opened).letters} == {"no reference"}
    assert not ledger.exists()
    generated(workspace)
    assert ledger.exists()


# -- one changes a round at a time ----------------------------------------------------------------


def test_the_second_waits_and_is_told_for_whom(trial: Path, ledger: Path) -> None:
    told: list[str] = []
    waits = Event()

    def hear(sentence: str) -> None:
        told.append(sentence)
        waits.set()

    def change() -> None:
        with session(trial, account="per", tell=hear) as opened:
            workers = Workers(opened.workspace.templates, 1)
            done.append(generate(opened, opened.choose(), workers=workers, progress=silent))

    done: list[Generated] = []
    other = Thread(target=change)
    with round_lock(ledger, "trial", Actor("anne"), Clock()):
        other.start()
        assert waits.wait(30)
        assert done == []
    other.join()
    assert told == ["Waiting for anne since 2017-11-06 09:01, who is changing the round trial …"]
    assert done[0].kept == ("0214",)


def test_who_has_waited_too_long_is_refused_and_nothing_is_done(
    trial: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.2)
    before = ledger.read_bytes()
    with (
        round_lock(ledger, "trial", Actor("anne"), Clock()),
        pytest.raises(RoundLocked, match=r"trial is being changed by anne since .*Nothing was"),
    ):
        generated(trial, account="per")
    assert ledger.read_bytes() == before
    generated(trial, account="per")


def test_reading_never_waits(trial: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(*_: object) -> None:
        raise AssertionError("nobody who only reads takes the lock")

    with round_lock(ledger, "trial", Actor("anne"), Clock()):
        monkeypatch.setattr(lock, "_take", wait)
        with session(trial, account="per") as opened:
            assert not check(opened).has_faults
            assert preview(opened, "Ås", "text").data
            assert [each.state for each in status(opened).letters] == ["draft"]
        assert history(find_workspace(trial), "Ås").events


def test_another_round_is_changed_meanwhile(trial: Path, ledger: Path) -> None:
    make_round(trial, ROWS[1:2], name="other")
    with round_lock(ledger, "trial", Actor("anne"), Clock()):
        assert generated(trial, account="per", name="other").made == ("0219",)


def test_what_others_write_meanwhile_is_seen_after_a_change(trial: Path) -> None:
    with session(trial) as opened:
        assert opened.letters()[0].state == "draft"
        approved(trial)
        with opened.changing():
            assert opened.letters()[0].state == "final"
        assert opened.letters()[0].state == "final"


def test_however_a_change_ends_the_report_tells_what_was_done(trial: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    make_round(trial, ROWS[:3])
    with session(trial) as opened:
        workers = Workers(opened.workspace.templates, 1)
        with pytest.raises(PartlyDone, match="Interrupted"):
            generate(opened, opened.choose(), workers=workers, progress=interrupt)
    report = (trial / "output/trial/report.csv").read_text(encoding="utf-8-sig")
    assert [line.count(";utkast;") for line in report.splitlines()[1:]] == [1, 0, 0]
