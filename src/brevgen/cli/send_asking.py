"""What `brevgen send` asks the other side: whether it is ready, and what became of letters."""

from typing import TYPE_CHECKING

from brevgen.errors import ExitCode
from brevgen.language import tr_many

if TYPE_CHECKING:
    from brevgen.rounds.post import Post
    from brevgen.rounds.session import RoundSession
    from brevgen.rounds.way_out import Means
    from brevgen.workspace import Workspace


def follow_up(session: "RoundSession") -> None:
    """Ask what has become of the letters, write it down, and show what is new."""
    from brevgen.cli import tables_sending
    from brevgen.rounds import follow_up as use_case
    from brevgen.rounds.way_out import svarut

    found = use_case.follow_up(session, svarut(session.workspace, session.name, means()))
    tables_sending.show_follow_up(found)
    if found.uncertain:
        raise SystemExit(ExitCode.PARTLY_DONE)


def tell_of_paper(session: "RoundSession", post: "Post") -> None:
    """How many have no system that fetches letters from SvarUt: paper costs money."""
    if session.channel != "svarut":
        return
    from brevgen.cli import console
    from brevgen.rounds.way_out import svarut

    numbers = [each.addressee.recipient.organisation_number for each in post.to_send]
    with svarut(session.workspace, session.name, means()) as channel:
        count = len(channel.receivers_without_system(numbers))
    if count:
        console.say(
            tr_many(
                "{count} receiver has no system that fetches letters from SvarUt. The letter goes"
                " to Altinn, and on paper if nobody reads it there in two working days.",
                "{count} receivers have no system that fetches letters from SvarUt. Their letters"
                " go to Altinn, and on paper if nobody reads them there in two working days.",
                count,
            )
        )


def test_connection(place: "Workspace", channel: str) -> None:
    """Do all but send, and say how it went."""
    from brevgen.cli import console
    from brevgen.rounds.way_out import mail_server, svarut

    with svarut(place, "", means()) if channel == "svarut" else mail_server(place, means()) as way:
        console.say(way.test_connection())


def means() -> "Means":
    """What a way out needs, as a command has it."""
    import os
    import time

    from brevgen.cli.context import now
    from brevgen.rounds.way_out import Means

    return Means(os.environ, time.monotonic, now, sleep)


def sleep(seconds: float) -> None:
    """Wait so many seconds."""
    import time

    time.sleep(seconds)
