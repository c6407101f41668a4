"""The front door: what people type, what they are told, and how a command ends."""

import gc
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from brevgen.actor import process_actor
from brevgen.cli.main import app
from tests.support.reading import columns, tidy
from tests.support.running import Ran
from tests.support.samples import HEADER, ROWS, make_round

Run = Callable[..., Ran]

COMMANDS = sorted(str(c.name or c.callback.__name__) for c in app.registered_commands if c.callback)
GROUPS = sorted(
    str(group.typer_instance.info.name) for group in app.registered_groups if group.typer_instance
)


WARNINGS = ["-W", "error", "-W", "ignore::ResourceWarning"]  # WeasyPrint leaves a file open


def typed(workspace: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, without a terminal."""
    return subprocess.run(
        [sys.executable, *WARNINGS, "-m", "brevgen", *words],
        cwd=workspace,
        env={**os.environ, "COLUMNS": "80", **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# -- help -----------------------------------------------------------------------------------------


def test_there_is_a_command_for_each_thing_a_person_does() -> None:
    assert set(COMMANDS) == {
        *("check", "preview", "generate", "approve", "verify", "send", "bounces", "status"),
        *("answer", "answers", "history", "archive", "desk", "new", "upgrade"),
    }
    assert GROUPS == ["ledger"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_the_help_of_every_command_has_an_example(brevgen: Run, command: str, flag: str) -> None:
    ran = brevgen(command, flag)
    assert ran.code == 0
    assert f"Example: brevgen {command} " in tidy(ran.out)
    assert max(len(line) for line in ran.out.splitlines()) <= 80


@pytest.mark.parametrize("words", [[], ["-h"], ["--help"]])
def test_the_help_of_all_lists_every_command(brevgen: Run, words: list[str]) -> None:
    shown = brevgen(*words)
    for command in COMMANDS + GROUPS:
        assert re.search(rf"^  {command}\s+\w", shown.out + shown.err, re.MULTILINE)
    assert "..." not in shown.out.partition("Commands:")[2], "each is told in full"


HEAVY = {
    *("pandas", "weasyprint", "docx", "openpyxl", "sqlalchemy", "pydantic", "jinja2"),
    *("pikepdf", "pypdfium2", "page", "lxml", "babel", "pyhanko"),
}

HELP = """
import sys
sys.argv = ["brevgen", *{words}]
from brevgen.cli.main import main
try:
    main()
except SystemExit as ended:
    assert ended.code == 0, ended.code
sys.stderr.write(" ".join(sorted(set(sys.modules) & set({heavy}))))
"""


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["--help"], HEAVY),
        (["generate", "--help"], HEAVY - {"pydantic"}),  # Typer has it look at numbers
    ],
)
def test_help_is_instant_because_nothing_heavy_is_imported(
    words: list[str], heavy: set[str]
) -> None:
    program = HELP.format(words=words, heavy=heavy)
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "Usage: brevgen" in ran.stdout
    assert ran.stderr == ""


@pytest.mark.parametrize(("command", "seldom"), [("generate", True), ("desk", False)])
def test_commands_that_end_soon_look_for_garbage_seldom(
    brevgen: Run, command: str, seldom: bool
) -> None:
    before = gc.get_threshold()
    gc.set_threshold(700)
    try:
        assert brevgen(command, "-h").code == 0
        assert (gc.get_threshold()[0] > 700) == seldom
    finally:
        gc.set_threshold(*before)


# -- where one is ---------------------------------------------------------------------------------


@pytest.mark.parametrize("below", ["data", "data/rounds/trial", "templates/letters/request"])
def test_a_command_works_from_any_folder_below_the_workspace(
    workspace: Path, brevgen: Run, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    monkeypatch.chdir(workspace / below)
    assert brevgen("status", "trial").code == 0


def test_a_command_works_from_anywhere_when_the_workspace_is_named(
    workspace: Path, brevgen: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["check"], ["status"], ["generate", "--only", "Ås"]):
        ran = brevgen(command[0], "trial", *command[1:], "--workspace", workspace)
        assert ran.code == 0, ran.err
    assert (workspace / "output" / "trial" / "drafts" / "0214-Ås-17-09235.pdf").exists()


def test_outside_of_a_workspace_one_is_told_what_to_do(
    brevgen: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = brevgen("status", "trial")
    assert ran.code == 2
    assert "is not in a workspace" in ran.err
    assert "--workspace DIR" in ran.err


# -- how a command ends ---------------------------------------------------------------------------


def faulty(workspace: Path) -> None:
    rows = ["0214;Ås;ti;0;0;;;", "9999;Ingensteds;10;0;0;;;", "0219;Moss;65;4;7;;;"]
    make_round(workspace)
    text = "\n".join([HEADER, *rows, *ROWS[2:]])
    (workspace / "data/rounds/trial/allocation.csv").write_text(text, encoding="utf-8")


def no_link(workspace: Path) -> None:
    make_round(workspace, [ROWS[0], ROWS[1].replace("2017/311", "ola@baerum.example")])


def missing_sign(workspace: Path) -> None:
    register = workspace / "data" / "municipalities.csv"
    text = register.read_text(encoding="utf-8")
    register.write_text(text.replace("\n0834,Vinje,", "\n0834,Vinje漢,"), encoding="utf-8")
    make_round(workspace, [ROWS[0], ROWS[2].replace("Vinje", "Vinje漢")])


def too_long(workspace: Path) -> None:
    """The letters in nynorsk get longer than a letter may be."""
    template = workspace / "templates" / "letters" / "request" / "nn.html"
    text = template.read_text(encoding="utf-8")
    at = text.index("Vi ber om eit presist vedtak")
    more = "Vi ber om eit klart vedtak.\n" * 400
    template.write_text(text[:at] + more + text[at:], encoding="utf-8")


def short_series(workspace: Path) -> None:
    make_round(workspace, ROWS[1:], last='"17-09102"')


def as_it_is(workspace: Path) -> None:
    """Change nothing."""


@pytest.mark.parametrize(
    ("prepare", "words", "code", "told"),
    [
        (as_it_is, ["generate", "trial"], 0, "6 letters made"),
        (faulty, ["generate", "trial"], 1, "Mend the faults and try again."),
        (no_link, ["generate", "trial"], 1, "“ola@baerum.example” would not be a link"),
        (missing_sign, ["generate", "trial"], 1, "U+6F22"),
        (as_it_is, ["generate", "nosuch"], 2, "There is no round “nosuch”"),
        (short_series, ["generate", "trial"], 3, "too short"),
        pytest.param(
            *(too_long, ["generate", "trial"], 4, "4 letters made, 0 up to date, 2 failed"),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_exit_code_tells_how_it_went_and_nobody_meets_a_traceback(
    workspace: Path, prepare: Callable[[Path], None], words: list[str], code: int, told: str
) -> None:
    prepare(workspace)
    ran = typed(workspace, *words)
    assert ran.returncode == code, ran.stderr
    told_in_table = " ".join(columns(ran.stderr))
    assert told in tidy(ran.stdout + ran.stderr) or told in told_in_table
    assert "Traceback" not in ran.stderr
    assert "\x1b" not in ran.stdout + ran.stderr, "no colours without a terminal"


@pytest.mark.parametrize("command", ["check", "generate"])
def test_all_faults_are_listed_at_once_with_their_places(
    workspace: Path, brevgen: Run, command: str
) -> None:
    faulty(workspace)
    ran = brevgen(command, "trial")
    assert ran.code == 1
    where, what, _ = columns(ran.err)
    for row in (2, 3, 4):
        assert f"allocation.csv, row {row}," in where
    assert "“ti” is not a number." in what
    assert "There is no municipality 9999." in what
    assert "more than the 4 unaccompanied minors" in what
    assert ran.out == ""
    assert not (workspace / "data" / "ledger.sqlite3").exists()


def test_the_status_shows_the_faults_and_what_the_ledger_knows(
    workspace: Path, brevgen: Run
) -> None:
    brevgen("generate", "trial", "--jobs", "1", "--only", "Ås")
    faulty(workspace)
    ran = brevgen("status", "trial")
    assert ran.code == 0
    assert "“ti” is not a number." in columns(ran.err)[1]
    assert columns(ran.out)[4] == "draft" + " to make" * 5
    assert "This is what the ledger knows." in ran.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["preview", "2024", "Herøy"], ["1515 Herøy (Møre og Romsdal)", "1818 Herøy (Nordland)"]),
        (["preview", "2018", "våler"], ["0137 Våler (Østfold)", "0426 Våler (Hedmark)"]),
        (["preview", "2018", "Atlantis"], ["There is no municipality “Atlantis”"]),
        (["preview", "trial", "Moss"], ["0104 Moss is not asked in the round trial."]),
        (["generate", "trial", "--only", "Atlantis"], ["There is no municipality “Atlantis”"]),
        (["generate", "trial", "--region", "Vest"], ["“Vest”", "There are: IMDi Midt-Norge, "]),
        (["check", "2019"], ["There is no round “2019”", "There are: 2018, 2024, trial."]),
        (["status", "../rounds"], ["There is no round"]),
    ],
)
def test_who_is_not_there_or_not_clear_is_wrong_use_and_the_choices_are_told(
    workspace: Path, brevgen: Run, words: list[str], told: list[str]
) -> None:
    ran = brevgen(*words)
    assert ran.code == 2
    assert all(text in tidy(ran.err) for text in told), ran.err
    assert ran.out == ""
    assert not (workspace / "data" / "ledger.sqlite3").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["generate"],
        ["generate", "trial", "--jobs", "-1"],
        ["generate", "trial", "--jobs", "two"],
        ["preview", "trial"],
        ["preview", "trial", "Ås", "--format", "odt"],
        ["status", "trial", "--nosuch"],
        ["nosuch"],
    ],
)
def test_what_is_typed_wrong_is_wrong_use_and_help_is_offered(
    brevgen: Run, words: list[str]
) -> None:
    ran = brevgen(*words)
    assert ran.code == 2
    assert "Usage: brevgen" in ran.err
    assert ran.out == ""


def remove_stylesheet(workspace: Path) -> None:
    (workspace / "templates" / "letters" / "letter.css").unlink()


def break_settings(workspace: Path) -> None:
    (workspace / "brevgen.toml").write_text("[agency\n")


def break_ledger(workspace: Path) -> None:
    (workspace / "data" / "ledger.sqlite3").write_bytes(b"this is no database" * 100)


def remove_templates(workspace: Path) -> None:
    (workspace / "templates" / "letters").rename(workspace / "templates" / "brev")


def remove_register(workspace: Path) -> None:
    (workspace / "data" / "municipalities.csv").unlink()


@pytest.mark.parametrize(
    ("harm", "code", "told"),
    [
        (remove_stylesheet, 1, "letter.css"),
        (break_settings, 1, "brevgen.toml"),
        (break_ledger, 2, "ledger"),
        (remove_templates, 1, "letters"),
        (remove_register, 1, "municipalities.csv"),
    ],
)
@pytest.mark.parametrize("command", [["check"], ["status"], ["generate"], ["preview", "Ås"]])
def test_a_workspace_with_something_broken_ends_in_a_message(
    workspace: Path,
    brevgen: Run,
    harm: Callable[[Path], None],
    code: int,
    told: str,
    command: Sequence[str],
) -> None:
    harm(workspace)
    ran = brevgen(command[0], "trial", *command[1:])
    if command == ["status"] and harm in (remove_stylesheet, remove_templates, remove_register):
        code = 0  # it tells what the ledger knows
    assert ran.code == code
    assert told in ran.err.replace("│", "")
    assert "Errno" not in ran.err


def test_a_fault_in_the_looks_is_found_by_the_check(workspace: Path, brevgen: Run) -> None:
    letters = workspace / "templates" / "letters"
    with (letters / "letter.css").open("a") as stylesheet:
        stylesheet.write("p { colour: red }")
    (letters / "styles.docx").write_bytes(b"no document")
    ran = brevgen("check", "trial")
    assert ran.code == 1
    for told in ("letter.css", "colour: red", "styles.docx"):
        assert told in ran.err
    made = brevgen("generate", "trial", "--jobs", "2")
    assert made.code == 1
    assert "colour: red" in made.err


def test_a_series_that_is_too_short_is_found_by_the_check(workspace: Path, brevgen: Run) -> None:
    short_series(workspace)
    ran = brevgen("check", "trial")
    assert ran.code == 1
    assert "references needed: 5, left: 3" in columns(ran.err)[1]


def test_a_reader_that_goes_away_is_no_fault(workspace: Path) -> None:
    command = f'"{sys.executable}" -m brevgen status 2018 | head -1'
    ran = subprocess.run(
        ["bash", "-c", command], cwd=workspace, capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("┏")
    assert ran.stderr == ""


# -- what is told ---------------------------------------------------------------------------------


def test_the_check_shows_the_control_figures_on_stdout_and_warnings_on_stderr(
    brevgen: Run,
) -> None:
    ran = brevgen("check", "trial")
    assert ran.code == 0
    assert "The deadline 2018-01-06 is a Saturday." in columns(ran.err)[1]
    title, *_ = ran.out.splitlines()
    assert title == "Round trial, letters of 2017-11-06, answers by 2018-01-06"
    assert columns(ran.out) == [
        "IMDi Midt-Norge IMDi Nord IMDi Sør IMDi Øst All",
        "1 2 1 2 6",
        "12 21 10 75 118",
        "23 10 15 210 258",
        "−11 +11 −5 −135 −140",
        "1 2 0 4 7",
    ]
    assert ran.out.endswith("No faults. Next: brevgen preview trial WHO\n")


def test_the_json_of_a_check_carries_the_same_figures_and_findings(
    workspace: Path, brevgen: Run
) -> None:
    ran = brevgen("check", "trial", "--json")
    assert (ran.code, ran.err) == (0, "")
    told = json.loads(ran.out)
    counts = {"asked": 118, "minors": 7}
    assert told["year_before"] == 2017
    assert told["figures"][-1] == {
        "area": "All",
        "municipalities": 6,
        "counts": counts,
        "before": 258,
        "change": -140,
    }
    assert {finding["severity"] for finding in told["findings"]} == {"warning"}
    faulty(workspace)
    ran = brevgen("check", "trial", "--json")
    assert (ran.code, ran.err) == (1, "")
    told = json.loads(ran.out)
    assert told["figures"] == []
    places = [each["place"] for each in told["findings"] if each["severity"] == "fault"]
    assert {"file": "allocation.csv", "sheet": "", "row": 2, "column": "antall"} in places


def test_the_status_shows_every_letter_and_what_to_do(brevgen: Run) -> None:
    brevgen("generate", "trial", "--jobs", "1", "--only", "Ås")
    ran = brevgen("status", "trial")
    numbers, names, asked, references, states, pages = columns(ran.out)
    assert numbers == "0214 0219 0834 1515 1940 2011"
    assert names.startswith("Ås Bærum Vinje Herøy Gáivuotna – Kåfjord – Kaivuono")
    assert asked == "10 65 10 12 10 11"
    assert references.split() == ["17-09235", *(f"17-0910{n}" for n in range(5))]
    assert (states, pages) == ("draft" + " to make" * 5, "1")
    assert "\n1 draft: read it, then approve\n5 to make: generate\n" in ran.out
    assert ran.err == ""


def test_the_json_of_a_status_carries_the_same_and_unknown_is_null(brevgen: Run) -> None:
    brevgen("generate", "trial", "--jobs", "1", "--only", "Ås")
    status = json.loads(brevgen("status", "trial", "--json").out)
    told = status["letters"]
    assert (status["round"], status["dropped"], status["compared"]) == ("trial", [], True)
    assert [line["number"] for line in told] == [row[:4] for row in ROWS]
    expected = {
        "number": "0214",
        "municipality": "Ås",
        "counts": {"asked": 10, "minors": 0},
        "reference": "17-09235",
        "state": "draft",
        "pages": 1,
    }
    assert expected.items() <= told[0].items()
    assert told[1]["pages"] is None
    assert told[1]["advice"] == "generate"


@pytest.mark.parametrize("words", [["check", "2024"], ["status", "2018"], ["status", "2024"]])
def test_no_word_is_broken_in_a_terminal_of_eighty_columns(
    brevgen: Run, words: list[str], workspace: Path
) -> None:
    ran = brevgen(*words)
    assert max(map(len, ran.out.splitlines())) <= 80
    if words[0] == "status":
        names = columns(ran.out)[1]
        register = (workspace / "data" / "municipalities.csv").read_text(encoding="utf-8")
        known = {word for line in register.splitlines() for word in line.split(",")[1].split()}
        assert set(names.split()) <= known


def test_generate_tells_on_stdout_what_was_made_and_where(brevgen: Run) -> None:
    ran = brevgen("generate", "trial", "--jobs", "1")
    assert ran.out == (
        "6 letters made, 0 up to date.\n"
        "Drafts: output/trial/drafts   Report: output/trial/report.html\n"
    )
    assert "Making letters" not in ran.err, "no progress without a terminal"


def test_a_user_without_a_name_is_told_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_242_424)
    assert process_actor().account == "user 4242424"
