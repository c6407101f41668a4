"""KS SvarUt and Maskinporten on the loopback: a server of our own that keeps what it takes.

It holds what comes to what their specifications say: the bearer, the integration, the order and the
names of the parts, every field there may be and its limits. And it does wrong where it is told.
"""

import base64
import json
import socket
import ssl
import struct
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from tests.support.svarut_rules import against

ACCOUNT = "6a1f0f0e-51c6-4b5c-8f2c-9a7de8a3b001"
INTEGRATION = "0d3c5c1c-3f57-4a8e-a0d1-2f6b7c8d9e02"
PASSWORD = "integrasjon-passord"
CLIENT = "brevgen-klient"
AUDIENCE = "https://maskinporten.example/"

FAULTS = (
    "cut before",  # the line is cut before the letter is kept
    "cut after",  # it is kept, and the line is cut before the answer
    "half",  # it is kept, and the line is cut within the answer
    "late",  # it is kept, and the answer comes late
    "500 before",
    "500 after",
    "html before",  # a page from something in between, with status 200
    "html after",
    "429",
    "redirect",
    "endless",  # it is kept, and the answer has no end
    "twice",  # the whole answer comes twice
)
"""What can be done wrong with a letter."""

KEPT_ALL_THE_SAME = ("half", "late", "endless", "twice")


@dataclass
class Kept:
    """A letter that was taken."""

    id: str
    told: dict[str, Any]
    files: dict[str, bytes]
    state: str = "MOTTATT"
    changed: str = "2017-11-06T10:33:00.008+01:00"

    @property
    def reference(self) -> str:
        return str(self.told["eksternReferanse"])

    @property
    def to(self) -> str:
        return str(self.told["mottaker"]["digitalId"])

    @property
    def pdf_sha256(self) -> str:
        (pdf,) = (data for name, data in self.files.items() if name.endswith(".pdf"))
        return sha256(pdf).hexdigest()


@dataclass
class Ruling:
    """What the server is to do wrong: with a letter by its reference, and with look-ups."""

    on_post: Callable[[str, int], str] = lambda reference, attempt: ""
    on_question: Callable[[str], str] = lambda path: ""
    watch: Callable[[str], None] = lambda step: None


