"""A desk for several people as a process of its own, with a certificate, behind a proxy's header.

A browser that sends the header from this machine is the proxy, and whoever it says.
"""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.running import finish, start

WHO = "X-Remote-User"
SETTINGS = """
[desk]
host = "localhost:{port}"
port = {port}
certificate = "secrets/desk.pem"
key = "secrets/desk.key"

[desk.proxy]
addresses = ["127.0.0.1"]
header = "X-Remote-User"

[desk.roles]
make = ["kari"]
send = ["kari"]
follow_up = ["kari"]
approve = ["hege"]
"""


@contextmanager
def desk_of_many(place: Path) -> Iterator[str]:
    """Run `brevgen desk` in a workspace; its address."""
    port = give_desk(place)
    process = start(place, "desk")
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        assert f"https://localhost:{port}/" in told, told
        yield f"https://localhost:{port}"
    finally:
        process.terminate()
        finish(process)


def give_desk(place: Path) -> int:
    """Let a workspace have a desk for several people, with a certificate of its own; its port."""
    give_certificate(place)
    port = free_port()
    settings = place / "brevgen.toml"
    text = settings.read_text(encoding="utf-8") + SETTINGS.format(port=port)
    settings.write_text(text, encoding="utf-8")
    return port


def free_port() -> int:
    """A port of this machine that a server may take."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def give_certificate(place: Path) -> None:
    """Put a certificate for localhost, and its key, into the folder `secrets` of a workspace."""
    secrets = place / "secrets"
    secrets.mkdir()
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", secrets / "desk.key", "-out", secrets / "desk.pem"),
        ],
        check=True,
        capture_output=True,
    )
