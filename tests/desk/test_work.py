"""Long work is found again, told of while it runs, and never done twice at once."""

import json
import os
import re
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.work import Work, WorkOfAll
from brevgen.errors import Refused
from tests.desk.conftest import FROM_HERE, Clock

ANNE, KARI = Actor("anne"), Actor("kari")


@pytest.fixture
def work(place: Path, clock: Clock) -> WorkOfAll:
    return WorkOfAll(place, clock)


def ended(work: WorkOfAll, key: str) -> Work:
    work.wait(key, 120)
    found = work.find(key)
    assert found is not None
    assert found.is_over
    return found


def test_work_is_found_again_by_the_next_server(work: WorkOfAll, place: Path, clock: Clock) -> None:
    begun = work.begin("generate", "trial", ANNE, "nb", {"only": ["0214"]})
    assert begun.state == "running"
    assert work.running("trial") is not None
    with pytest.raises(Refused, match="anne began this in the round trial"):
        work.begin("generate", "trial", KARI, "nb", {})
    assert ended(work, begun.key).result["made"] == ["0214"]
    work.close()

    found = WorkOfAll(place, clock).last("trial")
    assert found is not None
    assert (found.actor, found.state, found.done, found.total) == ("anne", "done", 1, 1)
    assert WorkOfAll(place, clock).running("trial") is None


def test_what_a_person_stops_is_told_apart_from_what_ended_with_the_server(
    work: WorkOfAll, place: Path, clock: Clock
) -> None:
    begun = work.begin("generate", "trial", ANNE, "nb", {})
    work.stop(begun.key, KARI)
    stopped = ended(work, begun.key)
    assert (stopped.state, stopped.stopped_by) == ("stopped", "kari")

    second = work.begin("generate", "trial", ANNE, "nb", {})
    work.close()  # as the server does when it ends
    assert ended(WorkOfAll(place, clock), second.key).state == "broken off"


def test_work_that_was_killed_is_told_as_broken_off(
    work: WorkOfAll, browser: TestClient, place: Path
) -> None:
    begun = work.begin("generate", "trial", ANNE, "nb", {})
    time.sleep(0.5)
    (process,) = work._processes.values()
    os.kill(process.pid, signal.SIGKILL)
    assert ended(work, begun.key).state == "broken off"
    work.close()

    assert "ble avbrutt" in browser.get("/rounds/trial").text
    shown = browser.get(f"/work/{begun.key}").text
    assert "Arbeidet fortsetter der det slapp" in shown
    assert browser.get(f"/work/{begun.key}/progress").headers["HX-Refresh"] == "true"


def test_how_far_it_is_and_how_long_it_takes_still(
    browser: TestClient, place: Path, clock: Clock
) -> None:
    key = "000001-aaaaaaaaaaaaaaaa"
    record = place / ".brevgen/work/trial" / f"{key}.jsonl"
    record.parent.mkdir(parents=True)
    at = clock().isoformat()
    later = (clock() + timedelta(seconds=60)).isoformat()
    lines = [
        {"what": "begin", "task": "generate", "actor": "anne", "at": at},
        {"what": "progress", "done": 0, "total": 355, "at": at},
        {"what": "fault", "number": "0219", "rules": ["too long"]},
        {"what": "progress", "done": 120, "total": 355, "at": later},
    ]
    record.write_text("\n".join(map(json.dumps, lines)) + '\n{"what": "prog', encoding="utf-8")
    with record.open("rb") as held:
        import fcntl

        fcntl.flock(held, fcntl.LOCK_EX)
        shown = browser.get(f"/work/{key}").text
        assert "120 av 355 er gjort, 1 feil, om lag 2 minutter igjen" in shown
        assert '/rounds/trial/letters/0219">0219 Bærum</a>: too long' in shown
        assert "anne arbeider i runden trial" in browser.get("/rounds/trial/letters").text
        refused = browser.post("/rounds/trial/generate", headers=FROM_HERE)
        assert refused.status_code == 409
        assert "anne satte i gang dette" in refused.text
        partial = browser.get(f"/work/{key}/progress").text
        assert "<html" not in partial
        for page in ("/rounds", "/rounds/trial"):  # nothing is begun twice
            text = browser.get(page).text
            assert re.search(rf'ds-button"[^>]+href="/work/{key}">Se hvor langt', text), page
            assert "/rounds/trial/generate" not in text
        assert 'class="is-done"' in shown
        assert re.search(r'href="/rounds" aria-current="true"', shown)
        assert f"/work/{key}/stop" in shown
        with record.open("a", encoding="utf-8") as more:
            more.write('\n{"what": "stop", "by": "kari"}\n')
        shown = browser.get(f"/work/{key}").text
        assert "Stopper når det som er i gang, er ferdig" in shown
        assert f"/work/{key}/stop" not in shown
    assert "Stoppet av kari" in browser.get(f"/work/{key}").text


@pytest.mark.parametrize("key", ["nothing", "../../brevgen", "000001-%2e%2e%2fxxxxxxxxxxx"])
def test_a_key_is_never_a_path(browser: TestClient, key: str) -> None:
    assert browser.get(f"/work/{key}").status_code == 404
