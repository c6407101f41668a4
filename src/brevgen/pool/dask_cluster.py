"""Letters made on other machines, by the workers of a Dask cluster that is there already.

No disk need be shared: the templates are sent to each worker as bytes, and finished letters come
back as bytes and are written here. A worker needs the same brevgen with the same libraries, which
it shows by making one letter. The scheduler only hands bytes on and need not have brevgen.
"""

import asyncio
import logging
import pickle
import platform
import re
import zlib
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any

from brevgen.errors import PartlyDone, WrongUse
from brevgen.files import sha256
from brevgen.pool.letter_files import (
    STYLESHEET,
    WORD_STYLES,
    Finished,
    LetterMaker,
    Outcome,
    Task,
    look,
)
from brevgen.pool.workers import Pool
from brevgen.render.logo import LOGO

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 10
"""Seconds a cluster may take to answer, and may be without any worker."""

LIBRARIES = (
    *("brevgen", "weasyprint", "pydyf", "tinyhtml5", "tinycss2", "cssselect2", "pyphen"),
    *("fonttools", "pillow", "font-source-sans-pro", "python-docx", "lxml"),
    *("pikepdf", "pypdfium2", "page-validation"),
)
"""What letters are made with and read back by."""

REMEDY = (
    "A worker needs the same brevgen with the same libraries as this machine, Pango and the others"
    " of Debian too: install them there, restart the worker, and run the command again."
)
LOST = (
    "The cluster no longer answers, or has lost its workers. What was made is kept: run the"
    " command again, without --executor to make the rest on this machine."
)


class Cluster:
    """A Dask cluster by its address; it is asked nothing before there are letters to make.

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

    def connect(self, templates: Path, first: Task) -> Pool:
        """Connect to the workers, once each has shown that it makes the same letters.

        Args:
            templates: the folder with the stylesheet and the Word styles.
            first: the letter with which each worker shows it.

        Raises:
            LayoutFault: the stylesheet has a fault.
            FaultyInput: the Word styles have faults.
            WrongUse: no cluster is there, it has no workers, or they would make other letters.
        """
        expected = _fingerprint(LetterMaker(templates), templates, first)
        job = pickle.dumps((_files(templates), first, expected))
        client = _client(self._address)
        try:
            _check_workers(client, job)
            return _pool(client, job)
        except BaseException:
            client.close()
            raise


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a folder of templates that decide how letters look, by their names."""
    names = [STYLESHEET, WORD_STYLES, *([LOGO] if (folder / LOGO).exists() else [])]
    return {name: (folder / name).read_bytes() for name in names}


def _client(address: str) -> "Client":
    from distributed import Client, rpc

    async def who_answers() -> str:
        async with rpc(address) as there:
            return str((await there.identity())["type"])

    for name in ("distributed", "distributed.client", "distributed.gc"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # we say what matters
    with suppress(OSError):
        # asked first, because a client waits for ever where a worker answers
        if asyncio.run(asyncio.wait_for(who_answers(), PATIENCE)) == "Scheduler":
            return Client(address, timeout=PATIENCE, set_as_default=False, name="brevgen")
    raise WrongUse(
        f"No Dask scheduler answers at {address}. Is it running, and can it be reached from here?"
        " “dask scheduler” says the address; leave --executor away to make the letters here."
    )


def _check_workers(client: "Client", job: bytes) -> None:
    """See that each worker makes the same letters, which also gets it ready."""
    answers = client.run(_on_worker(), job, on_error="return")
    if not answers:
        raise WrongUse(
            "The Dask cluster has no workers. Start some, on each machine:"
            f" dask worker {client.scheduler.address} --nworkers auto --nthreads 1"
        )
    refused = [f"- {worker}: {answer}" for worker, answer in sorted(answers.items()) if answer]
    if refused:
        lines = "\n".join(refused)
        raise WrongUse(f"Not all workers would make the same letters:\n{lines}\n{REMEDY}")


def _pool(client: "Client", job: bytes) -> Pool:
    from distributed import KilledWorker

    executor = client.get_executor(pure=False)
    # the job as a task of its own, so that each worker gets it once, and again if it is lost
    sent = client.submit(bytes, job, key=f"brevgen-{sha256(job)}")
    lost = (CancelledError, KilledWorker, OSError)

    def submit(task: Task) -> Any:
        return executor.submit(_on_worker(), sent, pickle.dumps(task))

    def outcome(task: Task, answer: Finished | str) -> Outcome:
        if isinstance(answer, str):  # from a worker that has joined since
            raise PartlyDone(f"A worker {answer}. {REMEDY}")
        return answer.keep(task)

    def end() -> None:
        with suppress(*lost):
            executor.shutdown(wait=False)
        with suppress(*lost):
            client.close()

    def check() -> None:
        if not client.scheduler_info()["workers"]:
            raise PartlyDone(LOST)

    return Pool(submit, outcome, end, lost, LOST, PATIENCE, check)


def _on_worker() -> Callable[..., Any]:
    """Calls `answer` of this module on a worker.

    It is sent by value: a worker without brevgen would end if it were sent `answer` itself.
    """

    def call(*given: Any) -> Any:
        try:
            return import_module("brevgen.pool.dask_cluster").answer(*given)
        except (ImportError, OSError) as error:
            return f"cannot make letters: {error}"

    return call


# -- what is done on a worker ---------------------------------------------------------------------

_one_at_a_time = Lock()
"""A worker may have many threads, but the libraries make one letter at a time."""


def answer(job: bytes, task: bytes | None = None) -> Finished | str:
    """A letter, made and checked; or in what this worker differs, empty if in nothing."""
    with _one_at_a_time:
        try:
            maker, told = _set_up(job)
        except WrongUse as error:  # what letters are laid out with is missing here
            return f"cannot make letters: {error}"
        if told or task is None:
            return told
        return maker.finish(pickle.loads(task))  # noqa: S301  from whoever may run code here


@lru_cache(maxsize=4)
def _set_up(job: bytes) -> tuple[LetterMaker, str]:
    """What makes letters here, and in what they differ from those of the machine that asks."""
    files, first, expected = pickle.loads(job)  # noqa: S301  likewise
    with TemporaryDirectory(prefix="brevgen-") as name:
        folder = Path(name)
        for file, data in files.items():
            (folder / file).write_bytes(data)
        maker = LetterMaker(folder)
        here = _fingerprint(maker, folder, first)
    told = ", ".join(
        f"{name} {here.get(name, 'none')} instead of {wanted}"
        for name, wanted in expected.items()
        if here.get(name) != wanted
    )
    return maker, told and f"makes other letters: {told}"


def _fingerprint(maker: LetterMaker, templates: Path, letter: Task) -> dict[str, str]:
    """What decides how letters come out, by name, and how one did."""
    made = replace(maker.finish(letter).outcome, faults=())  # these can name a file
    return {
        **_versions(),
        "look": look(templates)[:12],
        "the same letter comes out as": sha256(repr(made).encode())[:12],
    }


def _versions() -> dict[str, str]:
    from weasyprint.text.ffi import pango

    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "Pango": str(pango.pango_version()),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **{name: version(name) for name in LIBRARIES},
    }
