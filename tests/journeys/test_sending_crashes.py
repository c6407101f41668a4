"""Killed or interrupted at any moment while letters leave: nobody gets one twice, nobody none."""

import asyncio
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from tests.support.made_rounds import MANY, copied, use_server
from tests.support.post_office import Counting, PostOffice
from tests.support.receipts import (
    letters,
    recipients,
    see_that_the_file_is_whole,
    see_that_they_agree,
)
from tests.support.running import PATIENCE, Ran, finish, start

Run = Callable[..., Ran]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="needs signals")]

KILLS = 26
STEPS = ("kept", "RCPT", "end", "kept", "body")


@pytest.fixture
def workspace(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters for twelve recipients."""
    return copied(sealed_trial, tmp_path / "workspace")


def all_sent(workspace: Path, round_name: str) -> dict[str, str]:
    """The recipients of a round as they are once all is sent."""
    return dict.fromkeys(recipients(workspace, letters(workspace, round_name)), "sent")


def begin(workspace: Path, round_name: str, number: int) -> subprocess.Popen[str]:
    return start(workspace, "send", round_name, "--live", "--yes", "--recipients", str(number))


def unsent(states: dict[str, str], everybody: dict[str, str]) -> int:
    """How many messages are to leave with the next run: not those under way, nor the uncertain."""
    return sum(
        states.get(address, "to send") in ("to send", "failed for now") for address in everybody
    )


def settle(brevgen: Run, place: Path, round_name: str, office: PostOffice, address: str) -> str:
    """Do as a person who looks into the mailbox and says what is there."""
    truth = "sent" if any(address in each.to for each in office.mailbox) else "resend"
    ran = brevgen("send", round_name, "--settle", address, truth, "--workspace", place)
    assert ran.code == 0, ran.err
    return truth


# -- killed ---------------------------------------------------------------------------------------


class Killer:
    """Lets a client of the server live until its moment has come.

    Args:
        step: of the server, at which the client is killed.
        count: at how many-eth time.
        is_held: whether the server stands still from then on, and never goes on.
        delay: how long after that; seconds.
    """

    def __init__(self, step: str, count: int, *, is_held: bool, delay: float) -> None:
        self._step, self._count, self._is_held, self._delay = step, count, is_held, delay
        self.victim: subprocess.Popen[str] | None = None

    async def __call__(self, step: str, address: str) -> str:
        self._count -= step == self._step
        if step == self._step and self._count == 0:
            if self._is_held:
                await asyncio.sleep(self._delay)
                self.kill()
                await asyncio.Event().wait()  # until the connection is lost
            else:
                asyncio.get_running_loop().call_later(self._delay, self.kill)
        return ""

    def kill(self) -> None:
        assert self.victim is not None
        self.victim.kill()


@pytest.mark.slow
def test_killed_at_any_moment_it_sends_each_message_once_and_loses_none(
    brevgen: Run, sealed_many: Path, tmp_path: Path
) -> None:
    place = copied(sealed_many, tmp_path / "many")
    everybody = all_sent(place, "many")
    assert len(everybody) == 2 * MANY
    chance = random.Random(20171106)
    waiting: set[str] = set()  # uncertain, and nobody has looked yet
    settled: Counter[str] = Counter()
    states: dict[str, str] = {}

    def look(at: Collection[str]) -> None:
        for address in sorted(at):
            settled[settle(brevgen, place, "many", office, address)] += 1
        waiting.difference_update(at)

    with PostOffice() as office:
        use_server(place, office.port, tls="none")
        for number in range(KILLS):
            is_held = number % 3 == 0  # between question and answer; else after an answer
            killer = office.watch = Killer(
                STEPS[number // 3 % 5] if is_held else "kept",
                chance.randint(1, 2),
                is_held=is_held,
                delay=chance.uniform(0, 0.005 if is_held else 0.012),
            )
            running = killer.victim = begin(place, "many", unsent(states, everybody))
            if number % 10 == 9:  # or at any time before that
                time.sleep(chance.uniform(0.05, 0.5))
                killer.kill()
            out, err = running.communicate(timeout=PATIENCE)
            assert running.returncode == -signal.SIGKILL, out + err
            office.wait_until_quiet()
            see_that_the_file_is_whole(place)
            states = see_that_they_agree(place, "many", office.mailbox)
            in_flight = {each for each, state in states.items() if state == "sending"}
            assert len(in_flight) <= 1
            uncertain = {each for each, state in states.items() if state == "uncertain"}
            assert uncertain <= waiting, "nothing but what was in flight becomes uncertain"
            waiting |= in_flight
            if chance.random() < 0.5:  # else the next run comes first, and must leave them alone
                look(set(waiting))
                states = see_that_they_agree(place, "many", office.mailbox)
        office.watch = Counting()
        ran = finish(begin(place, "many", unsent(states, everybody)))
        assert ran.code == 0, ran.err
        states = see_that_they_agree(place, "many", office.mailbox)
        assert {each for each, state in states.items() if state != "sent"} == waiting
        look(set(waiting))
        states = see_that_they_agree(place, "many", office.mailbox)
        if left := unsent(states, everybody):
            ran = finish(begin(place, "many", left))
            assert ran.code == 0, ran.err
    assert see_that_they_agree(place, "many", office.mailbox) == everybody
    assert len(office.mailbox) == len(everybody)
    assert min(settled["sent"], settled["resend"]) >= 3, "kills before and after it was kept"
    see_that_the_file_is_whole(place)


@pytest.mark.slow
def test_killed_with_a_message_in_flight_only_that_one_is_in_doubt(
    brevgen: Run, workspace: Path
) -> None:
    everybody = all_sent(workspace, "trial")
    watch = Counting()
    with PostOffice(watch=watch) as office:
        use_server(workspace, office.port, tls="none")
        watch.hold("kept", at=5)
        running = begin(workspace, "trial", 12)
        watch.wait_for_standstill()
        running.kill()
        running.communicate(timeout=PATIENCE)
        watch.release()
        office.wait_until_quiet()
        see_that_the_file_is_whole(workspace)
        states = see_that_they_agree(workspace, "trial", office.mailbox)
        assert list(states.values()) == [*["sent"] * 4, "sending"]
        assert finish(begin(workspace, "trial", 7)).code == 0
        states = see_that_they_agree(workspace, "trial", office.mailbox)
        (uncertain,) = (each for each, state in states.items() if state != "sent")
        assert settle(brevgen, workspace, "trial", office, uncertain) == "sent"
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody


# -- interrupted ----------------------------------------------------------------------------------


@pytest.mark.parametrize("has_it", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_ctrl_c_leaves_only_the_message_in_flight_uncertain(
    brevgen: Run, workspace: Path, has_it: bool
) -> None:
    everybody = all_sent(workspace, "trial")
    watch = Counting()
    with PostOffice(watch=watch) as office:
        use_server(workspace, office.port, tls="none")
        watch.hold("kept" if has_it else "end", at=5)
        running = begin(workspace, "trial", 12)
        watch.wait_for_standstill()
        os.killpg(running.pid, signal.SIGINT)
        ran = finish(running)
        watch.release()
        office.wait_until_quiet()
        assert ran.code == 4
        assert "Interrupted; what was sent is written down" in ran.err
        states = see_that_they_agree(workspace, "trial", office.mailbox)
        assert list(states.values()) == [*["sent"] * 4, "uncertain"]
        in_flight = list(states)[-1]
        assert any(in_flight in each.to for each in office.mailbox) == has_it
        report = (workspace / "output" / "trial" / "report.csv").read_text(encoding="utf-8-sig")
        assert f"{in_flight}: usikkert (avbrutt av brukeren)" in report
        assert finish(begin(workspace, "trial", 7)).code == 0
        settle(brevgen, workspace, "trial", office, in_flight)
        assert finish(begin(workspace, "trial", 0 if has_it else 1)).code == 0
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody
    see_that_the_file_is_whole(workspace)


def test_ctrl_c_while_it_waits_for_its_turn_leaves_nothing_uncertain(workspace: Path) -> None:
    watch = Counting()
    with PostOffice(watch=watch) as office:
        use_server(workspace, office.port, rate_per_minute=20, tls="none")
        running = begin(workspace, "trial", 12)
        watch.wait_for("kept")
        time.sleep(0.5)
        os.killpg(running.pid, signal.SIGINT)
        ran = finish(running)
        office.wait_until_quiet()
    assert ran.code == 4
    assert len(office.mailbox) == 1
    states = see_that_they_agree(workspace, "trial", office.mailbox)
    assert list(states.values()) == ["sent"]
