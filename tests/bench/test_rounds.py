"""The rounds that are measured are rounds that brevgen takes."""

from pathlib import Path

import pytest
from bench.ours import changed
from bench.words import lacking, letters_of

from bench import allocation, country, here
from brevgen.letter.content import Block, Content, Run


@pytest.mark.parametrize("size", [40, country.MOST])
def test_a_country_is_a_round_without_faults(tmp_path: Path, size: int) -> None:
    root = country.make_country(tmp_path / "country", size)
    _, _, letters = letters_of(root, country.NAME, approved=False)
    assert len({letter.municipality.name for _, letter in letters}) == size
    assert {letter.written_form for _, letter in letters} == {"nb", "nn"}


def test_a_round_made_shorter_still_adds_up(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    root = here.new_workspace(tmp_path / "short")
    allocation.shorten(root, 7)
    assert len(letters_of(root, allocation.NAME, approved=False)[2]) == 7


def test_one_changed_row_changes_what_one_letter_says(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    root = here.new_workspace(tmp_path / "changed")
    allocation.shorten(root, 7)
    before = [letter for _, letter in letters_of(root, allocation.NAME, approved=False)[2]]
    allocation.change_one_row(root)
    after = [letter for _, letter in letters_of(root, allocation.NAME, approved=False)[2]]
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


def test_files_are_changed_that_are_new_or_written_anew() -> None:
    before = {"letters/0301": (1, 1), "letters/1101": (1, 2)}
    after = {"letters/0301": (1, 1), "letters/1101": (2, 3), "drafts/1101": (1, 1)}
    assert changed(before, after, "letters") == ["1101"]
    assert changed(before, after, "drafts") == ["1101"]


def test_words_are_found_however_lines_break() -> None:
    blocks = tuple(
        Block("body", "paragraph", (Run(text),)) for text in ("Integrerings- og mer", "Annet")
    )
    content = Content("nb", "Brev", "IMDi", blocks)
    assert lacking(content, "Integrerings\x02\nog\xa0mer") == ["Annet"]
