"""A desk that a real browser can reach: uvicorn on the loopback device, in a thread."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import uvicorn

from brevgen.actor import Actor, Role
from brevgen.desk.app import make_app
from brevgen.desk.visitors import Visits

Enter = Callable[..., str]
"""The address that lets an account with some roles in, once."""


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def served_desk(
    place: Path, clock: Callable[[], datetime] = _now, *, longest: timedelta = timedelta(hours=24)
) -> Iterator[Enter]:
    """Serve the desk of a workspace as `http://localhost` and a port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    host = f"localhost:{listening.getsockname()[1]}"
    visits = Visits(clock, longest=longest)
    app = make_app(place, clock, visits, [host])
    config = uvicorn.Config(app, log_level="warning", access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()

    def enter(account: str, *roles: Role) -> str:
        actor = Actor(account, roles=roles) if roles else Actor(account)
        return f"http://{host}/enter?code={visits.new_code(actor)}"

    try:
        yield enter
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
