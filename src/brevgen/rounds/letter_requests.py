"""The requests for approval that letters of a round have, and what has become of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from brevgen.language import untranslated
from brevgen.ledger.approval_records import ApprovalRequest, RequestedLetter
from brevgen.rounds.session import RoundSession

RequestState = Literal["waiting", "approved", "sent back", "taken back"]
"""What has become of a request for the approval of one letter."""

_SAID = (
    untranslated("waiting"),
    untranslated("approved"),
    untranslated("sent back"),
    untranslated("taken back"),
)
"""The states as `tr` is given them."""


@dataclass(frozen=True)
class LetterRequest:
    """The latest request for the approval of one letter.

    Args:
        request: the request, which may be for several letters.
        letter: the letter as it was then, and how the request ended for it.
        state: what has become of it.
    """

    request: ApprovalRequest
    letter: RequestedLetter
    state: RequestState

    @property
    def is_waiting(self) -> bool:
        """Whether somebody is still to approve it or send it back."""
        return self.state == "waiting"


def letter_requests(session: RoundSession) -> dict[str, LetterRequest]:
    """The latest request for each letter of a round, by municipality number in order.

    Letters whose approval nobody has asked for are not there. Works from the ledger alone.
    """
    found: dict[str, LetterRequest] = {}
    for request in session.ledger.approval_requests(session.name):
        for number, letter in request.letters.items():
            approval = session.known.approvals.get(number)
            state: RequestState = "waiting" if letter.end is None else letter.end.how
            last = request.sequence if letter.end is None else letter.end.sequence
            if approval is not None and approval.sequence > last:
                state = "approved"
            found[number] = LetterRequest(request, letter, state)
    return dict(sorted(found.items()))


def waiting(requests: Mapping[str, LetterRequest]) -> dict[str, LetterRequest]:
    """Those that wait for an answer."""
    return {number: each for number, each in requests.items() if each.is_waiting}


def waiting_as_now(session: RoundSession) -> dict[str, LetterRequest]:
    """Those that wait for an answer and say what was asked for.

    Raises:
        FaultyInput: the round has faults.
    """
    return _as_now(session, "waiting")


def sent_back_as_now(session: RoundSession) -> dict[str, LetterRequest]:
    """Those that were sent back, and still say what they said then.

    Raises:
        FaultyInput: the round has faults.
    """
    return _as_now(session, "sent back")


def _as_now(session: RoundSession, state: RequestState) -> dict[str, LetterRequest]:
    there = {no: each for no, each in letter_requests(session).items() if each.state == state}
    return {
        each.number: there[each.number]
        for each in session.letters()
        if each.number in there
        and there[each.number].letter.content_digest
        == session.content(each.letter_as_approved).digest()
    }
