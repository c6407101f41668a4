"""Events told together: what one account did to many letters in one go is one line."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from brevgen.ledger.records import Event
from brevgen.ledger.told import ACTS

PAUSE = timedelta(minutes=10)
"""What is done after a longer pause is told by itself."""

ONCE = frozenset(ACTS) - {"handed over", "report received", "to be sent again"}
"""Acts that come once to a letter in one go; the others come once to each recipient."""


@dataclass(frozen=True)
class EventRun:
    """Equal acts of one account, none long after the one before.

    Args:
        last: the one that was recorded last.
        first: the one that was recorded first.
        letters: the numbers of the municipalities whose letters they were.
        count: how many events they are.
    """

    last: Event
    first: Event
    letters: frozenset[str]
    count: int = 1


def event_runs(events: Iterable[Event], most: int) -> list[EventRun]:
    """The last runs of events, the last first; acts that alternate make two runs, not many.

    Who does the same to a letter once more has begun another run.

    Args:
        events: in the order they were recorded.
        most: how many runs are told.
    """
    found: dict[tuple[str, str], list[EventRun]] = {}
    for each in events:
        runs = found.setdefault((each.act, str(each.actor)), [])
        letters = frozenset({each.municipality} - {""})
        is_again = each.act in ONCE and bool(runs) and not letters.isdisjoint(runs[-1].letters)
        if runs and each.at - runs[-1].last.at <= PAUSE and not is_again:
            runs[-1] = replace(
                runs[-1],
                last=each,
                letters=runs[-1].letters | letters,
                count=runs[-1].count + 1,
            )
        else:
            runs.append(EventRun(each, each, letters))
    every = [run for runs in found.values() for run in runs]
    return sorted(every, key=lambda run: -run.last.sequence)[:most]
