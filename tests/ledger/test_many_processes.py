"""Many processes at once share no number, and one that is killed leaves the ledger whole."""

import signal

import pytest

from brevgen.actor import Actor
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader
from brevgen.settings.series import Series
from tests.ledger.killing import (
    PATIENCE,
    is_whole,
    killed_after,
    now,
    spawn,
    told_until_killed,
)
from tests.support.databases import SERVER

SERIES = Series("17-00000", "17-99999")
NUMBERS = [f"{number:04}" for number in range(101, 141)]
ROUNDS = ["2018", "2018-2", "2018-3"]


def give_a_bit_at_a_time(path, start, turn, answers):
    """Give the numbers of all rounds, beginning elsewhere than the others do."""
    start.wait(PATIENCE)
    told = []
    with Ledger(path, now, Actor(f"process {turn}"), new=True) as ledger:
        for step in range(0, len(NUMBERS), 4):
            first = (step + turn * 8) % len(NUMBERS)
            for round_name in ROUNDS:
                part = NUMBERS[first : first + 4]
                told.append((round_name, ledger.give_references(round_name, part, SERIES, {})))
    answers.put(told)


@pytest.mark.slow
def test_processes_at_once_share_no_number_and_agree_even_about_a_ledger_not_yet_made(path):
    start = spawn.Barrier(4)
    answers = spawn.Queue()
    processes = [
        spawn.Process(target=give_a_bit_at_a_time, args=(path, start, turn, answers))
        for turn in range(4)
    ]
    for process in processes:
        process.start()
    told = [part for _ in processes for part in answers.get(timeout=PATIENCE)]
    for process in processes:
        process.join(PATIENCE)
    answers.close()
    answers.join_thread()

    assert [process.exitcode for process in processes] == [0] * 4
    with LedgerReader(path) as reader:
        kept = {round_name: reader.references(round_name) for round_name in ROUNDS}
    for round_name, references in told:
        assert references.items() <= kept[round_name].items()
    everything = [reference for references in kept.values() for reference in references.values()]
    assert sorted(everything) == list(SERIES)[: len(ROUNDS) * len(NUMBERS)]
    assert is_whole(path)


def give_all(ledger):
    ledger.give_references("2018", NUMBERS, SERIES, {})


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    ["pg_advisory_xact_lock" if SERVER else "BEGIN IMMEDIATE", 'INTO "references"', "INTO events"],
)
def test_a_process_killed_in_the_middle_has_given_nothing_and_broken_nothing(path, words):
    with Ledger(path, now, Actor("kari"), new=True) as ledger:
        before = ledger.give_references("2018", NUMBERS[:3], SERIES, {})

    killed_after(path, words, give_all)

    with LedgerReader(path) as reader:
        assert reader.references("2018") == before
        assert len(reader.events("2018")) == len(before)
    assert is_whole(path)
    with Ledger(path, now, Actor("kari"), new=True) as ledger:
        after = ledger.give_references("2018", NUMBERS[:4], SERIES, {})
    assert list(after.values()) == list(SERIES)[:4]


def give_until_killed(path, telling):
    """Give round after round, telling of each once it is given."""
    with Ledger(path, now, Actor("hurried"), new=True) as ledger:
        for turn in range(100_000):
            references = ledger.give_references(f"round {turn}", NUMBERS[:5], SERIES, {})
            telling.send((f"round {turn}", references))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
@pytest.mark.slow
@pytest.mark.parametrize("milliseconds", [3, 17, 41])
def test_what_a_process_has_told_before_it_was_killed_stays_given(path, milliseconds):
    told = told_until_killed(give_until_killed, path, many=1, seconds=milliseconds / 1000)

    with LedgerReader(path) as reader:
        for round_name, references in told:
            assert reader.references(round_name) == references
        in_flight = reader.references(f"round {len(told)}")
    assert len(in_flight) in (0, 5), "all of a round or none of it"
    assert is_whole(path)
