"""Every message of the code has its bokmål, with the same parameters."""

import string

import pytest

from brevgen.language import speaking, tr, tr_many
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


def test_a_message_that_nobody_has_translated_is_said_in_english() -> None:
    with speaking("nb"):
        assert tr("Never said anywhere: {what}", what="this") == "Never said anywhere: this"
