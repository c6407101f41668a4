"""Connections on which a request does not come, comes slowly, or comes whole."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from brevgen.desk import connections
from tests.support.running import PATIENCE, wait_until


async def _body(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where a server listens that waits for half a second."""
    monkeypatch.setattr(connections, "SECONDS_OF_HEAD", 0.5)
    monkeypatch.setattr(connections, "SECONDS_OF_BODY", 0.5)
    app = Starlette(routes=[Route("/", _body, methods=["GET", "POST"])])
    config = uvicorn.Config(
        app, http=connections.TimedConnection, log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        wait_until(lambda: server.started, "the server")
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(PATIENCE)


HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"


@pytest.mark.parametrize("begin", [b"", b"GET / HTTP/1.1\r\nX: "])
def test_who_sends_a_request_a_letter_at_a_time_is_not_waited_for(port: int, begin: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as slow:
        slow.sendall(begin)
        slow.settimeout(0.1)
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            try:
                slow.sendall(b"a" if begin else b"")
                if not slow.recv(1_000):
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
        pytest.fail("it waits still")


def test_who_never_sends_the_end_of_a_body_is_not_waited_for(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as slow:
        slow.sendall(HEAD + b"a" * 99)
        assert slow.recv(1_000) == b""


def test_who_sends_whole_requests_is_answered_as_often_as_asked(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as one:
        for _ in range(4):
            one.sendall(HEAD + b"a" * 100)
            answer = b""
            while not answer.endswith(b"\r\n\r\n100"):
                answer += one.recv(10_000)
            time.sleep(0.2)
