"""Every message of the code has its bokmål, with the same parameters."""

import string
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from brevgen.errors import WrongUse
from brevgen.language import (
    known_language,
    language,
    language_of,
    speak,
    speaking,
    telling_paths_in,
    tr,
    tr_many,
)
from scripts import catalogue


def _parameters(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


def test_every_message_has_its_bokmaal_and_nothing_else_is_in_the_catalogue() -> None:
    said = catalogue.known()

    assert {each for each in catalogue.messages() if not said.get(each)} == set()
    assert said.keys() - catalogue.messages() == set()


def test_the_bokmaal_states_the_same_parameters() -> None:
    differing = {
        message: bokmaal
        for message, bokmaal in catalogue.known().items()
        if _parameters(message) != _parameters(bokmaal)
    }

    assert differing == {}


def test_the_catalogue_is_written_in_one_way_only() -> None:
    assert catalogue.CATALOGUE.read_bytes() == catalogue.written(catalogue.known())


@pytest.mark.parametrize(("count", "said"), [(0, "0 letters"), (1, "1 letter"), (2, "2 letters")])
def test_a_number_decides_between_two_messages(count: int, said: str) -> None:
    assert tr_many("{count} letter", "{count} letters", count) == said


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, "en"),
        ({"LANG": "nb_NO.UTF-8"}, "nb"),
        ({"LANG": "nn_NO"}, "nb"),
        ({"LANG": "no"}, "nb"),
        ({"LANG": "nb"}, "nb"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "nds_DE.UTF-8"}, "en"),
        ({"LANG": "sv_SE.UTF-8"}, "en"),
        ({"LANG": "nb_NO.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "nb_NO.UTF-8"}, "nb"),
        ({"LC_MESSAGES": "en_GB", "LC_ALL": "nb_NO"}, "nb"),
        ({"LANG": "nb_NO.UTF-8", "LC_ALL": ""}, "nb"),
        ({"LANG": "nb_NO.UTF-8", "BREVGEN_LANGUAGE": "en"}, "en"),
        ({"LANG": "C", "BREVGEN_LANGUAGE": "nb"}, "nb"),
        ({"LANG": "nb_NO.UTF-8", "BREVGEN_LANGUAGE": ""}, "nb"),
    ],
)
def test_the_environment_asks_for_a_language(environment: dict[str, str], asked: str) -> None:
    assert language_of(environment) == asked


def test_a_language_that_is_not_spoken_is_refused() -> None:
    assert known_language("nb") == "nb"
    with pytest.raises(WrongUse, match="“nn” is no language that brevgen speaks"):
        known_language("nn")


def test_a_language_is_spoken_in_every_thread_until_another_one_is() -> None:
    try:
        speak("nb")
        with speaking("en"):
            assert language() == "en"
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(language).result() == "nb"
    finally:
        speak("en")


def test_a_message_that_nobody_has_translated_is_said_in_english() -> None:
    with speaking("nb"):
        assert tr("Never said anywhere: {what}", what="this") == "Never said anywhere: this"


def test_readers_who_are_not_at_the_machine_are_told_no_path_above_a_folder() -> None:
    told = {
        "/srv/letters/data/ledger.sqlite3": "data/ledger.sqlite3",
        "/srv/letters": "letters",
        "/srv/ledgers/ledger.sqlite3": "ledger.sqlite3",
        "output/2018": "2018",
    }
    for path in told:
        assert tr("The ledger {path}", path=Path(path)) == f"The ledger {path}"
    with telling_paths_in(Path("/srv/letters")):
        for path, short in told.items():
            assert tr("The ledger {path}", path=Path(path)) == f"The ledger {short}"
