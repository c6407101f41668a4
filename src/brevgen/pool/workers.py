"""Letters made side by side in processes, or one by one in this process, with the same code."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from brevgen.errors import PartlyDone
from brevgen.language import Language, language, speak, tr, untranslated

if TYPE_CHECKING:
    from brevgen.findings import Finding
    from brevgen.pool.letter_files import LetterMaker, Outcome, SealAccess, Task

BATCH = 25
"""How many outcomes to write into the ledger at a time."""

MODULES = (
    *("brevgen.pool.letter_files", "brevgen.render.layouter"),
    *("docx", "page", "pikepdf", "pypdfium2"),
)
"""What every letter needs and what takes long to load."""

_KILLED = untranslated(
    "A process that makes letters was ended from outside, perhaps for lack of memory. What"
    " was made is kept: run the command again, with --jobs 1 if it happens again."
)


@dataclass(frozen=True)
class Pool:
    """What makes letters side by side: processes of this machine, or a cluster.

    Args:
        submit: hands a letter over.
        outcome: what became of a letter, from its future's result; writes files not written yet.
        end: makes nothing more; afterwards each letter is done or will never be.
        lost: what is raised when a part of the pool is gone, and its letters with it.
        advice: what a person is told then.
        patience: seconds without a letter after which to `check`, which raises if all is lost.
    """

    submit: Callable[[Task], Future[Any]]
    outcome: Callable[[Task, Any], Outcome]
    end: Callable[[], None]
    lost: tuple[type[Exception], ...]
    advice: str
    patience: float | None = None
    check: Callable[[], None] = lambda: None

    def outcomes(
        self, tasks: Iterable[Task], meanwhile: Callable[[], object] = lambda: None
    ) -> Iterator[Outcome]:
        """What became of each letter; see `Workers.make`."""
        futures: dict[Future[Any], Task] = {}
        # not `wait`: a Ctrl-C while it holds the locks of futures would leave them locked for ever
        finished = SimpleQueue[Future[Any]]()
        stopping: tuple[type[BaseException], ...] = (KeyboardInterrupt, PartlyDone, *self.lost)
        try:
            with sigint_blocked():
                for task in tasks:
                    future = self.submit(task)
                    futures[future] = task
                    future.add_done_callback(finished.put)
            with sigint_blocked():
                meanwhile()
            while futures:
                try:
                    future = finished.get(timeout=self.patience)
                except Empty:
                    self.check()
                    continue
                yield self.outcome(futures.pop(future), future.result())
        except stopping as stopped:
            self.end()
            for future, task in futures.items():
                if future.done() and not future.cancelled() and future.exception() is None:
                    yield self.outcome(task, future.result())
            if isinstance(stopped, self.lost):
                raise PartlyDone(self.advice) from stopped
            raise
        finally:
            self.end()


class Workers:
    """Makes letters, side by side or one by one in this process.

    Args:
        templates: the folder with the stylesheet and the Word styles.
        jobs: how many processes; 1 makes the letters in this one.
        seal: how each process gets at the agency's key, where letters are to be sealed.
        elsewhere: connects to a pool to use in place of processes of this machine; called with the
            templates' folder and the first letter.
    """

    def __init__(
        self,
        templates: Path,
        jobs: int,
        seal: SealAccess | None = None,
        *,
        elsewhere: Callable[[Path, Task], Pool] | None = None,
    ) -> None:
        assert seal is None or elsewhere is None, "the key stays on this machine"
        self._templates, self._jobs, self._seal = templates, jobs, seal
        self._elsewhere = elsewhere

    def load_early(self) -> None:
        """Begin to load what letters are made with, while this process does something else."""
        if self._elsewhere is None and self._jobs > 1:
            with suppress(OSError):  # there will be no processes, then
                _start_fork_server()

    def check_look(self) -> Callable[[], list[Finding]]:
        """Begin to look for what is wrong with the stylesheet and the Word styles.

        Where there are processes, one of them looks, for they have loaded what that takes.

        Returns:
            what waits for the findings, and raises PartlyDone where the process was killed.
        """
        from brevgen.pool.letter_files import is_sound, readable_look

        before = readable_look(self._templates)
        if not is_sound(before) and self._elsewhere is None and self._jobs > 1:
            with suppress(OSError, NotImplementedError):
                executor = _executor(1)
                with sigint_blocked():
                    found = executor.submit(_look_findings, self._templates)
                executor.shutdown(wait=False)
                return partial(_found_by, found, before, self._templates)
        return partial(_look_findings, self._templates)

    def make(
        self, tasks: Iterable[Task], meanwhile: Callable[[], object] = lambda: None
    ) -> Generator[Outcome, None, None]:
        """Make letters, and tell what became of each in the order in which they are done.

        Close the generator if it is not used up. What is to be done `meanwhile` is done here while
        other processes make the letters. When the user interrupts, or a part of the pool is
        lost, the letters that are finished are told before the exception is raised.

        Raises:
            LayoutFault: the stylesheet has a fault.
            FaultyInput: the Word styles have faults.
            PartlyDone: a process was killed, or the cluster was lost.
            WrongUse: there is no cluster, or its workers would make other letters.
            KeyboardInterrupt: the user pressed Ctrl-C.
        """
        tasks = list(tasks)
        if not tasks:
            return
        pool = self._pool(tasks[0])
        if pool is None:
            from brevgen.pool.letter_files import LetterMaker

            yield from map(LetterMaker(self._templates, self._seal).make, tasks)
        else:
            yield from pool.outcomes(tasks, meanwhile)

    def _pool(self, first: Task) -> Pool | None:
        """The pool to use; None to make the letters in this process."""
        if self._elsewhere is not None:
            return self._elsewhere(self._templates, first)
        if self._jobs > 1:
            # where processes cannot share anything, as with a read-only /dev/shm, there are none
            with suppress(OSError, NotImplementedError):
                return _process_pool(self._jobs, self._templates, self._seal)
        return None


@contextmanager
def sigint_blocked() -> Iterator[None]:
    """Hold Ctrl-C back until the end; processes started meanwhile never get it."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# -- processes of this machine --------------------------------------------------------------------


