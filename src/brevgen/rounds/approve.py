"""Approving letters: lined up and shown, asked, looked at once more, recorded, and sealed."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from brevgen.characters import as_typed
from brevgen.errors import PartlyDone, Refused
from brevgen.language import tr
from brevgen.ledger.approval_records import PasskeySignature
from brevgen.ledger.ledger import Ledger
from brevgen.rounds.approval_rules import (
    Approver,
    account_must_be_allowed,
)
from brevgen.rounds.finals import Sealing, restore_finals, seal_approved
from brevgen.rounds.lineup import (
    Lineup,
    approver_for,
    candidate,
    line_up,
)
from brevgen.rounds.passkey_signature import challenge_for, check_signature
from brevgen.rounds.session import RoundSession
from brevgen.rounds.witness import bear_witness


@dataclass(frozen=True)
class Approved:
    """What a run of `approve` has done.

    Args:
        approved: municipality numbers of the letters approved now.
        sealed: of those sealed now.
        restored: of approved letters whose final files were put back: their seal stood already.
        faults: municipality number to the rules its letter broke when it was to be sealed.
        sent: labels of the chosen ones that have been sent, and were passed over.
        witness: the witness of the ledger that was written after it; None for none.
    """

    approved: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    faults: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sent: tuple[str, ...] = ()
    witness: Path | None = None


def approve(
    session: RoundSession,
    chosen: Collection[str],
    *,
    in_name_of: str = "",
    agree: Callable[[Lineup], bool],
    sealing: Sealing,
    progress: Callable[[int, int], None],
    signed: PasskeySignature | None = None,
) -> Approved:
    """Approve letters and seal them.

    The round is held by nobody while the person reads and answers. Therefore everything is looked
    at once more afterwards: if anything is not as it was shown, it is shown and asked again.

    Args:
        chosen: municipality numbers.
        in_name_of: refuse unless every letter is signed by this name; empty for any.
        agree: shows what would be approved and asks; whether the person agrees.
        sealing: what the letters are sealed with.
        progress: called with letters sealed and letters to seal.
        signed: the signature of a passkey of the account's over these letters; None without one.

    Raises:
        FaultyInput: the round has faults.
        Refused: a rule speaks against it, the person does not agree, the signature does not hold,
            or there is none although the settings require one.
        LedgerOutdated: the ledger is missing, or not the one the drafts were made with.
        PartlyDone: interrupted; what is approved stays so, what is sealed is kept.
    """
    session.actor.must_have("approve")
    session.check_ledger()
    approver = approver_for(session, in_name_of)
    lineup = line_up(session, chosen, approver)
    if lineup.letters and signed is None:
        _no_passkey_must_be_required(session)
    while True:
        if lineup.letters:
            session.record_shown(lineup.entries)
        if (lineup.letters or lineup.to_seal) and not agree(lineup):
            raise Refused(tr("Nothing was approved."))
        with session.changing() as ledger:
            session.read_again()
            now = line_up(session, chosen, approver)
            if now.shows_the_same_as(lineup):
                if now.letters:
                    if signed is not None:
                        wanted = challenge_for(ledger, now)
                        check_signature(ledger, session.actor.account, signed, wanted)
                    ledger.approve(session.name, now.entries, signed=signed)
                    session.forget()
                return _seal(session, ledger, chosen, approver, now, sealing, progress)
        session.tell(tr("Something has changed since it was shown. This is what it is now:"))
        if now.look != lineup.look:
            session.tell(
                tr("The look of the letters has changed, so look at the drafts once more.")
            )
        lineup = now


def _no_passkey_must_be_required(session: RoundSession) -> None:
    if session.workspace.settings.approval.passkey == "required":
        raise Refused(
            tr(
                "Letters are approved with a passkey here (approval.passkey in brevgen.toml), and"
                " that is done in the desk: open it with brevgen desk, go to the round {round},"
                " and approve there.",
                round=session.name,
            )
        )


def _seal(
    session: RoundSession,
    ledger: Ledger,
    chosen: Collection[str],
    approver: Approver,
    lineup: Lineup,
    sealing: Sealing,
    progress: Callable[[int, int], None],
) -> Approved:
    """Seal what is approved and not sealed yet, and put back what is missing."""
    letters = [each for each in session.letters() if each.number in chosen]
    waiting = {each.number: each for each in letters if each.state == "approved"}
    for each in waiting.values():
        if reason := account_must_be_allowed(candidate(each), approver):
            raise Refused(f"{each.label}: {reason}.")
    try:
        faults = seal_approved(session, ledger, waiting, sealing, progress)
        restored = restore_finals(session, letters)
    except KeyboardInterrupt:
        raise PartlyDone(
            tr(
                "Interrupted; what is approved stays so, what is sealed is kept. Go on with:"
                " brevgen approve {round}",
                round=as_typed(session.name),
            )
        ) from None
    witness = bear_witness(session, sealing.key)
    return Approved(
        approved=tuple(each.letter.number for each in lineup.letters),
        sealed=tuple(number for number in waiting if number not in faults),
        restored=tuple(restored),
        faults=faults,
        sent=lineup.sent,
        witness=witness,
    )
