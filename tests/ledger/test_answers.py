"""Answers are kept, all of them, each to a letter that has its reference."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from brevgen.actor import Actor
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Answer
from tests.ledger.hands import by_another_hand
from tests.support.approving import SERIES

KARI = Actor("kari", "kari")
AT = datetime(2018, 1, 5, 9, 0, tzinfo=UTC)
YES = Answer(
    *("trial", "0214", "17-09100"),
    decided=10,
    minors=None,
    decided_on=date(2018, 1, 4),
    body="kommunestyret",
    conditions="",
    journal="18/00012",
)


@pytest.fixture
def ledger(path):
    with Ledger(path, lambda: AT, KARI, new=True) as opened:
        opened.give_references("trial", ["0214", "0219"], SERIES, {})
        yield opened


def test_an_answer_is_kept_with_who_registered_it_and_when(ledger):
    ledger.register_answers([YES])

    ((kept,),) = ledger.answers("trial").values()
    assert (kept.account, kept.at) == ("kari", AT)
    assert (kept.decided, kept.minors, kept.decided_on) == (10, None, date(2018, 1, 4))
    assert (kept.body, kept.journal, kept.late_until) == ("kommunestyret", "18/00012", None)
    assert [(each.act, each.what) for each in ledger.events()][-1] == (
        "answer registered",
        "10 decided on 2018-01-04",
    )
    assert ledger.broken_events() == []


def test_a_later_answer_stands_beside_the_earlier_one_and_zero_is_not_blank(ledger):
    later = Answer("trial", "0214", "17-09100", late_until=date(2018, 2, 1))
    no = Answer("trial", "0214", "17-09100", decided=0, decided_on=date(2018, 1, 30))

    for each in (later, no):
        ledger.register_answers([each])

    assert [each.decided for each in ledger.answers("trial")["0214"]] == [None, 0]


def test_an_answer_to_nothing_or_of_nothing_is_refused_and_none_is_kept(ledger):
    with pytest.raises(ValueError, match="17-09999"):
        ledger.register_answers([YES, Answer("trial", "0219", "17-09999", decided=1)])
    with pytest.raises(ValueError, match="says nothing"):
        ledger.register_answers([Answer("trial", "0219", "17-09101")])
    with pytest.raises(IntegrityError):
        ledger.register_answers([Answer("trial", "0219", "17-09101", decided=3)])

    assert ledger.answers("trial") == {}


def test_a_changed_answer_is_none(ledger, path):
    ledger.register_answers([YES])
    by_another_hand(path, "UPDATE answers SET decided = 100")

    assert ledger.answers("trial") == {}
    assert [each.act for each in ledger.broken_events()] == ["answer registered"]
