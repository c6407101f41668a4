"""What the commands show of what the use cases tell."""

import pytest

from brevgen.cli import tables, tables_history
from brevgen.pool.letter_files import LOOK_CHANGED
from brevgen.rounds.history import History, RoundFigures
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


def test_what_letters_said_is_shown_also_where_nothing_was_published(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rounds = (
        RoundFigures("2027", "request", 2027, "26-90001", asked=20, minors=None, decided=0),
        RoundFigures("2028", "request", 2028, "27-90001", asked=40, minors=4, decided=None),
    )
    tables_history.show_history(History("3218 Ås", (), (), rounds, ()))
    shown = capsys.readouterr().out
    title, *_ = shown.splitlines()
    assert title == "Letters of this workspace that are approved or sent"
    assert columns(shown) == [
        "2027 2028",
        "2027 2028",
        "26-90001 27-90001",
        "20 40",
        "4",
        "0",
    ]
    assert shown.splitlines()[-4:-1] == [
        "░ asked for",
        f"2027  {'░' * 20}",
        f"2028  {'░' * 40}",
    ]


def test_a_municipality_of_which_nothing_is_known_has_nothing_to_show(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tables_history.show_history(History("3218 Ås", (), (), (), ()))
    assert capsys.readouterr().out == "Nothing has happened.\n"
