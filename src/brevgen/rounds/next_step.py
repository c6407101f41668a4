"""What to do next in a round: one thing, told from where everything stands."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from brevgen.ledger.records import State
from brevgen.rounds.letter_requests import sent_back_as_now, waiting_as_now
from brevgen.rounds.letter_status import LetterState
from brevgen.rounds.reading import marks, progress
from brevgen.rounds.session import RoundSession
from brevgen.rounds.status import known_state

Step = Literal[
    "mend",  # faults of the round's files; nothing can be made before
    "make",  # drafts that are not there, or say something else than the files now
    "read",  # drafts that nobody has read
    "ask",  # for the approval of drafts that were read
    "approve",  # drafts of which approval was asked for, or approved ones that are not sealed
    "send",  # sealed letters
    "settle",  # messages of which a person must say what became of them
    "follow up",  # letters whose answer is late
    "wait",  # for answers that have time still
    "done",
]
"""What there is to do, in the order in which it is done."""

TO_MAKE: tuple[LetterState, ...] = ("no reference", "to make", "changed", "damaged")
TO_SETTLE: tuple[State, ...] = ("uncertain", "refused")
"""Messages that only a person can help on."""


@dataclass(frozen=True)
class Standing:
    """Where a round stands, in numbers.

    Args:
        faults: in its files.
        letters: how many letters are in each state.
        unread: drafts that are to be read before approval is asked for.
        to_ask: drafts whose approval must be asked for, and was not.
        sent_back: drafts that nobody may approve, for they say what was sent back.
        uncertain: messages that were refused, or of which nobody knows what became.
        overdue: letters whose answer is late.
        unanswered: letters whose answer has time still.
    """

    faults: int = 0
    letters: Mapping[str, int] = field(default_factory=dict)
    unread: int = 0
    to_ask: int = 0
    sent_back: int = 0
    uncertain: int = 0
    overdue: int = 0
    unanswered: int = 0


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next.

    Args:
        step: what.
        count: of how many faults, letters, messages or answers.
    """

    step: Step
    count: int = 0


def next_step(at: Standing) -> NextStep:
    """What to do next: what comes first on a letter's way, for there all others follow."""
    steps: tuple[tuple[Step, int], ...] = (
        ("mend", at.faults),
        ("make", sum(at.letters.get(state, 0) for state in TO_MAKE)),
        ("settle", at.uncertain),
        ("read", at.unread),
        ("ask", at.to_ask),
        ("approve", at.letters.get("draft", 0) - at.sent_back + at.letters.get("approved", 0)),
        ("ask", at.sent_back),
        ("send", at.letters.get("final", 0) + at.letters.get("partly sent", 0)),
        ("follow up", at.overdue),
        ("wait", at.unanswered),
    )
    return next((NextStep(step, count) for step, count in steps if count), NextStep("done"))


def standing(session: RoundSession) -> Standing:
    """Where a round stands; as far as the ledger knows, where its files have faults.

    An actor who may approve need not ask for it. What is to be read is found out only where nothing
    must be made before, for that takes a second.
    """
    known = session.known
    states: list[str] = (
        [known_state(known, number) for number in known.references]
        if session.has_faults
        else [each.state for each in session.letters()]
    )
    letters = Counter(states)
    is_made = not session.has_faults and not any(letters[state] for state in TO_MAKE)
    unasked = _unasked(session) if is_made else set()
    answers = Counter(each.state for each in session.answers.statuses().values())
    return Standing(
        faults=len(session.findings.faults),
        letters=letters,
        unread=len(_unread(session) & unasked) if unasked else 0,
        to_ask=0 if "approve" in session.actor.roles else len(unasked),
        sent_back=len(sent_back_as_now(session)) if is_made and letters["draft"] else 0,
        uncertain=sum(each.state in TO_SETTLE for each in known.messages),
        overdue=answers["overdue"],
        unanswered=answers["not answered"] + answers["extended"],
    )


def _unasked(session: RoundSession) -> set[str]:
    """The drafts of which approval is not asked for as they are now."""
    drafts = {each.number for each in session.letters() if each.state == "draft"}
    return drafts - waiting_as_now(session).keys() if drafts else drafts


def _unread(session: RoundSession) -> set[str]:
    """The letters that are proposed for reading, and nobody has read as they are now."""
    done = progress(session, marks(session))
    return {each.letter.number for each in done.proposals} - done.read
