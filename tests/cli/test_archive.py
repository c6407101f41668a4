"""What `brevgen archive` shows and takes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.made_rounds import copied
from tests.support.reading import tidy
from tests.support.running import Ran

Run = Callable[..., Ran]


@pytest.fixture
def workspace(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters."""
    return copied(sealed_trial, tmp_path / "workspace")


def test_a_round_is_handed_over_and_its_numbers_come_back(brevgen: Run, workspace: Path) -> None:
    ran = brevgen("archive", "trial")
    assert ran.code == 0, ran.err
    assert "6 letters in output/trial/archive, 0 of them sent" in ran.out
    assert "6 letters are new" in ran.out
    assert "official schemas" in tidy(ran.err)
    told = json.loads(brevgen("archive", "trial", "--json").out)
    assert (told["letters"], told["new"], told["validated"]) == (6, [], False)

    journal = workspace / "output" / "trial" / "archive" / "journal.csv"
    head, first, *_ = journal.read_text(encoding="utf-8-sig").splitlines()
    reference = first.partition(";")[0]
    assert head.startswith("vår_ref;saksnummer;journalpostnummer;")
    numbers = workspace / "numre.csv"
    text = f"vår_ref;saksnummer;journalpostnummer\n{reference};2017/9235;1\n"
    numbers.write_text(text, encoding="utf-8")
    kept = brevgen("archive", "trial", "--numbers", str(numbers))
    assert "1 number kept." in kept.out
    assert "5 sealed letters have no number from the archive yet." in tidy(kept.out)
    shown = json.loads(brevgen("status", "trial", "Ås", "--json").out)
    assert shown["letters"][0]["archive_number"] == "2017/9235-1"
    numbers.write_text(text.replace(";1\n", ";2\n"), encoding="utf-8")
    refused = brevgen("archive", "trial", "--numbers", str(numbers))
    assert refused.code == 1
    assert "2017/9235-1" in tidy(refused.out + refused.err)
    replaced = brevgen("archive", "trial", "--numbers", str(numbers), "--replace")
    assert replaced.code == 0


def test_options_that_do_not_go_together_are_wrong_use(brevgen: Run, workspace: Path) -> None:
    assert brevgen("archive", "trial", "--replace").code == 2
    both = ("--schemas", str(workspace), "--numbers", str(workspace / "x.csv"))
    assert brevgen("archive", "trial", *both).code == 2
    assert brevgen("archive", "2018").code == 3
