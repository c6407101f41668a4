"""What stands in the terminal: everything, in the width there is, and nothing taken for markup."""

import io
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from rich.console import Console

from brevgen.cli import console as screen
from brevgen.findings import Finding, Place
from brevgen.language import Language, speaking, when
from tests.support.reading import columns, tidy

ADDRESS = "https://www.imdi.example/" + "x" * 90
FINDINGS = [
    Finding("warning", "Hidden and not read: “Ark2”.", "Unhide the sheet.", Place("a.xlsx")),
    Finding("fault", "[red]12[/red] is no number.", f"See {ADDRESS}.", Place("a.xlsx", "Ark1", 7)),
    Finding("fault", "The key is missing.", "Add it.", Place("round.toml", column="letter_date")),
]


def console(width: int) -> tuple[Console, io.StringIO]:
    """A console as the screen has it, of some width, and what is shown on it."""
    shown = io.StringIO()
    return Console(file=shown, width=width, highlight=False), shown


def test_findings_are_a_table_where_no_word_need_be_broken() -> None:
    target, shown = console(200)
    screen.show_findings(FINDINGS, target)
    lines = shown.getvalue().splitlines()
    assert max(map(len, lines)) <= 200
    where, what, remedy = columns(shown.getvalue())
    assert where.replace(" ", "").endswith("round.toml,letter_datea.xlsx"), "faults come first"
    assert "[red]12[/red] is no number." in what
    assert ADDRESS in remedy
    assert [line for line in lines if ":" in line and "│" not in line] == [
        "Faults: 2",
        "Warnings: 1",
    ]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_findings_stand_below_each_other_where_a_word_would_be_broken(width: int) -> None:
    target, shown = console(width)
    screen.show_findings(FINDINGS[1:], target)
    lines = shown.getvalue().splitlines()
    assert {line.strip() for line in lines if len(line) > width} == {f"{ADDRESS}."}
    assert tidy(shown.getvalue()) == tidy(
        f"""
        Faults: 2
        Where: a.xlsx, Ark1, row 7
        What is wrong: [red]12[/red] is no number.
        What to do: See {ADDRESS}.

        Where: round.toml, letter_date
        What is wrong: The key is missing.
        What to do: Add it.
        """
    )


@pytest.mark.parametrize("width", [20, 32])
def test_a_table_too_wide_for_the_terminal_stands_below_each_other(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    screen.console.cache_clear()
    row = ["2011 Guovdageaidnu, Kommunedirektør Per Olav Larsen", 36985, None]
    screen.show_table({"Municipality": False, "Refugees": True, "Note": False}, [row])
    shown = capsys.readouterr().out
    screen.console.cache_clear()
    assert max(map(len, shown.splitlines())) <= width
    assert shown.replace("\n  ", " ") == (
        "Municipality: 2011 Guovdageaidnu, Kommunedirektør Per Olav Larsen\n"
        "Refugees: 36\u00a0985\n\n"
    )


@pytest.mark.parametrize("columns", ["0", "1"])
def test_a_width_that_is_none_is_taken_for_the_usual_one(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    screen.console.cache_clear()
    assert screen.console().width == 80
    screen.console.cache_clear()


@pytest.mark.parametrize(("spoken", "day"), [("en", "2026-11-25"), ("nb", "25.11.2026")])
def test_a_moment_is_told_in_the_time_of_the_machine(
    spoken: Language, day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Oslo")
    time.tzset()
    with speaking(spoken):
        assert when(datetime(2026, 11, 25, 18, 45, 9, tzinfo=UTC)) == f"{day} 19:45"
        assert when(datetime(2026, 11, 25, tzinfo=UTC).date()) == day
        assert when(None) == ""
    monkeypatch.undo()
    time.tzset()


def test_without_findings_nothing_is_shown() -> None:
    target, shown = console(80)
    screen.show_findings([], target)
    assert shown.getvalue() == ""


def test_findings_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    screen.show_findings(FINDINGS[-1:])
    screen.complain("[bold]no[/bold]")
    screen.note("by the way")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "The key is missing." in columns(shown.err)[1]
    assert shown.err.endswith("[bold]no[/bold]\nby the way\n")


def test_results_go_to_stdout_and_long_ones_stay_on_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    screen.say("output/2018/previews/" + "x" * 200 + " [red] 1")
    shown = capsys.readouterr()
    assert shown.out == "output/2018/previews/" + "x" * 200 + " [red] 1\n"
    assert shown.err == ""


def test_a_table_sets_thousands_off_and_leaves_unknown_cells_empty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    screen.show_table(
        {"Area": False, "Refugees": True}, [["[Øst]", 36985], ["Vest", None]], title="Round"
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Round"
    assert "│ [Øst] │   36\u00a0985 │" in lines
    assert "│ Vest  │          │" in lines


def test_json_keeps_norwegian_letters(capsys: pytest.CaptureFixture[str]) -> None:
    screen.show_json({"name": "Ås", "asked": 10})
    shown = capsys.readouterr().out
    assert "Ås" in shown
    assert json.loads(shown) == {"name": "Ås", "asked": 10}


def test_progress_says_nothing_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with screen.progress("Making letters") as tell:
        for done in range(4):
            tell(done, 3)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


PROGRAM = """
from brevgen.cli import console as screen
with screen.progress("Making letters") as tell:
    for done in range(1, 4):
        tell(done, 3)
screen.say("done")
"""


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
def test_progress_is_a_bar_on_the_terminal_that_stderr_is() -> None:
    ours, theirs = os.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=True,
        timeout=60,
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert ran.stdout == b"done\n", "results can be piped on while the bar is shown"
    assert "Making letters" in shown
    assert "3/3" in shown


@pytest.mark.parametrize("width", [67, 80])
def test_a_table_breaks_no_address_where_there_is_room_for_its_longest_words(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    screen.console.cache_clear()
    address = "kommunedirektor@guovdageaidnu.kommune.example"
    whom = "2011 Guovdageaidnu, Kommunedirektør Per Olav Larsen"
    screen.show_table({"To": False, "Address": False}, [[whom, address], ["Ås", "a@b.example"]])
    shown = capsys.readouterr().out
    assert address in shown
    assert max(map(len, shown.splitlines())) <= width
    assert {word for word in whom.split() if word in shown} == set(whom.split())
    screen.console.cache_clear()
