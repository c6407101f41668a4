"""From letters that were sent to the last answer: registered, reminded, corrected, read back."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from brevgen.ledger.reader import LedgerReader
from brevgen.workspace import find_workspace
from tests.rounds.test_answer import LETTER, REMINDED, REMINDER
from tests.rounds.test_answer import sent_trial as sent_trial
from tests.support.kinds import write_kind, write_round
from tests.support.made_rounds import copied, use_server
from tests.support.post_office import PostOffice
from tests.support.reading import page_texts
from tests.support.running import Ran

Run = Callable[..., Ran]

ANSWERS = """kommunenummer;kommune;vedtatt;herav EM;vedtaksdato;organ;vilkår;utsatt_til
0214;Ås;10;0;2017-12-13;kommunestyret;;
1515;Herøy;8;1;20.12.2017;kommunestyret;bare familier;
1940;Kåfjord;0;;2018-01-04;formannskapet;;
2011;Kautokeino;;;;;;2018-02-01
"""
LIVE = ("--live", "--yes", "--recipients")


class Calendar:
    """The day it is for the commands."""

    def __init__(self) -> None:
        self.at = datetime(2018, 1, 9, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    calendar = Calendar()
    monkeypatch.setattr("brevgen.cli.context.now", calendar)
    return calendar


@pytest.fixture
def workspace(sent_trial: Path, tmp_path: Path, calendar: Calendar) -> Path:
    """Five letters that were sent, and one that was not."""
    place = copied(sent_trial, tmp_path / "workspace")
    write_kind(place, "reminder", REMINDER, LETTER)
    return place


def states(brevgen: Run, name: str = "trial") -> dict[str, str]:
    letters = json.loads(brevgen("status", name, "--json").out)["letters"]
    return {each["number"]: each["answer"]["state"] for each in letters if each["answer"]}


@pytest.mark.slow
def test_a_round_is_answered_to_the_last_letter(
    brevgen: Run, workspace: Path, calendar: Calendar
) -> None:
    file = workspace / "svar.csv"
    file.write_text(ANSWERS, encoding="utf-8")
    assert brevgen("answers", "trial", file, "--dry-run").code == 0
    assert set(states(brevgen).values()) == {"overdue"}
    assert brevgen("answers", "trial", file).code == 0
    assert states(brevgen) == {
        "0214": "yes",
        "0219": "overdue",
        "1515": "fewer",
        "1940": "no",
        "2011": "extended",
    }

    # who has not answered by the middle of January is reminded, and one of them answers meanwhile
    write_round(
        workspace,
        "reminder",
        REMINDED.replace("0214;Ås\n", "2011;Guovdageaidnu – Kautokeino\n"),
        kind="reminder",
        follows="trial",
        references=("17-07000", "17-07099"),
    )
    assert brevgen("generate", "reminder", "--jobs", "1").code == 0
    calendar.at = datetime.now(UTC)  # the key that letters are sealed with is of today
    assert brevgen("approve", "reminder", "--yes", "--jobs", "1").code == 0
    calendar.at = datetime(2018, 2, 2, 9, 0, tzinfo=UTC)
    ran = brevgen(
        "answer", "trial", "Bærum", "--decided", "65", "--minors", "4", "--on", "1.2.2018"
    )
    assert ran.code == 0, ran.err
    assert "0219 Bærum (17-07000) is not sent" in brevgen("status", "reminder").out
    assert states(brevgen)["2011"] == "overdue"

    with PostOffice() as office:
        use_server(workspace, office.port, tls="none")
        ran = brevgen("send", "reminder", *LIVE, "2")
        assert ran.code == 0, ran.err
    assert {each.to[0].partition("@")[2] for each in office.mailbox} == {
        "kautokeino.kommune.example"
    }
    (reminder,) = [
        each
        for each in (workspace / "output" / "reminder" / "letters").glob("*.pdf")
        if each.name.startswith("2011")
    ]
    assert "17-09104" in page_texts(reminder.read_bytes())[0], "the letter it reminds of"

    # a decision is corrected, and the history keeps both
    assert brevgen("answer", "trial", "1940", "--decided", "5", "--on", "2018-02-01").code == 0
    brevgen("answer", "trial", "2011", "--decided", "11", "--on", "2018-02-01")
    assert states(brevgen) == {
        "0214": "yes",
        "0219": "yes",
        "1515": "fewer",
        "1940": "fewer",
        "2011": "yes",
    }
    events = json.loads(brevgen("history", "1940", "trial", "--json").out)["events"]
    assert [each["what"] for each in events if each["act"] == "answer registered"] == [
        "0 decided on 2018-01-04",
        "5 decided on 2018-02-01",
    ]
    total = json.loads(brevgen("status", "trial", "--json").out)["answers"]["total"]
    assert (total["answered"], total["decided"], total["gap"]) == (5, 99, 9)
    with LedgerReader(find_workspace(workspace).ledger) as ledger:
        assert ledger.broken_events() == []
