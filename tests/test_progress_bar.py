"""The bar of progress leaves the screen alone until there is progress."""

import sys

import pytest
from rich.console import Console

from brevgen.cli import console


def test_nothing_is_drawn_over_a_question_that_is_asked_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Console(stderr=True, force_terminal=True, width=80)
    monkeypatch.setattr(console, "console", lambda *, stderr=False: terminal)
    with console.progress("Sealing letters") as progress:
        sys.stderr.write("Approve 1 letter? [y/N]: ")
        assert capsys.readouterr().err == "Approve 1 letter? [y/N]: "
        progress(0, 1)
        progress(1, 1)
    assert "Sealing letters" in capsys.readouterr().err
