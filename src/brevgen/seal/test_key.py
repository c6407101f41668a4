"""The TEST key: made on first use where no real one is set, so that everything can be tried out.

Its name says TEST, it is trusted by this workspace alone, and it proves nothing.
"""

import os
import stat
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.errors import UnreadableFile
from brevgen.files import os_reason, read_bytes
from brevgen.findings import FaultyInput, Place
from brevgen.language import tr
from brevgen.marker import STATE_FOLDER
from brevgen.seal.certificates import read_certificates

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

FILE = "test-seal.pem"
"""The TEST key and its certificate, which is its own root; older ones have their root after it."""

TEST_NAME = "TEST brevgen"
"""How the name on every TEST certificate begins."""

_LARGEST = 64 * 1024
_SINCE, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)
"""Valid whatever the clock says: rounds of the past are tried out too."""


def load_test_key(folder: Path) -> "Signer":
    """The workspace's TEST key, made now if there is none.

    Args:
        folder: the workspace.

    Raises:
        FaultyInput: the file is damaged, or cannot be written or read.
    """
    path = folder / STATE_FOLDER / FILE
    try:
        if not path.exists():
            _publish(path, _make())
        return _read(read_bytes(path, most=_LARGEST), path)
    except UnreadableFile as reason:
        what = tr("The TEST key cannot be read. {reason}", reason=reason.what)
        remedy = tr("Give its group leave to read it, or set a key of your own.")
        raise FaultyInput.of(what, remedy, Place(str(path))) from None
    except OSError as error:
        what = tr("The TEST key cannot be made ({reason}).", reason=os_reason(error))
        remedy = tr("See who may write there, or set a key of your own.")
        raise FaultyInput.of(what, remedy, Place(str(path))) from None


def read_test_root(folder: Path) -> bytes:
    """The root of the workspace's TEST key as DER; empty if there is none or it cannot be read."""
    try:
        data = read_bytes(folder / STATE_FOLDER / FILE, most=_LARGEST)
        return read_certificates(data)[-1]
    except (UnreadableFile, IndexError):
        return b""


def _read(data: bytes, path: Path) -> "Signer":
    from asn1crypto import x509
    from pyhanko.keys import load_private_key_from_pemder_data
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    from brevgen.seal.private_key import InMemorySigner

    try:
        key = load_private_key_from_pemder_data(data, None)
        certificate, *others = (x509.Certificate.load(each) for each in read_certificates(data))
    except (ValueError, TypeError):
        what = tr("The TEST key is damaged.")
        remedy = tr("Remove the file; a new one is made then.")
        raise FaultyInput.of(what, remedy, Place(str(path))) from None
    return InMemorySigner(certificate, key, SimpleCertificateStore.from_certs(others))


def _publish(path: Path, data: bytes) -> None:
    """Write the file whole, for its owner alone, or for the group whose folder it is.

    If another process was first, its key stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = path.parent.stat()
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if folder.st_mode & stat.S_IWGRP:
                os.fchown(handle, -1, folder.st_gid)
                os.fchmod(handle, 0o640)
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            pass
        except OSError:  # a file system without links: two at once may then differ, once
            Path(aside).replace(path)
    finally:
        Path(aside).unlink(missing_ok=True)


def _make() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    parts = {
        NameOID.COUNTRY_NAME: "NO",
        NameOID.ORGANIZATION_NAME: "TEST – not a real organisation",
        NameOID.COMMON_NAME: f"{TEST_NAME} seal",
    }
    name = x509.Name([x509.NameAttribute(*part) for part in parts.items()])
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,  # no other certificate can be made to look like this one
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_SINCE)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)
