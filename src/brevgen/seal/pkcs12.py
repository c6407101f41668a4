"""A key in a PKCS#12 file, as certificate authorities hand them out."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.findings import Findings
from brevgen.language import tr, untranslated
from brevgen.settings.seal import SealSettings, place, read_file
from brevgen.settings.secrets import read_secret

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer


def load_file_key(settings: SealSettings, folder: Path, findings: Findings) -> "Signer | None":
    """The key in the file the settings name; None where it cannot be had, with the faults.

    Args:
        settings: the `[seal]` table, with a `key`.
        folder: the workspace.
    """
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
    try:
        return _open(data, passphrase)
    except _WillNotDo as reason:
        variable = tr("the environment variable {name}", name=settings.passphrase_env)
        values = {"file": settings.key, "place": settings.passphrase_file or variable}
        what, remedy = (tr(text, **values) for text in reason.args)
        findings.fault(what, remedy, place("key"))
        return None


class _WillNotDo(Exception):
    """Why a file does not open, and what to do."""


def _open(data: bytes, passphrase: str) -> "Signer":
    from asn1crypto.pkcs12 import Pfx
    from cryptography.exceptions import UnsupportedAlgorithm
    from pyhanko.sign.signers import SimpleSigner

    from brevgen.seal.private_key import InMemorySigner

    try:
        Pfx.load(data, strict=True).native  # noqa: B018  only to see whether it is such a file
    except (ValueError, TypeError):
        raise _WillNotDo(
            untranslated("{file} is not a PKCS#12 file."), untranslated("Name a .p12 or .pfx file.")
        ) from None
    try:
        read = SimpleSigner.load_pkcs12_data(data, (), passphrase.encode() or None)
    except AttributeError:  # so pyHanko fails where one of the two is not there
        raise _WillNotDo(
            untranslated("There is no key in the file, or no certificate that fits the key."),
            untranslated("Export the key together with its certificate."),
        ) from None
    except ValueError as error:
        if isinstance(error.__cause__, UnsupportedAlgorithm):
            raise _WillNotDo(
                untranslated("The file is locked in a way that is too old."),
                untranslated("Export it again with AES, for example with openssl pkcs12."),
            ) from None
        if not passphrase:
            raise _WillNotDo(
                untranslated("No passphrase is given for the file."),
                untranslated("Put it into {place}."),
            ) from None
        raise _WillNotDo(
            untranslated("The passphrase does not open the file."),
            untranslated("Put the right one into {place}."),
        ) from None
    return InMemorySigner(read.signing_cert, read.signing_key, read.cert_registry)
