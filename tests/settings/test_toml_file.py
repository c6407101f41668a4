"""What is wrong with a settings file is told in our own words, in the reader's language."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from brevgen.findings import Findings
from brevgen.language import speaking
from brevgen.settings.mail import MailSettings, SmtpSettings
from brevgen.settings.round import Round
from brevgen.settings.seal import SealSettings, TokenSettings
from brevgen.settings.toml_file import note_key_faults, read_settings, read_toml
from brevgen.settings.workspace import Settings

WRONG: list[Any] = ["", "x", "a\nb", 10**9, -1, 1.5, float("nan"), True, [], [1], {}, {"a": 1}]
MODELS = [Settings, MailSettings, SmtpSettings, SealSettings, TokenSettings, Round]


def told(error: ValidationError, model: type[BaseModel]) -> Iterator[str]:
    findings = Findings()
    note_key_faults(error, findings, "brevgen.toml", model)
    yield from map(str, findings.faults)


@pytest.mark.parametrize("model", MODELS)
def test_no_value_of_any_key_is_refused_in_the_words_of_the_library(model: type[BaseModel]) -> None:
    for value in [*WRONG, date(2018, 1, 6)]:
        with pytest.raises(ValidationError) as caught:
            model.model_validate(dict.fromkeys(model.model_fields, value))
        for line in told(caught.value, model):
            assert "nput should" not in line


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            "[agency]\nshort_name = 3\nname = { nb = 'a', nn = 'b' }",
            "brevgen.toml, agency.short_name: 3 kan ikke brukes: Det må være en tekst. Skriv det i"
            " rette anførselstegn.",
        ),
        (
            "[agency]\nshort_name = 'IMDi'",
            "brevgen.toml, agency.name: Nøkkelen mangler. Legg den til: det fulle navnet på etaten,"
            " nb og nn.",
        ),
        (
            "agency = { short_name = 'a', name = { nb = 'a', nn = 'b' } }\nseel = 1",
            "brevgen.toml, seel: Nøkkelen er ukjent. Fjern den, eller skriv «seal» hvis det er den"
            " du mener.",
        ),
        (
            "agency = { short_name = 'a', name = { nb = '{{', nn = 'b' } }",
            "brevgen.toml, agency.name.nb: Det står «{{» i teksten, og det ville blitt skrevet ut"
            " som det står. Rett verdien.",
        ),
    ],
)
def test_faults_of_keys_are_told_in_bokmaal(tmp_path: Path, keys: str, said: str) -> None:
    path, findings = tmp_path / "brevgen.toml", Findings()
    path.write_text(keys, encoding="utf-8")
    with speaking("nb"):
        assert read_settings(Settings, path, findings, shown_as="brevgen.toml") is None
        assert [str(fault) for fault in findings.faults] == [said]


@pytest.mark.parametrize(
    "line",
    [
        *("a", "a =", "a = x", "a = 2017-02-30", 'a = "x', "a = 'x", 'a = "\\q"', 'a = "\\u12"'),
        *("a = [1", "a = {b = 1", "[a", "[[a]", "[a]\n[a]", "a = 1\na = 2", "a = 1 b = 2"),
        *("a = {b = 1, b = 2}", "= 1", "a = {b = 1}\na.c = 2", 'a = "\x01"', "# \x01", '"""'),
        *("[a.b]\n[a]\nb.c = 1", "a.b = 1\n[a]", "a = 1\n[a]", "[[a]]\n[a]", 'a = "\\ud800"'),
    ],
)
def test_what_python_says_of_a_line_is_said_in_bokmaal(tmp_path: Path, line: str) -> None:
    def reason() -> str:
        findings = Findings()
        assert read_toml(path, findings, shown_as="round.toml") is None
        (fault,) = findings.faults
        return fault.what.split(": ", 1)[1].split(".")[0]

    path = tmp_path / "round.toml"
    path.write_text(f"{line}\n", encoding="utf-8")
    english = reason()
    assert " (at " not in english, "the place says it"
    with speaking("nb"):
        assert reason() != english