def _process_pool(jobs: int, *given: Any) -> Pool:
    """Processes that set up a letter maker with what is given; each starts when there is work."""
    executor = _executor(jobs)
    return Pool(
        submit=lambda task: executor.submit(_make, given, task),
        outcome=lambda _, outcome: outcome,
        end=partial(executor.shutdown, cancel_futures=True),
        lost=(BrokenProcessPool,),
        advice=tr(_KILLED),
    )


def _found_by(process: Future[list[Finding]], before: str, templates: Path) -> list[Finding]:
    """What the process has found that looks for faults of the look, as it was before."""
    from brevgen.pool.letter_files import note_sound

    try:
        found = process.result()
    except BrokenProcessPool:
        raise PartlyDone(tr(_KILLED)) from None
    if not found:
        note_sound(before, templates)
    return found


def _executor(jobs: int) -> ProcessPoolExecutor:
    _start_fork_server()
    return ProcessPoolExecutor(
        min(jobs, 61),  # Windows cannot wait for more
        mp_context=multiprocessing.get_context("forkserver" if _can_fork() else "spawn"),
        initializer=begin,
        initargs=(language(),),
    )


def _can_fork() -> bool:
    """Whether a process with all those libraries can safely be forked."""
    return sys.platform == "linux"


def _start_fork_server() -> None:
    """Start the process that loads the libraries once; the processes of a pool are forks of it."""
    if _can_fork():
        multiprocessing.set_forkserver_preload(list(MODULES))
        # first, for where the server starts it, Ctrl-C is no longer held back afterwards
        resource_tracker.ensure_running()
        with sigint_blocked():
            forkserver.ensure_running()


def begin(spoken: Language) -> None:
    """Make a process of the pool deaf to Ctrl-C, end it with its parent, and speak as it does."""
    speak(spoken)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it is not blocked
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "this is a child"
    parent.join()  # it cannot tell us if it is killed
    os._exit(1)


_maker: LetterMaker | None = None
"""What this process of the pool makes letters with."""


def _make(given: tuple[Any, ...], task: Task) -> Outcome:
    global _maker
    if _maker is None:
        from brevgen.pool.letter_files import LetterMaker

        _maker = LetterMaker(*given)  # not before: it may take a key, which only a letter needs
        gc.freeze()  # what stays for all letters need not be looked through after each of them
    return _maker.make(task)


def _look_findings(templates: Path) -> list[Finding]:
    from brevgen.findings import Findings
    from brevgen.pool.letter_files import check_look

    findings = Findings()
    check_look(templates, findings)
    return findings.items
