"""A sealed letter: what the seal adds, and all that it leaves as it was."""

import shutil
import subprocess
import time
from datetime import datetime, timedelta, timezone
from functools import cache
from io import BytesIO
from pathlib import Path

import page
import pikepdf
import pytest

from brevgen.errors import NotSealed
from brevgen.render.inspection import inspect
from brevgen.render.pdf import PdfWriter
from brevgen.render.pdfa import BAD_END
from brevgen.seal import sign as signing
from brevgen.seal.key import open_key
from brevgen.seal.roots import Roots, read_roots
from brevgen.seal.sign import Sealer
from brevgen.seal.verify import verify_seal
from brevgen.settings.seal import SealSettings, TokenSettings
from tests.support.pki import LABEL, NOW, PIN, SINCE, UNTIL, Pki, serving, timestamp_service, write
from tests.support.samples import DATED, REFERENCE, STYLESHEET, content


@cache  # what is in a document lives as long as the document
def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def signature_of(pdf: bytes) -> pikepdf.Object:
    (field,) = opened(pdf).Root.AcroForm.Fields
    return field.V


def packet_of(pdf: bytes) -> bytes:
    return opened(pdf).Root.Metadata.read_raw_bytes()


# -- what it leaves -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["nb", "nn"])
@pytest.mark.parametrize("long", [0, 80], ids=["one page", "two pages"])
def test_a_sealed_letter_still_follows_both_standards_and_says_the_same(
    sealer: Sealer, form: str, long: int
) -> None:
    said = content(form=form, approved=True, long=long)
    pdf = PdfWriter(STYLESHEET).write(said, reference=REFERENCE, dated=DATED, seal_label=LABEL)

    sealed = sealer.seal(pdf, at=NOW)

    for standard in ("2a", "ua1"):
        assert page.validate_pdf_bytes(sealed, profile=standard).failures == []
    assert inspect(sealed, said, reference=REFERENCE, must_say=(REFERENCE,)).faults == ()


def test_a_sealed_letter_begins_with_the_unsealed_one(sealed: bytes, letter: bytes) -> None:
    assert sealed.startswith(letter)
    assert len(sealed) > len(letter)


def test_the_metadata_stay_as_they_are_byte_for_byte(sealed: bytes, letter: bytes) -> None:
    assert packet_of(sealed) == packet_of(letter)
    assert sealed.count(b"<?xpacket begin") == 1


