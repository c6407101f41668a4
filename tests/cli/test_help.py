"""Help, and what is said of mistyped commands, in the language that was asked for."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from brevgen.cli.help import complaint
from tests.support.reading import tidy
from tests.support.running import Ran

Run = Callable[..., Ran]


@pytest.mark.parametrize(
    "words",
    [
        ["--language", "nb", "check", "-h"],
        ["--language=nb", "check", "-h"],
        ["check", "--language", "nb", "-h"],
        ["check", "-h", "--language", "nb"],
        ["check", "-h", "--language=nb"],
    ],
)
def test_the_language_may_be_said_anywhere(brevgen: Run, words: list[str]) -> None:
    ran = brevgen(*words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Bruk: brevgen check RUNDE [VALG]\n")


def test_the_language_that_is_said_goes_before_that_of_the_environment(
    brevgen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREVGEN_LANGUAGE", "nb")
    assert brevgen("-h").out.startswith("Bruk: ")
    assert brevgen("-h", "--language", "en").out.startswith("Usage: ")
    monkeypatch.setenv("BREVGEN_LANGUAGE", "")
    monkeypatch.setenv("LC_ALL", "nn_NO.UTF-8")
    assert brevgen("-h").out.startswith("Bruk: ")
    assert brevgen("status", "-h", "--", "--language", "en").out.startswith("Bruk: ")


@pytest.mark.parametrize("words", [["--language", "nn"], ["--language"], ["--language="]])
def test_a_language_that_is_not_spoken_is_wrong_use(
    brevgen: Run, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = brevgen("check", "trial", *words)
    assert (ran.code, ran.out) == (2, "")
    assert "is no language that brevgen speaks. Say nb or en" in ran.err
    monkeypatch.setenv("BREVGEN_LANGUAGE", "svensk")
    ran = brevgen("check", "trial")
    assert (ran.code, ran.out) == (2, "")
    assert "“svensk” is no language that brevgen speaks" in ran.err


MISTAKES = {
    "check": "RUNDE mangler.",
    "check a b c": "Dette hører ikke med i kommandoen: b c",
    "check a --jsn": "Valget --jsn finnes ikke. Mente du --json?",
    "check a -x": "Valget -x finnes ikke.",
    "generate a --jobs many": "--jobs skal være et helt tall.",
    "generate a --jobs -1": "--jobs skal være 0 eller mer.",
    "generate a --jobs": "--jobs trenger en verdi.",
    "send --settle a": "--settle trenger 2 verdier.",
    "send --live=yes": "--live skal stå uten verdi.",
    "preview a Ås --format odt": (
        "«odt» passer ikke til --format. Velg en av «pdf», «docx», «html», «text», «eml»."
    ),
    "chek": "Kommandoen «chek» finnes ikke. Mente du «check»?",
    "nothing": "Kommandoen «nothing» finnes ikke.",
    "--workspace": "--workspace trenger en verdi.",
    "--workspace .": "Kommandoen mangler.",
    "preview a": "Oppgi én kommune, eller skriv én av --all, --changed og --variants.",
    "preview a --all --format text": "Mange brev kan bare skrives som PDF: Utelat --format.",
}


@pytest.mark.parametrize("typed", MISTAKES)
def test_what_is_mistyped_is_told_in_bokmaal_whoever_complains(brevgen: Run, typed: str) -> None:
    ran = brevgen("--language", "nb", *typed.split())
    assert (ran.code, ran.out) == (2, "")
    *before, told = ran.err.splitlines()
    assert told == MISTAKES[typed]
    if before:
        assert before[0].startswith("Bruk: brevgen ")
        assert before[1].startswith("Skriv «brevgen")


@pytest.mark.parametrize("typed", MISTAKES)
def test_what_is_mistyped_is_told_in_english_too(brevgen: Run, typed: str) -> None:
    ran = brevgen(*typed.split())
    assert (ran.code, ran.out) == (2, "")
    assert MISTAKES[typed] not in ran.err


def test_a_complaint_that_nobody_has_foreseen_is_told_as_it_is() -> None:
    assert complaint("The moon is full.") == "The moon is full."


def test_values_are_shown_in_one_way_in_usage_and_help(brevgen: Run) -> None:
    told = tidy(brevgen("status", "-h").out)
    assert told.startswith("Usage: brevgen status [ROUND] [WHO…] [OPTIONS]")
    assert "--state STATE Only letters in this state" in told
    told = tidy(brevgen("verify", "-h").out)
    assert told.startswith("Usage: brevgen verify [FILE…] [OPTIONS]")
    for sign in "<{":
        assert sign not in told


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_locale_of_a_process_is_followed(tmp_path: Path, language: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "BREVGEN_LANGUAGE"}
    locale = {"en": "C.UTF-8", "nb": "nb_NO.UTF-8"}[language]
    ran = subprocess.run(
        [sys.executable, "-m", "brevgen", "-h"],
        cwd=tmp_path,
        env=environment | {"LC_ALL": locale, "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
    )
    assert ran.stdout.startswith({"en": b"Usage:", "nb": b"Bruk:"}[language])
