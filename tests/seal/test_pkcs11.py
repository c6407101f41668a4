"""A key in hardware is opened, or one clear fault says why not; SoftHSM2 stands in for it."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from brevgen.findings import FaultyInput, Finding
from brevgen.seal.key import open_key
from brevgen.settings.seal import SealSettings
from tests.seal.refusals import WRONG, faults, only
from tests.support.pki import NOW, Pki, issue, write


def changed(settings: SealSettings, **keys: str) -> SealSettings:
    assert settings.pkcs11
    return settings.model_copy(update={"pkcs11": settings.pkcs11.model_copy(update=keys)})


def test_a_key_on_a_token_is_opened_with_the_certificates_there(
    on_token: SealSettings, tmp_path: Path, pki: Pki
) -> None:
    for _ in range(2):  # the second time, the process is logged in already
        key = open_key(on_token, tmp_path, NOW)

        assert key.certificate == pki.seal.der
        assert key.chain == (pki.issuer.der,)
        assert not key.is_test


def test_a_certificate_may_lie_beside_the_token(
    on_token: SealSettings, tmp_path: Path, pki: Pki
) -> None:
    file = write(tmp_path, "segl.pem", pki.seal.pem())

    assert open_key(changed(on_token, certificate_file=file), tmp_path, NOW).chain


def test_a_certificate_of_another_key_is_told(
    on_token: SealSettings, tmp_path: Path, pki: Pki
) -> None:
    file = write(tmp_path, "annet.pem", issue("Annet", pki.issuer).pem())

    found = faults(changed(on_token, certificate_file=file), tmp_path)

    only(found, "The key does not fit its certificate", "pkcs11.key")


@pytest.mark.parametrize(
    ("keys", "what", "column"),
    [
        ({"module": "/nowhere/lib.so"}, "/nowhere/lib.so is not there", "pkcs11.module"),
        ({"module": __file__}, "no PKCS#11 library", "pkcs11.module"),
        ({"token": "udi"}, "There are 0 tokens with the label “udi”", "pkcs11.token"),
        ({"key": "stempel"}, "Could not find private key with label 'stempel'", "pkcs11"),
        ({"certificate": "stempel"}, "Could not find certificate with label 'stempel'", "pkcs11"),
        ({"certificate_file": "x.pem"}, "x.pem: There is no such file", "pkcs11.certificate_file"),
    ],
)
def test_what_is_not_on_a_token_is_told(
    on_token: SealSettings, tmp_path: Path, keys: dict[str, str], what: str, column: str
) -> None:
    found = faults(changed(on_token, certificate=keys.pop("certificate", "segl"), **keys), tmp_path)

    only(found, what, column)


def _pin_faults(settings: SealSettings, folder: Path, pin: str) -> list[Finding]:
    os.environ["BREVGEN_SEAL_PIN"] = pin
    try:
        open_key(settings, folder, NOW)
    except FaultyInput as caught:
        return caught.findings
    return []


@pytest.mark.parametrize(("pin", "what"), [(WRONG, "The PIN is wrong"), ("", "No PIN is given")])
def test_a_wrong_pin_and_none_are_told(
    on_token: SealSettings, tmp_path: Path, pin: str, what: str
) -> None:
    # In a process of its own: in this one somebody may be logged in already.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        found = pool.submit(_pin_faults, on_token, tmp_path, pin).result()

    only(found, what, "pkcs11.token")
    assert "BREVGEN_SEAL_PIN" in found[0].remedy
