"""Mail servers on the loopback: one that does as it is told, however wrong, and what TLS needs."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DROP = "drop"
"""Cut the connection without a word."""
HANG = "hang"
"""Say nothing any more."""
SLOW = "slow"
"""Give the good answer, but later."""
DRIP = "drip"
"""Begin an answer, and go on with it line by line, slowly and for ever."""
DELAY = 1.0
"""How much later; seconds."""

_GOOD = {
    "connect": "220 mail.example ready",
    "MAIL": "250 2.1.0 sender ok",
    "RCPT": "250 2.1.5 recipient ok",
    "DATA": "354 go on",
    "body": "",
    "end": "250 2.0.0 queued as 4711",
    "RSET": "250 2.0.0 forgotten",
    "NOOP": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 bye",
    "AUTH": "235 2.7.0 welcome",
    "STARTTLS": "220 2.0.0 begin",
}


class _Gone(Exception):
    """The connection is over."""


class ScriptedServer:
    """A mail server that answers each step as its script says, and well where it says nothing.

    Args:
        script: by step (`connect`, a command's name, `body` for the first part of a message, `end`
            for the whole of it) what to answer, each answer once; good answers after that.
        offers: what EHLO tells.
        tls: to speak TLS with, from the start.
        starttls: to speak TLS with once STARTTLS is given.
    """

    def __init__(
        self,
        script: dict[str, Sequence[str]] | None = None,
        *,
        offers: Sequence[str] = (),
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        self._script = {step: list(answers) for step, answers in (script or {}).items()}
        self._offers = offers
        self._tls = tls
        self._starttls = starttls
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self.connections = 0
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def __enter__(self) -> "ScriptedServer":
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._talk, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with contextlib.suppress(_Gone, OSError):
                self._converse(connection)
        except OSError:  # the client did not like our certificate
            pass
        finally:
            connection.close()

    def _converse(self, connection: socket.socket) -> None:
        self._answer(connection, "connect")
        self._obey(connection)

    def _obey(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as lines:
            while line := lines.readline():
                verb, blank, rest = line.decode("latin-1").rstrip("\r\n").partition(" ")
                verb = verb.upper()
                self.commands.append(f"{verb}{blank}{rest}")
                if verb == "EHLO" and not self._script.get("EHLO"):
                    offers = ["mail.example", *self._offers]
                    told = [f"250-{each}" for each in offers[:-1]] + [f"250 {offers[-1]}"]
                    connection.sendall("".join(f"{each}\r\n" for each in told).encode())
                    continue
                answer = self._answer(connection, verb)
                if verb == "QUIT":
                    return
                if verb == "STARTTLS" and self._starttls is not None:
                    with self._starttls.wrap_socket(connection, server_side=True) as secret:
                        self._obey(secret)
                    return
                if verb == "DATA" and answer.startswith("354"):
                    if self._script.get("body"):
                        lines.read(1000)
                    self._answer(connection, "body")
                    message = []
                    while (line := lines.readline()) not in (b".\r\n", b""):
                        message.append(line)
                    if not line:
                        return
                    self.messages.append(b"".join(message))
                    self._answer(connection, "end")

    def _answer(self, connection: socket.socket, step: str) -> str:
        answers = self._script.get(step)
        answer = answers.pop(0) if answers else _GOOD.get(step, "500 5.5.1 what?")
        if answer == SLOW:
            self._over.wait(DELAY)
            answer = _GOOD[step]
        while answer == DRIP:
            connection.sendall(b"250-more\r\n")
            if self._over.wait(0.1):
                raise _Gone
        if answer == HANG:
            self._over.wait(10)
            raise _Gone
        if answer == DROP:
            # at once, without a farewell of TCP
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise _Gone
        if answer:
            connection.sendall(f"{answer}\r\n".encode())
            if answer.startswith("421"):
                raise _Gone
        return answer


# -- certificates ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Authority:
    """A private authority: its certificate as a file, and certificates it gives."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        return self.folder / "ca.pem"

    def server(self, host: str = "localhost", *, expired: bool = False) -> ssl.SSLContext:
        """What a server needs that calls itself by this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        if host == "localhost":
            names.append(x509.IPAddress(IPv4Address("127.0.0.1")))
        began = datetime.now(UTC) - timedelta(days=30)
        certificate = (
            _certificate(host, self.certificate.subject, key)
            .not_valid_before(began)
            .not_valid_after(began + timedelta(days=10 if expired else 60))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )
        path = self.folder / f"{host}-{expired}.pem"
        path.write_bytes(_pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def make_authority(folder: Path) -> Authority:
    """A private authority with files in a folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    began = datetime.now(UTC) - timedelta(days=40)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Trial CA")])
    usage = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment"),
            *("data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
        ),
        False,
    )
    certificate = (
        _certificate("Trial CA", name, key)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=400))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    authority = Authority(folder, key, certificate)
    authority.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return authority


def _certificate(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@contextlib.contextmanager
def unused_port() -> Iterator[int]:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
