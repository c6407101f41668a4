"""Processes that make letters: they load once, hear of no Ctrl-C, and start when there is work."""

import multiprocessing
import os
import signal
import sys

from brevgen.pool.processes import load_early, pool

MODULES = ("colorsys",)
"""A module that nothing else loads."""

_told = ""


def set_up(told: str) -> None:
    global _told
    _told = told


def how_it_is() -> tuple[int, bool, bool, str]:
    deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    return os.getpid(), deaf, MODULES[0] in sys.modules, _told


def test_each_is_set_up_and_none_is_this_one() -> None:
    load_early(MODULES)
    with pool(2, MODULES, set_up, "ready") as processes:
        found = [processes.submit(how_it_is).result() for _ in range(4)]
    assert os.getpid() not in {pid for pid, *_ in found}
    assert {told for *_, told in found} == {"ready"}
    assert all(deaf and loaded for _, deaf, loaded, _ in found)


def test_without_work_no_process_is_started() -> None:
    with pool(4, MODULES, set_up, ""):
        assert multiprocessing.active_children() == []
