"""A key is opened, or one clear fault says why not and what to do."""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from brevgen.findings import FaultyInput, Findings
from brevgen.seal import timestamp
from brevgen.seal.key import open_key
from brevgen.seal.roots import read_roots
from brevgen.settings.seal import SealSettings
from brevgen.settings.toml_file import note_key_faults
from tests.seal.refusals import WRONG, faults, only
from tests.support.pki import (
    IMDI,
    NOW,
    OTHERS,
    PASSPHRASE,
    SINCE,
    UNTIL,
    Pki,
    issue,
    key_of,
    serving,
    timestamp_service,
    write,
)

PASSPHRASE_VARIABLE = "BREVGEN_SEAL_PASSPHRASE"


# -- a key in a file ------------------------------------------------------------------------------


def test_a_key_in_a_file_opens_with_the_passphrase_in_the_environment(
    settings: SealSettings, tmp_path: Path, pki: Pki
) -> None:
    key = open_key(settings, tmp_path, NOW)

    assert key.certificate == pki.seal.der
    assert key.chain == (pki.issuer.der,)
    assert key.validity == (SINCE, UNTIL)
    assert (key.owner.name, key.owner.organisation_number) == ("IMDi segl", IMDI)
    assert not key.is_test
    assert key.notice == ""
    assert not (tmp_path / ".brevgen").exists()


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_the_passphrase_may_be_the_first_line_of_a_file(
    settings: SealSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.delenv(PASSPHRASE_VARIABLE)
    file = write(tmp_path, "secret", (PASSPHRASE + ending).encode())

    assert open_key(settings.model_copy(update={"passphrase_file": file}), tmp_path, NOW)


def test_another_variable_may_hold_the_passphrase(
    settings: SealSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSPHRASE_VARIABLE)
    monkeypatch.setenv("OTHER", PASSPHRASE)

    assert open_key(settings.model_copy(update={"passphrase_env": "OTHER"}), tmp_path, NOW)


def test_a_key_does_not_show_its_secrets(settings: SealSettings, tmp_path: Path) -> None:
    shown = repr(open_key(settings, tmp_path, NOW)) + repr(settings)

    assert PASSPHRASE not in shown
    assert "RSAPrivateKey" not in shown


def test_a_missing_file_is_told(settings: SealSettings, tmp_path: Path) -> None:
    (tmp_path / "segl.p12").unlink()

    only(faults(settings, tmp_path), "segl.p12: There is no such file", "key")


def test_a_folder_for_a_file_is_told(settings: SealSettings, tmp_path: Path) -> None:
    (tmp_path / "segl.p12").unlink()
    (tmp_path / "segl.p12").mkdir()

    only(faults(settings, tmp_path), "This is a folder, not a file", "key")


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\x30\x03\x02\x01\x03", b"\x30\x80\x00\x00"])
def test_another_file_is_told(settings: SealSettings, tmp_path: Path, data: bytes) -> None:
    write(tmp_path, "segl.p12", data)

    only(faults(settings, tmp_path), "segl.p12 is not a PKCS#12 file", "key")


def test_a_certificate_for_a_key_is_told(settings: SealSettings, tmp_path: Path, pki: Pki) -> None:
    write(tmp_path, "segl.p12", pki.seal.pem())

    only(faults(settings, tmp_path), "is not a PKCS#12 file", "key")


def test_a_wrong_passphrase_is_told(
    settings: SealSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, WRONG)

    found = faults(settings, tmp_path)

    only(found, "The passphrase does not open the file", "key")
    assert PASSPHRASE_VARIABLE in found[0].remedy


@pytest.mark.parametrize("value", [None, ""])
def test_no_passphrase_is_told(
    settings: SealSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv(PASSPHRASE_VARIABLE)
    else:
        monkeypatch.setenv(PASSPHRASE_VARIABLE, value)

    found = faults(settings, tmp_path)

    only(found, "No passphrase is given", "key")
    assert PASSPHRASE_VARIABLE in found[0].remedy


@pytest.mark.parametrize(
    ("data", "what"),
    [(None, "no such file"), (b"", "is empty"), (b"\n", "is empty"), (b"\xe6", "is not UTF-8")],
)
def test_a_passphrase_file_that_will_not_do_is_told(
    settings: SealSettings, tmp_path: Path, data: bytes | None, what: str
) -> None:
    if data is not None:
        write(tmp_path, "secret", data)

    found = faults(settings.model_copy(update={"passphrase_file": "secret"}), tmp_path)

    only(found, what, "passphrase_file")


@pytest.mark.parametrize(
    ("now", "what"),
    [
        (UNTIL + timedelta(seconds=1), "The certificate expired on 2019-01-01"),
        (SINCE - timedelta(seconds=1), "The certificate is not valid before 2016-01-01"),
    ],
)
def test_a_certificate_out_of_its_time_is_told(
    settings: SealSettings, tmp_path: Path, now: datetime, what: str
) -> None:
    only(faults(settings, tmp_path, now), what, "key")


@pytest.mark.parametrize("usage", [(), ("key_encipherment",)])
def test_a_certificate_that_is_not_for_signing_is_told(
    settings: SealSettings, tmp_path: Path, pki: Pki, usage: tuple[str, ...]
) -> None:
    write(tmp_path, "segl.p12", issue("Kryptering", pki.issuer, usage=usage).p12())

    only(faults(settings, tmp_path), "The certificate is not for signing", "key")


@pytest.mark.parametrize("usage", ["digital_signature", "content_commitment"])
def test_either_usage_for_signing_will_do(
    settings: SealSettings, tmp_path: Path, pki: Pki, usage: str
) -> None:
    write(tmp_path, "segl.p12", issue("Segl", pki.issuer, usage=(usage,)).p12())

    assert open_key(settings, tmp_path, NOW)


def test_a_key_that_is_not_of_its_certificate_is_told(
    settings: SealSettings, tmp_path: Path, pki: Pki
) -> None:
    write(tmp_path, "segl.p12", pki.seal.p12(key=pki.other_seal.key))

    (fault,) = faults(settings, tmp_path)

    assert "fit" in fault.what
    assert fault.place.column == "seal.key"


def test_an_elliptic_key_is_told(settings: SealSettings, tmp_path: Path, pki: Pki) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    write(tmp_path, "segl.p12", issue("Segl", pki.issuer, key=key).p12())

    only(faults(settings, tmp_path), "not an RSA key", "key")


def test_a_key_that_is_too_short_is_told(settings: SealSettings, tmp_path: Path, pki: Pki) -> None:
    write(tmp_path, "segl.p12", issue("Segl", pki.issuer, key=key_of("short", 1024)).p12())

    only(faults(settings, tmp_path), "The RSA key has 1024 bits", "key")


def test_everything_wrong_with_a_certificate_is_told_at_once(
    settings: SealSettings, tmp_path: Path, pki: Pki
) -> None:
    holder = issue("Segl", pki.issuer, key=key_of("short", 1024), usage=("key_agreement",))
    write(tmp_path, "segl.p12", holder.p12())

    assert len(faults(settings, tmp_path, UNTIL + timedelta(days=1))) == 3


def test_the_seal_of_another_organisation_is_told(settings: SealSettings, tmp_path: Path) -> None:
    wanted = settings.model_copy(update={"organisation_number": OTHERS})

    found = faults(wanted, tmp_path)

    only(found, f"is for organisation number {IMDI}, not {OTHERS}", "organisation_number")


@pytest.mark.parametrize("identifier", [IMDI, f"VATNO-{IMDI}", f"NTRSE-{IMDI}", f"NTRNO-{IMDI}0"])
def test_an_organisation_number_counts_only_under_its_register(
    settings: SealSettings, tmp_path: Path, pki: Pki, identifier: str
) -> None:
    holder = issue("Segl", pki.issuer, identifier=identifier)
    write(tmp_path, "segl.p12", holder.p12())
    wanted = settings.model_copy(update={"organisation_number": IMDI})

    only(faults(wanted, tmp_path), "names no organisation number", "organisation_number")


def test_a_bare_number_of_the_subject_is_no_organisation_number(
    settings: SealSettings, tmp_path: Path, pki: Pki
) -> None:
    write(tmp_path, "segl.p12", issue("Segl", pki.issuer, serial_number=IMDI).p12())
    wanted = settings.model_copy(update={"organisation_number": IMDI})

    only(faults(wanted, tmp_path), "names no organisation number", "organisation_number")


def test_an_issuer_that_has_ended_is_told(settings: SealSettings, tmp_path: Path, pki: Pki) -> None:
    """Nobody could verify the seal: it is better told before the first letter."""
    old = issue("Gammel", pki.root, is_issuer=True, until=NOW - timedelta(days=1))
    write(tmp_path, "segl.p12", issue("Segl", old).p12())

    only(faults(settings, tmp_path), "or one of them has ended", "roots")


def test_a_seal_under_no_root_is_told(settings: SealSettings, tmp_path: Path, pki: Pki) -> None:
    write(tmp_path, "rot.pem", pki.other_root.pem())

    only(faults(settings, tmp_path), "do not lead to one of the roots", "roots")


def test_a_chain_with_a_gap_is_told(settings: SealSettings, tmp_path: Path, pki: Pki) -> None:
    write(tmp_path, "segl.p12", pki.seal.p12(issuers=[pki.other_root.certificate]))

    only(faults(settings, tmp_path), "do not lead to one of the roots", "roots")


# -- roots ----------------------------------------------------------------------------------------


def test_roots_may_be_pem_with_many_or_der_with_one(tmp_path: Path, pki: Pki) -> None:
    both = pki.root.pem() + pki.other_root.pem()
    files = (write(tmp_path, "a.pem", both), write(tmp_path, "b.cer", pki.issuer.der))

    roots = read_roots(SealSettings(key="x.p12", roots=files), tmp_path)

    assert roots.every == (pki.root.der, pki.other_root.der, pki.issuer.der)


def test_every_root_file_that_will_not_do_is_told(tmp_path: Path) -> None:
    files = (write(tmp_path, "a.pem", b"nonsense"), "b.cer")

    with pytest.raises(FaultyInput) as caught:
        read_roots(SealSettings(roots=files), tmp_path)

    assert ["a.pem" in str(caught.value), "b.cer" in str(caught.value)] == [True, True]
    assert len(caught.value.findings) == 2


def test_the_test_root_is_trusted_only_while_no_key_is_set(tmp_path: Path) -> None:
    assert read_roots(SealSettings(), tmp_path).every == ()
    open_key(SealSettings(), tmp_path, NOW)

    assert read_roots(SealSettings(), tmp_path).test
    assert read_roots(SealSettings(key="segl.p12"), tmp_path).every == ()


# -- settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"passphrase": "x"}, "Extra inputs"),
        ({"key": "a", "pkcs11": {"module": "m", "token": "t", "key": "k"}}, "two keys"),
        (
            {
                "pkcs11": {
                    "module": "m",
                    "token": "t",
                    "key": "k",
                    "certificate": "c",
                    "certificate_file": "f",
                }
            },
            "two certificates",
        ),
        ({"timestamp_url": "ftp://tid.example"}, "begins with http"),
        ({"timestamp_url": "https://me:secret@tid.example/"}, "settings hold no secrets"),
        ({"organisation_number": "12345678"}, "not an organisation number"),
        ({"passphrase_env": "not a name"}, "not the name of an environment variable"),
    ],
)
def test_settings_that_make_no_sense_are_refused(keys: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        SealSettings.model_validate(keys)


def test_a_password_in_an_address_is_not_repeated_to_the_reader() -> None:
    findings = Findings()
    with pytest.raises(ValidationError) as caught:
        SealSettings.model_validate({"timestamp_url": "https://me:secret@tid.example/"})

    note_key_faults(caught.value, findings, "brevgen.toml")

    (fault,) = findings.faults
    assert "settings hold no secrets" in str(fault)
    assert "secret@" not in str(fault)


# -- time stamps ----------------------------------------------------------------------------------


def test_a_time_stamp_service_is_tried_out_before_the_first_letter(
    settings: SealSettings, tmp_path: Path, pki: Pki
) -> None:
    with timestamp_service(pki.stamps, NOW) as url:
        key = open_key(settings.model_copy(update={"timestamp_url": url}), tmp_path, NOW)

    assert key.timestamp_size > 1000


def test_a_silent_time_stamp_service_is_told(settings: SealSettings, tmp_path: Path) -> None:
    with serving(bytes) as url:
        pass  # it is gone again

    found = faults(settings.model_copy(update={"timestamp_url": url}), tmp_path)

    only(found, f"The time-stamp service {url} gave no time stamp", "timestamp_url")


@pytest.mark.parametrize("answer", [b"", b"<html>", b"\x30\x00", b"\x30\x05\x30\x03\x02\x01\x02"])
def test_nonsense_for_a_time_stamp_is_told(
    settings: SealSettings, tmp_path: Path, answer: bytes
) -> None:
    with serving(lambda _: answer) as url:
        found = faults(settings.model_copy(update={"timestamp_url": url}), tmp_path)

    only(found, "gave no time stamp", "timestamp_url")


def test_an_endless_time_stamp_is_cut_off(settings: SealSettings, tmp_path: Path) -> None:
    sent = []

    def endless(_: bytes) -> Iterator[bytes]:
        while True:
            sent.append(2**20)
            yield bytes(2**20)

    with serving(endless) as url:
        found = faults(settings.model_copy(update={"timestamp_url": url}), tmp_path)

    only(found, "gave no time stamp (an answer of more than 64 kB)", "timestamp_url")
    assert sum(sent) < 2**26


def test_a_time_stamp_that_comes_byte_by_byte_has_a_deadline_as_a_whole(
    settings: SealSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timestamp, "DEADLINE", 0.5)

    def slow(_: bytes) -> Iterator[bytes]:
        while True:
            time.sleep(0.05)
            yield b"."

    began = time.monotonic()
    with serving(slow) as url:
        found = faults(settings.model_copy(update={"timestamp_url": url}), tmp_path)

    only(found, "gave no time stamp (no whole answer in 0.5 seconds)", "timestamp_url")
    assert time.monotonic() - began < 5


def test_a_time_stamp_service_under_no_root_is_told(
    settings: SealSettings, tmp_path: Path, pki: Pki
) -> None:
    stranger = issue("Tid", pki.other_root, usage=("digital_signature",), for_timestamps=True)
    with timestamp_service(stranger, NOW) as url:
        found = faults(settings.model_copy(update={"timestamp_url": url}), tmp_path)

    only(found, "could not be verified later", "roots")


def test_a_time_stamp_by_what_is_no_time_stamp_service_is_told(
    settings: SealSettings, tmp_path: Path, pki: Pki
) -> None:
    with timestamp_service(pki.seal, NOW) as url:
        found = faults(settings.model_copy(update={"timestamp_url": url}), tmp_path)

    only(found, "could not be verified later", "roots")


# -- other processes ------------------------------------------------------------------------------


def _signed(settings: SealSettings, folder: Path) -> bytes:
    return asyncio.run(open_key(settings, folder, NOW).signer.async_sign_raw(b"brev", "sha256"))


@pytest.mark.parametrize("kind", ["settings", "on_token"])
def test_a_worker_opens_the_same_key_from_what_holds_no_secrets(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    settings: SealSettings = request.getfixturevalue(kind)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        there = pool.submit(_signed, settings, tmp_path).result()

    assert there == _signed(settings, tmp_path)
