"""Letters made side by side in processes, or one by one in this one, with the same code."""

import gc
import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from brevgen.document.making import Outcome, Task, Workshop
from brevgen.errors import BrevgenError

_workshop: Workshop | None = None


def make_all(tasks: Sequence[Task], templates: Path, jobs: int) -> Iterator[Outcome]:
    """Make letters, in whatever order they are done.

    Interrupted by the user, letters under way are finished, and theirs are the last outcomes
    before `KeyboardInterrupt` is raised.

    Args:
        tasks: the letters.
        templates: the folder with stylesheet and Word styles.
        jobs: how many processes; 1 makes them in this one.

    Raises:
        BrevgenError: a process died.
    """
    if jobs == 1 or len(tasks) <= 1:
        workshop = Workshop(templates)
        yield from map(workshop.make, tasks)
    else:
        yield from _in_processes(tasks, templates, min(jobs, len(tasks)))


def _in_processes(tasks: Sequence[Task], templates: Path, jobs: int) -> Iterator[Outcome]:
    # Spawned, not forked: a fork would copy the ledger's open connection into every process.
    pool = ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(templates,),
    )
    futures: set[Future[Outcome]] = set()
    try:
        futures.update(pool.submit(_make, task) for task in tasks)
        for future in as_completed(list(futures)):
            futures.discard(future)
            yield future.result()
    except BrokenProcessPool as error:
        raise BrevgenError(
            "A process that makes letters was ended from outside, perhaps for lack of memory."
            " Nothing is lost: run the command again, with --jobs 1 if it happens again."
        ) from error
    except KeyboardInterrupt:
        pool.shutdown(cancel_futures=True)
        yield from (f.result() for f in futures if not f.cancelled() and f.exception() is None)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _start(templates: Path) -> None:
    """Set a process up: the parent alone answers to Ctrl-C."""
    global _workshop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _workshop = Workshop(templates)
    gc.freeze()  # what stays for all letters need not be looked through after each of them


def _make(task: Task) -> Outcome:
    assert _workshop is not None, "the process was set up"
    return _workshop.make(task)
