"""A passkey's signature holds for exactly the letters it was made for, and for nothing else."""

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import webauthn
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from brevgen.language import speaking
from brevgen.ledger.passkey_signature import (
    challenge,
    from_base64url,
    reason_against,
    to_base64url,
)
from tests.support.passkeys import HOST, ORIGIN, PRESENT, Device
from tests.support.samples import ROOT

LEDGER, MANIFEST, LOOK = "a ledger", "ab" * 32, "cd" * 32
WANTED = challenge(LEDGER, MANIFEST, LOOK, 7)


@pytest.fixture(scope="module")
def device() -> Device:
    return Device()


def test_a_signature_over_what_was_shown_holds(device: Device) -> None:
    assert reason_against(device.signs(WANTED), device.passkey(), WANTED) == ""


def test_a_library_agrees_that_it_holds(device: Device) -> None:
    signed = device.signs(WANTED)
    verified = webauthn.verify_authentication_response(
        credential={
            "id": signed.credential_id,
            "rawId": signed.credential_id,
            "type": "public-key",
            "response": {
                "clientDataJSON": signed.client_data,
                "authenticatorData": signed.authenticator_data,
                "signature": signed.signature,
            },
        },
        expected_challenge=WANTED,
        expected_rp_id=HOST,
        expected_origin=ORIGIN,
        credential_public_key=device.cose_key,
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    assert verified.user_verified


@pytest.mark.parametrize(
    "other",
    [
        challenge("another ledger", MANIFEST, LOOK, 7),
        challenge(LEDGER, "ba" * 32, LOOK, 7),
        challenge(LEDGER, MANIFEST, "dc" * 32, 7),
        challenge(LEDGER, MANIFEST, LOOK, 8),
        b"",
    ],
)
def test_one_for_other_letters_another_look_or_another_ledger_does_not(
    device: Device, other: bytes
) -> None:
    reason = reason_against(device.signs(other), device.passkey(), WANTED)
    assert reason == (
        "It was made for other letters, for other words in them, or for an earlier approval."
    )


@pytest.mark.parametrize(
    "origin",
    [
        "https://brev.imdi.example",
        "https://localhost.evil.example",
        "https://evil.example/localhost",
        "https://localhost@evil.example",
        "null",
        "",
    ],
)
def test_one_made_on_another_page_does_not(device: Device, origin: str) -> None:
    reason = reason_against(device.signs(WANTED, origin=origin), device.passkey(), WANTED)
    assert reason == f"It was made on {origin}, not on localhost."


def test_only_on_this_machine_need_the_page_not_be_encrypted(device: Device) -> None:
    host = "brev.imdi.example"
    key = device.passkey(host=host)
    good = device.signs(WANTED, host=host, origin=f"https://{host}")
    plain = device.signs(WANTED, host=host, origin=f"http://{host}")
    assert reason_against(good, key, WANTED) == ""
    assert "made on http://" in reason_against(plain, key, WANTED)


def test_one_for_another_host_does_not(device: Device) -> None:
    signed = device.signs(WANTED, host="brev.imdi.example")
    assert "another host than localhost" in reason_against(signed, device.passkey(), WANTED)


@pytest.mark.parametrize("flags", [PRESENT, 0x04, 0x00])
def test_one_without_a_look_at_who_was_there_does_not(device: Device, flags: int) -> None:
    reason = reason_against(device.signs(WANTED, flags=flags), device.passkey(), WANTED)
    assert "did not check who was there" in reason


def test_one_made_for_something_else_does_not(device: Device) -> None:
    made = device.signs(WANTED, kind="webauthn.create")
    framed = device.signs(WANTED, crossOrigin=True)
    for signed in (made, framed):
        reason = reason_against(signed, device.passkey(), WANTED)
        assert reason == "It was not made to approve letters."


def test_one_by_another_device_or_altered_does_not(device: Device) -> None:
    signed = device.signs(WANTED)
    other = Device().passkey()
    bent = replace(signed, signature=to_base64url(from_base64url(signed.signature)[:-1] + b"\0"))
    data = from_base64url(signed.authenticator_data)
    counted = replace(signed, authenticator_data=to_base64url(data[:-1] + b"\x09"))
    for each, key in (
        (signed, other),
        (bent, device.passkey()),
        (counted, device.passkey()),
        (replace(signed, signature="!"), device.passkey()),
        (signed, replace(device.passkey(), public_key="bm9uZQ")),
    ):
        assert reason_against(each, key, WANTED) == "It does not fit the registered passkey."


@pytest.mark.parametrize("said", ["", "å", "bm90IEpTT04", "W10", "e30", "MQ"])
def test_what_cannot_be_read_does_not(device: Device, said: str) -> None:
    signed = replace(device.signs(WANTED), client_data=said)
    assert "cannot be read" in reason_against(signed, device.passkey(), WANTED)
    short = replace(device.signs(WANTED), authenticator_data="YQ")
    assert "cannot be read" in reason_against(short, device.passkey(), WANTED)


def test_the_other_kinds_of_keys_that_browsers_offer_hold_too(device: Device) -> None:
    signed = device.signs(WANTED)
    over = from_base64url(signed.authenticator_data)
    over += hashlib.sha256(from_base64url(signed.client_data)).digest()
    edwards = ed25519.Ed25519PrivateKey.generate()
    other = rsa.generate_private_key(65537, 2048)
    for public, signature in (
        (edwards.public_key(), edwards.sign(over)),
        (other.public_key(), other.sign(over, PKCS1v15(), SHA256())),
    ):
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        key = replace(device.passkey(), public_key=to_base64url(der))
        assert reason_against(replace(signed, signature=to_base64url(signature)), key, WANTED) == ""
        assert reason_against(signed, key, WANTED) != ""


def test_it_is_checked_by_hand_as_the_documentation_tells(device: Device, tmp_path: Path) -> None:
    text = f"brevgen-approval-1\nledger {LEDGER}\nmanifest {MANIFEST}\nlook {LOOK}\nafter 7\n"
    assert hashlib.sha256(text.encode()).digest() == WANTED
    recipe = "openssl dgst -sha256 -verify key.pem -signature signature signed"
    assert recipe in (ROOT / "docs" / "approval.md").read_text(encoding="utf-8")

    signed = device.signs(WANTED)
    over = from_base64url(signed.authenticator_data)
    over += hashlib.sha256(from_base64url(signed.client_data)).digest()
    (tmp_path / "signed").write_bytes(over)
    (tmp_path / "signature").write_bytes(from_base64url(signed.signature))
    key = load_der_public_key(from_base64url(device.passkey().public_key))
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    ran = subprocess.run(recipe.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.stdout == "Verified OK\n", ran.stderr


@pytest.mark.parametrize("text", ["QUJD\n", "QUJD=", "QU JD", "QUJDR!", "QUI=", "QUJ", "Å"])
def test_bytes_are_written_in_one_way(text: str) -> None:
    assert from_base64url("QUJD") == b"ABC"
    with pytest.raises(ValueError):  # noqa: PT011
        from_base64url(text)


def test_the_reason_is_told_in_the_readers_language(device: Device) -> None:
    with speaking("nb"):
        reason = reason_against(device.signs(b""), device.passkey(), WANTED)
    assert reason == (
        "Den ble laget for andre brev, for andre ord i dem, eller for en tidligere godkjenning."
    )
