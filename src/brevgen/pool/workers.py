"""Letters made side by side in processes, or one by one in this one, with the same code."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from brevgen.errors import PartlyDone
from brevgen.pool.processes import deaf_to_ctrl_c, load_early, pool

if TYPE_CHECKING:
    from brevgen.pool.letter_files import LetterMaker, Outcome, SealAccess, Task

BATCH = 25
"""How many outcomes to write into the ledger at a time."""

MODULES = ("brevgen.pool.letter_files", "weasyprint", "docx", "page", "pikepdf", "pypdfium2")
"""What takes long to load and every letter needs."""

_access: tuple[Path, SealAccess | None] | None = None
"""Where this process finds stylesheet and Word styles, and the key if it is to seal."""
_workshop: LetterMaker | None = None
"""What it makes letters with, once it has made one."""


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


Hire = Callable[[Path, "Task"], Crew]
"""Finds a crew, for the folder with stylesheet and Word styles and the first of the letters."""


class Workers:
    """Makes letters, side by side or one by one in this process.

    Args:
        templates: the folder with stylesheet and Word styles.
        jobs: how many processes; 1 makes letters in this one.
        seal: how each process gets at the agency's key, where letters are to be sealed.
        elsewhere: hires those who make the letters, if not processes of this machine.
        afterwards: modules this process needs next; it loads them while others make the letters.
    """

    def __init__(
        self,
        templates: Path,
        jobs: int,
        seal: SealAccess | None = None,
        *,
        elsewhere: Hire | None = None,
        afterwards: Sequence[str] = (),
    ) -> None:
        assert seal is None or elsewhere is None, "the key stays on this machine"
        self._templates, self._jobs, self._seal = templates, jobs, seal
        self._elsewhere, self._afterwards = elsewhere, afterwards

    def load_early(self) -> None:
        """Let what letters are made with be loaded while this process does something else."""
        if self._elsewhere is None and self._jobs > 1:
            load_early(MODULES)

    def make(self, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        """Make letters, in whatever order they are done; to be closed if not used up.

        All the tasks are taken before the first outcome is told; each can be begun at once.

        Interrupted by the user, letters under way are finished or given up, and those finished are
        the last outcomes before `KeyboardInterrupt` is raised.

        Raises:
            LayoutFault: the stylesheet has a fault.
            FaultyInput: the Word styles have faults.
            PartlyDone: a process died, or a cluster was lost.
            WrongUse: there is no cluster, or not one that makes the same letters.
        """
        tasks = iter(tasks)
        first = next(tasks, None)
        if first is None:
            return
        tasks = chain([first], tasks)
        if self._elsewhere is not None:
            crew = self._elsewhere(self._templates, first)
        elif self._jobs > 1:
            crew = Processes(self._templates, self._jobs, self._seal)
        else:
            from brevgen.pool.letter_files import LetterMaker

            yield from map(LetterMaker(self._templates, self._seal).make, list(tasks))
            return
        yield from _side_by_side(tasks, crew, self._afterwards)


def _side_by_side(
    tasks: Iterable[Task], crew: Crew, afterwards: Sequence[str]
) -> Iterator[Outcome]:
    futures: dict[Future[Any], Task] = {}
    try:
        for task in tasks:
            with deaf_to_ctrl_c():
                futures[crew.submit(task)] = task
        with deaf_to_ctrl_c():
            for module in afterwards if futures else ():
                import_module(module)
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
        self._pool = pool(jobs, MODULES, _set_up, templates, seal)

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


def _set_up(templates: Path, seal: SealAccess | None) -> None:
    """Remember what letters will be made with."""
    global _access
    _access = templates, seal


def _make(task: Task) -> Outcome:
    global _workshop
    if _workshop is None:
        assert _access is not None, "the process was set up"
        from brevgen.pool.letter_files import LetterMaker

        # not before: the key is only sure to be there when there is something to seal
        _workshop = LetterMaker(*_access)
        gc.freeze()  # what stays for all letters need not be looked through after each of them
    return _workshop.make(task)