def test_pyhanko_still_breaks_the_metadata_by_itself(
    sealer: Sealer, letter: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should this fail, pyHanko issue 223 is mended: do without `LetterWriter` then."""
    monkeypatch.delattr(signing.LetterWriter, "_update_meta")

    sealed = sealer.seal(letter, at=NOW)

    assert packet_of(sealed) != packet_of(letter)
    assert not page.validate_pdf_bytes(sealed, profile="2a").is_compliant


def test_where_what_the_seal_adds_ends_badly_it_is_sealed_anew(
    sealer: Sealer, letter: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = sealer.seal(letter, at=NOW)[len(letter) :]
    end = added.index(b"\nendstream")
    bad = added[end - 1 : end + len(b"\nendstream")]
    monkeypatch.setattr(signing, "BAD_END", bad)
    assert bad not in sealer.seal(letter, at=NOW)[len(letter) :]


@pytest.mark.slow
def test_nothing_the_seal_adds_ends_in_a_carriage_return(
    sealer: Sealer, letter: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the cross-references happen to end so, which hangs on the room, it is sealed anew."""
    with monkeypatch.context() as patch:
        patch.setattr(signing, "_TRIES", 1)
        while BAD_END not in sealer.seal(letter, at=NOW)[len(letter) :]:
            sealer._room += 1

    assert BAD_END not in sealer.seal(letter, at=NOW)[len(letter) :]


# -- what it adds ---------------------------------------------------------------------------------


def test_the_seal_is_a_pades_signature_that_certifies_no_changes(sealed: bytes) -> None:
    document = opened(sealed)
    (field,) = document.Root.AcroForm.Fields
    transform = field.V.Reference[0]

    assert field.T == "Segl"
    assert field.V.SubFilter == "/ETSI.CAdES.detached"
    assert document.Root.Perms.DocMDP.objgen == field.V.objgen
    assert transform.TransformMethod == "/DocMDP"
    assert transform.TransformParams.P == 1
    assert document.Root.AcroForm.SigFlags == 3
    assert document.pdf_version == "1.7"


@pytest.mark.parametrize(
    ("at", "claimed"),
    [
        (NOW, "D:20171106090000Z"),
        (datetime(2018, 6, 1, 12, tzinfo=timezone(timedelta(hours=2))), "D:20180601120000+02'00'"),
    ],
)
def test_the_seal_tells_the_time_it_is_given(
    sealer: Sealer, letter: bytes, roots: Roots, at: datetime, claimed: str
) -> None:
    sealed = sealer.seal(letter, at=at)

    assert str(signature_of(sealed).M) in (claimed, claimed.replace("Z", "+00'00'"))
    assert verify_seal(sealed, roots).sealed_at == at


def test_openssl_finds_the_seal_good_too(sealed: bytes, pki: Pki, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    signature = signature_of(sealed)
    _, before, start, length = (int(number) for number in signature.ByteRange)
    contents = bytes(signature.Contents)
    size = 4 + int.from_bytes(contents[2:4])  # DER: a tag, 0x82, and the length in two bytes
    write(tmp_path, "seal.der", contents[:size])
    write(tmp_path, "sealed", sealed[:before] + sealed[start : start + length])
    write(tmp_path, "rot.pem", pki.root.pem())
    command = (
        "openssl cms -verify -cades -binary -inform DER -in seal.der -content sealed"
        f" -CAfile rot.pem -purpose any -attime {int(NOW.timestamp())} -out /dev/null"
    )

    ran = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True)

    assert (ran.returncode, ran.stderr.strip()) == (0, "CAdES Verification successful")


def test_the_seal_carries_the_issuers_but_no_root(sealed: bytes, pki: Pki) -> None:
    contents = bytes(signature_of(sealed).Contents)

    assert pki.seal.der in contents
    assert pki.issuer.der in contents
    assert pki.root.der not in contents


def test_a_test_seal_is_good_in_its_workspace_and_says_what_it_is(
    letter: bytes, tmp_path: Path
) -> None:
    sealed = Sealer(open_key(SealSettings(), tmp_path, NOW)).seal(letter, at=NOW)

    report = verify_seal(sealed, read_roots(SealSettings(), tmp_path))

    assert report.is_good
    assert report.is_test
    assert report.signer_name.startswith("TEST")
    assert page.validate_pdf_bytes(sealed, profile="2a").is_compliant


# -- hardware and time stamps ---------------------------------------------------------------------


def test_a_token_seals(
    softhsm: TokenSettings,
    letter: bytes,
    roots: Roots,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BREVGEN_SEAL_PIN", PIN)
    sealer = Sealer(open_key(SealSettings(pkcs11=softhsm), tmp_path, NOW))

    sealed = sealer.seal(letter, at=NOW)

    assert verify_seal(sealed, roots).is_good
    assert page.validate_pdf_bytes(sealed, profile="2a").is_compliant
    _tell_speed("on a SoftHSM2 token, RSA-2048", sealer, letter)


def test_a_time_stamp_makes_the_time_certain(
    settings: SealSettings, letter: bytes, roots: Roots, pki: Pki, tmp_path: Path
) -> None:
    stamped_at = NOW + timedelta(minutes=5)
    with timestamp_service(pki.stamps, stamped_at) as url:
        wanted = settings.model_copy(update={"timestamp_url": url})
        sealer = Sealer(open_key(wanted, tmp_path, NOW))
        sealed = sealer.seal(letter, at=NOW)
        _tell_speed("with a time stamp from this machine", sealer, letter)

    report = verify_seal(sealed, roots)

    assert report.is_good, report.problems
    assert report.timestamped
    assert report.sealed_at == stamped_at
    for standard in ("2a", "ua1"):
        assert page.validate_pdf_bytes(sealed, profile=standard).failures == []


def test_a_time_stamp_service_that_dies_between_letters_stops_the_next_seal(
    settings: SealSettings, letter: bytes, pki: Pki, tmp_path: Path
) -> None:
    with timestamp_service(pki.stamps, NOW) as url:
        wanted = settings.model_copy(update={"timestamp_url": url})
        sealer = Sealer(open_key(wanted, tmp_path, NOW))

    with pytest.raises(NotSealed, match=r"gave no time stamp .* Run the command again"):
        sealer.seal(letter, at=NOW)


def test_a_time_stamp_of_something_else_is_not_used(
    settings: SealSettings, letter: bytes, pki: Pki, tmp_path: Path
) -> None:
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import HTTPTimeStamper

    with timestamp_service(pki.stamps, NOW) as honest:
        wanted = settings.model_copy(update={"timestamp_url": honest})
        key = open_key(wanted, tmp_path, NOW)

        def stamp_nothing(asked: bytes) -> bytes:
            """A good time stamp with the right nonce, but not of what was asked for."""
            import asyncio

            request = tsp.TimeStampReq.load(asked)
            request["message_imprint"]["hashed_message"] = bytes(32)
            stamper = HTTPTimeStamper(honest)
            return bytes(asyncio.run(stamper.async_request_tsa_response(request)).dump())

        with serving(stamp_nothing) as url:
            sealer = Sealer(key)
            assert sealer._timestamps is not None
            sealer._timestamps.url = url
            with pytest.raises(NotSealed, match="stamped something else"):
                sealer.seal(letter, at=NOW)


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [SINCE - timedelta(seconds=1), UNTIL + timedelta(seconds=1)])
def test_nothing_is_sealed_outside_of_the_certificates_time(
    sealer: Sealer, letter: bytes, at: datetime
) -> None:
    with pytest.raises(NotSealed, match=r"valid from 2016-01-01 to 2019-01-01, not on .* Renew"):
        sealer.seal(letter, at=at)


def test_a_letter_is_sealed_once(sealer: Sealer, sealed: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be sealed"):
        sealer.seal(sealed, at=NOW)


def test_a_letter_without_a_field_is_not_sealed(sealer: Sealer) -> None:
    pdf = PdfWriter(STYLESHEET).write(content(), reference=REFERENCE, dated=DATED)

    with pytest.raises(ValueError, match="cannot be sealed"):
        sealer.seal(pdf, at=NOW)


@pytest.mark.parametrize("data", [b"", b"nonsense", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_no_pdf_is_not_sealed(sealer: Sealer, data: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be sealed"):
        sealer.seal(data, at=NOW)


# -- speed ----------------------------------------------------------------------------------------


def test_every_seal_takes_the_same_room_and_little_time(
    sealer: Sealer, letter: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = {len(sealer.seal(letter, at=NOW)) for _ in range(3)}

    assert len(sizes) == 1
    _tell_speed("with a key in a file, RSA-2048", sealer, letter)


def _tell_speed(how: str, sealer: Sealer, letter: bytes) -> None:
    """Print how long a seal takes; shown by `pytest -rP`."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        sealer.seal(letter, at=NOW)
        times.append((time.perf_counter() - began) * 1000)
    print(f"a seal {how}: {sorted(times)[len(times) // 2]:.1f} ms")
