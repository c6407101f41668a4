"""Whose seal it is, and whether to trust it: by roots, by organisation, by time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from brevgen.files import sha256
from brevgen.seal.key import open_key
from brevgen.seal.roots import Roots, read_roots
from brevgen.seal.sign import Sealer
from brevgen.seal.verify import hold_to_seal, verify_seal
from brevgen.settings.seal import SealSettings
from tests.support.pki import (
    IMDI,
    NOW,
    OTHERS,
    PASSPHRASE,
    UNTIL,
    Pki,
    issue,
    key_of,
    timestamp_service,
    write,
)


def sealed_by(settings: SealSettings, folder: Path, letter: bytes) -> bytes:
    return Sealer(open_key(settings, folder, NOW)).seal(letter, at=NOW)


@pytest.fixture
def seal_with(
    letter: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[bytes], bytes]:
    """Seal the letter with a PKCS#12 file."""
    monkeypatch.setenv("BREVGEN_SEAL_PASSPHRASE", PASSPHRASE)

    def seal(p12: bytes) -> bytes:
        settings = SealSettings(key=write(tmp_path, "segl.p12", p12))
        return sealed_by(settings, tmp_path, letter)

    return seal


def test_another_agencys_seal_is_intact_but_not_trusted(
    seal_with: Callable[[bytes], bytes], roots: Roots, pki: Pki
) -> None:
    report = verify_seal(seal_with(pki.other_seal.p12()), roots)

    assert report.intact
    assert report.covers_whole_file
    assert not report.chain_trusted
    assert not report.is_good
    assert (report.organisation, report.organisation_number) == ("UDI segl AS", OTHERS)
    assert "does not lead to a trusted root" in report.problems[0]


def test_another_agencys_seal_under_a_trusted_root_is_not_ours(
    seal_with: Callable[[bytes], bytes], roots: Roots, pki: Pki
) -> None:
    sealed = seal_with(pki.other_seal.p12())
    both = replace(roots, trusted=(*roots.trusted, pki.other_root.der))

    assert verify_seal(sealed, both).is_good
    assert verify_seal(sealed, both, organisation_number=IMDI).problems == (
        f"The seal belongs to UDI segl AS (organisation number {OTHERS}),"
        f" not to organisation number {IMDI}.",
    )


def test_nobody_is_trusted_without_roots(sealed: bytes) -> None:
    report = verify_seal(sealed, Roots())

    assert report.intact
    assert not report.chain_trusted
    assert not report.is_good


def test_a_forged_certificate_with_our_name_is_not_trusted(
    seal_with: Callable[[bytes], bytes], roots: Roots
) -> None:
    root = issue("Rot", key=key_of("forged root"), is_issuer=True)
    issuer = issue("Utsteder", root, key=key_of("forged issuer"), is_issuer=True)
    forged = issue("IMDi segl", issuer, key=key_of("forged seal"), organisation=IMDI)

    report = verify_seal(seal_with(forged.p12()), roots, organisation_number=IMDI)

    assert report.organisation_number == IMDI
    assert not report.is_good


def test_a_seal_issued_by_one_who_may_not_is_not_trusted(
    seal_with: Callable[[bytes], bytes], roots: Roots, pki: Pki
) -> None:
    report = verify_seal(seal_with(issue("IMDi segl", pki.seal).p12()), roots)

    assert report.intact
    assert not report.chain_trusted


def test_a_seal_whose_issuer_had_expired_is_not_trusted(
    seal_with: Callable[[bytes], bytes], roots: Roots, pki: Pki
) -> None:
    old = issue("Gammel", pki.root, is_issuer=True, until=NOW - timedelta(days=1))

    assert not verify_seal(seal_with(issue("Segl", old).p12()), roots).chain_trusted


def test_a_seal_is_judged_as_of_when_it_was_made(
    sealer: Sealer, letter: bytes, roots: Roots
) -> None:
    """The certificates of the tests have long expired; the letters sealed with them stay good."""
    assert verify_seal(sealer.seal(letter, at=UNTIL), roots).is_good


def test_a_test_seal_is_trusted_in_its_own_workspace_alone(letter: bytes, tmp_path: Path) -> None:
    ours, others = tmp_path / "ours", tmp_path / "others"
    sealed = sealed_by(SealSettings(), ours, letter)
    open_key(SealSettings(), others, NOW)

    assert verify_seal(sealed, read_roots(SealSettings(), ours)).is_good
    assert verify_seal(sealed, read_roots(SealSettings(), ours), organisation_number=IMDI).is_good
    for roots in (
        read_roots(SealSettings(), others),
        read_roots(SealSettings(key="segl.p12"), ours),
    ):
        report = verify_seal(sealed, roots)
        assert report.intact
        assert report.is_test
        assert not report.is_good
        assert report.problems == ("It is a TEST seal, which proves nothing.",)


