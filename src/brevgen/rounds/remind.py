"""The round that reminds those who have not answered, begun for whom a person has chosen."""

from collections.abc import Collection

from brevgen.errors import WrongUse
from brevgen.language import tr
from brevgen.rounds.new_round import NewFollowingRound, new_following_round
from brevgen.rounds.session import RoundSession


def reminding_kinds(session: RoundSession) -> list[str]:
    """The kinds of letters that remind those who have not answered the letters of a round.

    A reminder wants an answer itself; a letter that gives more time does not.
    """
    kind = session.round.kind
    return [
        name
        for name, each in session.kinds.items()
        if each is not None and each.waits_for_answers and each.answer and kind in each.follows
    ]


def remind(session: RoundSession, name: str, chosen: Collection[str]) -> NewFollowingRound:
    """Begin the round that reminds some of those who have not answered.

    Args:
        session: the round they have not answered.
        chosen: their municipality numbers.

    Raises:
        WrongUse: nobody is chosen, or the new round cannot be begun; see `new_following_round`.
        FaultyInput: a file that is needed for it has faults.
        LedgerError: the ledger cannot be used.
    """
    session.actor.must_have("follow up")
    kinds = reminding_kinds(session)
    if not kinds:
        raise WrongUse(
            tr("There is no kind of letter that reminds of those of the round {round}.",
               round=session.name)
        )  # fmt: skip
    if not chosen:
        raise WrongUse(tr("Choose at least one municipality to remind."))
    place, clock, actor = session.workspace, session.clock, session.actor
    return new_following_round(place, clock, actor, name, kinds[0], session.name, chosen)
