"""A key in a PKCS#12 file, as certificate authorities hand them out."""

import os
from typing import TYPE_CHECKING

from brevgen.findings import Findings
from brevgen.seal.private_key import LoadedKey, signing
from brevgen.settings.seal import SealSettings, place, read_file
from brevgen.settings.secrets import read_secret

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates


def load_file_key(settings: SealSettings, folder: "Path", findings: Findings) -> LoadedKey | None:
    """The key in the file the settings name; None where it cannot be had, with the faults.

    Args:
        settings: the `[seal]` table, with a `key`.
        folder: the workspace.
        findings: where faults go.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding

    data = read_file(folder / settings.key, "key", findings)
    passphrase = read_secret(
        "seal.passphrase",
        settings.passphrase_env,
        settings.passphrase_file,
        folder,
        os.environ,
        findings,
    )
    if data is None or findings.faults:
        return None
    inside = _open(data, passphrase, settings, findings)
    if inside is None:
        return None
    others = [each.certificate.public_bytes(Encoding.DER) for each in inside.additional_certs]
    if inside.key is None:
        findings.fault("There is no key in the file.", "Export key and certificate.", place("key"))
    elif inside.cert is None:
        findings.fault(
            "There is no certificate in the file that fits the key.",
            "Export the key together with its certificate.",
            place("key"),
        )
    elif not isinstance(inside.key, RSAPrivateKey):
        findings.fault("The key is not an RSA key.", "Order a seal with an RSA key.", place("key"))
    else:
        certificate = inside.cert.certificate.public_bytes(Encoding.DER)
        return LoadedKey(certificate, tuple(others), signing(inside.key))
    return None


def _open(
    data: bytes, passphrase: str, settings: SealSettings, findings: Findings
) -> "PKCS12KeyAndCertificates | None":
    from asn1crypto.pkcs12 import Pfx
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        Pfx.load(data, strict=True).native  # noqa: B018  only to see whether it is such a file
    except (ValueError, TypeError):
        findings.fault(
            f"{settings.key} is not a PKCS#12 file.", "Name a .p12 or .pfx file.", place("key")
        )
        return None
    try:
        return pkcs12.load_pkcs12(data, passphrase.encode() or None)
    except UnsupportedAlgorithm:
        findings.fault(
            "The file is locked in a way that is too old.",
            "Export it again with AES, for example with openssl pkcs12.",
            place("key"),
        )
    except ValueError:
        if passphrase:
            findings.fault(
                "The passphrase does not open the file.",
                f"Put the right one into {_where(settings)}.",
                place("key"),
            )
        else:
            findings.fault(
                "No passphrase is given for the file.",
                f"Put it into {_where(settings)}.",
                place("key"),
            )
    return None


def _where(settings: SealSettings) -> str:
    """Where the passphrase is to stand, in words."""
    return settings.passphrase_file or f"the environment variable {settings.passphrase_env}"
