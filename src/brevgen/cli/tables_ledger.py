"""What commands show of the ledger as a whole."""

from brevgen.cli import console
from brevgen.cli.tables import some
from brevgen.language import tr, tr_many
from brevgen.rounds.ledger_faults import sentence_of
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
    for fault in found.faults[:_MOST]:
        console.say(f"- {sentence_of(fault)}")
    more = len(found.faults) - _MOST
    if more > 0:
        console.say(tr("… and {count} more; --json has all of them.", count=more))
    for file in found.files.changed:
        console.say(tr("- {file} is not the file that was sealed.", file=file))
    for each in found.witnesses:
        if each.problem:
            console.say(f"- {each.file}: {each.problem}")
    if found.holds:
        console.say(tr("The ledger holds: every row is as it was written."))
    elif found.faults or any(each.problem for each in found.witnesses):
        console.say(
            tr(
                "THE LEDGER DOES NOT HOLD: another hand or a broken disk has changed it. Change"
                " nothing, keep a copy of it as it is, and compare it with the latest backup."
            )
        )
    else:
        console.say(
            tr_many(
                "The ledger holds, but {count} file on the disk is another than was sealed:"
                " brevgen generate ROUND puts back the right one.",
                "The ledger holds, but {count} files on the disk are others than were sealed:"
                " brevgen generate ROUND puts back the right ones.",
                len(found.files.changed),
            )
        )
