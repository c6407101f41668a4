"""A key in hardware (an HSM, a smart card) that signs by itself and never gives the key away.

pyHanko and the hardware's library are imported here at once: import this file only where such a
key is opened.
"""

import os
from pathlib import Path

import pkcs11
from asn1crypto import x509
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from brevgen.errors import NotSealed
from brevgen.findings import Findings
from brevgen.language import quoted, tr
from brevgen.seal.certificates import read_certificates
from brevgen.settings.seal import SealSettings, TokenSettings, place, read_file
from brevgen.settings.secrets import read_secret


class TokenSigner(PKCS11Signer):
    """Signs with a key on a token, which may fail at any letter."""

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """The signature of some bytes.

        Raises:
            NotSealed: the token does not sign.
        """
        try:
            return await super().async_sign_raw(data, digest_algorithm, dry_run)
        except pkcs11.PKCS11Error as error:
            raise NotSealed(
                tr(
                    "The token does not sign ({reason}). See whether it is connected, and run the"
                    " command again.",
                    reason=type(error).__name__,
                )
            ) from None


def load_token_key(settings: SealSettings, folder: Path, findings: Findings) -> TokenSigner | None:
    """The key in the hardware the settings name; None where it cannot be had, with the faults.

    Args:
        settings: the `[seal]` table, with `pkcs11`.
        folder: the workspace.
    """
    wanted = settings.pkcs11
    assert wanted is not None, "asked for only where it is set"
    _find_token(wanted, findings)
    pin = read_secret("seal.pin", settings.pin_env, settings.pin_file, folder, os.environ, findings)
    if findings.faults:
        return None
    session = _log_in(wanted, pin, settings, findings)
    certificates = _certificates(wanted, folder, findings)
    if session is None or findings.faults:
        return None
    signer = TokenSigner(
        session,
        cert_label=None if certificates else wanted.certificate or wanted.key,
        signing_cert=certificates[0] if certificates else None,
        ca_chain=certificates[1:],
        key_label=wanted.key,
        other_certs_to_pull=() if certificates else None,
    )
    try:
        assert signer.signing_cert is not None  # which is asked of the token, with the key
    except pkcs11.PKCS11Error as error:
        findings.fault(
            tr(
                "Key and certificate cannot be read from the token “{token}”: {reason}",
                token=wanted.token,
                reason=error,
            ),
            tr(
                "There must be exactly one of each with its label; or name the certificate's file"
                " as certificate_file."
            ),
            place("pkcs11"),
        )
        return None
    return signer


def _find_token(wanted: TokenSettings, findings: Findings) -> None:
    """See that there is exactly one token of this name."""
    try:
        slots = pkcs11.lib(wanted.module).get_slots(token_present=True)
        labels = [slot.get_token().label for slot in slots]
    except (pkcs11.PKCS11Error, RuntimeError, OSError):
        findings.fault(
            tr(
                "{file} is not there, or is no PKCS#11 library that works here.", file=wanted.module
            ),
            tr("Install the hardware's library, or put the path right."),
            place("pkcs11.module"),
        )
        return
    if (count := labels.count(wanted.token)) != 1:
        there = ", ".join(quoted(label) for label in labels if label) or tr("none")
        findings.fault(
            tr(
                "There are {count} tokens with the label “{token}”.",
                count=count,
                token=wanted.token,
            ),
            tr("There must be exactly one. Labels there are: {labels}.", labels=there),
            place("pkcs11.token"),
        )


def _log_in(
    wanted: TokenSettings, pin: str, settings: SealSettings, findings: Findings
) -> "pkcs11.Session | None":
    where = settings.pin_file or tr("the environment variable {name}", name=settings.pin_env)
    token = TokenCriteria(label=wanted.token)
    what, remedy = tr("No PIN is given for the token."), tr("Put it into {place}.", place=where)
    for given in (pin, None) if pin else ():
        try:
            return open_pkcs11_session(wanted.module, token_criteria=token, user_pin=given)
        except pkcs11.UserAlreadyLoggedIn:  # one log-in is for the whole process: go on without
            continue
        except pkcs11.PinLocked:
            what = tr("The token is locked after too many wrong PINs.")
            remedy = tr("Have it unlocked by whoever looks after the hardware.")
        except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange):
            what = tr("The PIN is wrong.")
            remedy = tr(
                "Put the right one into {place}; too many wrong ones lock the token.", place=where
            )
        except pkcs11.PKCS11Error as error:
            what = tr("The token does not open ({reason}).", reason=type(error).__name__)
            remedy = tr("See whether it works with its own tools.")
        break
    findings.fault(what, remedy, place("pkcs11.token"))
    return None


def _certificates(
    wanted: TokenSettings, folder: Path, findings: Findings
) -> list[x509.Certificate]:
    """The certificates in the file beside the token, the key's own first; none if none is named."""
    if not wanted.certificate_file:
        return []
    key = "pkcs11.certificate_file"
    data = read_file(folder / wanted.certificate_file, key, findings)
    found = read_certificates(data or b"")
    if data is not None and not found:
        what, remedy = tr("The file is no certificate."), tr("Name a PEM or DER file.")
        findings.fault(what, remedy, place(key))
    return [x509.Certificate.load(each) for each in found]
