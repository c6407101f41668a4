"""What one account did to many letters in one go is one line."""

from datetime import UTC, datetime, timedelta

from brevgen.actor import Actor
from brevgen.desk.event_runs import PAUSE, event_runs
from brevgen.ledger.records import Event

BEGUN = datetime(2017, 10, 2, 9, tzinfo=UTC)


def events(*told: tuple[str, str, str, timedelta]) -> list[Event]:
    return [
        Event(sequence, BEGUN + after, Actor(who), "2018", number, "", act, "")
        for sequence, (who, act, number, after) in enumerate(told, 1)
    ]


def test_acts_that_alternate_over_many_letters_are_two_lines() -> None:
    now = timedelta()
    done = events(
        *(("kari", act, number, now) for number in ("0101", "0104") for act in ("sending", "sent"))
    )
    runs = event_runs(done, 8)
    assert [(run.last.act, run.count) for run in runs] == [("sent", 2), ("sending", 2)]
    assert runs[0].letters == {"0101", "0104"}
    assert (runs[0].first.sequence, runs[0].last.sequence) == (2, 4)


def test_another_account_and_a_pause_begin_another_line() -> None:
    done = events(
        ("kari", "draft made", "0101", timedelta()),
        ("kari", "draft made", "0104", PAUSE),
        ("kari", "draft made", "0105", 2 * PAUSE + timedelta(seconds=1)),
        ("ola", "draft made", "0106", 2 * PAUSE + timedelta(seconds=2)),
    )
    runs = event_runs(done, 8)
    assert [(str(run.last.actor), run.count) for run in runs] == [
        ("ola", 1),
        ("kari", 1),
        ("kari", 2),
    ]
    assert event_runs(done, 1) == runs[:1]


def test_the_same_done_to_a_letter_once_more_begins_another_line() -> None:
    now = timedelta()
    told = [("kari", "draft made", number, now) for number in ("0101", "0104", "0105", "0104")]
    assert [run.count for run in event_runs(events(*told), 8)] == [1, 3]
    told = [("kari", "handed over", "0101", now)] * 2  # one for each recipient
    assert [run.count for run in event_runs(events(*told), 8)] == [2]


def test_what_concerns_no_letter_counts_none() -> None:
    (run,) = event_runs(events(("kari", "settings changed", "", timedelta())), 8)
    assert run.letters == frozenset()
