"""A whole round through SvarUt while much goes wrong: ledger and SvarUt agree, letter by letter."""

import random
from pathlib import Path

import pytest

from brevgen.rounds.follow_up import follow_up
from brevgen.rounds.send import send
from tests.support.made_rounds import copied, sealed
from tests.support.sessions import session, silent
from tests.support.svarut_rounds import entries, see_that_they_agree, stub, use_svarut, way
from tests.support.svarut_stub import FAULTS, SvarUt

ROUND = "2024"
MOST_RUNS = 80


def go_wrong(there: SvarUt) -> None:
    """Do something wrong with a third of the letters, and with one question of twenty."""
    chance = random.Random(20231106)
    quick = [each for each in FAULTS if each != "late"]

    def with_letter(reference: str, attempt: int) -> str:
        return chance.choice([*quick, *[""] * 2 * len(quick), "late"]) if attempt < 4 else ""

    def with_question(path: str) -> str:
        return chance.choice(["500", "429", "html", "cut"]) if chance.random() < 0.05 else ""

    there.ruling.on_post, there.ruling.on_question = with_letter, with_question


@pytest.mark.slow
def test_a_whole_round_arrives_once_whatever_goes_wrong(shared: Path, tmp_path: Path) -> None:
    place = copied(sealed(shared, ROUND), tmp_path / "workspace")
    with stub(lateness=1.3) as there:
        use_svarut(place, there, timeout=1, last_timeout=1)
        go_wrong(there)
        states: dict[str, str] = {}
        with session(place, name=ROUND) as opened:
            opened.go_by("svarut")
            everybody = len(opened.letters())
            for _ in range(MOST_RUNS):
                done = send(
                    opened,
                    opened.choose(),
                    channel=way(place, sleep=lambda seconds: None),
                    agree=lambda post: True,
                    sleep=lambda seconds: None,
                    progress=silent,
                )
                there.wait_until_quiet()
                states = see_that_they_agree(place, ROUND, there)
                if done.is_done:
                    break
            assert everybody >= 350
            assert len(there.kept) == len(states) == everybody
            assert set(states.values()) == {"sent"}
            assert {e.told_id for e in entries(place, ROUND).values()} == there.kept.keys()
            assert there.complaints == []
            assert max(there.attempts.values()) > 1
            assert len(there.attempts) == everybody
            there.ruling.on_question = lambda path: ""
            for each in there.kept.values():
                each.state = "LEST"
            found = follow_up(opened, way(place, sleep=lambda seconds: None))
            assert (len(found.news), found.open) == (everybody, 0)
