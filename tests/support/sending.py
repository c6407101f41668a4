"""Sending a round through the use cases, to a real mail server on the loopback."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from brevgen.channels.mail.smtp import SmtpChannel
from brevgen.ledger.ledger import Ledger
from brevgen.rounds import send
from brevgen.rounds.post import Post
from brevgen.rounds.send import Sent
from brevgen.rounds.session import RoundSession
from brevgen.settings.mail import SmtpSettings
from tests.channels.mail.mail_samples import mail_settings
from tests.support.post_office import PostOffice, Script, Watch
from tests.support.sessions import silent


def never(seconds: float) -> None:
    raise AssertionError(f"nobody should sleep {seconds} seconds")


@contextmanager
def server(
    watch: Watch | None = None,
    *,
    pace: int = 0,
    sleep: Callable[[float], object] = never,
    redirect_to: str = "",
) -> Iterator[tuple[PostOffice, SmtpChannel]]:
    """A mail server, and the way to it."""
    with PostOffice(watch=watch or Script()) as office:
        settings = mail_settings(
            smtp=SmtpSettings(host="127.0.0.1", port=office.port, tls="none"), rate_per_minute=pace
        )
        with SmtpChannel(
            settings,
            "",
            folder=Path("/nowhere"),
            clock=lambda: 0.0,
            sleep=sleep,
            redirect_to=redirect_to,
        ) as way:
            yield office, way


def send_round(
    opened: RoundSession,
    way: SmtpChannel,
    only: Collection[str] = (),
    *,
    agree: Callable[[Post], bool] = lambda post: True,
) -> Sent:
    """Send a round for real, as somebody who agrees to all that is shown."""
    return send.send(
        opened, opened.choose(only), channel=way, agree=agree, sleep=never, progress=silent
    )


def states(ledger: Ledger | RoundSession) -> dict[str, list[str]]:
    """All that each message of the round `trial` has been through, by address."""
    if isinstance(ledger, RoundSession):
        ledger.forget()
        deliveries = ledger.known.deliveries
    else:
        deliveries = ledger.deliveries("trial")
    return {
        each.address: [receipt.state for receipt in each.receipts]
        for letter in deliveries.values()
        for each in letter
    }
