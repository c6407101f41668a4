"""What the pages show of commands is what they print, whole lines of it."""

from pathlib import Path

import pytest

from scripts.examples import stale_pages, written_into


@pytest.mark.slow
def test_pages_show_what_commands_print(tmp_path: Path) -> None:
    stale = stale_pages(tmp_path / "workspace")
    shown = {path: path.read_text(encoding="utf-8") for path in stale}
    assert shown == stale, "write them anew with: python -m scripts.examples"


PAGE = "First\n```console\n$ brevgen check x\nold\n```\n```console\n$ brevgen check x\nold\n```\n"


def test_the_block_of_a_command_is_written_anew_and_no_other() -> None:
    page = written_into(PAGE, "brevgen check x", "one\n\\1", 1)
    assert page == PAGE.rpartition("old")[0] + "one\n\\1" + PAGE.rpartition("old")[2]


def test_a_command_that_is_not_shown_is_told() -> None:
    with pytest.raises(ValueError, match="brevgen check y"):
        written_into(PAGE, "brevgen check y", "", 0)
    with pytest.raises(ValueError, match="3 times"):
        written_into(PAGE, "brevgen check x", "", 2)
