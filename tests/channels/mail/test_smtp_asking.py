"""What is asked of a mail server besides taking a message: to be there, in time, and to report."""

import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brevgen.channels.channel import ChannelUnusable, Outgoing
from brevgen.channels.mail.smtp import SmtpChannel, xtext
from tests.channels.mail.mail_samples import mail_settings, outgoing, smtp_settings
from tests.channels.mail.mail_sending import channel, sent, wait_for
from tests.support.mail_servers import DROP, HANG, ScriptedServer, unused_port

# -- nobody there ---------------------------------------------------------------------------------


def test_a_port_where_nobody_listens_is_not_now() -> None:
    with unused_port() as port, channel(port) as way:
        reply = way.hand_over(outgoing())
    assert reply.state == "failed for now"
    assert reply.words == f"127.0.0.1:{port} does not answer: Connection refused."


def test_a_host_that_does_not_exist_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with (
        channel(25, host="smtp.imdi.example", tls="starttls") as way,
        pytest.raises(ChannelUnusable) as caught,
    ):
        way.hand_over(outgoing())
    assert str(caught.value) == (
        "There is no server smtp.imdi.example. See mail.smtp.host in brevgen.toml."
    )


def test_a_name_that_cannot_be_looked_up_now_is_not_now(monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with channel(25, host="smtp.imdi.example", tls="starttls") as way:
        assert way.hand_over(outgoing()).state == "failed for now"


# -- the next try, and pace -----------------------------------------------------------------------


def test_a_server_that_was_busy_takes_the_message_at_the_next_try() -> None:
    with ScriptedServer({"RCPT": ["450 greylisted", "421 bye"]}) as server:
        with channel(server.port) as way:
            # the 421 comes on a connection in use, so that a new one is tried at once
            outcomes = [way.hand_over(outgoing()).state for _ in range(2)]
        assert outcomes == ["failed for now", "sent"]
        assert len(server.messages) == 1


def test_the_rate_is_kept() -> None:
    slept: list[float] = []
    with ScriptedServer() as server:
        way = SmtpChannel(
            mail_settings(smtp=smtp_settings(server.port), rate_per_minute=20),
            "",
            folder=Path("/nowhere"),
            clock=lambda: sum(slept),
            sleep=slept.append,
        )
        with way:
            for number in range(3):
                way.wait()
                assert way.hand_over(outgoing(number)).state == "sent"
    assert slept == [3, 3]


# -- reports of delivery --------------------------------------------------------------------------


def envelope(offers: Sequence[str], message: Outgoing | None = None) -> list[str]:
    with ScriptedServer(offers=offers) as server:
        assert sent(server, message)[0] == "sent"
    return [command for command in server.commands if command[:4] in ("MAIL", "RCPT")]


def test_reports_are_asked_for_where_they_are_offered() -> None:
    assert envelope(["PIPELINING", "DSN"]) == [
        "MAIL FROM:<post@imdi.example> RET=HDRS ENVID=trial-1@imdi.example",
        "RCPT TO:<mayor+1@as.kommune.example> NOTIFY=FAILURE,DELAY"
        " ORCPT=rfc822;mayor+2B1@as.kommune.example",
    ]


def test_nothing_is_asked_of_a_server_that_does_not_offer_it() -> None:
    assert envelope([]) == [
        "MAIL FROM:<post@imdi.example>",
        "RCPT TO:<mayor+1@as.kommune.example>",
    ]


def test_the_size_is_told_where_it_is_asked_for() -> None:
    message = outgoing()
    assert envelope(["SIZE 10000000"])[0].endswith(f" SIZE={len(message.data)}")


def test_an_envelope_id_that_is_too_long_is_left_out() -> None:
    long = replace(outgoing(), external_id=f"<{'a' * 120}@imdi.example>")
    assert envelope(["DSN"], long)[0] == "MAIL FROM:<post@imdi.example> RET=HDRS"


@given(st.text(max_size=30))
def test_xtext_is_plain_and_can_be_read_back(text: str) -> None:
    ascii_text = text.encode("ascii", "ignore").decode()
    coded = xtext(ascii_text)
    assert re.fullmatch(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*", coded)
    assert re.sub(r"\+(..)", lambda found: chr(int(found[1], 16)), coded) == ascii_text


# -- trying the connection ------------------------------------------------------------------------


def test_a_trial_of_the_connection_sends_nothing() -> None:
    with ScriptedServer(offers=["DSN"]) as server, channel(server.port) as way:
        assert way.test_connection() == (
            f"127.0.0.1:{server.port} is ready: no encryption, no login, takes mail from"
            " post@imdi.example; it offers delivery reports."
        )
    assert [command.split(" ")[0] for command in server.commands] == [
        *("EHLO", "MAIL", "RSET", "QUIT"),
    ]


@pytest.mark.parametrize("event", ["421 bye", "450 no", "550 no", DROP, HANG])
@pytest.mark.parametrize("step", ["connect", "EHLO", "MAIL", "RSET"])
def test_a_trial_of_a_bad_connection_ends_in_one_clear_line(step: str, event: str) -> None:
    with (
        ScriptedServer({step: [event]}) as server,
        channel(server.port, timeout=wait_for(event)) as way,
        pytest.raises(ChannelUnusable, match=r"^127\.0\.0\.1:[0-9]+ [^\n]+$"),
    ):
        way.test_connection()
