"""The server of the desk: for one person on this machine, or for several."""

import logging
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brevgen.actor import Actor
from brevgen.desk.app import make_app
from brevgen.desk.desk_log import write_log_to
from brevgen.desk.visitors import Visits
from brevgen.errors import WrongUse
from brevgen.findings import FaultyInput, Findings, Place
from brevgen.language import tr
from brevgen.marker import MARKER
from brevgen.settings.desk import DeskSettings
from brevgen.settings.secrets import read_secret

if TYPE_CHECKING:
    from starlette.applications import Starlette

HERE = "localhost"
"""What a desk for one person is called; a passkey belongs to a name, and never to a number."""
PATIENCE = 2
"""Seconds that answers have to end in when the server is told to end; work has as many again."""


def serve_one(
    root: Path,
    clock: Callable[[], datetime],
    actor: Actor,
    *,
    port: int,
    tell: Callable[[str], None],
) -> None:
    """Serve the desk to one person on this machine until it is told to end.

    Args:
        root: the workspace's folder.
        clock: tells the time, aware.
        actor: whom the printed address logs in.
        port: 0 for any that is free.
        tell: is told the address, once the desk answers there.

    Raises:
        WrongUse: the port is taken.
    """
    write_log_to(sys.stderr, logging.WARNING)
    listening = [_listen("127.0.0.1", port)]
    port = listening[0].getsockname()[1]
    if _has_ipv6():  # where the name leads to first, and so must lead nowhere else
        listening.append(_listen("::1", port))
    visits = Visits(clock)
    app = make_app(root, clock, visits, [f"{HERE}:{port}", f"127.0.0.1:{port}"], warm=True)
    address = f"http://{HERE}:{port}/enter?code={visits.new_code(actor)}"
    tell(address)
    _run(app, listening)


def serve_many(
    root: Path,
    clock: Callable[[], datetime],
    settings: DeskSettings,
    *,
    tell: Callable[[str], None],
) -> None:
    """Serve the desk to several people, as the settings say, until it is told to end.

    Args:
        root: the workspace's folder.
        clock: tells the time, aware.
        settings: the table `[desk]`.
        tell: is told the address, once the desk answers there.

    Raises:
        FaultyInput: the secret, the certificate or its key cannot be read.
        WrongUse: the address cannot be listened at.
    """
    findings = Findings()
    secret = ""
    if settings.oidc is not None:
        its = settings.oidc
        secret = read_secret(
            "desk.oidc.client_secret",
            its.client_secret_env,
            its.client_secret_file,
            root,
            os.environ,
            findings,
        )
    findings.stop_on_faults()
    tls = _certificate(settings, root)
    write_log_to(sys.stderr, logging.INFO)
    visits = Visits(
        clock, idle=timedelta(minutes=settings.idle), longest=timedelta(hours=settings.longest)
    )
    app = make_app(
        root,
        clock,
        visits,
        [settings.host],
        secure=True,
        desk=settings,
        secret=secret,
        warm=True,
    )
    listening = _listen(settings.address, settings.port)
    address = f"https://{settings.host}/"
    tell(address)
    _run(app, [listening], **tls)


def _certificate(settings: DeskSettings, root: Path) -> dict[str, Any]:
    """The files of the certificate and its key, which fit each other; nothing where a proxy has it.

    Raises:
        FaultyInput: they cannot be used.
    """
    import ssl

    if not settings.certificate:
        return {}
    files = root / settings.certificate, root / settings.key
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*files, password=lambda: b"")
    except (OSError, ssl.SSLError) as error:
        raise FaultyInput.of(
            tr(
                "The certificate {certificate} and its key {key} cannot be used: {reason}.",
                certificate=files[0],
                key=files[1],
                reason=error.strerror or error,
            ),
            tr("Give PEM files that belong together, the key without a passphrase."),
            Place(MARKER, column="desk.certificate"),
        ) from error
    return {"ssl_certfile": str(files[0]), "ssl_keyfile": str(files[1])}


def _listen(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((address, port))
    except OSError as error:
        listening.close()
        raise WrongUse(
            tr("Port {port} cannot be used: {reason}.", port=port, reason=error.strerror)
        ) from error
    listening.listen()
    return listening


def _has_ipv6() -> bool:
    """Whether this machine can be reached by itself with version 6 of the protocol."""
    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6) as trial:
            trial.bind(("::1", 0))
    except OSError:
        return False
    return True


def _run(app: "Starlette", listening: list[socket.socket], **more: Any) -> None:
    import uvicorn

    from brevgen.desk.connections import TimedConnection

    config = uvicorn.Config(
        app,
        http=TimedConnection,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the guard believes the proxies of the settings, and no others
        timeout_graceful_shutdown=PATIENCE,
        **more,
    )
    with suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
        uvicorn.Server(config).run(sockets=listening)
