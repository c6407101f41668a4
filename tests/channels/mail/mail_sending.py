"""Sending to a server of the tests: a channel to it, and what becomes of one message."""

from pathlib import Path

from brevgen.channels.channel import Outgoing
from brevgen.channels.mail.smtp import SmtpChannel
from tests.channels.mail.mail_samples import hurried, mail_settings, outgoing, smtp_settings
from tests.support.mail_servers import HANG, ScriptedServer

SHORT = 0.5
"""How long to wait for a server that says nothing; seconds."""


def wait_for(event: str) -> float:
    """How long to wait for the server; short only where it will say nothing."""
    return SHORT if event == HANG else 10


def never(seconds: float) -> None:
    raise AssertionError(f"nobody should sleep {seconds} seconds")


def channel(
    port: int, *, timeout: float = 5, last_timeout: float = 5, **changes: object
) -> SmtpChannel:
    return SmtpChannel(
        mail_settings(smtp=hurried(smtp_settings(port, **changes), timeout, last_timeout)),
        "",
        folder=Path("/nowhere"),
        clock=lambda: 0.0,
        sleep=never,
    )


def sent(
    server: ScriptedServer, message: Outgoing | None = None, *, event: str = ""
) -> tuple[str, str]:
    """What becomes of one message over a new connection, and the words."""
    wait = wait_for(event)
    with channel(server.port, timeout=wait, last_timeout=wait) as way:
        reply = way.hand_over(message or outgoing())
    return reply.state, reply.words
