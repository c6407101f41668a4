"""What the commands show of what the use cases tell."""

import pytest

from brevgen.cli import tables
from brevgen.pool.letter_files import LOOK_CHANGED
from tests.support.reading import columns


def test_a_reason_that_holds_for_many_letters_is_told_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    many = {f"{number:04}": (LOOK_CHANGED,) for number in range(101, 105)}
    tables.show_faults({**many, "0214": ("pages: 3, at most 2 are allowed",)})
    shown = capsys.readouterr().err
    where, what, remedy = columns(shown)
    assert "Faults: 2" in shown
    assert what.count("run it again") == 1
    assert "4 letters were not made for this reason: 0101, 0102, 0103, 0104." in remedy
    assert remedy.count("The letter was not made.") == 1
    assert where == "letter 0101 letter 0214"
