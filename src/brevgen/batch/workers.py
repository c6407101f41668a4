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


class Workers:
    """Makes letters, in processes side by side or one by one in this process.

    Processes take their time to start, so they can be told to begin before the tasks are known.

    Args:
        templates: the folder with stylesheet and Word styles.
        jobs: how many processes; 1 makes letters in this one.
        seal: how each process gets at the agency's key, where letters are to be sealed.
        expected: how many letters there will be at least; if more than one, processes start now.
    """

    def __init__(
        self, templates: Path, jobs: int, seal: SealAccess | None = None, *, expected: int = 0
    ) -> None:
        self._templates, self._jobs, self._seal = templates, jobs, seal
        self._pool: ProcessPoolExecutor | None = None
        if min(jobs, expected) > 1:
            self._start(min(jobs, expected))

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def make(self, tasks: Sequence[Task]) -> Generator[Outcome, None, None]:
        """Make letters, in whatever order they are done; to be closed if not used up.

        Interrupted by the user, letters under way are finished, and theirs are the last outcomes
        before `KeyboardInterrupt` is raised.

        Raises:
            LayoutFault: the stylesheet has a fault.
            FaultyInput: the Word styles have faults.
            PartlyDone: a process died.
        """
        if not tasks:
            return
        if self._pool is None and min(self._jobs, len(tasks)) == 1:
            yield from map(Workshop(self._templates, self._seal).make, tasks)
        else:
            yield from self._side_by_side(
                tasks, self._pool or self._start(min(self._jobs, len(tasks)))
            )

    def _start(self, jobs: int) -> ProcessPoolExecutor:
        # Spawned, not forked: a fork would copy the ledger's open connection into every process.
        self._pool = ProcessPoolExecutor(
            jobs,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_set_up,
            initargs=(self._templates, self._seal),
        )
        with _deaf_to_ctrl_c():
            for _ in range(jobs):  # each task for which nobody is free starts a process
                self._pool.submit(_nothing)
        return self._pool

    def _side_by_side(self, tasks: Sequence[Task], pool: ProcessPoolExecutor) -> Iterator[Outcome]:
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


def _nothing() -> None:
    """What a process is given so that it starts."""


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


def _set_up(templates: Path, seal: SealAccess | None) -> None:
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
