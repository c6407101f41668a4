"""What to do next is one thing, told from where everything stands."""

from pathlib import Path

import pytest

from brevgen.actor import Actor, Role
from brevgen.rounds.next_step import NextStep, Standing, next_step, standing
from brevgen.rounds.reading import mark_as_read, marks, progress
from brevgen.rounds.request_approval import request_approval, send_back
from tests.support.samples import ROWS, make_round, make_workspace
from tests.support.sessions import generated, session


@pytest.mark.parametrize(
    ("at", "step"),
    [
        (Standing(), NextStep("done")),
        (Standing(faults=2, letters={"to make": 6}), NextStep("mend", 2)),
        (Standing(letters={"to make": 6}), NextStep("make", 6)),
        (Standing(letters={"no reference": 1, "changed": 2, "damaged": 3}), NextStep("make", 6)),
        (Standing(letters={"draft": 5, "to make": 1}), NextStep("make", 1)),
        (Standing(letters={"draft": 6}, unread=4, to_ask=6), NextStep("read", 4)),
        (Standing(letters={"draft": 6}, to_ask=6), NextStep("ask", 6)),
        (Standing(letters={"draft": 6}), NextStep("approve", 6)),
        (Standing(letters={"draft": 1, "final": 5}), NextStep("approve", 1)),
        (Standing(letters={"draft": 6}, sent_back=2), NextStep("approve", 4)),
        (Standing(letters={"draft": 1, "final": 5}, sent_back=1), NextStep("ask", 1)),
        (Standing(letters={"approved": 2, "final": 4}), NextStep("approve", 2)),
        (Standing(letters={"final": 6}), NextStep("send", 6)),
        (Standing(letters={"sent": 5, "partly sent": 1}), NextStep("send", 1)),
        (Standing(letters={"partly sent": 1}, uncertain=2), NextStep("settle", 2)),
        (Standing(letters={"sent": 6}, overdue=2, unanswered=1), NextStep("follow up", 2)),
        (Standing(letters={"sent": 6}, unanswered=1), NextStep("wait", 1)),
        (Standing(letters={"sent": 6}), NextStep("done")),
    ],
)
def test_what_comes_first_on_the_way_is_done_first(at: Standing, step: NextStep) -> None:
    assert next_step(at) == step


def test_a_round_tells_where_it_stands(tmp_path: Path) -> None:
    place = make_workspace(tmp_path / "workspace", [])
    folder = make_round(place)
    with session(place) as opened:
        assert next_step(standing(opened)) == NextStep("make", 6)
    file = folder / "allocation.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("0214;Ås;10", "0214;Ås;ti"), encoding="utf-8")
    with session(place) as opened:
        assert next_step(standing(opened)).step == "mend"


def next_of(place: Path, *roles: Role) -> NextStep:
    """What is next for an account with some roles."""
    with session(place) as opened:
        opened.actor = Actor("anne", roles=roles)
        return next_step(standing(opened))


def test_drafts_are_read_then_asked_for_then_approved(tmp_path: Path) -> None:
    place = make_workspace(tmp_path / "workspace")
    make_round(place, ROWS[:2])
    generated(place)
    with session(place) as opened:
        proposed = [each.letter.number for each in progress(opened, marks(opened)).proposals]
    assert proposed
    for left in range(len(proposed), 0, -1):
        assert next_of(place, "make") == next_of(place, "approve") == NextStep("read", left)
        with session(place) as opened:
            mark_as_read(opened, proposed[left - 1])
    assert next_of(place, "make") == NextStep("ask", 2)
    assert next_of(place, "make", "approve") == NextStep("approve", 2)
    with session(place) as opened:
        request_approval(opened, ["0214"])
    assert next_of(place, "make") == NextStep("ask", 1)
    with session(place) as opened:
        request_approval(opened, ["0219"])
    assert next_of(place, "make") == NextStep("approve", 2)
    with session(place) as opened:
        send_back(opened, ["0219"], "Feil tall")
    assert next_of(place, "make") == NextStep("ask", 1)
    assert next_of(place, "approve") == NextStep("approve", 1)
    make_round(place, ROWS[:2], deadline="2018-01-10")  # what was asked for is another letter now
    generated(place)
    assert next_of(place, "make").step == "read"
