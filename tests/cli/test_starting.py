"""The first commands a person types: new, upgrade, the version, a workspace named anywhere."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import brevgen as package
from brevgen.actor import Account, process_actor
from brevgen.cli.main import main
from brevgen.ledger.reader import LedgerReader
from brevgen.workspace import find_workspace
from tests.support.kinds import write_kind
from tests.support.made_rounds import copied
from tests.support.reading import columns
from tests.support.running import Ran
from tests.support.samples import ROOT

Run = Callable[..., Ran]


def test_a_new_workspace_tells_what_to_type_next(
    brevgen: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = brevgen("new", "Brev på prøve")
    assert made.code == 0
    lines = [line.strip() for line in made.out.splitlines()]
    assert lines[2:5] == ["cd 'Brev på prøve'", "brevgen check trial", "brevgen generate trial"]
    monkeypatch.chdir(tmp_path / "Brev på prøve")
    assert brevgen("check", "trial").code == 0


def test_a_folder_that_is_taken_is_refused(brevgen: Run, tmp_path: Path) -> None:
    again = brevgen("new", tmp_path)
    assert (again.code, again.out) == (3, "")
    assert "There is something in" in again.err


def test_a_workspace_is_no_place_for_a_new_one(brevgen: Run, workspace: Path) -> None:
    assert brevgen("new", "there", "--workspace", workspace).code == 2
    assert not (workspace / "there").exists()


def test_a_new_round_tells_its_dates_what_was_merged_and_what_to_fill_in(
    brevgen: Run, workspace: Path
) -> None:
    begun = brevgen("new", "2025-prøve", "--from", "2018")
    assert begun.code == 0
    assert begun.out.startswith(
        "The round 2025-prøve was begun from 2018: settlement in 2025, letters of 2024-11-06,"
        " answers by 2025-01-06. Municipalities carried over: 188.\n"
    )
    assert "\n  3103 Moss: 0104 Moss (35) + 0136 Rygge (20)\n" in begun.out
    assert "tidligere" not in begun.out, "a number that changed is no news"
    assert "data/rounds/2025-prøve/allocation.csv\n  brevgen check 2025-prøve\n" in begun.out
    assert "There is no value yet" in columns(brevgen("check", "2025-prøve").err)[1]


def test_the_ledger_tells_who_began_a_round_on_the_command_line(
    brevgen: Run, sealed_trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = copied(sealed_trial, tmp_path / "copy")
    monkeypatch.chdir(place)
    assert brevgen("new", "2028", "--from", "trial").code == 0
    assert brevgen("new", "more", "--kind", "supplement", "--follows", "trial").code == 0
    with LedgerReader(find_workspace(place).ledger) as ledger:
        told = {each.round: each for each in ledger.events() if each.act == "round begun"}
    me = process_actor()
    assert {name: each.what for name, each in told.items()} == {
        "2028": "from the round trial",
        "more": "following the round trial",
    }
    assert {each.actor for each in told.values()} == {Account(me.account, me.login)}


def test_an_upgrade_says_file_by_file_what_it_did(brevgen: Run, workspace: Path) -> None:
    css = workspace / "templates/letters/letter.css"
    css.write_text(f"{css.read_text(encoding='utf-8')}/* mine */\n", encoding="utf-8")
    (workspace / "data/README.md").unlink()
    done = brevgen("upgrade")
    assert done.code == 0
    assert "\n  templates/letters/letter.css → templates/letters/letter.css.new\n" in done.out
    assert done.out.startswith("New files:\n  data/README.md\n")
    assert "\n-/* mine */\n" in done.out
    assert f"\nThe workspace has the files of brevgen {package.__version__}.\n" in done.out
    assert "New files" not in brevgen("upgrade").out


@pytest.mark.parametrize("before", [True, False])
def test_the_workspace_is_named_before_the_command_or_after(
    brevgen: Run, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    named = ["--workspace", workspace]
    ran = brevgen(*named, "check", "trial") if before else brevgen("check", "trial", *named)
    assert (ran.code, "Round trial" in ran.out) == (0, True)
    assert brevgen("check", "trial").code == 2


def test_what_is_named_after_the_command_counts(brevgen: Run, workspace: Path) -> None:
    ran = brevgen("--workspace", workspace / "nowhere", "check", "trial", "--workspace", workspace)
    assert ran.code == 0


def test_commands_of_the_ledger_hear_of_the_workspace_too(
    brevgen: Run, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = brevgen("--workspace", workspace, "ledger", "backup", tmp_path / "copy.sqlite3")
    assert "is not in a workspace" not in ran.err
    assert "ledger" in ran.err


def test_the_version_is_told(brevgen: Run) -> None:
    told = brevgen("--version")
    assert (told.code, told.out) == (0, f"brevgen {package.__version__}\n")


NO_PANGO = """
import cffi

found = cffi.FFI.dlopen

def dlopen(ffi, name, flags=0):
    if name and "pango" in name:
        raise OSError(f"cannot load library '{name}': {name}: no such file. Additionally, …")
    return found(ffi, name, flags)

cffi.FFI.dlopen = dlopen
"""


@pytest.mark.parametrize(
    "words",
    [
        ["check", "trial"],
        pytest.param(["generate", "trial", "--jobs", "2"], marks=pytest.mark.slow),
    ],
)
def test_without_the_libraries_of_the_system_it_is_said_which_to_install(
    workspace: Path, tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / "sitecustomize.py").write_text(NO_PANGO, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "brevgen", *words],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT / 'src'}"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.endswith(
        "Letters are laid out with Pango, which is not installed (cannot load library"
        " 'libpango-1.0-0'). On Debian: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0"
        " libharfbuzz-subset0\n"
    )


def completed(workspace: Path, typed: str) -> list[str]:
    """What a shell is offered at the end of what was typed."""
    run = "import sys; sys.argv = ['brevgen']; from brevgen.cli.main import main; main()"
    asked = {
        "_BREVGEN_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split(" ")) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-c", run],
        cwd=workspace,
        env={**os.environ, **asked},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout.split()


def test_a_shell_completes_commands_and_rounds(workspace: Path, tmp_path: Path) -> None:
    assert completed(workspace, "brevgen gen") == ["generate"]
    assert completed(workspace, "brevgen check 20") == ["2018", "2024"]
    assert completed(tmp_path, f"brevgen --workspace {workspace} check t") == ["trial"]
    assert completed(tmp_path, "brevgen check ") == []


def test_completion_can_be_had_for_the_shell(brevgen: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    shown = brevgen("--show-completion", "bash")
    assert shown.code == 0
    assert "_BREVGEN_COMPLETE=complete_bash" in shown.out


def test_a_round_that_follows_another_is_begun_with_those_it_is_for(
    tmp_path: Path,
    sealed_trial: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = copied(sealed_trial, tmp_path / "workspace")
    write_kind(place, "more")
    monkeypatch.chdir(place)

    for words, code in (
        (("trial-more", "--kind", "more", "--follows", "trial"), 0),
        (("x", "--kind", "more"), 2),
        (("x", "--follows", "trial"), 2),
        (("x", "--kind", "more", "--follows", "trial", "--from", "trial"), 2),
        (("x", "--kind", "request", "--follows", "trial"), 2),
    ):
        monkeypatch.setattr(sys, "argv", ["brevgen", "new", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        assert int(ended.value.code or 0) == code, words
    told = capsys.readouterr()
    assert "it follows trial, and is for 6 municipalities." in told.out
    assert "--kind and --follows go together, and without --from." in told.err
    assert not (place / "data" / "rounds" / "x").exists()
