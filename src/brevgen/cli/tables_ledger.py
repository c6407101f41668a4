"""What commands show of the ledger as a whole."""

from brevgen.cli import console
from brevgen.cli.tables import some
from brevgen.language import tr
from brevgen.rounds.verify_ledger import LedgerVerification

_MOST = 20
"""Lines of what does not hold; JSON has all of them."""


def show_verification(found: LedgerVerification) -> None:
    """What was looked at, and what of it does not hold."""
    right, missing = found.files.right, found.files.missing
    lines = [
        (tr("Ledger"), found.identity),
        (tr("Events"), str(found.events)),
        (tr("Hash of the last event"), found.hash),
        (tr("Approvals"), str(found.approvals)),
        (tr("Signed with a passkey"), str(found.signed)),
        (tr("Sealed letters kept"), str(found.sealed)),
    ]
    good = sum(not each.problem for each in found.witnesses)
    lines.append((tr("Witnesses that agree"), f"{good}/{len(found.witnesses)}"))
    if not found.faults:
        lines.append((tr("Final files as sealed"), str(right)))
        lines.append((tr("Final files missing"), str(len(missing))))
    console.show_pairs(found.ledger, lines)
    if missing:
        console.say(
            tr(
                "Missing: {files}. The ledger keeps them: brevgen generate ROUND puts them back.",
                files=some(missing),
            )
        )
    wrong = found.does_not_hold
    for each in wrong[:_MOST]:
        console.say(f"- {each}")
    more = len(wrong) - _MOST
    if more > 0:
        console.say(tr("… and {count} more; --json has all of them.", count=more))
    console.say(found.conclusion)