def test_a_name_that_says_test_is_no_way_around_whose_seal_it_must_be(
    seal_with: Callable[[bytes], bytes], roots: Roots, pki: Pki
) -> None:
    sealed = seal_with(issue("TEST brevgen seal", pki.issuer, organisation=OTHERS).p12())

    assert not verify_seal(sealed, roots, organisation_number=IMDI).is_good


def test_a_second_signature_is_told(
    seal_with: Callable[[bytes], bytes], sealed: bytes, roots: Roots, pki: Pki
) -> None:
    signer = signers.SimpleSigner.load_pkcs12_data(
        pki.other_seal.p12(), other_certs=[], passphrase=PASSPHRASE.encode()
    )
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    # The first seal forbids this, so the mark of it is taken away first.
    writer.root["/Perms"] = DictionaryObject()
    writer.update_root()
    signed = BytesIO()
    signers.sign_pdf(
        writer,
        signers.PdfSignatureMetadata(field_name="Annet"),
        signer,
        new_field_spec=fields.SigFieldSpec("Annet"),
        output=signed,
    )

    report = verify_seal(signed.getvalue(), roots)

    assert not report.is_good
    assert "There are 2 signatures in the file; a letter has one seal." in report.problems
    assert "The seal does not forbid changes." in report.problems


def test_a_time_stamp_under_no_root_is_told_and_its_time_not_believed(
    letter: bytes, roots: Roots, pki: Pki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREVGEN_SEAL_PASSPHRASE", PASSPHRASE)
    stranger = issue("Tid", pki.other_root, usage=("digital_signature",), for_timestamps=True)
    with timestamp_service(stranger, NOW + timedelta(days=1)) as url:
        file = write(tmp_path, "segl.p12", pki.seal.p12())
        sealed = sealed_by(SealSettings(key=file, timestamp_url=url), tmp_path, letter)

    report = verify_seal(sealed, roots)

    assert report.intact
    assert report.sealed_at == NOW
    assert not report.timestamped
    assert not report.is_good
    assert report.problems[0].startswith("The time stamp in the seal is not good")


# -- before a letter is restored or sent ----------------------------------------------------------


def held(pdf: bytes, roots: Roots, **changes: Any) -> str:
    """What speaks against a sealed letter that was recorded as it should be, but for changes."""
    known: dict[str, Any] = {
        "pdf_sha256": sha256(pdf),
        "is_test": False,
        "organisation_number": IMDI,
    }
    return hold_to_seal(pdf, roots=roots, **(known | changes))


def test_a_letter_with_the_agencys_seal_may_be_sent(sealed: bytes, roots: Roots) -> None:
    assert held(sealed, roots) == ""


def test_bytes_that_are_not_those_recorded_are_not_sent(sealed: bytes, roots: Roots) -> None:
    assert "bytes have changed" in held(sealed + b"\n", roots, pdf_sha256=sha256(sealed))


def test_what_was_forged_together_with_its_record_is_not_sent(
    seal_with: Callable[[bytes], bytes], sealed: bytes, letter: bytes, roots: Roots, pki: Pki
) -> None:
    foreign = seal_with(pki.other_seal.p12())

    assert "no seal" in held(letter, roots)
    assert "Something was added" in held(sealed + b"\n", roots)
    assert "does not lead to a trusted root" in held(foreign, roots)
    for no_roots in (Roots(), Roots(test=pki.root.der)):
        assert f"not to organisation number {IMDI}" in held(foreign, no_roots)
        assert "Something was added" in held(sealed + b"\n", no_roots)


def test_without_roots_a_letter_is_held_to_everything_but_its_issuer(sealed: bytes) -> None:
    assert held(sealed, Roots()) == ""


def test_a_test_seal_may_be_restored_only_where_it_was_recorded_as_one(
    letter: bytes, tmp_path: Path
) -> None:
    sealed = sealed_by(SealSettings(), tmp_path, letter)
    trusting = read_roots(SealSettings(), tmp_path)

    assert held(sealed, trusting, is_test=True) == ""
    assert "TEST seal" in held(sealed, trusting)
    assert held(sealed, read_roots(SealSettings(key="x"), tmp_path), is_test=True) == ""
    open_key(SealSettings(), tmp_path / "other", NOW)
    others = read_roots(SealSettings(), tmp_path / "other")
    assert "TEST seal" in held(sealed, others, is_test=True)
