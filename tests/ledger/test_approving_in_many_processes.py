"""Approvals and seals of several processes do not mix, and one cut short leaves no trace."""

import signal

import pytest

from brevgen.actor import Actor
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.manifests import manifest_digest
from brevgen.ledger.reader import LedgerReader
from tests.ledger.killing import (
    PATIENCE,
    everything_in,
    is_whole,
    killed_after,
    now,
    spawn,
    told_until_killed,
)
from tests.support.approving import SERIES, letters, sealed

NUMBERS = [f"{number:04}" for number in range(101, 116)]
TURNS = 12


@pytest.fixture
def references(ledger):
    return ledger.give_references("2018", NUMBERS, SERIES, {})


def approve_again_and_again(path, references, start, account):
    with Ledger(path, now, Actor(account), new=True) as ledger:
        start.wait(PATIENCE)
        for turn in range(TURNS):
            ledger.approve("2018", letters(references, f"{account} {turn}"))


def test_two_who_approve_at_once_do_so_one_after_the_other(path, references):
    start = spawn.Barrier(3)
    processes = [
        spawn.Process(target=approve_again_and_again, args=(path, references, start, account))
        for account in ("kari", "ola")
    ]
    for process in processes:
        process.start()
    start.wait(PATIENCE)
    with LedgerReader(path) as reader:
        while any(process.is_alive() for process in processes):
            seen = reader.approvals("2018").values()
            assert len({approval.manifest_digest for approval in seen}) <= 1, "half an approval"
        histories = [reader.approval_history("2018")[number] for number in NUMBERS]

    assert [process.exitcode for process in processes] == [0, 0]
    for together in zip(*histories, strict=True):
        (manifest,) = {approval.manifest_digest for approval in together}
        assert manifest == manifest_digest(together)
        assert len({approval.account for approval in together}) == 1
    accounts = [approval.account for approval in histories[0]]
    assert sorted(accounts) == ["kari"] * TURNS + ["ola"] * TURNS
    assert is_whole(path)


def approve(ledger, references):
    ledger.approve("2018", letters(references, "godkjent av en uheldig"))


def withdraw(ledger, references):
    ledger.withdraw("2018", references, "feil tall")


def seal(ledger, references):
    ledger.record_sealed(
        [sealed(number, reference, size=50_000) for number, reference in references.items()]
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
@pytest.mark.parametrize(
    ("act", "words"),
    [
        (approve, "INTO manifest_letters"),
        (seal, "INTO events"),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in (
                (approve, "INTO events"),
                (withdraw, "INTO withdrawals"),
                (seal, "INTO sealed"),  # the first of them
                (seal, "DELETE FROM documents"),
            )
        ),
    ],
)
def test_a_process_killed_in_the_middle_has_done_nothing(path, ledger, references, act, words):
    ledger.approve("2018", letters(references))
    before = everything_in(path)

    killed_after(path, words, act, references)

    assert everything_in(path) == before
    assert is_whole(path)
    act(ledger, references)
    assert everything_in(path) != before


def approve_and_seal_until_killed(path, telling):
    """Approve and seal round after round, telling of each act once it is done."""
    with Ledger(path, now, Actor("hurried"), new=True) as ledger:
        for turn in range(100_000):
            name = f"round {turn}"
            references = ledger.give_references(name, ["0214", "0301"], SERIES, {})
            final = [
                sealed(number, reference, round_name=name, size=20_000)
                for number, reference in references.items()
            ]
            ledger.approve(name, letters(references))
            telling.send((name, "approved"))
            ledger.record_sealed(final)
            telling.send((name, "sealed"))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_what_a_process_has_told_before_it_was_killed_stays_done(path):
    told = told_until_killed(approve_and_seal_until_killed, path, many=25)

    with LedgerReader(path) as reader:
        for name, done in told:
            kept = reader.approvals(name) if done == "approved" else reader.sealed_files(name)
            assert len(kept) == 2
        cut = f"round {len(told) // 2}"
        assert len(reader.approvals(cut)) in (0, 2), "all of a round or none of it"
        assert len(reader.sealed_files(cut)) in (0, 2), "all of a round or none of it"
    assert is_whole(path)
