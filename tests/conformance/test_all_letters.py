"""A letter that breaks a standard is seen, told, and makes the examination end with 1."""

import io
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from brevgen.render.inspection import STANDARDS
from brevgen.render.pdf import PdfWriter
from tests.conformance import verapdf
from tests.conformance.all_letters import Tally, by_rule, failures
from tests.support.samples import DATED, REFERENCE, ROOT, STYLESHEET, content

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("all_letters.py")
MISSING = verapdf.what_is_missing()
VALIDATORS = {"page-validation"} | (set() if MISSING else {"veraPDF"})


@cache
def good() -> bytes:
    return PdfWriter(STYLESHEET).write(content(), reference=REFERENCE, dated=DATED)


def lawless() -> bytes:
    """A letter that breaks both standards: in an unknown language, and with a script in it."""
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(good())) as document:
        del document.Root["/Lang"]
        document.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
        )
        document.save(saved, fix_metadata_version=False)
    return saved.getvalue()


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """Two sets of letters, with Norwegian and Sámi letters in their names, all of them good."""
    for group in ("2018 drafts", "2018 finals"):
        folder = tmp_path / "letters" / group
        folder.mkdir(parents=True)
        for name in ("0214-Ås.pdf", "2021-Kárášjohka – Karasjok.pdf"):
            (folder / name).write_bytes(good())
    return tmp_path / "letters"


def examine(letters: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Examine letters as `make conformance` does; the JSON lies beside them."""
    return subprocess.run(
        [sys.executable, SCRIPT, "--letters", letters, "--json", letters.with_suffix(".json")],
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
    )


def result(letters: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(letters.with_suffix(".json").read_text(encoding="utf-8"))
    return told


def counts(told: dict[str, Any], letters: str) -> set[tuple[str, str, int, int]]:
    """What each validator says of a set by each standard: how many pass, how many fail."""
    return {
        (each["validator"], each["standard"], each["passed"], each["failed"])
        for each in told["results"]
        if each["letters"] == letters
    }


def all_say(passed: int, failed: int) -> set[tuple[str, str, int, int]]:
    return {(name, rules, passed, failed) for name in VALIDATORS for rules in STANDARDS}


def test_good_letters_pass_whatever_the_locale(letters: Path) -> None:
    ran = examine(letters, LC_ALL="C")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    told = result(letters)
    assert counts(told, "2018 drafts") == counts(told, "2018 finals") == all_say(2, 0)


def test_broken_letters_are_told_with_the_rule(letters: Path) -> None:
    finals = letters / "2018 finals"
    (finals / "1.pdf").write_bytes(lawless())
    (finals / "2.pdf").write_bytes(good()[:9000])
    (finals / "3.pdf").write_bytes(b"")
    ran = examine(letters)
    assert (ran.returncode, ran.stderr) == (1, "")
    told = result(letters)
    assert counts(told, "2018 drafts") == all_say(2, 0)
    assert counts(told, "2018 finals") == all_say(2, 3)
    of_one = [line for each in told["results"] for line in each["failures"].get("1.pdf", ())]
    rules = {line.partition(": ")[0] for line in of_one}
    wanted = {"page-validation": ("PDF/A-2a", "PDFA2A-ACTION-TYPE-001")}
    if not MISSING:
        wanted["veraPDF"] = ("PDF/UA-1", "ISO 14289-1:2014 7.2-34")
    for validator, (standard, rule) in wanted.items():
        assert rule in rules
        assert f"2018 finals, {validator}, {standard}: {rule}\n" in ran.stdout
        assert f"2018 finals, {validator}, {standard}: not readable\n" in ran.stdout
    assert "  2.pdf, 3.pdf\n" in ran.stdout


def test_without_java_it_is_said_that_verapdf_was_not_asked(letters: Path, tmp_path: Path) -> None:
    ran = examine(letters, PATH=str(tmp_path))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "veraPDF was not asked. Missing: Java" in ran.stdout
    told = result(letters)
    assert told["validators"]["veraPDF"] is None
    assert {each["validator"] for each in told["results"]} == {"page-validation"}


def test_an_empty_set_is_no_success(letters: Path) -> None:
    (letters / "2024 finals").mkdir()
    ran = examine(letters)
    assert ran.returncode == 2
    assert "no PDF to examine in 2024 finals" in ran.stderr


def test_a_file_that_a_validator_passes_over_has_failed() -> None:
    seen, passed_over = Path("/letters/1.pdf"), Path("/letters/2.pdf")
    found = failures([seen, passed_over], {seen: ()})
    assert found == {"2.pdf": ("not examined: the validator passed the file over",)}
    tally = Tally("2018 finals", "veraPDF", "PDF/A-2a", 2, found)
    assert (tally.passed, tally.failed) == (1, 1)


def test_files_are_gathered_by_rule() -> None:
    found = by_rule({"1.pdf": ["A: on page 1", "A: on page 2", "B: x"], "2.pdf": ["A: on page 9"]})
    assert found == {"A": {"1.pdf": "on page 1", "2.pdf": "on page 9"}, "B": {"1.pdf": "x"}}


# -- fetching veraPDF -----------------------------------------------------------------------------


def test_another_file_than_the_pinned_one_is_not_kept(tmp_path: Path) -> None:
    other = tmp_path / "other.jar"
    other.write_bytes(b"PK")
    with pytest.raises(verapdf.NotFetched, match="is not the file that is pinned"):
        verapdf.fetch(tmp_path / "verapdf.jar", other.as_uri())
    assert list(tmp_path.iterdir()) == [other]


def test_an_address_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    with pytest.raises(verapdf.NotFetched, match="cannot be fetched"):
        verapdf.fetch(tmp_path / "verapdf.jar", (tmp_path / "nothing.jar").as_uri())


@pytest.mark.skipif(bool(MISSING), reason=f"veraPDF lacks {MISSING}")
def test_the_pinned_file_is_kept(tmp_path: Path) -> None:
    jar = tmp_path / "new" / "verapdf.jar"
    verapdf.fetch(jar, verapdf.JAR.as_uri())
    assert verapdf.what_is_missing(jar) == ""
