"""Processes that load what they need while this one still reads the round."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import forkserver, resource_tracker
from typing import Any


def load_early(modules: Sequence[str]) -> None:
    """Let a server load modules now; processes had afterwards are forks of it and have them.

    Where processes cannot fork, nothing happens, and each loads them by itself.
    """
    if _serves_forks():
        multiprocessing.set_forkserver_preload(list(modules))
        resource_tracker.ensure_running()  # else the server starts it, and hears of Ctrl-C then
        with deaf_to_ctrl_c():
            forkserver.ensure_running()


def pool(
    count: int, modules: Sequence[str], set_up: Callable[..., None], *arguments: Any
) -> ProcessPoolExecutor:
    """Processes that are started one by one when there is work for them.

    They never hear of Ctrl-C if they are given work while this one is deaf to it, and end with it
    in whatever way it ends.

    Args:
        count: how many at most.
        modules: what they load first, unless they have it already.
        set_up: what each of them calls then.
        arguments: what that is called with.
    """
    return ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context("forkserver" if _serves_forks() else "spawn"),
        initializer=_begin,
        initargs=(modules, set_up, arguments),
    )


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started meanwhile never hear of Ctrl-C; their parent hears of it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serves_forks() -> bool:
    """Whether forks of a process with all those libraries are sound; elsewhere some are not."""
    return sys.platform == "linux"


def _begin(
    modules: Sequence[str], set_up: Callable[..., None], arguments: tuple[object, ...]
) -> None:
    """What a process does first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where that is not inherited
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # what is being loaded is no garbage
    for module in modules:
        import_module(module)
    set_up(*arguments)
    gc.freeze()  # what stays for good need not be looked through again and again
    gc.enable()


def _end_with_parent() -> None:
    """Go when the parent is gone, which could not tell if it was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "this is a child"
    parent.join()
    os._exit(1)
