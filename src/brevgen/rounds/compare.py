"""What a letter says now, word by word beside what it said before, elsewhere, or in the other form.

All of it as it is said once it is approved: without the mark of a draft, which no reader misses.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from brevgen.facts.municipalities import DecidedForm
from brevgen.language import tr, untranslated
from brevgen.letter.content import WrittenForm
from brevgen.letter.letter import letter_for
from brevgen.letter.word_differences import Paragraph, compared
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.other_letters import OtherLetter, other_letters
from brevgen.rounds.session import RoundSession

Against = Literal["shown", "approved", "earlier", "form"]
"""What a letter is compared with."""

CALLED: dict[Against, str] = {
    "shown": untranslated("what you were last shown"),
    "approved": untranslated("what was last approved"),
    "earlier": untranslated("the letter of an earlier round"),
    "form": untranslated("the other written form"),
}

_OTHER_FORM: dict[WrittenForm, DecidedForm] = {"nb": "nynorsk", "nn": "bokmål"}

_NOTHING: dict[Against, str] = {
    "shown": untranslated(
        "You have neither marked this letter as read, nor been shown it on the page"
        " where letters are approved."
    ),
    "approved": untranslated("This letter was never approved."),
    "earlier": untranslated("The ledger knows of no earlier letter to this municipality."),
    "form": "",
}
"""Why there is nothing to compare with."""


@dataclass(frozen=True)
class Comparison:
    """A letter beside something else.

    Args:
        letter: the letter as it stands.
        against: what it is compared with.
        paragraphs: all of the letter with what has changed; none where there is nothing to compare
            with.
        absent: why there is nothing to compare with, in a sentence; empty where there is.
        round: of which round the earlier letter is.
        reference: its reference.
        dated: the date on it.
        at: when it was approved, aware; None where it is compared with anything else.
        by: the account that approved it.
        is_withdrawn: whether that approval was taken back.
    """

    letter: LetterStatus
    against: Against
    paragraphs: tuple[Paragraph, ...] = ()
    absent: str = ""
    round: str = ""
    reference: str = ""
    dated: date | None = None
    at: datetime | None = None
    by: str = ""
    is_withdrawn: bool = False

    @property
    def changed(self) -> int:
        """How many paragraphs have changed, come or gone."""
        return sum(not each.is_same for each in self.paragraphs)


def compare(
    session: RoundSession, letter: LetterStatus, against: Against, round_name: str = ""
) -> Comparison:
    """Compare what a letter says now with something else; nothing is written.

    Args:
        round_name: of which round the earlier letter is to be; empty for the round that is
            followed, else for the last letter before this one.

    Raises:
        FaultyInput: the round has faults.
        LedgerDamaged: what the ledger keeps of it are other words.
    """
    match against:
        case "shown":
            return _with_shown(session, letter)
        case "approved":
            return _with_approved(session, letter)
        case "earlier":
            return _with_earlier(session, letter, round_name)
        case "form":
            return replace(
                _nothing(letter, "form"),
                paragraphs=compared(_in_other_form(session, letter), _now(session, letter)),
            )


def comparable(
    session: RoundSession, letter: LetterStatus, others: Sequence[OtherLetter]
) -> dict[Against, str]:
    """What there is to compare a letter with, and what it is called, in English.

    Args:
        session: the round.
        letter: one of its letters.
        others: the letters of other rounds to the same municipality.

    Raises:
        FaultyInput: the round has faults.
    """
    there: dict[Against, bool] = {
        "shown": letter.number in _last_seen(session),
        "approved": letter.approval is not None,
        "earlier": any(_earlier(session, letter, others, "")),
        "form": True,
    }
    return {against: called for against, called in CALLED.items() if there[against]}


def _nothing(letter: LetterStatus, against: Against) -> Comparison:
    return Comparison(letter, against, absent=tr(_NOTHING[against]) if _NOTHING[against] else "")


def _now(session: RoundSession, letter: LetterStatus) -> str:
    return session.content(letter.letter_as_approved).as_json()


def _with_shown(session: RoundSession, letter: LetterStatus) -> Comparison:
    digest = _last_seen(session).get(letter.number)
    if digest is None:
        return _nothing(letter, "shown")
    paragraphs = compared(session.ledger.content(digest), _now(session, letter))
    return Comparison(letter, "shown", paragraphs)


def _with_approved(session: RoundSession, letter: LetterStatus) -> Comparison:
    approval = letter.approval
    if approval is None:
        return _nothing(letter, "approved")
    return Comparison(
        letter,
        "approved",
        compared(session.ledger.content(approval.content_digest), _now(session, letter)),
        reference=approval.reference,
        at=approval.at,
        by=approval.account,
        is_withdrawn=approval.withdrawn is not None,
    )


def _with_earlier(session: RoundSession, letter: LetterStatus, round_name: str) -> Comparison:
    others = other_letters(session, letter.number)
    earlier = next(iter(_earlier(session, letter, others, round_name)), None)
    if earlier is None:
        return _nothing(letter, "earlier")
    return Comparison(
        letter,
        "earlier",
        compared(session.ledger.content(earlier.content_digest), _now(session, letter)),
        round=earlier.round,
        reference=earlier.reference,
        dated=earlier.dated,
    )


def _earlier(
    session: RoundSession, letter: LetterStatus, others: Sequence[OtherLetter], name: str
) -> Iterator[OtherLetter]:
    """The letters that may be meant, the likeliest first."""
    followed = session.facts.followed
    wanted = name or (followed.name if followed is not None else "")
    yield from (each for each in others if each.round == wanted)
    if not name:
        before = [each for each in others if each.dated <= letter.letter.date]
        yield from sorted(before, key=lambda each: each.kind != letter.letter.kind)


def _in_other_form(session: RoundSession, letter: LetterStatus) -> str:
    """What the letter would say if the municipality had decided on the other form."""
    facts = session.facts
    form = _OTHER_FORM[letter.letter.written_form]
    other = letter_for(
        letter.row,
        replace(letter.municipality, decided_form=form),
        facts.round,
        kind=facts.kind,
        earlier=facts.earlier(letter.number),
        reference=letter.letter.reference,
        agency=session.workspace.settings.agency,
        approved=True,
    )
    return session.content(other).as_json()


def _last_seen(session: RoundSession) -> dict[str, str]:
    """The digest of what each letter said when the account was last shown it, or else read it."""
    account = session.actor.account
    read = {
        number: each.content_digest
        for number, those in session.ledger.readings(session.name).items()
        for each in those
        if each.account == account
    }
    return read | session.ledger.last_shown(session.name, account)


def changed_since_shown(session: RoundSession) -> Set[str]:
    """The numbers of letters that say something else than when the account last saw them.

    Only what was seen and is not approved as it was is worked out anew.

    Raises:
        FaultyInput: the round has faults.
    """
    shown = _last_seen(session)
    return {
        each.number
        for each in session.letters()
        if (digest := shown.get(each.number)) is not None
        and not (each.is_approved and each.approval and each.approval.covers(digest))
        and session.content(each.letter_as_approved).digest() != digest
    }
