"""Final letters are put back only as they were sealed."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from brevgen.errors import LedgerDamaged
from brevgen.files import sha256
from brevgen.ledger.reader import LedgerReader
from brevgen.rounds.finals import restore_finals
from tests.support import made_rounds
from tests.support.sessions import generated, session


@pytest.fixture
def place(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters."""
    return made_rounds.copied(sealed_trial, tmp_path / "workspace")


def test_a_sealed_letter_that_is_missing_comes_back_byte_for_byte(place: Path) -> None:
    (file,) = (place / "output" / "trial" / "letters").glob("0214-*.pdf")
    before = file.read_bytes()
    file.unlink()
    generated(place)
    assert file.read_bytes() == before


def test_a_file_forged_in_the_ledger_is_not_put_back(place: Path) -> None:
    (file,) = (place / "output" / "trial" / "letters").glob("0214-*.pdf")
    forged = bytearray(file.read_bytes())
    forged[5000] ^= 1
    file.unlink()
    with closing(sqlite3.connect(place / "data" / "ledger.sqlite3")) as ledger, ledger:
        triggers = ledger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            ledger.execute(f'DROP TRIGGER "{name}"')
        ledger.execute(
            "UPDATE sealed SET pdf = ?, pdf_sha256 = ? WHERE pdf_name = ?",
            (bytes(forged), sha256(bytes(forged)), file.name),
        )
    with session(place) as opened, pytest.raises(LedgerDamaged):
        restore_finals(opened, opened.letters())
    assert not file.exists()


def test_a_forgery_that_the_ledger_itself_does_not_notice_fails_before_its_seal(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by somebody who has written the whole ledger anew."""
    (file,) = (place / "output" / "trial" / "letters").glob("0214-*.pdf")
    forged = bytearray(file.read_bytes())
    forged[5000] ^= 1
    file.unlink()
    monkeypatch.setattr(LedgerReader, "sealed_pdf", lambda *_: bytes(forged))
    with session(place) as opened:
        (aas,) = (each for each in opened.letters() if each.number == "0214")
        assert aas.sealed is not None
        recorded = replace(aas.sealed, pdf_sha256=sha256(bytes(forged)))
        with pytest.raises(LedgerDamaged, match=r"is not put back.*changed after it was sealed"):
            restore_finals(opened, [replace(aas, sealed=recorded)])
    assert not file.exists()
