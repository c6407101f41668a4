"""Killed at any moment while letters go through SvarUt: nobody gets one twice, nobody none."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.support.made_rounds import MANY, copied
from tests.support.receipts import see_that_the_file_is_whole
from tests.support.running import PATIENCE, finish, start
from tests.support.svarut_rounds import entries, see_that_they_agree, stub, use_svarut
from tests.support.svarut_stub import SvarUt

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs signals")

KILLS = 24


class Killer:
    """Lets a client live until a letter of its has come so far.

    Args:
        step: `come`, or `kept`, of the server.
        count: at how many-eth time.
        is_lost: whether a letter that has only come is not kept then.
        delay: seconds after that.
    """

    def __init__(self, step: str, count: int, *, is_lost: bool, delay: float) -> None:
        self._step, self._count, self._is_lost, self._delay = step, count, is_lost, delay
        self.victim: subprocess.Popen[str] | None = None

    def watch(self, step: str) -> None:
        if step == self._step:
            self._count -= 1
            if self._count == 0:
                time.sleep(self._delay)
                assert self.victim is not None
                self.victim.kill()

    def on_post(self, reference: str, attempt: int) -> str:
        return "cut before" if self._is_lost and self._step == "come" and self._count == 0 else ""


def begin(place: Path, there: SvarUt, *words: str) -> subprocess.Popen[str]:
    left = str(MANY - len(there.kept))
    way = ("--channel", "svarut", "--live", "--yes", "--recipients", left)
    return start(place, "send", "many", *way, *words)


@pytest.mark.slow
def test_killed_at_any_moment_it_sends_each_letter_once_and_loses_none(
    sealed_many: Path, tmp_path: Path
) -> None:
    place = copied(sealed_many, tmp_path / "many")
    chance = random.Random(20171106)
    met: Counter[str] = Counter()
    with stub() as there:
        use_svarut(place, there)
        for number in range(KILLS):
            killer = Killer(
                ("come", "kept")[number % 2],
                chance.randint(1, 2),
                is_lost=number % 4 == 0,
                delay=chance.uniform(0, 0.01),
            )
            there.ruling.watch, there.ruling.on_post = killer.watch, killer.on_post
            running = killer.victim = begin(place, there)
            if number % 8 == 7:  # or at any time before that
                time.sleep(chance.uniform(0.5, 3))
                killer.victim.kill()
            out, err = running.communicate(timeout=PATIENCE)
            assert running.returncode == -signal.SIGKILL, out + err
            there.wait_until_quiet()
            see_that_the_file_is_whole(place)
            states = see_that_they_agree(place, "many", there)
            met.update(states.values())
            assert list(states.values()).count("sending") <= 1
        there.ruling.watch = lambda step: None
        there.ruling.on_post = lambda reference, attempt: ""
        ran = finish(begin(place, there))
        assert ran.code == 0, ran.err
        states = see_that_they_agree(place, "many", there)
        assert set(states.values()) == {"sent"}
        assert len(there.kept) == len(states) == MANY
        assert {each.told_id for each in entries(place, "many").values()} == there.kept.keys()
        assert met["sending"] >= 3, "kills while a letter was on its way"
        for each in there.kept.values():
            each.state = "LEST"
        ran = finish(start(place, "send", "many", "--follow-up"))
        assert ran.code == 0, ran.err
        assert f"Asked about: {MANY}. New: {MANY}. More to hear later: 0." in ran.out
    see_that_the_file_is_whole(place)


@pytest.mark.slow
def test_ctrl_c_while_a_letter_is_on_its_way_is_settled_by_asking(
    sealed_trial: Path, tmp_path: Path
) -> None:
    place = copied(sealed_trial, tmp_path / "workspace")
    with stub() as there:
        use_svarut(place, there)
        running: list[subprocess.Popen[str]] = []

        def interrupt(step: str) -> None:
            if step == "kept" and len(there.kept) == 3 and running:
                os.killpg(running.pop().pid, signal.SIGINT)
                time.sleep(1)

        there.ruling.watch = interrupt
        way = ("--channel", "svarut", "--live", "--yes", "--recipients")
        first = start(place, "send", "trial", *way, "6")
        running.append(first)
        ran = finish(first)
        assert ran.code == 4, ran.out
        there.wait_until_quiet()
        states = see_that_they_agree(place, "trial", there)
        assert list(states.values()) == ["sent", "sent", "uncertain"]
        assert finish(start(place, "send", "trial", *way, "3")).code == 0
        states = see_that_they_agree(place, "trial", there)
        assert list(states.values()) == ["sent"] * 6
