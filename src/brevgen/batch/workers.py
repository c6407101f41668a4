"""Letters made side by side in processes, or one by one in this one, with the same code."""

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from brevgen.batch.making import Outcome, SealAccess, Task, Workshop
from brevgen.errors import BrevgenError, PartlyDone

BATCH = 25
"""How many outcomes to write into the ledger at a time."""

_workshop: Workshop | BrevgenError | None = None
"""What this process makes letters with, or why it cannot."""


class Crew(Protocol):
    """Those who make letters side by side: the processes of this machine, or a cluster."""

    lost: tuple[type[Exception], ...]
    """What is raised when some of them are gone and their letters with them."""
    advice: str
    """What to do then."""

    def submit(self, task: Task) -> Future[Any]:
        """Hand a letter over."""
        ...

    def as_completed(self, futures: Collection[Future[Any]]) -> Iterator[Future[Any]]:
        """The letters handed over, in whatever order they are done."""
        ...

    def outcome(self, task: Task, future: Future[Any]) -> Outcome:
        """What became of a letter that is done; its files are there afterwards."""
        ...

    def end(self) -> None:
        """Let nothing more be made; afterwards each letter is done or will never be."""
        ...


Hire = Callable[[Path, Task], Crew]
"""Finds a crew, for the folder with stylesheet and Word styles and the first of the letters."""


class Workers:
    """Makes letters, side by side or one by one in this process.

    Processes take their time to start, so they can be told to begin before the tasks are known.

    Args:
        templates: the folder with stylesheet and Word styles.
        jobs: how many processes; 1 makes letters in this one.
        seal: how each process gets at the agency's key, where letters are to be sealed.
        expected: how many letters there will be at least; if more than one, processes start now.
        elsewhere: hires those who make the letters, if not processes of this machine.
    """

    def __init__(
        self,
        templates: Path,
        jobs: int,
        seal: SealAccess | None = None,
        *,
        expected: int = 0,
        elsewhere: Hire | None = None,
    ) -> None:
        assert seal is None or elsewhere is None, "the key stays on this machine"
        self._templates, self._jobs, self._seal = templates, jobs, seal
        self._elsewhere = elsewhere
        self._crew: Crew | None = None
        if elsewhere is None and min(jobs, expected) > 1:
            self._crew = Processes(templates, min(jobs, expected), seal)

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._crew is not None:
            self._crew.end()

    def make(self, tasks: Sequence[Task]) -> Generator[Outcome, None, None]:
        """Make letters, in whatever order they are done; to be closed if not used up.

        Interrupted by the user, letters under way are finished or given up, and those finished are
        the last outcomes before `KeyboardInterrupt` is raised.

        Raises:
            LayoutFault: the stylesheet has a fault.
            FaultyInput: the Word styles have faults.
            PartlyDone: a process died, or a cluster was lost.
            WrongUse: there is no cluster, or not one that makes the same letters.
        """
        if not tasks:
            return
        if self._crew is None and self._elsewhere is not None:
            self._crew = self._elsewhere(self._templates, tasks[0])
        elif self._crew is None and min(self._jobs, len(tasks)) > 1:
            self._crew = Processes(self._templates, min(self._jobs, len(tasks)), self._seal)
        if self._crew is None:
            yield from map(Workshop(self._templates, self._seal).make, tasks)
        else:
            yield from _side_by_side(tasks, self._crew)


def _side_by_side(tasks: Sequence[Task], crew: Crew) -> Iterator[Outcome]:
    futures: dict[Future[Any], Task] = {}
    try:
        with _deaf_to_ctrl_c():
            futures.update((crew.submit(task), task) for task in tasks)
        for future in crew.as_completed(list(futures)):
            yield crew.outcome(futures.pop(future), future)
    except crew.lost as error:
        raise PartlyDone(crew.advice) from error
    except KeyboardInterrupt:
        crew.end()
        for future, task in futures.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                yield crew.outcome(task, future)
        raise
    finally:
        crew.end()


class Processes:
    """Processes of this machine, which write the files themselves.

    Args:
        templates: the folder with stylesheet and Word styles.
        jobs: how many.
        seal: how each gets at the agency's key, where letters are to be sealed.
    """

    lost: tuple[type[Exception], ...] = (BrokenProcessPool,)
    advice = (
        "A process that makes letters was ended from outside, perhaps for lack of memory."
        " What was made is kept: run the command again, with --jobs 1 if it happens again."
    )

    def __init__(self, templates: Path, jobs: int, seal: SealAccess | None) -> None:
        # Spawned, not forked: a fork would copy the ledger's open connection into every process.
        self._pool = ProcessPoolExecutor(
            jobs,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_set_up,
            initargs=(templates, seal),
        )
        with _deaf_to_ctrl_c():
            for _ in range(jobs):  # each task for which nobody is free starts a process
                self._pool.submit(_nothing)

    def submit(self, task: Task) -> Future[Outcome]:
        """Hand a letter over."""
        return self._pool.submit(_make, task)

    def as_completed(self, futures: Collection[Future[Outcome]]) -> Iterator[Future[Outcome]]:
        """The letters handed over, in whatever order they are done."""
        return as_completed(futures)

    def outcome(self, task: Task, future: Future[Outcome]) -> Outcome:
        """What became of a letter that is done."""
        return future.result()

    def end(self) -> None:
        """Let letters under way be finished, and no others begun."""
        self._pool.shutdown(cancel_futures=True)


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
