"""The root certificates that seals are held against."""

from dataclasses import dataclass
from pathlib import Path

from brevgen.findings import Findings
from brevgen.language import tr
from brevgen.seal.certificates import read_certificates
from brevgen.seal.test_key import read_test_root
from brevgen.settings.seal import SealSettings, place, read_file


@dataclass(frozen=True)
class Roots:
    """Roots as DER: those that are trusted, and the one of the TEST key, if that is in use."""

    trusted: tuple[bytes, ...] = ()
    test: bytes = b""

    @property
    def every(self) -> tuple[bytes, ...]:
        """All of them."""
        return (*self.trusted, self.test) if self.test else self.trusted


def read_roots(settings: SealSettings, folder: Path) -> Roots:
    """The roots the settings name, and that of the TEST key where no key is set.

    Args:
        settings: the `[seal]` table.
        folder: the workspace.

    Raises:
        FaultyInput: a file is missing or has no certificate in it.
    """
    findings = Findings()
    trusted = []
    for file in settings.roots:
        data = read_file(folder / file, "roots", findings)
        if data is None:
            continue
        certificates = read_certificates(data)
        trusted += certificates
        if not certificates:
            findings.fault(
                tr("The file {file} is no certificate.", file=file),
                tr("Name a PEM or DER file."),
                place("roots"),
            )
    findings.stop_on_faults()
    # With a key of its own, an agency has no reason to trust a TEST seal any longer.
    return Roots(tuple(trusted), b"" if settings.has_key else read_test_root(folder))
