"""The letter a municipality had in the round that is followed: what it really said, and the answer.

All of it is the ledger's; whoever opens a round reads it there and hands it on.
"""

import datetime
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from brevgen.settings.kind import EARLIER, Fact


@dataclass(frozen=True)
class EarlierAnswer:
    """What a municipality decided.

    Args:
        decided: how many it will settle, minors included; persons, 0 for a no.
        minors: unaccompanied minors among them; 0 where it told no number.
        on: the day it decided.
        body: who decided, such as *kommunestyret*; empty where not known.
        conditions: what it made conditions of; empty where it made none.
        journal: the answer's number in the archive; empty where not known.
    """

    decided: int
    minors: int
    on: datetime.date
    body: str = ""
    conditions: str = ""
    journal: str = ""


@dataclass(frozen=True)
class EarlierLetter:
    """The earlier letter to one municipality, as it was approved or sent.

    Args:
        reference: its reference.
        date: the date on it.
        deadline: the last day to answer it; None where it asked for no answer.
        facts: the facts of its kind by name.
        answer: what the municipality decided; None while it has not.
        late_until: the day until which it has been given more time; None where it has not.
        has_left: whether somebody has it or may have it, and it is not only approved.
    """

    reference: str
    date: datetime.date
    deadline: datetime.date | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict, hash=False)
    answer: EarlierAnswer | None = None
    late_until: datetime.date | None = None
    has_left: bool = False

    def count(self, name: str) -> int | None:
        """A count by its name with `earlier.` before it; None where the letter has none."""
        value = self.facts.get(name.removeprefix(EARLIER))
        return value if isinstance(value, int) else None


@dataclass(frozen=True)
class Followed:
    """The round that is followed.

    Args:
        name: its name.
        letters: those of its letters that were approved or sent, by municipality number.
        rows: what its allocation says now, by municipality number and fact.
        known: the numbers of all municipalities that the ledger knows in it.
    """

    name: str
    letters: Mapping[str, EarlierLetter] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    known: Set[str] = frozenset()

    @property
    def asked(self) -> Set[str]:
        """The numbers of all that are in it, or were, by its allocation or by the ledger."""
        return self.known | self.rows.keys() | self.letters.keys()
