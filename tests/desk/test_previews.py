"""Processes that try templates: they answer, and one that does not is ended and begun anew."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from brevgen.desk.app import make_app
from brevgen.desk.previews import NoAnswer, Outdated, Previews
from brevgen.desk.visitors import Visits
from brevgen.rounds.template_sheets import find_sheet, texts_of
from brevgen.workspace import find_workspace
from tests.desk.conftest import HOST, Clock

pytestmark = pytest.mark.slow

KEY = "request/letter"


@pytest.fixture
def texts(place: Path) -> Mapping[str, str]:
    workspace = find_workspace(place)
    return texts_of(workspace, find_sheet(workspace, KEY))


@pytest.fixture
def previews(place: Path) -> Iterator[Previews]:
    previews = Previews(place, processes=1, seconds=60)
    yield previews
    numbers = previews.numbers
    previews.close()
    assert not any(Path(f"/proc/{number}").exists() for number in numbers)


def ask(previews: Previews, texts: Mapping[str, str], **more: Any) -> dict[str, Any]:
    asked = {"round": "trial", "number": "0214", "form": "", **more}
    return previews.ask("show", sheet=KEY, texts=dict(texts), **asked)


def test_nobody_waits_for_the_first_process_of_a_desk_that_runs(
    place: Path, clock: Clock, visits: Visits
) -> None:
    with TestClient(make_app(place, clock, visits, [HOST], warm=True)) as browser:
        previews: Previews = browser.app.state.previews  # type: ignore[attr-defined]
        until = time.monotonic() + 60
        while not previews.numbers and time.monotonic() < until:
            time.sleep(0.1)
        assert previews.numbers


def test_what_cannot_answer_in_time_is_ended_and_begun_anew(
    previews: Previews, texts: Mapping[str, str]
) -> None:
    assert ask(previews, texts)["shown"]["label"] == "0214 Ås"
    (number,) = previews.numbers
    os.kill(number, signal.SIGSTOP)
    with pytest.raises(NoAnswer, match="too long"):
        ask(previews, texts, seconds=0.3)
    assert previews.numbers == []
    assert not Path(f"/proc/{number}").exists()
    assert ask(previews, texts)["shown"]["label"] == "0214 Ås"


def test_one_that_was_killed_is_begun_anew_unseen(
    previews: Previews, texts: Mapping[str, str]
) -> None:
    ask(previews, texts)
    (number,) = previews.numbers
    os.kill(number, signal.SIGKILL)
    time.sleep(0.2)
    assert ask(previews, texts)["findings"] == []
    assert previews.numbers != [number]


def test_its_memory_and_its_files_are_bounded(previews: Previews, texts: Mapping[str, str]) -> None:
    ask(previews, texts)
    (number,) = previews.numbers
    limits = Path(f"/proc/{number}/limits").read_text(encoding="utf-8")
    (memory,) = (line.split() for line in limits.splitlines() if "address space" in line)
    assert int(memory[3]) <= 2 * 1024**3
    assert "Max core file size        0" in limits


def test_it_ends_with_the_server_whatever_it_is_at(
    previews: Previews, texts: Mapping[str, str]
) -> None:
    ask(previews, texts)
    (process,) = previews._processes
    pipe = process._process.stdin
    assert pipe is not None
    pipe.close()  # as when the server is killed
    assert process._process.wait(10) == 0


def test_who_types_on_waits_only_for_the_last(previews: Previews, texts: Mapping[str, str]) -> None:
    ask(previews, texts)
    (number,) = previews.numbers
    os.kill(number, signal.SIGSTOP)
    became: dict[int, str] = {}

    def type_on(turn: int) -> None:
        try:
            became[turn] = ask(previews, texts, of="kari")["shown"]["label"]
        except Outdated:
            became[turn] = "outdated"

    typing = [threading.Thread(target=type_on, args=(turn,)) for turn in range(3)]
    for each in typing:
        each.start()
        time.sleep(0.1)
    time.sleep(0.5)
    os.kill(number, signal.SIGCONT)
    for each in typing:
        each.join()
    assert became == {0: "0214 Ås", 1: "outdated", 2: "0214 Ås"}


def test_what_is_asked_for_amiss_ends_nothing(previews: Previews, texts: Mapping[str, str]) -> None:
    assert "../x" in ask(previews, texts, round="../x")["problem"]
    assert ask(previews, texts, number="9999")["shown"]["label"] == "0214 Ås"
    assert len(previews.numbers) == 1


def test_words_are_in_the_language_of_who_asks(
    previews: Previews, texts: Mapping[str, str]
) -> None:
    from brevgen.language import speaking

    wrong = {file: text.replace("<dl>", "<b>", 1) for file, text in texts.items()}
    with speaking("nb"):
        said = ask(previews, wrong)["findings"][0]["what"]
    assert "er ikke" in said or "kan ikke" in said
