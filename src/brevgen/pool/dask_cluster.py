"""Letters made on other machines, by the workers of a Dask cluster that is there already.

A worker needs no disk in common with this machine: how letters look goes there as bytes, once to
each worker, and finished letters come back as bytes and are written here. What it needs is the same
brevgen with the same libraries, and it proves that by making one letter. Whatever lies between, the
scheduler too, only hands bytes on and need not have brevgen.
"""

import asyncio
import hashlib
import logging
import pickle
import platform
import re
import tempfile
import threading
import zlib
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brevgen
from brevgen.errors import BrevgenError, PartlyDone, WrongUse
from brevgen.files import sha256
from brevgen.pool.letter_files import Finished, LetterMaker, Outcome, Task

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 10
"""Seconds a cluster may take to answer, and may be without any worker."""

LIBRARIES = (
    *("weasyprint", "pydyf", "tinyhtml5", "tinycss2", "cssselect2", "pyphen", "fonttools"),
    *("pillow", "font-source-sans-pro", "python-docx", "lxml"),
    *("pikepdf", "pypdfium2", "page-validation"),
)
"""What letters are made with and read back by."""

REMEDY = (
    "A worker needs the same brevgen with the same libraries as this machine, Pango and the others"
    " of Debian too: install them there, restart the worker, and run the command again."
)

Proof = dict[str, str]
"""What decides how letters come out, each with its version, and how one did."""


class Cluster:
    """A Dask cluster by its address; it is not asked for anything before there are letters to make.

    Args:
        url: `dask://HOST:PORT`, where its scheduler listens.

    Raises:
        WrongUse: that is no address, or the library for it is not installed.
    """

    def __init__(self, url: str) -> None:
        parts = re.fullmatch(r"dask://((?:[\w.-]+|\[[\da-f:.]+\]):(\d{1,5}))/?", url, re.IGNORECASE)
        if parts is None or not 0 < int(parts[2]) < 2**16:
            raise WrongUse(
                f"“{url}” is no address of a cluster. Write dask://HOST:PORT, for instance"
                " dask://10.0.0.5:8786."
            )
        if find_spec("distributed") is None:
            raise WrongUse(
                "The library that talks to a Dask cluster is not installed. Install brevgen[dask]"
                " in place of brevgen, or leave --executor away to make the letters here."
            )
        self._address = f"tcp://{parts[1]}"

    def hire(self, templates: Path, first: Task) -> "Hired":
        """Go to the cluster, and see that its workers make the same letters as this machine.

        Args:
            templates: the folder with stylesheet and Word styles.
            first: the letter with which every worker proves it.

        Raises:
            LayoutFault: the stylesheet has a fault.
            FaultyInput: the Word styles have faults.
            WrongUse: no cluster is there, it has no workers, or they make other letters.
        """
        expected = _proof(LetterMaker(templates), first)
        terms = pickle.dumps(Terms(_files(templates), first, expected))
        client = _client(self._address)
        try:
            _see_that_letters_come_out_the_same(client, terms, expected)
            return Hired(client, terms)
        except BaseException:
            client.close()
            raise


class Hired:
    """The workers of a cluster.

    Args:
        client: the way to them; closed at the end.
        terms: what they make letters by.
    """

    advice = (
        "The cluster no longer answers, or has lost its workers. What was made is kept: run the"
        " command again, without --executor to make the rest on this machine."
    )

    def __init__(self, client: "Client", terms: bytes) -> None:
        from distributed import KilledWorker

        self.lost: tuple[type[Exception], ...] = (CancelledError, KilledWorker, OSError)
        self._client = client
        self._executor = client.get_executor(pure=False)
        # as a task of its own, so that each worker gets them once, and again if they are lost
        self._terms = client.submit(bytes, terms, key=f"brevgen-{sha256(terms)}")

    def submit(self, task: Task) -> Future[Finished]:
        """Hand a letter over."""
        handed: Future[Finished] = self._executor.submit(
            _where_it_runs("make"), self._terms, pickle.dumps(task)
        )
        return handed

    def as_completed(self, futures: Collection[Future[Finished]]) -> Iterator[Future[Finished]]:
        """The letters handed over, in whatever order they are done.

        Raises:
            PartlyDone: no workers are left.
        """
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, PATIENCE, FIRST_COMPLETED)
            if not done and not self._client.scheduler_info()["workers"]:
                raise PartlyDone(self.advice)
            while done:
                yield done.pop()

    def outcome(self, task: Task, future: Future[Finished]) -> Outcome:
        """What became of a letter that is done; its files are written now.

        Raises:
            PartlyDone: a worker that has joined meanwhile does not make the same letters.
        """
        from distributed.comm import CommClosedError

        try:
            finished = future.result()
        except CommClosedError:
            raise
        except (ImportError, OSError) as error:
            raise PartlyDone(f"A worker cannot make letters: {error}. {REMEDY}") from error
        return finished.keep(task)

    def end(self) -> None:
        """Give up the letters that are not done, and leave the cluster."""
        with suppress(*self.lost):
            self._executor.shutdown(wait=False)
        with suppress(*self.lost):
            self._client.close()


