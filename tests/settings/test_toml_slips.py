"""What Word and habit do to a settings file is told with the line, and how it is meant."""

import tomllib
from pathlib import Path
from time import process_time

import pytest

from brevgen.findings import Findings
from brevgen.settings.toml_file import read_toml

STRAIGHT = 'Write straight quotes (") in place of curly ones.'
BLANK = "There is a blank in the line that is no ordinary one; type the line anew."


def fault(folder: Path, line: str) -> str:
    path = folder / "round.toml"
    path.write_text(f"# a comment\n{line}\nsettlement_year = 2018\n", encoding="utf-8")
    findings = Findings()
    assert read_toml(path, findings, shown_as="round.toml") is None
    (found,) = findings.faults
    assert found.place.row == 2
    assert line.strip() in found.what
    return found.remedy


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        *(
            (line, "Write a date as year-month-day, without quotes: 2017-11-06.")
            for line in (
                "letter_date = 06.11.2017",
                "letter_date = 6.11.2017",
                "letter_date = 06/11/2017",
                "letter_date = 2017-11-6",
                "letter_date=2017.11.06",
            )
        ),
        (
            "letter_date = 31.11.2017",
            "There is no such day. Write it as year-month-day, such as 2017-11-06.",
        ),
        *(
            (line, "Write the number without blanks: 4400.")
            for line in ("total = 4 400", "total = 4\u00a0400", "total = 4\u202f400 # in all")
        ),
        ("total = 060", "Write the number without 0 in front: 60."),
        ("attach_docx = True", "Write it in small letters: true."),
        ("attach_docx = NEI", "Write it in small letters: false."),
        ("kind = “request”", STRAIGHT),
        ("kind = «request»", STRAIGHT),
        ('kind = "request”', STRAIGHT),
        ('\u00a0kind = "request"', BLANK),
        ('kind\u00a0= "request"', BLANK),
        ("kind = request", 'Write a text in straight quotes: "request".'),
        ("deadline = 2 months # to answer", 'Write a text in straight quotes: "2 months".'),
        ("to = post@imdi.example", 'Write a text in straight quotes: "post@imdi.example".'),
        ('kind = "request', "Look for a missing quote, bracket or equals sign at that line."),
    ],
)
def test_a_slip_is_told_with_how_it_is_meant(tmp_path: Path, line: str, remedy: str) -> None:
    assert fault(tmp_path, line) == remedy


@pytest.mark.parametrize("filling", [" ", "a", "0", ".", "“", "a.", "0 "])
def test_a_line_without_end_takes_no_time(tmp_path: Path, filling: str) -> None:
    line = f"kind = {filling * (60_000 // len(filling))}'"
    path = tmp_path / "round.toml"
    path.write_text(line, encoding="utf-8")
    findings = Findings()
    begun = process_time()

    read_toml(path, findings, shown_as="round.toml")

    assert len(findings.faults) == 1
    assert process_time() - begun < 1


def test_curly_quotes_and_wide_blanks_inside_of_a_text_are_no_slip(tmp_path: Path) -> None:
    text = 'need = "Behovet er “stort”,\u00a0sier «alle»"\n'
    (tmp_path / "round.toml").write_text(text, encoding="utf-8")
    findings = Findings()

    keys = read_toml(tmp_path / "round.toml", findings, shown_as="round.toml")

    assert keys == tomllib.loads(text)
    assert findings.items == []