class SvarUt:
    """The server; use it in a `with`.

    Args:
        certificate: whose requests for tokens hold.
        retry_after: seconds that 429 asks for.
        lateness: seconds of `late`.
        token_lifetime: seconds that a token holds, as it is told.
        tls: its certificate and key; without them it speaks plainly.
    """

    def __init__(
        self,
        certificate: x509.Certificate,
        *,
        retry_after: int = 1,
        lateness: float = 3,
        token_lifetime: int = 120,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.kept: dict[str, Kept] = {}
        self.ruling = Ruling()
        self.asked: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()
        self.tokens: set[str] = set()
        self.takes: Callable[[str], object] = lambda token: token in self.tokens
        self.without_system: set[str] = set()
        self.complaints: list[str] = []
        self.certificate = certificate
        self.retry_after, self.lateness = retry_after, lateness
        self.token_lifetime = token_lifetime
        self._lock = threading.Lock()
        self._jtis: set[str] = set()
        self._busy = 0
        stub = self

        class Handler(_Handler):
            owner = stub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._scheme, self._host = "http", "127.0.0.1"
        if tls is not None:
            self._scheme, self._host = "https", "localhost"
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> "SvarUt":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"{self._scheme}://{self._host}:{self._server.server_address[1]}"

    def wait_until_quiet(self) -> None:
        """Wait until no request is being dealt with, so that nothing more is kept."""
        until = time.monotonic() + 30
        while self._busy:
            assert time.monotonic() < until, "somebody is still being answered"
            time.sleep(0.002)

    @contextmanager
    def busy(self) -> Iterator[None]:
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1

    def settings(self, **keys: object) -> str:
        """The table `[channels.svarut]` that leads here, as TOML."""
        all_keys: dict[str, object] = {
            "account": ACCOUNT,
            "integration": INTEGRATION,
            "password_file": "svarut-password",
            "client": CLIENT,
            "key": "svarut.p12",
            "passphrase_file": "svarut-passphrase",
            "url": f"{self.url}/api",
            "token_url": f"{self.url}/token",
            "audience": AUDIENCE,
            "timeout": 5,
            "last_timeout": 5,
            "trusted_after": 0,
            **keys,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in all_keys.items()]
        return "\n".join(["", "[channels.svarut]", *lines, ""])

    # -- what it does ------------------------------------------------------------------------------

    def token_for(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """A token for whoever proves to be the client."""
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return 400, {"error": "unsupported_grant_type"}
        if against := self._against_grant(form.get("assertion", "")):
            return 400, {"error": "invalid_grant", "error_description": against}
        token = f"token-{uuid.uuid4()}"
        with self._lock:
            self.tokens.add(token)
        return 200, {"access_token": token, "expires_in": self.token_lifetime, "scope": "ks:fiks"}

    def _against_grant(self, assertion: str) -> str:
        """What is wrong with a request for a token; empty if nothing is."""
        try:
            head, claims, signature = assertion.split(".")
            told_head, told = json.loads(_decoded(head)), json.loads(_decoded(claims))
            certificate = x509.load_der_x509_certificate(base64.b64decode(told_head["x5c"][0]))
        except (ValueError, KeyError, IndexError):
            return "no JWT with a certificate"
        if certificate != self.certificate or told_head["alg"] != "RS256":
            return "another's certificate"
        key = certificate.public_key()
        assert isinstance(key, RSAPublicKey)
        try:
            key.verify(_decoded(signature), f"{head}.{claims}".encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            return "signature"
        now = time.time()
        if (told["aud"], told["iss"], told["scope"]) != (AUDIENCE, CLIENT, "ks:fiks"):
            return "aud, iss or scope"
        if not (now - 10 <= told["iat"] <= now + 10 and now < told["exp"] <= told["iat"] + 120):
            return "iat or exp"
        with self._lock:
            if told["jti"] in self._jtis:
                return "jti was used"
            self._jtis.add(told["jti"])
        return ""

    def keep(self, told: dict[str, Any], files: dict[str, bytes]) -> Kept:
        kept = Kept(str(uuid.uuid4()), told, files)
        with self._lock:
            self.kept[kept.id] = kept
        return kept

    def ids_of(self, reference: str) -> list[str]:
        with self._lock:
            return [each.id for each in self.kept.values() if each.reference == reference]


@dataclass
class _Request:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    body: bytes
    kind: str
    parts: list[tuple[str, str, str, bytes]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    owner: SvarUt
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing is written anywhere."""

    def do_GET(self) -> None:
        self._deal_with("GET")

    def do_POST(self) -> None:
        self._deal_with("POST")

    def _deal_with(self, method: str) -> None:
        self.close_connection = True
        with self.owner.busy():
            try:
                self._answer(method)
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                self.close_connection = True  # whoever asked is gone

    def _answer(self, method: str) -> None:
        url = urlsplit(self.path)
        body = self._body()
        if body is None:
            return
        request = _Request(
            method, url.path, parse_qs(url.query), body, self.headers.get("Content-Type", "")
        )
        if url.path == "/token":
            form = {name: each[0] for name, each in parse_qs(body.decode()).items()}
            self._say(*self.owner.token_for(form))
            return
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        given = self.headers.get("IntegrasjonId"), self.headers.get("IntegrasjonPassord")
        if not self.owner.takes(token) or given != (INTEGRATION, PASSWORD):
            self._say(401, {"status": 401, "error": "Unauthorized"})
            return
        path = url.path.removeprefix("/api")
        self.owner.asked[path.rpartition("/")[2]] += 1
        if method == "POST" and path == f"/v3/kontoer/{ACCOUNT}/forsendelser/organisasjon":
            self._take(request)
            return
        if self._does_wrong(self.owner.ruling.on_question(path), None):
            return
        if method == "GET" and path == f"/v2/kontoer/{ACCOUNT}/forsendelser":
            ids = self.owner.ids_of(request.query["eksternRef"][0])
            self._say(200, {"forsendelseIds": ids})
        elif method == "POST" and path == f"/v3/kontoer/{ACCOUNT}/forsendelser/status/sok":
            self._tell_states(json.loads(body)["id"])
        elif method == "GET" and path == "/v2/mottakersystem":
            number = request.query["organisasjonsnummer"][0]
            system = {"navn": "Arkivet", "organisasjonsnummer": number, "id": "1", "niva": 3}
            has_none = number in self.owner.without_system
            self._say(200, {"mottakersystemer": [] if has_none else [system]})
        else:
            self._say(404, {"status": 404, "error": "Not Found", "path": path})

    def _body(self) -> bytes | None:
        """The whole body; None where it never came whole."""
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b""
            while size := int(self.rfile.readline() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        return body if len(body) == length else None

    def _tell_states(self, ids: list[str]) -> None:
        kept = self.owner.kept
        states = [
            {"id": i, "status": kept[i].state, "sisteStatusEndring": kept[i].changed}
            for i in ids
            if i in kept
        ]
        self._say(200, {"statuser": states})

    def _take(self, request: _Request) -> None:
        owner = self.owner
        told, parts = _parsed(request)
        reference = str(told.get("eksternReferanse", "")) if isinstance(told, dict) else ""
        owner.attempts[reference] += 1
        owner.ruling.watch("come")
        if parts and parts[0][0] == "forsendelse" and parts[0][1] == "":
            wrong = against(told, parts)
        else:
            wrong = "the first part must be forsendelse, and no file"
        if wrong:
            owner.complaints.append(wrong)
            self._say(400, {"status": 400, "errorCode": "VALIDATION", "message": wrong})
            return
        ruling = owner.ruling.on_post(reference, owner.attempts[reference])
        kept = None
        if not ruling or ruling in KEPT_ALL_THE_SAME or ruling.endswith(" after"):
            kept = owner.keep(told, {file_name: data for _, file_name, _, data in parts[1:]})
            owner.ruling.watch("kept")
        if not self._does_wrong(ruling, kept):
            assert kept is not None, "it was told to do nothing wrong"
            self._say(200, {"id": kept.id})

    def _does_wrong(self, ruling: str, kept: Kept | None) -> bool:
        """Do what is asked for; whether anything was."""
        what = ruling.partition(" ")[0]
        if what == "cut":
            self._cut()
        elif what == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{")
            self.wfile.flush()
            self._cut()
        elif what == "late":
            time.sleep(self.owner.lateness)
            self._say(200, {"id": kept.id if kept else ""})
        elif what == "html":
            self._say(200, "<!doctype html><title>Vedlikehold</title>", kind="text/html")
        elif what == "redirect":
            self._say(302, {}, Location=f"{self.owner.url}/elsewhere")
        elif what == "endless":
            self._endless()
        elif what == "twice":
            answer = {"id": kept.id if kept else ""}
            self._say(200, answer)
            self._say(200, answer)
        elif what == "429":
            self._say(429, {"error": "Too Many"}, **{"Retry-After": str(self.owner.retry_after)})
        elif what == "say":
            _, status, told = ruling.split(" ", 2)
            self._say(int(status), told)
        elif what.isdecimal():
            self._say(int(what), {"status": int(what), "error": "told to", "message": "æøå\n\x07"})
        return bool(what)

    def _endless(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            self.wfile.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")

    def _cut(self) -> None:
        # a reset, as when a machine in between forgets the connection
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.rfile = self.wfile = _Nowhere()  # type: ignore[assignment]

    def _say(
        self, status: int, told: object, *, kind: str = "application/json", **headers: str
    ) -> None:
        body = told.encode() if isinstance(told, str) else json.dumps(told).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


class _Nowhere:
    """A file that takes everything and keeps nothing."""

    closed = False

    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None: ...

    def close(self) -> None: ...


def _parsed(request: _Request) -> tuple[Any, list[tuple[str, str, str, bytes]]]:
    """The JSON of the first part, and all parts in their order."""
    head = f"Content-Type: {request.kind}\r\n\r\n".encode()
    message: Message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    if not message.is_multipart():
        return {}, []
    parts: list[tuple[str, str, str, bytes]] = []
    for each in message.get_payload():
        assert isinstance(each, Message)
        data = each.get_payload(decode=True)
        assert isinstance(data, bytes)
        name = str(each.get_param("name", "", "content-disposition"))
        parts.append((name, each.get_filename() or "", each.get_content_type(), data))
    try:
        return json.loads(parts[0][3]), parts
    except ValueError:
        return {}, parts


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
