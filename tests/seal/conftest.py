"""What the tests of approval share: certificates, a hardware token, and letters to seal."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from brevgen.render.pdf import PdfWriter
from brevgen.seal.key import open_key
from brevgen.seal.roots import Roots
from brevgen.seal.sign import Sealer
from brevgen.settings.seal import SealSettings, TokenSettings
from tests.support.pki import LABEL, NOW, PASSPHRASE, PIN, Pki, make_pki, timestamp_service, write
from tests.support.samples import DATED, REFERENCE, STYLESHEET, content


@pytest.fixture(scope="session")
def pki() -> Pki:
    return make_pki()


@pytest.fixture(scope="session")
def letter() -> bytes:
    """The letter to Ås, approved, with an empty field for the seal."""
    said = content(approved=True)
    return PdfWriter(STYLESHEET).write(said, reference=REFERENCE, dated=DATED, seal_label=LABEL)


@pytest.fixture
def settings(pki: Pki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SealSettings:
    """The agency's key as a file in a workspace, its passphrase in the environment."""
    monkeypatch.setenv("BREVGEN_SEAL_PASSPHRASE", PASSPHRASE)
    return SealSettings(
        key=write(tmp_path, "segl.p12", pki.seal.p12()),
        roots=(write(tmp_path, "rot.pem", pki.root.pem()),),
    )


@pytest.fixture
def sealer(settings: SealSettings, tmp_path: Path) -> Sealer:
    return Sealer(open_key(settings, tmp_path, NOW))


@pytest.fixture(scope="session")
def sealed(pki: Pki, letter: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The letter, sealed by the agency."""
    folder = tmp_path_factory.mktemp("sealed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BREVGEN_SEAL_PASSPHRASE", PASSPHRASE)
        settings = SealSettings(key=write(folder, "segl.p12", pki.seal.p12()))
        return Sealer(open_key(settings, folder, NOW)).seal(letter, at=NOW)


@pytest.fixture(scope="session")
def stamped(pki: Pki, letter: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The letter with a seal and a time stamp."""
    folder = tmp_path_factory.mktemp("stamped")
    with pytest.MonkeyPatch.context() as patch, timestamp_service(pki.stamps, NOW) as url:
        patch.setenv("BREVGEN_SEAL_PASSPHRASE", PASSPHRASE)
        file = write(folder, "segl.p12", pki.seal.p12())
        settings = SealSettings(key=file, timestamp_url=url)
        return Sealer(open_key(settings, folder, NOW)).seal(letter, at=NOW)


@pytest.fixture(scope="session")
def roots(pki: Pki) -> Roots:
    return Roots((pki.root.der,))


@pytest.fixture(scope="session")
def softhsm(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenSettings]:
    """A token of SoftHSM with the agency's key on it, which stands in for real hardware."""
    module = next(Path("/usr/lib").glob("**/softhsm/libsofthsm2.so"), None)
    if shutil.which("softhsm2-util") is None or module is None:
        pytest.skip("SoftHSM2 is not installed (Debian: softhsm2)")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n", encoding="utf-8"
    )
    (folder / "key.pem").write_bytes(pki.seal.key_pem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        _softhsm("--init-token", "--free", "--label", "imdi", "--so-pin", "5512", "--pin", PIN)
        _softhsm(
            *("--import", str(folder / "key.pem"), "--token", "imdi", "--pin", PIN),
            *("--label", "segl", "--id", "01"),
        )
        _put_certificates(str(module), pki)
        yield TokenSettings(module=str(module), token="imdi", key="segl")


@pytest.fixture
def on_token(
    softhsm: TokenSettings, pki: Pki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SealSettings:
    """The agency's key on a token, its PIN in the environment."""
    monkeypatch.setenv("BREVGEN_SEAL_PIN", PIN)
    return SealSettings(pkcs11=softhsm, roots=(write(tmp_path, "rot.pem", pki.root.pem()),))


def _softhsm(*words: str) -> None:
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)


def _put_certificates(module: str, pki: Pki) -> None:
    from asn1crypto import x509
    from pkcs11 import Attribute, CertificateType, ObjectClass, lib

    token = next(iter(lib(module).get_tokens(token_label="imdi")))
    with token.open(rw=True, user_pin=PIN) as session:
        for label, holder in (("segl", pki.seal), ("utsteder", pki.issuer), ("rot", pki.root)):
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.LABEL: label,
                    Attribute.SUBJECT: x509.Certificate.load(holder.der).subject.dump(),
                    Attribute.VALUE: holder.der,
                }
            )