def _files(folder: Path) -> dict[str, bytes]:
    """Every file in a folder and below, but for those that programs hide there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith((".", "~"))
    }


def _client(address: str) -> "Client":
    from distributed import Client

    for name in ("distributed", "distributed.client", "distributed.gc"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # we tell what matters
    try:
        # asked for first, because a client waits for ever where something else answers
        kind = asyncio.run(asyncio.wait_for(_who_answers(address), PATIENCE))
        if kind == "Scheduler":
            return Client(address, timeout=PATIENCE, set_as_default=False, name="brevgen")
        error: Exception | None = None
    except OSError as caught:
        error = caught
    raise WrongUse(
        f"No Dask scheduler answers at {address}. Is it running, and can it be reached from here?"
        " “dask scheduler” says the address; leave --executor away to make the letters here."
    ) from error


async def _who_answers(address: str) -> str:
    from distributed import rpc

    async with rpc(address) as there:
        return str((await there.identity())["type"])


def _see_that_letters_come_out_the_same(client: "Client", terms: bytes, expected: Proof) -> None:
    """Let every worker prove itself, which also gets it ready."""
    from distributed.comm import CommClosedError

    answers = client.run(_where_it_runs("prove"), terms, on_error="return")
    if not answers:
        raise WrongUse(
            "The Dask cluster has no workers. Start some, on each machine:"
            f" dask worker {client.scheduler.address} --nworkers auto --nthreads 1"
        )
    refused = []
    for worker, answer in sorted(answers.items()):
        if isinstance(answer, BrevgenError):
            raise answer
        if isinstance(answer, CommClosedError):  # it has gone
            continue
        if isinstance(answer, Exception):
            refused.append(f"- {worker}: {type(answer).__name__}: {answer}")
        elif told := _differences(answer, expected):
            refused.append(f"- {worker}: {told}")
    if refused:
        lines = "\n".join(refused)
        raise WrongUse(f"Not all workers would make the same letters:\n{lines}\n{REMEDY}")


def _differences(there: Proof, here: Proof) -> str:
    return ", ".join(
        f"{name} {there.get(name, 'none')} instead of {here.get(name, 'none')}"
        for name in sorted(there.keys() | here.keys())
        if there.get(name) != here.get(name)
    )


def _where_it_runs(name: str) -> Callable[..., Any]:
    """A function of this module, looked up where it is run.

    It travels by value, for a worker without brevgen would end when it is handed the function
    itself; like this, only the call fails.
    """
    return lambda *given: getattr(import_module("brevgen.pool.dask_cluster"), name)(*given)


# -- what is done there ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Terms:
    """What a worker needs besides the letters.

    Args:
        files: the templates' folder, bytes by path; the stylesheet may name any picture in it.
        first: the letter to prove oneself with.
        expected: what comes of that on the machine that asks.
    """

    files: dict[str, bytes]
    first: Task
    expected: Proof


class Outpost:
    """A workshop on another machine, with files of its own.

    Args:
        terms: what it makes letters by.
    """

    def __init__(self, terms: Terms) -> None:
        # kept, because pictures are read for each letter; gone together with the worker
        self._folder = tempfile.TemporaryDirectory(prefix="brevgen-", ignore_cleanup_errors=True)
        for name, data in terms.files.items():
            path = Path(self._folder.name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self.workshop = LetterMaker(Path(self._folder.name))
        self.proof = _proof(self.workshop, terms.first)
        self.expected = terms.expected


_alone = threading.Lock()
"""A worker may have many threads, but the libraries make one letter at a time."""


def prove(terms: bytes) -> Proof:
    """What decides here how letters come out."""
    with _alone:
        return _outpost(terms).proof


def make(terms: bytes, task: bytes) -> Finished:
    """Make and check both files of a letter.

    Raises:
        PartlyDone: it would not be the same letter here.
    """
    with _alone:
        outpost = _outpost(terms)
        if told := _differences(outpost.proof, outpost.expected):
            raise PartlyDone(f"A worker does not make the same letters: {told}. {REMEDY}")
        return outpost.workshop.finish(pickle.loads(task))  # noqa: S301  from whoever may run code here


@lru_cache(maxsize=4)
def _outpost(terms: bytes) -> Outpost:
    return Outpost(pickle.loads(terms))  # noqa: S301  likewise


def _proof(workshop: LetterMaker, letter: Task) -> Proof:
    made = replace(workshop.finish(letter).outcome, faults=())  # these can name a file
    return {**_versions(), "the same letter comes out as": sha256(repr(made).encode())[:12]}


@cache
def _versions() -> Proof:
    from weasyprint.text.ffi import pango

    code = hashlib.sha256()
    package = Path(brevgen.__file__).parent
    for path in sorted(package.rglob("*.py")):
        code.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return {
        "brevgen": f"{version('brevgen')}-{code.hexdigest()[:12]}",
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "Pango": str(pango.pango_version()),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **{name: version(name) for name in LIBRARIES},
    }
