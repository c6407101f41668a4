"""Who has read which letter, with notes to the caseworker, and how much of it is still true."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from brevgen.characters import cleaned
from brevgen.errors import Refused, WrongUse
from brevgen.language import tr
from brevgen.ledger.approval_records import Reading
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.lineup import entry_of
from brevgen.rounds.reading_list import Proposal, reading_list
from brevgen.rounds.session import NotAsShown, RoundSession


@dataclass(frozen=True)
class Mark:
    """That an account has read a letter.

    Args:
        reading: who, when, and what the reader says.
        is_current: whether the letter still says what was read.
    """

    reading: Reading
    is_current: bool


@dataclass(frozen=True)
class Marks:
    """What has been read of a round.

    Args:
        by_number: the marks of each letter that has any, the first first, by municipality number.
    """

    by_number: Mapping[str, tuple[Mark, ...]]

    def of(self, number: str) -> tuple[Mark, ...]:
        """The marks of a letter, the last of each reader, the first first.

        An earlier one that has a note stays too.
        """
        marks = self.by_number.get(number, ())
        last = {each.reading.account: each for each in marks}
        return tuple(e for e in marks if e.reading.note or e is last[e.reading.account])

    def readers(self, number: str) -> tuple[str, ...]:
        """The accounts that have read what a letter says now, in order."""
        marks = self.by_number.get(number, ())
        return tuple(sorted({each.reading.account for each in marks if each.is_current}))

    def read(self, numbers: Collection[str], account: str = "") -> set[str]:
        """Those of some letters that an account, or anybody, has read as they are now."""
        return {
            each
            for each in numbers
            if (account in self.readers(each) if account else self.readers(each))
        }

    def notes(self, letters: Iterable[LetterStatus]) -> list[tuple[str, Mark]]:
        """What readers have told the caseworker of some letters, with the label of each letter."""
        return [
            (each.label, mark)
            for each in letters
            for mark in self.of(each.number)
            if mark.reading.note
        ]

    def counts(self, numbers: Collection[str]) -> dict[str, int]:
        """How many of some letters each account has read as they are now."""
        accounts = sorted({account for each in numbers for account in self.readers(each)})
        return {account: len(self.read(numbers, account)) for account in accounts}


def marks(session: RoundSession) -> Marks:
    """What has been read of a round.

    Raises:
        FaultyInput: the round has faults.
    """
    readings = session.ledger.readings(session.name)
    now = {
        each.number: session.content(each.letter_as_approved).digest()
        for each in session.letters()
        if each.number in readings
    }
    return Marks(
        {
            number: tuple(Mark(each, each.content_digest == now.get(number)) for each in those)
            for number, those in readings.items()
        }
    )


@dataclass(frozen=True)
class Progress:
    """How much of the reading list is done.

    Args:
        proposals: the letters that are proposed for reading.
        read: municipality numbers of those that somebody has read as they are now.
    """

    proposals: tuple[Proposal, ...]
    read: frozenset[str]


_proposed: WeakKeyDictionary[RoundSession, tuple[object, tuple[Proposal, ...]]]
_proposed = WeakKeyDictionary()
"""The last reading list of each open round, with what it was made from: it takes long to make."""


def progress(session: RoundSession, read: Marks) -> Progress:
    """The reading list of a round, and how much of it is done.

    Raises:
        FaultyInput: the round has faults.
    """
    made_from = session.templates, [(each.letter, each.pages) for each in session.letters()]
    kept = _proposed.get(session)
    if kept is None or kept[0] != made_from:
        kept = _proposed[session] = made_from, reading_list(session)
    numbers = {each.letter.number for each in kept[1]}
    return Progress(kept[1], frozenset(read.read(numbers)))


def content_digest(session: RoundSession, number: str) -> str:
    """The digest of what a letter says once it is approved, for a form to carry."""
    if (letter := session.letter(number)) is not None:
        return session.content(letter.letter_as_approved).digest()
    raise WrongUse(tr("The round {round} has no letter to {who}.", round=session.name, who=number))


def mark_as_read(session: RoundSession, number: str, note: str = "", *, shown: str = "") -> None:
    """Mark a letter as read by the actor.

    Args:
        note: what the reader tells the caseworker; may be empty.
        shown: the digest of what the reader was shown; empty for what it says now.

    Raises:
        FaultyInput: the round has faults.
        WrongUse: there is no such letter.
        Refused: the actor neither makes nor approves letters, the letter has no reference yet, or
            it says something else now than what was shown.
    """
    if "make" not in session.actor.roles:
        session.actor.must_have("approve")
    session.check_ledger()
    now = content_digest(session, number)
    letter = next(each for each in session.letters() if each.number == number)
    if number not in session.known.references:
        raise Refused(tr("{letter} is not made yet. Make the draft first.", letter=letter.label))
    if shown not in ("", now):
        raise NotAsShown
    content = session.content(letter.letter_as_approved)
    with session.noting() as ledger:
        entry = entry_of(letter, content, session.look)
        ledger.record_reading(session.name, [entry], cleaned(note))
