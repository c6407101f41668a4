"""What SvarUt says of a letter it has taken, in our words, and when there is no more to ask."""

from dataclasses import dataclass
from datetime import UTC, datetime

from brevgen.characters import cleaned
from brevgen.language import untranslated


@dataclass(frozen=True)
class Meaning:
    """What one of SvarUt's states means.

    Args:
        words: English, as for `tr`; `at` is when it came to stand there.
        is_final: whether nothing more is to come.
        is_refused: whether the receiver does not have it, and will not get it.
    """

    words: str
    is_final: bool = False
    is_refused: bool = False


MEANINGS = {
    "MOTTATT": Meaning(untranslated("received by SvarUt on {at}")),
    "AKSEPTERT": Meaning(untranslated("accepted by SvarUt on {at}")),
    "VARSLET": Meaning(untranslated("the receiver was notified on {at}")),
    "KLAR_FOR_MOTTAK": Meaning(untranslated("ready to be fetched by the receiver since {at}")),
    "SENDT_DIGITALT": Meaning(untranslated("sent on to the receiver on {at}")),
    "LEST": Meaning(untranslated("read by the receiver on {at}"), is_final=True),
    "SENDT_PRINT": Meaning(untranslated("sent to be printed on {at}")),
    "PRINTET": Meaning(untranslated("printed and posted on {at}"), is_final=True),
    "MANUELT_HANDTERT": Meaning(untranslated("dealt with by hand at KS on {at}"), is_final=True),
    "SENDT_SDP": Meaning(untranslated("sent to a digital mailbox on {at}")),
    "LEVERT_SDP": Meaning(untranslated("delivered to a digital mailbox on {at}"), is_final=True),
    "SENDT_NHN_MOTTAKER": Meaning(untranslated("sent to the health network on {at}")),
    "LEVERT_NHN_MOTTAKER": Meaning(
        untranslated("delivered in the health network on {at}"), is_final=True
    ),
    "SLETTET": Meaning(untranslated("deleted at SvarUt on {at}"), is_final=True),
    "AVVIST": Meaning(untranslated("rejected by SvarUt on {at}"), is_final=True, is_refused=True),
    "FEILET_UNDER_MOTTAK": Meaning(
        untranslated("SvarUt failed to take it in on {at}"), is_final=True, is_refused=True
    ),
    "IKKE_LEVERT": Meaning(
        untranslated("not delivered, says SvarUt on {at}"), is_final=True, is_refused=True
    ),
}

_UNKNOWN = Meaning(untranslated("SvarUt says {state} on {at}"))


def meaning_of(state: str) -> Meaning:
    """What a state of SvarUt's means; a new one of theirs is told as it is."""
    return MEANINGS.get(state, _UNKNOWN)


def words_of(state: str, changed: str) -> str:
    """A state in English, as the ledger keeps it.

    Args:
        state: SvarUt's.
        changed: when it came to stand there, ISO 8601.
    """
    return cleaned(meaning_of(state).words.format(state=state[:100], at=_at(changed)))


def is_final(words: str) -> bool:
    """Whether what the ledger keeps of a letter is the last there is to hear of it."""
    return any(
        words.startswith(each.words.partition("{at}")[0])
        for each in MEANINGS.values()
        if each.is_final
    )


def _at(changed: str) -> str:
    try:
        at = datetime.fromisoformat(changed).astimezone(UTC)
    except (ValueError, OverflowError):
        return changed[:40]
    return f"{at:%Y-%m-%d %H:%M} UTC"
