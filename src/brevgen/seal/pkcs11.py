"""A key in hardware (an HSM, a smart card) that signs by itself and never gives the key away."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brevgen.findings import Findings
from brevgen.seal.certificates import read_certificates
from brevgen.seal.private_key import LoadedKey, NotSealed, Sign
from brevgen.settings.seal import SealSettings, TokenSettings, place, read_file
from brevgen.settings.secrets import read_secret

if TYPE_CHECKING:
    import pkcs11


def load_token_key(settings: SealSettings, folder: Path, findings: Findings) -> LoadedKey | None:
    """The key in the hardware the settings name; None where it cannot be had, with the faults.

    Args:
        settings: the `[seal]` table, with `pkcs11`.
        folder: the workspace.
        findings: where faults go.
    """
    assert settings.pkcs11 is not None, "asked for only where it is set"
    wanted = settings.pkcs11
    token = _token(wanted, findings)
    pin = read_secret("seal.pin", settings.pin_env, settings.pin_file, folder, os.environ, findings)
    if token is None or findings.faults:
        return None
    session = _log_in(token, pin, settings, findings)
    if session is None:
        return None
    key = _key(session, wanted, findings)
    certificate, others = _certificates(session, wanted, folder, findings)
    if key is None or not certificate:
        return None
    return LoadedKey(certificate, tuple(others), _signing(key))


def _signing(key: Any) -> Sign:
    import pkcs11

    def sign(data: bytes) -> bytes:
        try:
            return bytes(key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
        except pkcs11.PKCS11Error as error:
            raise NotSealed(
                f"The token does not sign ({type(error).__name__})."
                " See whether it is connected, and run the command again."
            ) from None

    return sign


def _token(wanted: TokenSettings, findings: Findings) -> "pkcs11.Token | None":
    import pkcs11

    try:
        tokens = [
            slot.get_token() for slot in pkcs11.lib(wanted.module).get_slots(token_present=True)
        ]
    except (pkcs11.PKCS11Error, RuntimeError, OSError):
        findings.fault(
            f"{wanted.module} is not there, or is no PKCS#11 library that works here.",
            "Install the hardware's library, or put the path right.",
            place("pkcs11.module"),
        )
        return None
    named = [token for token in tokens if token.label == wanted.token]
    if len(named) == 1:
        return named[0]
    there = ", ".join(f"“{token.label}”" for token in tokens if token.label) or "none"
    findings.fault(
        f"There are {len(named)} tokens with the label “{wanted.token}”.",
        f"There must be one. Labels there are: {there}.",
        place("pkcs11.token"),
    )
    return None


def _log_in(
    token: "pkcs11.Token", pin: str, settings: SealSettings, findings: Findings
) -> "pkcs11.Session | None":
    import pkcs11

    where = settings.pin_file or f"the environment variable {settings.pin_env}"
    if not pin:
        findings.fault(
            "No PIN is given for the token.", f"Put it into {where}.", place("pkcs11.token")
        )
        return None
    try:
        return token.open(user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:
        return token.open()  # one log-in is for the whole process
    except pkcs11.PinLocked:
        findings.fault(
            "The token is locked after too many wrong PINs.",
            "Have it unlocked by whoever looks after the hardware.",
            place("pkcs11.token"),
        )
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange):
        findings.fault(
            "The PIN is wrong.",
            f"Put the right one into {where}; too many wrong ones lock the token.",
            place("pkcs11.token"),
        )
    except pkcs11.PKCS11Error as error:
        findings.fault(
            f"The token does not open ({type(error).__name__}).",
            "See whether it works with its own tools.",
            place("pkcs11.token"),
        )
    return None


def _key(session: "pkcs11.Session", wanted: TokenSettings, findings: Findings) -> Any:
    from pkcs11 import Attribute, ObjectClass

    asked = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: wanted.key}
    keys = list(session.get_objects(asked))
    if len(keys) == 1:
        return keys[0]
    findings.fault(
        f"There are {len(keys)} private keys with the label “{wanted.key}” on the token.",
        "There must be one.",
        place("pkcs11.key"),
    )
    return None


def _certificates(
    session: "pkcs11.Session", wanted: TokenSettings, folder: Path, findings: Findings
) -> tuple[bytes, list[bytes]]:
    """The key's certificate and others, from its file or from the token; empty with a fault."""
    from pkcs11 import Attribute, ObjectClass

    if wanted.certificate_file:
        key = "pkcs11.certificate_file"
        data = read_file(folder / wanted.certificate_file, key, findings)
        found = read_certificates(data) if data else []
        if data is not None and not found:
            findings.fault("The file is no certificate.", "Name a PEM or DER file.", place(key))
        return (found[0], found[1:]) if found else (b"", [])
    label = wanted.certificate or wanted.key
    objects = list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}))
    named = [each[Attribute.VALUE] for each in objects if each[Attribute.LABEL] == label]
    if len(named) == 1:
        return named[0], [each[Attribute.VALUE] for each in objects]
    findings.fault(
        f"There are {len(named)} certificates with the label “{label}” on the token.",
        "There must be one; or name its file as certificate_file.",
        place("pkcs11.certificate"),
    )
    return b"", []
