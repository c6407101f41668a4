"""What the commands of answers read and show."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.rounds.test_answer import sent_trial as sent_trial
from tests.support.made_rounds import copied
from tests.support.reading import tidy
from tests.support.running import Ran

Run = Callable[..., Ran]

AT = datetime(2018, 1, 9, 9, 0, tzinfo=UTC)


@pytest.fixture
def workspace(sent_trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five letters that were sent and one that was not, three days after their deadline."""
    monkeypatch.setattr("brevgen.cli.context.now", lambda: AT)
    return copied(sent_trial, tmp_path / "workspace")


def test_an_answer_is_registered_and_the_status_and_the_history_tell_it(brevgen: Run) -> None:
    ran = brevgen(
        *("answer", "trial", "Bærum", "--decided", "50", "--minors", "4", "--on", "4.1.2018"),
        *("--body", "kommunestyret", "--conditions", "Bare familier", "--journal", "18/00012"),
    )
    assert ran.code == 0, ran.err
    assert "1 answer registered." in ran.out
    assert "--conditions" in ran.err

    shown = brevgen("status", "trial").out
    assert "fewer (50)" in tidy(shown)
    assert "0219 Bærum makes conditions: Bare familier" in shown
    assert "Answers: 1 fewer, 4 overdue." in shown
    assert "National" in shown
    history = tidy(brevgen("history", "Bærum", "trial").out)
    assert "2018-01-04, 4 of them" in history


def test_the_status_can_be_of_those_who_have_not_answered_only(brevgen: Run) -> None:
    brevgen("answer", "trial", "Ås", "--decided", "0", "--on", "2018-01-04")
    brevgen("answer", "trial", "0219", "--late-until", "2018-02-01")

    def numbers(option: str) -> list[str]:
        told = json.loads(brevgen("status", "trial", option, "--json").out)
        return [each["number"] for each in told["letters"]]

    assert numbers("--unanswered") == ["0219", "1515", "1940", "2011"]
    assert numbers("--overdue") == ["1515", "1940", "2011"]


def test_json_and_csv_tell_the_answers(brevgen: Run) -> None:
    brevgen("answer", "trial", "Ås", "--decided", "0", "--on", "2018-01-04")

    told = json.loads(brevgen("status", "trial", "--json").out)
    answers = {each["number"]: each["answer"] for each in told["letters"]}
    assert (answers["0214"]["state"], answers["0214"]["decided"]) == ("no", 0)
    assert answers["0214"]["minors"] is None
    assert (answers["0219"]["state"], answers["0219"]["overdue_days"]) == ("overdue", 3)
    assert answers["0834"] is None
    assert told["answers"]["states"] == {"no": 1, "overdue": 4}
    assert told["answers"]["national_gap"] == 118

    rows = list(csv.DictReader(brevgen("status", "trial", "--csv").out.splitlines(), delimiter=";"))
    (first, *_) = (row for row in rows if row["kommunenummer"] == "0214")
    assert (first["svar"], first["svar_vedtatt"], first["svar_enslige_mindreårige"]) == (
        "nei", "0", "",
    )  # fmt: skip
    (first, *_) = (row for row in rows if row["kommunenummer"] == "0219")
    assert (first["svar"], first["svar_vedtatt"], first["svar_dager_over_fristen"]) == (
        "over fristen", "", "3",
    )  # fmt: skip


def test_a_spreadsheet_is_tried_first_and_then_registered(brevgen: Run, workspace: Path) -> None:
    file = workspace / "svar.csv"
    file.write_text(
        "kommunenummer;vedtatt;vedtaksdato\n0214;10;2018-01-04\n0219;65;2018-01-04\n", "utf-8"
    )

    tried = brevgen("answers", "trial", file, "--dry-run")
    assert (tried.code, "2 answers would be registered; nothing was." in tried.out) == (0, True)
    done = json.loads(brevgen("answers", "trial", file, "--json").out)
    assert [(each["number"], each["state"]) for each in done["answers"]] == [
        ("0214", "yes"),
        ("0219", "yes"),
    ]
    again = brevgen("answers", "trial", file)
    assert "2 answers were registered before." in again.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("Bærum",), 1, "The answer says no number."),
        (("Bærum", "--decided", "fem", "--on", "2018-01-04"), 1, "“fem” is not a number."),
        (("Vinje", "--decided", "5", "--on", "2018-01-04"), 3, "has not been sent"),
        (("Nowhere", "--decided", "5", "--on", "2018-01-04"), 2, "Nowhere"),
    ],
)
def test_what_cannot_be_registered_is_told_with_its_exit_code(
    brevgen: Run, words: tuple[str, ...], code: int, told: str
) -> None:
    ran = brevgen("answer", "trial", *words)
    assert ran.code == code
    assert told in tidy(ran.err)


def test_a_file_that_is_not_there_is_a_fault(brevgen: Run) -> None:
    ran = brevgen("answers", "trial", "svar.xlsx")
    assert ran.code in (1, 2)
    assert "svar.xlsx" in tidy(ran.err)
    assert "Traceback" not in ran.err


def test_the_report_tells_the_answers_in_bokmaal(brevgen: Run, workspace: Path) -> None:
    brevgen("answer", "trial", "Bærum", "--decided", "50", "--on", "2018-01-04")
    brevgen("answer", "trial", "Ås", "--late-until", "2018-02-01")

    folder = workspace / "output" / "trial"
    text = (folder / "report.csv").read_bytes().decode("utf-8-sig")
    rows = {row["kommunenummer"]: row for row in csv.DictReader(text.splitlines(), delimiter=";")}
    assert (rows["0219"]["brevgen_svar"], rows["0219"]["brevgen_vedtatt"]) == ("færre", "50")
    assert rows["0219"]["brevgen_vedtatt_mindreårige"] == ""
    assert (rows["0214"]["brevgen_svar"], rows["0214"]["brevgen_svarfrist"]) == (
        "utsatt frist", "2018-02-01",
    )  # fmt: skip
    assert rows["1515"]["brevgen_dager_over_fristen"] == "3"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Svar per 9." in page
    assert "3 dager over fristen" in page
    assert "Alle sendte brev" in page
