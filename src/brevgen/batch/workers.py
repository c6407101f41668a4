"""Letters made side by side in processes, or one by one in this one, with the same code."""

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from brevgen.batch.making import Outcome, SealAccess, Task, Workshop
from brevgen.errors import BrevgenError, PartlyDone

BATCH = 25
"""How many outcomes to write into the ledger at a time."""

_workshop: Workshop | BrevgenError | None = None
"""What this process makes letters with, or why it cannot."""


def make_all(
    tasks: Sequence[Task], templates: Path, jobs: int, seal: SealAccess | None = None
) -> Generator[Outcome, None, None]:
    """Make letters, in whatever order they are done.

    Interrupted by the user, letters under way are finished, and theirs are the last outcomes
    before `KeyboardInterrupt` is raised.

    Args:
        tasks: the letters.
        templates: the folder with stylesheet and Word styles.
        jobs: how many processes; 1 makes them in this one.
        seal: how each process gets at the agency's key, where letters are to be sealed.

    Raises:
        LayoutFault: the stylesheet has a fault.
        FaultyInput: the Word styles have faults.
        PartlyDone: a process died.
    """
    if jobs == 1 or len(tasks) <= 1:
        workshop = Workshop(templates, seal)
        yield from map(workshop.make, tasks)
    else:
        yield from _in_processes(tasks, templates, min(jobs, len(tasks)), seal)


def _in_processes(
    tasks: Sequence[Task], templates: Path, jobs: int, seal: SealAccess | None
) -> Iterator[Outcome]:
    # Spawned, not forked: a fork would copy the ledger's open connection into every process.
    pool = ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(templates, seal),
    )
    futures: set[Future[Outcome]] = set()
    try:
        with _deaf_to_ctrl_c():
            futures.update(pool.submit(_make, task) for task in tasks)
        for future in as_completed(list(futures)):
            futures.discard(future)
            yield future.result()
    except BrokenProcessPool as error:
        raise PartlyDone(
            "A process that makes letters was ended from outside, perhaps for lack of memory."
            " What was made is kept: run the command again, with --jobs 1 if it happens again."
        ) from error
    except KeyboardInterrupt:
        pool.shutdown(cancel_futures=True)
        yield from (f.result() for f in futures if not f.cancelled() and f.exception() is None)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started meanwhile never hear of Ctrl-C; their parent hears of it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(templates: Path, seal: SealAccess | None) -> None:
    """Set a process up."""
    global _workshop
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where that is not inherited
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _workshop = Workshop(templates, seal)
    except BrevgenError as error:
        _workshop = error
    gc.freeze()  # what stays for all letters need not be looked through after each of them


def _end_with_parent() -> None:
    """Go when the parent is gone, which could not tell if it was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "this is a child"
    parent.join()
    os._exit(1)


def _make(task: Task) -> Outcome:
    assert _workshop is not None, "the process was set up"
    if isinstance(_workshop, BrevgenError):
        raise _workshop
    return _workshop.make(task)
