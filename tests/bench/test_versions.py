"""Both versions and the plain loop make letters, and the figures of a trial are printed."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.plain import make_letters, sealing_with
from bench.version import ROOT, ROUND, Version
from tests.support import pki
from tests.support.reading import page_texts


@pytest.mark.slow
def test_the_plain_loop_makes_drafts_and_sealed_letters(tmp_path: Path) -> None:
    root = Version("here", ROOT, tmp_path / "none").workspace(tmp_path / "workspace")
    seal = pki.issue("Segl")
    key = tmp_path / "key.pem"
    key.write_bytes(seal.key_pem + seal.pem())
    make_letters(root, ROUND, tmp_path / "drafts", None, 2)
    make_letters(root, ROUND, tmp_path / "letters", sealing_with(key), 2)
    names = ["0301.docx", "0301.pdf", "1101.docx", "1101.pdf"]
    for folder in ("drafts", "letters"):
        assert sorted(path.name for path in (tmp_path / folder).iterdir()) == names
    draft, letter = (
        (tmp_path / folder / "0301.pdf").read_bytes() for folder in ("drafts", "letters")
    )
    assert "Oslo kommune" in page_texts(draft)[0]
    assert "Vår ref: 23-20001" in page_texts(letter)[0]
    assert b"/ByteRange" in letter
    assert b"/ByteRange" not in draft


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the history")
def test_a_trial_compares_a_revision_with_this_tree() -> None:
    words = ["bench.letters", "HEAD", "--turns", "1", "--region", "Finnmark"]
    ran = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    told = ran.stdout
    for row in ("drafts: generate ", "everything on: approve ", "verify every letter ", "help "):
        (line,) = (line for line in told.splitlines() if line.startswith(row))
        assert len(line[36:].split()) >= 5, line
    assert "plain loop, sealed" in told
    assert "Written" not in told
