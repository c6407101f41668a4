"""Rounds kept open between pages: what is read or worked out again, and what is not."""

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from brevgen.actor import Actor
from brevgen.desk.opened import FileDigests, OpenRounds
from brevgen.files import sha256
from brevgen.language import Language, speaking
from brevgen.rounds.new_round import new_following_round
from brevgen.rounds.reading import mark_as_read
from brevgen.rounds.withdraw import withdraw
from brevgen.workspace import find_workspace
from tests.support.kinds import write_kind
from tests.support.made_rounds import copied
from tests.support.sessions import Clock, session

ANNE = Actor("anne")
NOTICE = """
name = { nb = "ikke anmodet", nn = "ikkje oppmoda" }
answer = false
follows = ["request"]
audience = "others"
"""
TEMPLATE = """{% extends "layout.html" %}
{% block subject %}Til {{ municipality.name }}{% endblock %}
{% block body %}
<p>Hei.</p>
{% endblock %}
"""


@pytest.fixture
def place(tmp_path: Path, sealed_trial: Path) -> Path:
    """A workspace where the letters of the round `trial` are approved and sealed."""
    return copied(sealed_trial, tmp_path / "workspace")


@pytest.fixture
def rounds(place: Path) -> OpenRounds:
    return OpenRounds(place, Clock())


def test_letters_are_not_worked_out_anew_for_what_says_nothing_of_them(
    place: Path, rounds: OpenRounds
) -> None:
    with rounds.reading("trial", ANNE) as opened:
        letters = opened.letters()
    with session(place) as other:
        mark_as_read(other, "0214", "Lest.")
    with rounds.reading("trial", ANNE) as opened:
        assert opened.letters() is letters


def test_what_others_have_done_to_letters_is_seen_without_reading_the_files_again(
    place: Path, rounds: OpenRounds
) -> None:
    with rounds.reading("trial", ANNE) as opened:
        facts = opened.facts
        assert opened.letters()[0].state == "final"
    with session(place) as other:
        withdraw(other, ["0214"], "Feil tall.")
    with rounds.reading("trial", ANNE) as opened:
        assert opened.letters()[0].state != "final"
        assert opened.facts is facts


def test_a_letters_file_that_is_gone_is_seen_without_reading_the_files_again(
    place: Path, rounds: OpenRounds
) -> None:
    with rounds.reading("trial", ANNE) as opened:
        facts = opened.facts
        assert opened.letters()[0].state == "final"
    next((place / "output" / "trial" / "letters").glob("0214*.pdf")).unlink()
    with rounds.reading("trial", ANNE) as opened:
        assert opened.letters()[0].state == "damaged"
        assert opened.facts is facts


def test_a_file_that_has_changed_is_read_again(place: Path, rounds: OpenRounds) -> None:
    with rounds.reading("trial", ANNE) as opened:
        facts = opened.facts
    contacts = place / "data" / "contacts.csv"
    contacts.write_bytes(contacts.read_bytes() + b"\n")
    with rounds.reading("trial", ANNE) as opened:
        assert opened.facts is not facts


def test_one_letter_is_found_without_working_out_where_all_others_stand(
    rounds: OpenRounds,
) -> None:
    with rounds.reading("trial", ANNE) as opened:
        alone = opened.letter("0214")
        assert opened.letter("9999") is None
        assert alone == opened.letters()[0]
        assert opened.letter("0214") is opened.letters()[0]


def test_a_round_is_read_again_when_the_ledger_says_something_else_of_the_one_it_follows(
    place: Path, rounds: OpenRounds
) -> None:
    write_kind(place, "notice-of-none", NOTICE, TEMPLATE)
    new_following_round(find_workspace(place), Clock(), ANNE, "others", "notice-of-none", "trial")
    settings = place / "data" / "rounds" / "others" / "round.toml"
    text = settings.read_text(encoding="utf-8")
    for key, value in (
        ("letter_date", "2017-11-06"),
        ("first", '"17-08000"'),
        ("last", '"17-08999"'),
    ):
        text = re.sub(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
    settings.write_text(text, encoding="utf-8")

    def followed() -> set[str]:
        with rounds.reading("others", ANNE) as opened:
            assert opened.readable_facts is not None
            assert opened.readable_facts.followed is not None
            return set(opened.readable_facts.followed.letters)

    assert "0214" in followed()
    with session(place) as other:
        withdraw(other, ["0214"], "Feil tall.")
    assert "0214" not in followed()


def test_all_rounds_are_opened_early_whatever_is_wrong_with_one(
    place: Path, rounds: OpenRounds
) -> None:
    broken = place / "data" / "rounds" / "a-broken-one"
    broken.mkdir()
    (broken / "round.toml").write_text("kind = ")
    for large in ("2018", "2024"):
        shutil.rmtree(place / "data" / "rounds" / large)
    rounds.warm_up(ANNE)
    with rounds.reading("trial", ANNE) as opened:
        facts = opened.facts
    rounds.warm_up(ANNE)
    with rounds.reading("trial", ANNE) as opened:
        assert opened.facts is facts


def test_a_files_digest_is_that_of_what_lies_there_now(tmp_path: Path) -> None:
    digest_of, file = FileDigests(), tmp_path / "letter.pdf"
    assert digest_of(file) == ""
    for said in (b"first", b"longer"):
        file.write_bytes(said)
        assert digest_of(file) == sha256(said)
    other = tmp_path / "other"
    other.write_bytes(b"others")
    was = file.stat()
    os.utime(other, ns=(was.st_atime_ns, was.st_mtime_ns))
    other.replace(file)  # of the same size and time
    assert digest_of(file) == sha256(b"others")
    file.unlink()
    assert digest_of(file) == ""


def test_what_is_wrong_with_the_ledger_is_told_to_each_of_two_in_his_language(
    place: Path, rounds: OpenRounds
) -> None:
    for file in place.glob("data/ledger.sqlite3*"):
        file.unlink()
    both = Barrier(2)

    def told(spoken: Language) -> set[str]:
        with speaking(spoken):
            both.wait()
            return {rounds.ledger_problem().partition(" ")[0] for _ in range(50)}

    with ThreadPoolExecutor(2) as readers:
        assert list(readers.map(told, ("nb", "en"))) == [{"Det"}, {"There"}]


def test_a_deadline_passes_while_the_desk_runs(place: Path) -> None:
    clock = Clock()
    rounds = OpenRounds(place, clock)
    with rounds.reading("trial", ANNE) as opened:
        assert not [each for each in opened.findings.warnings if "has passed" in each.what]
    clock.at += timedelta(days=400)
    with rounds.reading("trial", ANNE) as opened:
        (passed,) = [each for each in opened.findings.warnings if "has passed" in each.what]
        assert f"today is {opened.today()}" in passed.what
