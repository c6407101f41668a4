"""Who has read which letters of a round, and which are still as they were read."""

from collections.abc import Set

from brevgen.rounds.session import RoundSession


def read_as_they_are(session: RoundSession) -> Set[str]:
    """The numbers of letters that somebody has read as they are now.

    Only of those that were read at all is it worked out what they say.

    Raises:
        FaultyInput: the round has faults.
    """
    if session.ledger is None:
        return set()
    readings = session.ledger.readings(session.name)
    return {
        each.number
        for each in session.letters()
        if (read := {one.content_digest for one in readings.get(each.number, ())})
        and session.content(each.letter_as_approved).digest() in read
    }
