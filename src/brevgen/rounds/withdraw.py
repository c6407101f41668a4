"""Taking approvals back; the final files go, but the ledger keeps them."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from brevgen.characters import cleaned
from brevgen.errors import Refused
from brevgen.language import tr
from brevgen.ledger.records import Approval
from brevgen.rounds.finals import remove_finals_except
from brevgen.rounds.session import RoundSession


@dataclass(frozen=True)
class Withdrawn:
    """What was taken back: municipality numbers of the letters, in order."""

    numbers: tuple[str, ...]


@dataclass(frozen=True)
class ToWithdraw:
    """What would be taken back.

    Args:
        approvals: the approvals that stand, by municipality number in order.
        files: the names of the final files that would go.
    """

    approvals: Mapping[str, Approval]
    files: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What stands for exactly these approvals."""
        told = [(number, each.sequence) for number, each in self.approvals.items()]
        return hashlib.sha256(str(told).encode()).hexdigest()


def to_withdraw(session: RoundSession, only: Collection[str]) -> ToWithdraw:
    """What would be taken back, and what goes with it; nothing is written.

    Args:
        only: municipality numbers; empty for the whole round.

    Raises:
        Refused: none of them is approved, one has been sent, or the account may not approve in its
            signatory's name.
    """
    known = session.known
    numbers = _to_take_back(session, only)
    finals = [file for number in numbers if (file := known.final(number)) is not None]
    files = tuple(name for each in finals for name in each.names)
    return ToWithdraw({number: known.approvals[number] for number in numbers}, files)


def withdraw(
    session: RoundSession,
    only: Collection[str],
    reason: str,
    *,
    agree: Callable[[int], bool] = lambda count: True,
    shown: str = "",
) -> Withdrawn:
    """Take approvals back. Works from the ledger, so that a fault in a spreadsheet is no hindrance.

    Args:
        only: municipality numbers; empty for the whole round.
        reason: why, in the person's own words.
        agree: asked before a whole round is taken back, with the number of letters.
        shown: the digest of what the account was shown; empty for whatever it is now.

    Raises:
        Refused: none of them is approved, one has been sent, the account may not approve in its
            signatory's name, no reason is given, the person does not agree, or it is not as it was
            shown.
    """
    session.actor.must_have("approve")
    if not cleaned(reason):
        raise Refused(tr("An approval is taken back with a reason: --withdraw “why”."))
    approved = _to_take_back(session, only)
    if not only and not agree(len(approved)):
        raise Refused(tr("Nothing was taken back."))
    with session.changing() as ledger:
        if _to_take_back(session, only) != approved or shown not in (
            "",
            to_withdraw(session, only).digest,
        ):
            raise Refused(tr("Something was approved, sent or taken back meanwhile. Try again."))
        ledger.withdraw(session.name, approved, reason)
        session.forget()
        standing = [session.known.final(number) for number in session.known.approvals]
        remove_finals_except(session, [file for file in standing if file is not None])
    return Withdrawn(tuple(approved))


def _to_take_back(session: RoundSession, only: Collection[str]) -> list[str]:
    """The municipality numbers of the letters whose approval can be taken back."""
    known = session.known
    approved = [
        number
        for number in sorted(known.approvals)
        if known.approval(number) is not None and (not only or number in only)
    ]
    if not approved:
        if not only:
            raise Refused(
                tr(
                    "No letter of the round {round} is approved, so there is nothing to take back.",
                    round=session.name,
                )
            )
        names = ", ".join(map(session.label, sorted(only)))
        raise Refused(
            tr("Not approved, so there is nothing to take back: {letters}.", letters=names)
        )
    sent = [number for number in approved if known.left(number)]
    if sent and (only or sent == approved):
        names = ", ".join(map(session.label, sent))
        raise Refused(tr("Sent already, so the approval stays: {letters}.", letters=names))
    for number in approved:
        _may_be_taken_back(session, number)
    return [number for number in approved if number not in sent]


def _may_be_taken_back(session: RoundSession, number: str) -> None:
    """Only an account that could approve in the signatory's name takes an approval back."""
    approval = session.known.approval(number)
    assert approval is not None, "only approved letters are asked about"
    accounts = {
        account
        for office in session.round.offices.values()
        if approval.signatory in office.signed_as
        for account in office.accounts
    }
    if accounts and accounts.isdisjoint(session.actor.names):
        raise Refused(
            tr(
                "{letter}: the account {account} may not approve in the name of {signatory};"
                " {accounts} may.",
                letter=session.label(number),
                account=session.actor.account,
                signatory=approval.signatory,
                accounts=", ".join(sorted(accounts)),
            )
        )
