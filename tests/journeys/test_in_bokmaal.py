"""A caseworker's first day, in bokmål: every word she meets, and none of the English."""

import re
import string
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from brevgen.cli import console
from scripts import catalogue
from tests.support.reading import columns, tidy
from tests.support.running import Ran
from tests.support.samples import HEADER, ROWS, make_round

Run = Callable[..., Ran]


@pytest.fixture
def norwegian(brevgen: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command in bokmål, in a terminal so wide that no sentence is broken."""
    monkeypatch.setenv("COLUMNS", "400")
    console.console.cache_clear()

    def run(*words: str | Path) -> Ran:
        ran = brevgen(*words, "--language", "nb")
        assert english_in(ran.out + ran.err) == []
        return ran

    yield run
    console.console.cache_clear()


def english_in(shown: str) -> list[str]:
    """What stands in English in a text though there is a bokmål for it.

    Args:
        shown: what a command has said.
    """
    said, text = catalogue.known(), tidy(shown)
    return [part for key in said for part in fixed_parts(key) if part in text]


def fixed_parts(message: str) -> list[str]:
    """The parts of a message that stand in it whatever its values are, of three words at least."""
    parts = [tidy(text) for text, *_ in string.Formatter().parse(message)]
    return [part for part in parts if len(re.findall(r"[A-Za-z]{2,}", part)) > 2]


def test_english_is_found_where_it_is_said() -> None:
    assert english_in("Mend the faults\nand try again.") == ["Mend the faults and try again."]
    assert english_in("Rett feilene, og prøv igjen.") == []


def test_faults_are_told(norwegian: Run, workspace: Path) -> None:
    make_round(workspace)
    text = "\n".join([HEADER, "0214;Ås;ti;0;0;;;", *ROWS[1:]])
    (workspace / "data/rounds/trial/allocation.csv").write_text(text, encoding="utf-8")
    ran = norwegian("check", "trial")
    assert ran.code == 1
    assert re.search(r"^Feil: \d+$", ran.err, re.MULTILINE)
    assert "┃ Hvor" in ran.err
    assert "┃ Hva som er galt" in ran.err
    assert "┃ Hva du gjør" in ran.err
    made = norwegian("generate", "trial", "--jobs", "1")
    assert made.err.endswith("Rett feilene, og prøv igjen.\n")


def test_a_round_is_checked_made_and_followed(norwegian: Run) -> None:
    checked = norwegian("check", "trial")
    assert checked.out.startswith("Runde trial, brev datert 06.11.2017, svarfrist ")
    headers = r"┃ Område +┃ Kommuner ┃ Flyktninger ┃ +2017 ┃ Endring ┃ Enslige mindreårige ┃"
    assert re.search(headers, checked.out)
    assert "│ Alle " in checked.out
    assert checked.out.endswith("Ingen feil. Neste: brevgen preview trial HVEM\n")
    assert norwegian("generate", "trial", "--jobs", "1").out == (
        "6 brev laget, 0 var oppdatert.\n"
        "Utkast: output/trial/drafts   Rapport: output/trial/report.html\n"
    )
    status = norwegian("status", "trial").out
    assert "┃ Nummer ┃ Kommune " in status
    assert "┃ Flyktninger ┃ Referanse ┃ Status " in status
    history = norwegian("history", "Ås", "trial").out
    assert history.startswith("Brev 0214 17-09235, runde trial\n")
    assert re.match(r"\d\d\.\d\d\.\d{4} \d\d:\d\d ", columns(history)[0] + " ")


def test_help_and_mistakes(norwegian: Run) -> None:
    told = norwegian("generate", "-h").out
    assert told.startswith("Bruk: brevgen generate RUNDE [VALG]\n")
    assert "  Eksempel: brevgen generate 2018\n" in told
    assert "\nArgumenter:\n  RUNDE  Runden: en mappe under data/rounds.\n" in told
    ran = norwegian("approve", "trial", "--list", "liste.docx")
    assert (ran.code, ran.err) == (
        2,
        "liste.docx: Listen blir skrevet som .pdf eller .csv. La navnet slutte slik.\n",
    )
    ran = norwegian("status", "trial", "--state", "tull")
    assert (ran.code, ran.err.startswith("Statusen «tull» finnes ikke.")) == (2, True)


def test_json_is_english_and_csv_is_bokmaal_whoever_reads(norwegian: Run, brevgen: Run) -> None:
    in_norwegian = brevgen("check", "trial", "--json", "--language", "nb")
    assert in_norwegian == brevgen("check", "trial", "--json")
    in_english = brevgen("status", "trial", "--csv")
    assert norwegian("status", "trial", "--csv") == in_english
    assert in_english.out.startswith("kommunenummer;kommune;antall;referanse;status;mottaker;")
