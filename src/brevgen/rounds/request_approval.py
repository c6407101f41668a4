"""Asking for approval, sending letters back with a reason, and taking the request back."""

from collections.abc import Collection
from dataclasses import dataclass

from brevgen.characters import cleaned
from brevgen.errors import Refused
from brevgen.language import tr
from brevgen.ledger.approval_records import RequestEndState
from brevgen.ledger.manifests import manifest_digest
from brevgen.ledger.records import ManifestLetter
from brevgen.rounds.approval_rules import account_must_be_allowed
from brevgen.rounds.letter_requests import letter_requests, waiting
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.lineup import approver_for, candidate, entry_of
from brevgen.rounds.session import NotAsShown, RoundSession


@dataclass(frozen=True)
class ToAsk:
    """What a request would be for.

    Args:
        letters: the drafts that say what the letters would say now, and need approval.
        entries: what the ledger records of them.
        not_ready: labels of the others that need approval and are no such drafts.
    """

    letters: tuple[LetterStatus, ...]
    entries: tuple[ManifestLetter, ...]
    not_ready: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What stands for the words of the whole set; empty for none."""
        return manifest_digest(self.entries) if self.entries else ""


def to_ask(session: RoundSession, chosen: Collection[str]) -> ToAsk:
    """The chosen letters whose approval can be asked for; nothing is written.

    Raises:
        FaultyInput: the round has faults.
    """
    letters = [
        each
        for each in session.letters()
        if each.number in chosen and not (each.has_left or each.is_approved)
    ]
    drafts = tuple(each for each in letters if each.state == "draft")
    entries = tuple(
        entry_of(each, session.content(each.letter_as_approved), session.look) for each in drafts
    )
    not_ready = tuple(each.label for each in letters if each.state != "draft")
    return ToAsk(drafts, entries, not_ready)


def request_approval(
    session: RoundSession,
    chosen: Collection[str],
    *,
    whom: str = "",
    note: str = "",
    shown: str = "",
) -> ToAsk:
    """Ask for the approval of letters as they are now.

    Args:
        chosen: municipality numbers; those that need no approval are passed over.
        whom: an account or a signatory; empty for whoever may approve.
        note: what the one who asks wants to say.
        shown: the digest of what the account was shown; empty for whatever it is now.

    Returns:
        what was asked for.

    Raises:
        FaultyInput: the round has faults.
        Refused: nothing needs approval, a draft is missing, or it is not as it was shown.
    """
    session.actor.must_have("make")
    session.check_ledger()
    asked = to_ask(session, chosen)
    if asked.not_ready:
        raise Refused(
            tr(
                "These have no draft that says what the letter would say now: {letters}. Make the"
                " drafts first, or leave them out.",
                letters=", ".join(asked.not_ready),
            )
        )
    if not asked.letters:
        raise Refused(tr("None of these letters needs approval, so nobody was asked."))
    if shown not in ("", asked.digest):
        raise NotAsShown
    with session.noting() as ledger:
        ledger.request_approval(session.name, asked.entries, whom=cleaned(whom), note=cleaned(note))
    return asked


def send_back(session: RoundSession, only: Collection[str], reason: str) -> tuple[str, ...]:
    """Send letters back to the one who asked for their approval.

    Args:
        only: municipality numbers; empty for all that wait.
        reason: why, in the person's own words.

    Returns:
        municipality numbers of the letters, in order.

    Raises:
        Refused: there is no reason, one of them does not wait for approval, or the account may not
            approve in the name of its signatory.
    """
    session.actor.must_have("approve")
    if not cleaned(reason):
        raise Refused(tr("Letters are sent back with a reason. Write what should be otherwise."))
    numbers = _waiting_ones(session, only)
    if not session.has_faults:
        approver = approver_for(session)
        for each in session.letters():
            if each.number in numbers and (
                against := account_must_be_allowed(candidate(each), approver)
            ):
                raise Refused(tr("{letter}: {reason}.", letter=each.label, reason=against))
    _end(session, numbers, "sent back", reason)
    return numbers


def take_back(session: RoundSession, only: Collection[str] = ()) -> tuple[str, ...]:
    """Take back the request for the approval of letters.

    Args:
        only: municipality numbers; empty for all that wait.

    Returns:
        municipality numbers of the letters, in order.

    Raises:
        Refused: one of them does not wait for approval.
    """
    session.actor.must_have("make")
    numbers = _waiting_ones(session, only)
    _end(session, numbers, "taken back", "")
    return numbers


def _waiting_ones(session: RoundSession, only: Collection[str]) -> tuple[str, ...]:
    there = waiting(letter_requests(session))
    lacking = sorted(set(only) - there.keys())
    if lacking:
        names = ", ".join(map(session.label, lacking))
        raise Refused(
            tr(
                "Nobody waits for the approval of these: {letters}.",
                letters=names,
            )
        )
    if not there:
        raise Refused(tr("No letter of the round {round} waits for approval.", round=session.name))
    return tuple(sorted(only or there))


def _end(
    session: RoundSession, numbers: Collection[str], how: RequestEndState, reason: str
) -> None:
    session.check_ledger()
    with session.noting() as ledger:
        try:
            ledger.end_requests(session.name, numbers, how, cleaned(reason))
        except ValueError:
            raise Refused(
                tr("Somebody else has answered this meanwhile. Look at it once more.")
            ) from None
