"""Seeing that a key is not opened, and that one clear fault says why."""

from datetime import datetime
from pathlib import Path

import pytest

from brevgen.findings import FaultyInput, Finding
from brevgen.seal.key import open_key
from brevgen.settings.seal import SealSettings
from tests.support.pki import NOW, PASSPHRASE, PIN

WRONG = "blått skip 12"
"""Neither the passphrase nor the PIN."""


def faults(settings: SealSettings, folder: Path, now: datetime = NOW) -> list[Finding]:
    """The faults for which a key is not opened."""
    with pytest.raises(FaultyInput) as caught:
        open_key(settings, folder, now)
    assert not any(secret in str(caught.value) for secret in (PASSPHRASE, PIN, WRONG))
    return caught.value.findings


def only(found: list[Finding], what: str, column: str) -> None:
    """See that there is one fault, that it says what is wrong, where, and what to do."""
    assert [what in each.what for each in found] == [True], found
    assert found[0].place.column == f"seal.{column}"
    assert found[0].what[-1] in ".)"
    assert found[0].remedy or "Run the command again" in found[0].what
