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
from collections.abc import Callable, Mapping
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
from brevgen.language import Language, language, speaking, tr, untranslated
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

REMEDY = untranslated(
    "A worker needs the same brevgen with the same libraries as this machine, Pango and the others"
    " of Debian too: install them there, restart the worker, and run the command again."
)
LOST = untranslated(
    "The cluster no longer answers, or has lost its workers. What was made is kept: run the"
    " command again, without --executor to make the rest on this machine."
)

_CANNOT = untranslated("It cannot make letters: {reason}")
_OTHER = untranslated("{name} {here} instead of {wanted}")
_DIFFERENT = {
    "look": untranslated("the look is {here} instead of {wanted}"),
    "letter": untranslated("the same letter comes out as {here} instead of {wanted}"),
}
"""In what a worker differs, by what the fingerprint calls it."""


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
                tr(
                    "“{address}” is no address of a cluster. Write dask://HOST:PORT, for instance"
                    " dask://10.0.0.5:8786.",
                    address=url,
                )
            )
        if find_spec("distributed") is None:
            raise WrongUse(
                tr(
                    "The library that talks to a Dask cluster is not installed. Install"
                    " brevgen[dask] in place of brevgen, or leave --executor away to make the"
                    " letters here."
                )
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
        job = _job(templates, first, expected)
        client = _client(self._address)
        try:
            _check_workers(client, job)
            return _pool(client, job)
        except BaseException:
            client.close()
            raise


def _job(templates: Path, first: Task, expected: dict[str, str]) -> bytes:
    """All that a worker is told before it makes letters, and in which language it speaks."""
    return pickle.dumps((_files(templates), first, expected, language()))


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
        tr(
            "No Dask scheduler answers at {address}. Is it running, and can it be reached from"
            " here? “dask scheduler” says the address; leave --executor away to make the letters"
            " here.",
            address=address,
        )
    )


def _check_workers(client: "Client", job: bytes) -> None:
    """See that each worker makes the same letters, which also gets it ready."""
    answers = client.run(_on_worker(), job, on_error="return")
    if not answers:
        raise WrongUse(
            tr(
                "The Dask cluster has no workers. Start some, on each machine: {command}",
                command=f"dask worker {client.scheduler.address} --nworkers auto --nthreads 1",
            )
        )
    refused = [f"- {worker}: {answer}" for worker, answer in sorted(answers.items()) if answer]
    if refused:
        first = tr("Not all workers would make the same letters:")
        raise WrongUse("\n".join([first, *refused, tr(REMEDY)]))


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
            told = tr("A worker has joined that will not do. {reason}", reason=answer)
            raise PartlyDone(f"{told} {tr(REMEDY)}")
        return answer.keep(task)

    def end() -> None:
        with suppress(*lost):
            executor.shutdown(wait=False)
        with suppress(*lost):
            client.close()

    def check() -> None:
        if not client.scheduler_info()["workers"]:
            raise PartlyDone(tr(LOST))

    return Pool(submit, outcome, end, lost, tr(LOST), PATIENCE, check)


def _on_worker() -> Callable[..., Any]:
    """Calls `answer` of this module on a worker.

    It is sent by value: a worker without brevgen would end if it were sent `answer` itself.
    """

    cannot = tr(_CANNOT)

    def call(*given: Any) -> Any:
        try:
            return import_module("brevgen.pool.dask_cluster").answer(*given)
        except (ImportError, OSError) as error:
            return cannot.format(reason=error)

    return call


# -- what is done on a worker ---------------------------------------------------------------------

_one_at_a_time = Lock()
"""A worker may have many threads, but the libraries make one letter at a time."""


def answer(job: bytes, task: bytes | None = None) -> Finished | str:
    """A letter, made and checked; or in what this worker differs, empty if in nothing."""
    with _one_at_a_time:
        maker, told, spoken = _set_up(job)
        if maker is None or told or task is None:
            return told
        with speaking(spoken):
            return maker.finish(pickle.loads(task))  # noqa: S301  from whoever may run code here


@lru_cache(maxsize=4)
def _set_up(job: bytes) -> tuple[LetterMaker | None, str, Language]:
    """What makes letters here, in what they differ from those of the machine that asks, and how
    that one speaks.
    """
    files, first, expected, spoken = pickle.loads(job)  # noqa: S301  likewise
    with speaking(spoken), TemporaryDirectory(prefix="brevgen-") as name:
        folder = Path(name)
        for file, data in files.items():
            (folder / file).write_bytes(data)
        try:
            maker = LetterMaker(folder)
        except WrongUse as error:  # what letters are laid out with is missing here
            return None, tr(_CANNOT, reason=error), spoken
        return maker, _differences(_fingerprint(maker, folder, first), expected), spoken


def _differences(here: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    """In what two fingerprints differ, in a sentence; empty where they are the same."""
    told = ", ".join(
        tr(_DIFFERENT.get(name, _OTHER), name=name, here=here.get(name, tr("none")), wanted=value)
        for name, value in wanted.items()
        if here.get(name) != value
    )
    return tr("It makes other letters: {differences}.", differences=told) if told else ""


def _fingerprint(maker: LetterMaker, templates: Path, letter: Task) -> dict[str, str]:
    """What decides how letters come out, by name, and how one did."""
    made = replace(maker.finish(letter).outcome, faults=())  # these can name a file
    return {
        **_versions(),
        "look": look(templates)[:12],
        "letter": sha256(repr(made).encode())[:12],
    }


def _versions() -> dict[str, str]:
    from weasyprint.text.ffi import pango

    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "Pango": str(pango.pango_version()),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **{name: version(name) for name in LIBRARIES},
    }
