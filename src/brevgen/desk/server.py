"""The server of the desk on this machine."""

import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from brevgen.actor import Actor
from brevgen.desk.app import make_app
from brevgen.desk.visitors import Visits
from brevgen.errors import WrongUse
from brevgen.language import tr

HOST = "127.0.0.1"


def serve(
    root: Path,
    clock: Callable[[], datetime],
    actor: Actor,
    *,
    port: int,
    tell: Callable[[str], None],
) -> None:
    """Serve the desk to this machine until it is told to end.

    Args:
        root: the workspace's folder.
        clock: tells the time, aware.
        actor: whom the printed address logs in.
        port: 0 for any that is free.
        tell: is told the address, once the desk answers there.

    Raises:
        WrongUse: the port is taken.
    """
    import uvicorn

    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise WrongUse(
            tr("Port {port} cannot be used: {reason}.", port=port, reason=error.strerror)
        ) from error
    listening.listen()
    host = f"{HOST}:{listening.getsockname()[1]}"
    visits = Visits(clock)
    app = make_app(root, clock, visits, [host, f"localhost:{host.split(':')[1]}"])
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=5
    )
    address = "http://{host}/enter?code={code}"
    tell(address.format(host=host, code=visits.new_code(actor)))
    uvicorn.Server(config).run(sockets=[listening])
