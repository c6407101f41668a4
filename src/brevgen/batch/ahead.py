"""A second process for the one letter of a preview: it loads what takes long meanwhile."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Do = Callable[..., bytes]
"""Calls a function of a module that is loaded, with its arguments."""


@contextmanager
def ahead(modules: Sequence[str]) -> Iterator[Do]:
    """Let another process load modules; yields what calls a function there, or here if need be.

    Without modules there is no other process.

    The process is a fork, which takes no time, but has only one of this process's threads and would
    wait for ever for what another of them held. It has what is open here, so call this before
    anything is opened.
    """
    if not modules or sys.platform != "linux" or threading.active_count() > 1:
        yield here
        return
    from multiprocessing import Pipe

    gc.disable()  # what is being loaded is no garbage, here or there
    mine, theirs = Pipe()
    process = os.fork()
    if process == 0:
        mine.close()
        _serve(theirs, modules)
    theirs.close()
    try:
        yield lambda function, *arguments: _there(mine, function, arguments)
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        mine.close()
        gc.enable()


def here(function: Callable[..., bytes], *arguments: Any) -> bytes:
    """Call a function in this process."""
    return function(*arguments)


def _there(
    connection: "Connection", function: Callable[..., bytes], arguments: tuple[Any, ...]
) -> bytes:
    try:
        connection.send((function, arguments))
        result = connection.recv()
    except (EOFError, OSError):  # it was ended from outside
        return function(*arguments)
    if isinstance(result, Exception):
        raise result
    assert isinstance(result, bytes), "the function says so"
    return result


def _serve(connection: "Connection", modules: Sequence[str]) -> None:
    """Load modules, and do what is asked until nobody is there to ask."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for module in modules:
            import_module(module)
        while True:
            function, arguments = connection.recv()
            try:
                connection.send(function(*arguments))
            except Exception as error:  # whatever it is, the other process knows what to do
                connection.send(error)
    except (EOFError, OSError):
        pass
    finally:
        os._exit(0)  # what is to be done at the end is the other process's
