"""What the states of letters and of their recipients are called where a person reads them."""

from collections.abc import Mapping

from brevgen.language import untranslated
from brevgen.ledger.records import State
from brevgen.rounds.letter_status import LetterState

LETTER_STATES: Mapping[LetterState, str] = {
    "no reference": untranslated("no reference"),
    "to make": untranslated("to make"),
    "changed": untranslated("changed"),
    "damaged": untranslated("damaged"),
    "draft": untranslated("draft"),
    "approved": untranslated("approved"),
    "final": untranslated("final"),
    "partly sent": untranslated("partly sent"),
    "sent": untranslated("sent"),
    "sent, then changed": untranslated("sent, then changed"),
}
"""By state, in the order of a letter's way; to be given to `tr`."""

RECIPIENT_STATES: Mapping[State, str] = {
    "to send": untranslated("to send"),
    "sending": untranslated("sending"),
    "sent": untranslated("sent"),
    "failed for now": untranslated("failed for now"),
    "refused": untranslated("refused"),
    "uncertain": untranslated("uncertain"),
    "reached otherwise": untranslated("reached otherwise"),
}
"""By state; to be given to `tr`."""
