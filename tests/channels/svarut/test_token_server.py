"""A token from a server that is not ours: NAV's mock-oauth2-server, where it is there."""

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels.svarut.samples import ready, workspace_for
from tests.support.samples import ROOT
from tests.support.svarut_rounds import stub, way
from tests.support.svarut_stub import CLIENT

JARS = ROOT / "build" / "token-server"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("java") and list(JARS.glob("mock-oauth2-server-*.jar"))),
        reason="no server of tokens here: make token-server",
    ),
]


@pytest.fixture
def issuer() -> Iterator[str]:
    """The issuer `maskinporten` of the server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/maskinporten"
    server = subprocess.Popen(
        ["java", "-cp", f"{JARS}/*", "no.nav.security.mock.oauth2.StandaloneMockOAuth2ServerKt"],
        env={"SERVER_PORT": str(port), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/jwks", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        server.kill()
        server.wait()


def claims(token: str) -> dict[str, object]:
    """What a token says."""
    part = token.split(".")[1]
    told: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return told


def test_it_gives_a_token_for_our_grant_and_that_opens_svarut(issuer: str, tmp_path: Path) -> None:
    def takes(token: str) -> bool:
        told = claims(token)
        return told["scope"] == "ks:fiks" and told["iss"] in (issuer, CLIENT)

    with stub() as there:
        there.takes = takes
        place = workspace_for(tmp_path, there, token_url=f"{issuer}/token", audience=issuer)
        with way(place) as channel:
            assert channel.hand_over(ready()).state == "sent"
    assert there.tokens == set(), "ours gave none"
