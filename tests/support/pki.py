"""Certificates for the tests: an agency's seal, another agency's, and a time-stamp service."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = datetime(2017, 11, 6, 9, tzinfo=UTC)
SINCE, UNTIL = datetime(2016, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC)
IMDI, OTHERS = "987879696", "974760673"
PASSPHRASE = "grønn båt 47"
PIN = "739104"
LABEL = "Elektronisk segl fra avsenderen"

USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Holder:
    """A certificate, its key, and those who issued it, nearest first and the root last."""

    key: Any
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        return bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def pem(self) -> bytes:
        """The certificate and its issuers."""
        return b"".join(c.public_bytes(Encoding.PEM) for c in (self.certificate, *self.issuers))

    def p12(self, *, key: Key | None = None, issuers: Sequence[x509.Certificate] = ()) -> bytes:
        """A PKCS#12 file, with another key if one is given."""
        others = [*issuers] or [*self.issuers]
        return pkcs12.serialize_key_and_certificates(
            b"segl",
            key or self.key,
            None if key else self.certificate,
            [self.certificate, *others] if key else others,
            BestAvailableEncryption(PASSPHRASE.encode()),
        )


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def issue(
    name: str,
    by: Holder | None = None,
    *,
    key: Key | None = None,
    organisation: str = "",
    usage: Sequence[str] = ("content_commitment",),
    since: datetime = SINCE,
    until: datetime = UNTIL,
    is_issuer: bool = False,
    for_timestamps: bool = False,
) -> Holder:
    """Make a certificate.

    Args:
        name: the common name.
        by: who issues it; itself if nobody.
        key: its key; a new one if none is given.
        organisation: organisation number; empty for none.
        usage: what it may be used for; empty for an extension less.
        since: when it begins to be valid.
        until: when it ends.
        is_issuer: whether it may issue others.
        for_timestamps: whether it is a time-stamp service's.
    """
    key = key or rsa_key()
    parts = {NameOID.COUNTRY_NAME: "NO", NameOID.ORGANIZATION_NAME: f"{name} AS"}
    if organisation:
        parts[NameOID.ORGANIZATION_IDENTIFIER] = f"NTRNO-{organisation}"
    parts[NameOID.COMMON_NAME] = name
    subject = x509.Name([x509.NameAttribute(*part) for part in parts.items()])
    public, issuer_public = key.public_key(), (by.key if by else key).public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(is_issuer, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public), critical=False
        )
    )
    if is_issuer:
        usage = ("key_cert_sign",)
    if usage:
        flags = {each: each in usage for each in USAGES}
        builder = builder.add_extension(x509.KeyUsage(**flags), critical=True)
    if for_timestamps:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    certificate = builder.sign(by.key if by else key, SHA256())
    return Holder(key, certificate, (by.certificate, *by.issuers) if by else ())


@dataclass(frozen=True)
class Pki:
    """The certificates of the tests, two to a key of trust.

    Args:
        root: the root.
        issuer: the authority between root and seals.
        seal: the agency's seal.
        stamps: a time-stamp service under the same root.
        other_root: another root.
        other_seal: another agency's seal under it.
    """

    root: Holder
    issuer: Holder
    seal: Holder
    stamps: Holder
    other_root: Holder
    other_seal: Holder


def make_pki() -> Pki:
    root = issue("Rot", is_issuer=True)
    issuer = issue("Utsteder", root, is_issuer=True)
    other = issue("Annen rot", is_issuer=True)
    return Pki(
        root,
        issuer,
        issue("IMDi segl", issuer, organisation=IMDI),
        issue("Tid", issuer, usage=("digital_signature",), for_timestamps=True),
        other,
        issue("UDI segl", other, organisation=OTHERS),
    )


@contextmanager
def timestamp_service(holder: Holder, at: datetime) -> Iterator[str]:
    """A time-stamp service on this machine; its address.

    Args:
        holder: its certificate and key.
        at: the time it tells.
    """
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(holder.der),
        keys.PrivateKeyInfo.load(
            holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        SimpleCertificateStore.from_certs(
            asn1_x509.Certificate.load(each.public_bytes(Encoding.DER))
            for each in holder.issuers[:-1]
        ),
        fixed_dt=at,
    )

    def answer(asked: bytes) -> bytes:
        return bytes(stamper.request_tsa_response(tsp.TimeStampReq.load(asked)).dump())

    with serving(answer) as url:
        yield url


@contextmanager
def serving(answer: Any) -> Iterator[str]:
    """A web server on this machine that answers every request; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            body = answer(asked)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write(folder: Path, name: str, data: bytes) -> str:
    """Write a file into a workspace; its name."""
    (folder / name).write_bytes(data)
    return name
