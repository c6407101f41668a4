"""What of a ledger does not hold, in sentences."""

from brevgen.language import tr, untranslated
from brevgen.ledger.proof import FaultCode, LedgerFault

_SENTENCES: dict[FaultCode, str] = {
    "event missing": untranslated("Event {event} is missing."),
    "event changed": untranslated(
        "Event {event}, or a row that belongs to it, is not what was written."
    ),
    "words changed": untranslated(
        "Event {event}: the words of a letter ({table}, {row}) are not those it was digested with."
    ),
    "words missing": untranslated(
        "Event {event}: the words of a letter ({table}, {row}) are gone."
    ),
    "manifest changed": untranslated(
        "Event {event}: the letters that were shown or approved together ({table}, {row}) are not"
        " those of the digest."
    ),
    "signature broken": untranslated(
        "Event {event}: the passkey’s signature of an approval ({table}, {row}) does not hold for"
        " the letters that stand there."
    ),
    "file changed": untranslated(
        "Event {event}: a file the ledger keeps of {row} ({table}) is not the one that was sealed."
    ),
    "ends too early": untranslated(
        "{seen_in} has seen event {event}, and the ledger ends before it."
    ),
    "another story": untranslated("{seen_in} has seen another event {event}."),
    "another ledger": untranslated("{seen_in} is of another ledger."),
}


def sentence_of(fault: LedgerFault) -> str:
    """What does not hold, in the reader's language."""
    return tr(
        _SENTENCES[fault.code],
        event=fault.event,
        table=fault.table,
        row=fault.row,
        seen_in=fault.seen_in,
    )
